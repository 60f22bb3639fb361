"""The same Dockerfile on a real Engine 28 and on the practice engine: what the docker command shows is the same."""

import asyncio
import re
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.daemon import Daemon
from labrunner.reference import parse
from tests.engine import real
from tests.practice.buildkit.cli import Docker, Said
from tests.practice.buildkit.front import listening


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    dockerfile: str
    files: Mapping[str, str] = field(default_factory=dict)
    words: Sequence[str] = ()
    twice: bool = False
    """Compared is a second build, which finds all in the cache."""


CASES = {
    "plain": Case(
        dockerfile='FROM alpine:3.24\nCOPY hello.txt /\nRUN echo hi\nCMD ["cat", "/hello.txt"]\n',
        files={"hello.txt": "hello\n", "more.txt": "more\n"},
        words=("--no-cache",),
    ),
    "cached": Case(
        dockerfile="FROM alpine:3.24\nWORKDIR /srv\nCOPY . .\nRUN echo hi\n",
        files={"hello.txt": "hello\n", ".dockerignore": "*.md\n", "no.md": "no\n"},
        twice=True,
    ),
    "stages": Case(
        dockerfile="FROM alpine:3.24 AS build\nRUN echo made > /made\n\nFROM scratch\nCOPY --from=build /made /\n",
        words=("--no-cache",),
    ),
    "target": Case(
        dockerfile="FROM alpine:3.24 AS one\nRUN echo 1\nFROM alpine:3.24 AS two\nRUN echo 2\n",
        words=("--no-cache", "--target", "one"),
    ),
    "arguments": Case(
        dockerfile="ARG V=3.24\nFROM alpine:${V}\nARG WHO=you\nENV GREET=hello\nRUN echo $GREET $WHO\n",
        words=("--no-cache", "--build-arg", "WHO=me"),
    ),
    "both streams": Case(
        dockerfile="FROM alpine:3.24\nRUN echo out\nRUN echo err >&2\nRUN true\n", words=("--no-cache",)
    ),
    "a failing step": Case(
        dockerfile="FROM alpine:3.24\nRUN echo before\nRUN echo to-err >&2; exit 3\nRUN echo after\n",
        words=("--no-cache",),
    ),
    "a missing file": Case(dockerfile="FROM alpine:3.24\nCOPY nothere.txt /\n"),
    "a wrong word": Case(dockerfile="FROM alpine:3.24\nRUM bar\n"),
    "an empty Dockerfile": Case(dockerfile=""),
    "no such target": Case(dockerfile="FROM alpine:3.24 AS one\nRUN true\n", words=("--target", "zz")),
    "no such Dockerfile": Case(dockerfile="FROM alpine:3.24\n", words=("-f", "Nofile")),
    "no such image": Case(dockerfile="FROM labrunner-has-no-such-image:9\nRUN true\n"),
    "warnings": Case(
        dockerfile="from alpine:3.24 as Base\nMAINTAINER me\nENV A b\nRUN echo one\nCMD echo hi\n",
        words=("--no-cache",),
    ),
    "a check": Case(
        dockerfile="from alpine:3.24 as Base\nMAINTAINER me\nENV A b\nRUN echo one\nCMD echo hi\n",
        words=("--check",),
    ),
    "a forbidden warning": Case(
        dockerfile="# check=error=true\nFROM alpine:3.24\nMAINTAINER me\nRUN echo one\n"
    ),
    "a forbidden warning in a check": Case(
        dockerfile="# check=error=true\nFROM alpine:3.24\nMAINTAINER me\nRUN echo one\n", words=("--check",)
    ),
    "a skipped warning": Case(
        dockerfile="FROM alpine:3.24\nMAINTAINER me\nRUN echo one\n",
        words=("--no-cache", "--build-arg", "BUILDKIT_DOCKERFILE_CHECK=skip=MaintainerDeprecated"),
    ),
    "a broken Dockerfile in a check": Case(dockerfile="FROM alpine:3.24\nRUM x\n", words=("--check",)),
    "an outline": Case(
        dockerfile="# V is a version\nARG V=3.24\nFROM alpine:${V} AS one\nARG A=1\n# B is more\nARG B\nRUN true\n",
        words=("--call=outline",),
    ),
    "a local folder": Case(
        dockerfile="FROM scratch\nCOPY hello.txt /\n",
        files={"hello.txt": "hello\n"},
        words=("--no-cache", "-o", "out"),
    ),
    "a clean check": Case(dockerfile="FROM alpine:3.24\nRUN true\n", words=("--check",)),
    "targets": Case(
        dockerfile="FROM alpine:3.24 AS one\n# two is last\nFROM one AS two\n", words=("--call=targets",)
    ),
}

ATTEMPTS = 3
"""The docker command prints what it has heard every 150 ms: on a busy machine one build is shown in several ways."""

LOADED = re.compile(r"\n#\d \[internal\] load (?:metadata|\.dockerignore).*?DONE\n", re.DOTALL)
"""What BuildKit loads besides the Dockerfile to answer a question; it is not loaded here."""

ASKED = [
    name
    for name, case in CASES.items()
    if case.words[:1] in (("--check",), ("--call=targets",), ("--call=outline",))
] + ["a forbidden warning"]

REFUSED = re.compile(r"docker\.io/\S+: not found$|pull access denied, .*$", re.MULTILINE)
"""The mirror of the real engine has other words for an image that is not there than Docker Hub has."""


@pytest.fixture(params=[real.on("docker28")])
def docker28(request: pytest.FixtureRequest, engines: Mapping[str, str]) -> Iterator[str]:
    """The engine's address, held against the tests of other processes."""
    address = engines.get(real.VARIABLES[request.param])
    if address is None:
        pytest.skip("no Engine 28 was started")
    with real.locked(request.param):
        yield address


@pytest.mark.parametrize("name", CASES)
def test_a_build_is_shown_as_docker_shows_it(name: str, docker28: str, place: Path) -> None:
    case = CASES[name]
    project = place / "project"
    project.mkdir()
    (project / "Dockerfile").write_text(case.dockerfile)
    for path, text in case.files.items():
        (project / path).write_text(text)

    expected, found = ["expected"], ["found"]
    for attempt in range(ATTEMPTS):
        expected = _shown(name, asyncio.run(_on_docker(docker28, case, place, project)))
        found = _shown(name, asyncio.run(_on_practice(case, place / f"{attempt}", project)))
        if found == expected:
            break

    assert found == expected


async def _on_docker(address: str, case: Case, place: Path, project: Path) -> Said:
    """Leaves nothing behind but what was there."""
    docker = Docker(address, place)
    tag = f"lrb-{secrets.token_hex(4)}"
    await docker("pull", "-q", "alpine:3.24", cwd=project)
    try:
        return await _build(docker, case, project, tag)
    finally:
        await docker("rmi", "-f", tag, cwd=project)


async def _on_practice(case: Case, place: Path, project: Path) -> Said:
    folder = place / "engine"
    folder.mkdir(parents=True)
    daemon = Daemon(folder)
    await daemon.open()
    await daemon.hub.pull(parse("alpine:3.24"), auth=None, progress=_quiet)
    try:
        async with listening(daemon, place / "sock") as host:
            return await _build(Docker(host, place), case, project, "practice")
    finally:
        await daemon.close()


async def _quiet(_line: Mapping[str, Any]) -> None:
    pass


async def _build(docker: Docker, case: Case, project: Path, tag: str) -> Said:
    words = ("build", "--progress=plain", "-t", tag, *case.words, ".")
    if case.twice:
        await docker(*words, cwd=project)
    said = await docker(*words, cwd=project)
    return Said(said.status, said.out.replace(tag, "TAG"), said.err.replace(tag, "TAG"))


def _shown(name: str, said: Said) -> list[str]:
    """The exit status and the lines, without digests, durations and whether the base was there already."""
    text = re.sub(r"\x1b\[\d+m", "", said.out + said.err)
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text)
    text = re.sub(r"checksum of ref \S+: ", "checksum of ref …: ", text)
    text = re.sub(r" \d+\.\d+s( done)?$", r"\1", text, flags=re.MULTILINE)
    text = re.sub(r"^(#\d+ )?\d\.\d{3} ", r"\g<1>0.000 ", text, flags=re.MULTILINE)
    text = re.sub(
        r"(FROM \S+)\n(?:#\d+ (?:resolve|extracting|sha256:).*\n)*#(\d+) (?:CACHED|DONE)",
        r"\1\n#\2 DONE",
        text,
    )
    text = REFUSED.sub("not there", text)
    if name in ASKED:
        text = LOADED.sub("", text)
    head, _, warned = text.partition("warnings found")
    lines = [f"status {said.status}", *head.splitlines(), *sorted(warned.splitlines())]
    return _unordered(lines) if CASES[name].twice else lines


def _unordered(lines: list[str]) -> list[str]:
    """BuildKit finds many steps in its cache at once, and clients tell them in any order."""
    return sorted(re.sub(r"^#\d+ ", "# ", line) for line in lines)
