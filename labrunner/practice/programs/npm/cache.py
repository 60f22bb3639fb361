"""npm cache, of which there is none."""

import posixpath

from labrunner.practice.programs.npm.calling import Called, Failure


async def cache(called: Called) -> int:
    match called.words[:1]:
        case ("clean" | "clear" | "rm",):
            if not called.flags & {"--force", "-f"}:
                raise Failure(
                    "As of npm@5, the npm cache self-heals from corruption issues",
                    "by treating integrity mismatches as cache misses.  As a result,",
                    "data extracted from the cache is guaranteed to be valid.  If you",
                    "want to make sure everything is consistent, use `npm cache verify`",
                    "instead.",
                    "",
                    "If you're sure you want to delete the entire cache, rerun this command with --force.",
                )
            await called.warn("warn using --force Recommended protections disabled.")
            cache = posixpath.join(called.process.env.get("HOME", "/root"), ".npm")
            if called.process.files.exists(posixpath.join(cache, "_cacache")):
                called.process.files.remove(posixpath.join(cache, "_cacache"), recursive=True)
            return 0
        case ("verify",):
            await called.say("Cache verified and compressed (simulated): 0 bytes")
            return 0
        case _:
            raise Failure("Usage: npm cache clean --force | npm cache verify")
