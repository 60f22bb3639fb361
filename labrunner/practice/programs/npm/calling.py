"""How npm was called, where, and how it fails."""

import posixpath
from dataclasses import dataclass

from labrunner.practice.programs.process import Process

_FLAG_WORDS = """
    --omit=dev --omit=optional --omit=peer --include=dev --production --only=production --only=prod --no-audit --audit
    --no-fund --fund --offline --prefer-offline --force -f --silent -s --quiet -q --loglevel --no-progress
    --progress=false --ignore-scripts --no-save --save -S --save-dev -D --no-optional --no-package-lock -y --yes
    --legacy-peer-deps --no-update-notifier --verbose --global -g --all --if-present
"""
_FLAGS = frozenset(_FLAG_WORDS.split())


class Failure(Exception):
    """What npm says on stderr, each line behind `npm error`."""

    def __init__(self, *lines: str, status: int = 1) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines
        self.status = status


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    process: Process
    command: str
    words: tuple[str, ...]
    flags: frozenset[str]
    rest: tuple[str, ...]
    """What stands behind `--`."""

    @property
    def folder(self) -> str:
        """Where the package is: the nearest folder upwards with a package.json, else the working folder."""
        at = self.process.cwd
        while True:
            if self.process.files.exists(posixpath.join(at, "package.json")):
                return at
            if at == "/":
                return self.process.cwd
            at = posixpath.dirname(at)

    def path(self, name: str) -> str:
        return posixpath.join(self.folder, name)

    @property
    def quiet(self) -> bool:
        return bool(self.flags & {"-s", "--silent", "--quiet", "-q"})

    async def say(self, text: str) -> None:
        await self.process.stdout.write(f"{text}\n".encode())

    async def warn(self, text: str) -> None:
        if not self.flags & {"-s", "--silent"}:
            await self.process.stderr.write(f"npm {text}\n".encode())


def read(process: Process) -> Called:
    words: list[str] = []
    flags: set[str] = set()
    rest: tuple[str, ...] = ()
    given = list(process.argv[1:])
    while given:
        word = given.pop(0)
        if word == "--":
            rest = tuple(given)
            break
        if word.startswith("-") and word != "-":
            if word in ("--omit", "--include", "--only", "--loglevel", "--registry", "--cache") and given:
                word = f"{word}={given.pop(0)}"
            flags.add(word)
        else:
            words.append(word)
    command = words[0] if words else ""
    return Called(process=process, command=command, words=tuple(words[1:]), flags=frozenset(flags), rest=rest)


def known(flag: str) -> bool:
    return flag in _FLAGS or flag.partition("=")[0] in {
        "--loglevel",
        "--registry",
        "--cache",
        "--fetch-timeout",
        "--fetch-retries",
    }
