"""How one of apt's commands was called, and how it speaks."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from labrunner.practice.programs.process import Process

_SWITCHES_WORDS = """
    -y --yes --assume-yes -q -qq --quiet --no-install-recommends --no-install-suggests
    --allow-unauthenticated --fix-missing -f --fix-broken --purge --auto-remove --autoremove
    --no-upgrade --only-upgrade -V --reinstall --allow-downgrades --allow-change-held-packages
    --force-yes --install-recommends -u --show-progress --allow-releaseinfo-change
    --no-show-upgraded
"""
_SWITCHES = frozenset(_SWITCHES_WORDS.split())


@dataclass(slots=True, kw_only=True)
class Called:
    name: str
    command: str = ""
    names: list[str] = field(default_factory=list)
    switches: set[str] = field(default_factory=set)
    unknown: str = ""

    @property
    def assumes_yes(self) -> bool:
        return bool(self.switches & {"-y", "--yes", "--assume-yes", "-qq", "--force-yes"})

    @property
    def quiet(self) -> bool:
        return "-qq" in self.switches


def read(name: str, words: Sequence[str]) -> Called:
    called = Called(name=name)
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word in ("-o", "-t", "-c", "--target-release") and rest:
            rest.pop(0)
        elif word.startswith(("-o", "-t=", "--option=", "-oDebug", "-q=", "--target-release=")):
            continue
        elif re.fullmatch(r"-[yqfVu]{2,}", word) and word != "-qq":
            called.switches.update(f"-{letter}" for letter in word[1:])
        elif word.startswith("-"):
            if word not in _SWITCHES and word not in ("--version", "-v", "-h", "--help"):
                called.unknown = called.unknown or word
            called.switches.add(word)
        elif not called.command:
            called.command = word
        else:
            called.names.append(word)
    return called


async def tell(process: Process, called: Called, text: str) -> None:
    if not called.quiet:
        await say(process, text)


async def say(process: Process, text: str) -> None:
    await process.stdout.write(f"{text}\n".encode())


async def fail(process: Process, text: str, status: int) -> int:
    await process.stderr.write(f"{text}\n".encode())
    return status
