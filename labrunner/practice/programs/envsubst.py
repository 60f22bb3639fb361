"""envsubst: fills a template from the environment, as the start scripts of images do."""

import re

from labrunner.practice.programs.process import Process, read_all

_NAMED = re.compile(rb"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))")


async def envsubst(process: Process) -> int:
    """Fills in `$NAME` and `${NAME}` from the environment; with an argument, only the names in it."""
    words = process.argv[1:]
    if len(words) > 1 or (words and words[0].startswith("-")):
        await process.stderr.write(
            b"envsubst: the practice engine simulates only: envsubst ['$NAME $OTHER']\n"
        )
        return 1
    allowed = {match[1] or match[2] for match in _NAMED.finditer(words[0].encode())} if words else None

    def filled(match: re.Match[bytes]) -> bytes:
        name = match[1] or match[2]
        if allowed is not None and name not in allowed:
            return match[0]
        return process.env.get(name.decode(), "").encode()

    await process.stdout.write(_NAMED.sub(filled, await read_all(process.stdin)))
    return 0
