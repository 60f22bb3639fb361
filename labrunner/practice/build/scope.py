"""ARG: what a build was given, what the Dockerfile declares, and which instructions see it."""

from collections.abc import Mapping

from labrunner.dockerfile import Dockerfile, Instruction
from labrunner.practice.build.expand import Expander
from labrunner.practice.build.options import Options

PROXIES = (
    *("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "FTP_PROXY", "ftp_proxy"),
    *("NO_PROXY", "no_proxy", "ALL_PROXY", "all_proxy"),
)
"""Given to RUN without being declared, and kept out of the cache and the history."""
_UNDECLARED = (
    *PROXIES,
    "SOURCE_DATE_EPOCH",
    "BUILDKIT_INLINE_CACHE",
    "BUILDKIT_SYNTAX",
    "BUILDKIT_DOCKERFILE_CHECK",
)


class Scope:
    """The arguments of a whole build: those before the first FROM, and the values that the client gave."""

    def __init__(self, dockerfile: Dockerfile, options: Options, platform: Mapping[str, str]) -> None:
        self._given = options.build_args
        self._platform = platform
        self._escape = dockerfile.escape
        self.consumed: set[str] = {name for name in options.build_args if name in _UNDECLARED}
        self.globals: dict[str, str] = {}
        for instruction in dockerfile.globals:
            self._declare(instruction)

    @property
    def outside(self) -> Expander:
        """For FROM."""
        return Expander(variables={**self._platform, **self.globals}, escape=self._escape)

    @property
    def unused(self) -> list[str]:
        """What the client gave and no ARG asked for."""
        return sorted(
            name for name, value in self._given.items() if value is not None and name not in self.consumed
        )

    def proxies(self) -> dict[str, str]:
        return {name: value for name, value in self._given.items() if name in PROXIES and value is not None}

    def declare(
        self, instruction: Instruction, expander: Expander
    ) -> list[tuple[str, str | None, str | None]]:
        """For each name of an ARG in a stage: its value there (None: none) and what the Dockerfile gives it."""
        found: list[tuple[str, str | None, str | None]] = []
        for word in instruction.arguments:
            name, equals, written = word.partition("=")
            name = expander.word(name)
            default = expander.word(written) if equals else None
            self.consumed.add(name)
            value = self._given.get(name)
            if value is None:
                value = default if default is not None else self.globals.get(name, self._platform.get(name))
            found.append((name, value, default))
        return found

    def _declare(self, instruction: Instruction) -> None:
        for word in instruction.arguments:
            name, equals, written = word.partition("=")
            self.consumed.add(name)
            given = self._given.get(name)
            if given is not None:
                self.globals[name] = given
            elif equals:
                self.globals[name] = self.outside.word(written)


def platform_arguments(architecture: str) -> dict[str, str]:
    """BuildKit's own, known in FROM and, once declared, in stages."""
    platform = f"linux/{architecture}"
    both = {"PLATFORM": platform, "OS": "linux", "ARCH": architecture, "VARIANT": ""}
    return {f"{side}{name}": value for side in ("TARGET", "BUILD") for name, value in both.items()}
