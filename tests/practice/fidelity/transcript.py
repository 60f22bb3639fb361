"""Docker commands in a row against one engine, and what they said, with everything that must differ taken out."""

import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
PATIENCE = 60
_UNORDERED = re.compile(r"docker (image )?(pull|push|load|diff|ls|rm)\b")
"""What comes side by side, in the order of times that are equal, or (load) in any."""
_BUILD = re.compile(r"docker (image )?build\b")

_SAME = (
    (re.compile(r"\x1b\[[0-9;?]*[A-Za-z]"), ""),
    (re.compile(r"\b\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?( ?[+-]\d{4} [A-Z]+|Z)?"), "<time>"),
    (
        re.compile(
            r"\b(Less than a second|About an? (minute|hour)|\d+ (second|minute|hour|day|week|month|year)s?)( ago)?\b"
        ),
        "<age>",
    ),
    (re.compile(r"\b\d+(\.\d+)?s\b"), "<seconds>"),
    (re.compile(r"\b\d+(\.\d+)?(kB|MB|B)( / \d+(\.\d+)?(kB|MB|B))? (done|<seconds>)"), "<size> done"),
    (re.compile(r"\b172\.\d+\.\d+\.\d+\b|\b127\.0\.0\.1:\d{5}\b"), "<address>"),
    (re.compile(r"\bBind for (0\.0\.0\.0|::):"), "Bind for <any>:"),
    (re.compile(r"\bref [\w-]+::\w+"), "ref <ref>"),
    (re.compile(r"(?m)^\d+\.\d{3} "), ""),
    (re.compile(r"\blookup (\S+) on \S+: "), r"lookup \1: "),
    (re.compile(r"(?m)^(#\d+ exporting layers).*"), r"\1"),
)
"""What two runs on one engine would tell differently as well."""

_LOCAL = (
    (re.compile(r"sha256:[0-9a-f]{64}"), "sha256:<digest>"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "<id>"),
)
_SIZES = ((re.compile(r"\b\d+(\.\d+)?(kB|MB|GB|B)\b"), "<size>"),)


@dataclass(frozen=True, slots=True)
class Said:
    command: str
    status: int
    lines: tuple[str, ...]

    def __str__(self) -> str:
        return "\n".join((f"$ {self.command}", *self.lines, f"[{self.status}]", ""))


def commands(name: str, transcripts: Path = HERE / "transcripts") -> tuple[str, ...]:
    lines = (transcripts / f"{name}.txt").read_text().splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def played(
    name: str, environment: Mapping[str, str], folder: Path, transcripts: Path = HERE / "transcripts"
) -> tuple[Said, ...]:
    """Every command of a transcript, in a workspace of its own."""
    workspace = folder / "workspace"
    shutil.copytree(HERE / "workspace", workspace)
    with tarfile.open(workspace / "rootfs.tar", "w") as archive:
        archive.add(workspace / "rootfs", arcname=".")
    return tuple(_said(command, name, environment, workspace) for command in commands(name, transcripts))


def _said(command: str, name: str, environment: Mapping[str, str], folder: Path) -> Said:
    ran = subprocess.run(
        ["/bin/sh", "-c", f"{{ {command}\n}} 2>&1"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    return Said(command, ran.returncode, normalised(ran.stdout.decode(errors="replace"), command, name))


def normalised(text: str, command: str, name: str) -> tuple[str, ...]:
    for pattern, word in (*_SAME, *_LOCAL, *(() if name == "images" else _SIZES)):
        text = pattern.sub(word, text)
    lines = [" ".join(line.split()) for line in text.splitlines()]
    lines = [line for line in lines if line]
    if _BUILD.search(command) and not command.startswith("DOCKER_BUILDKIT=0"):
        return tuple(sorted(set(_without_numbers(lines))))
    if _UNORDERED.search(command):
        # A real engine may still have a layer of an image that was removed: tests/practice/hub looks at this line.
        return tuple(sorted({line for line in lines if line != "<id>: Already exists"}))
    return tuple(lines)


def _without_numbers(lines: Sequence[str]) -> Iterator[str]:
    """BuildKit's steps run side by side: `#5 DONE 0.1s` says when, and not what; `#5 CACHED` belongs to a step."""
    names: dict[str, str] = {}
    for line in lines:
        step, _, told = line.partition(" ")
        if not re.fullmatch(r"#\d+", step):
            yield line
            continue
        told = re.sub(r"^(<seconds>|\d+\.\d+) ", "", told)
        names.setdefault(step, told)
        if told == "CACHED":
            # Whether a base was unpacked before is the engine's own affair.
            told = "" if " FROM " in names[step] else f"CACHED {names[step]}"
        # When a line was finished is told with it or later, as the clock ticks.
        told = re.sub(r"( <seconds>| \d+\.\d+s|<size>| done)+$", "", told)
        told = re.sub(r"^(DONE|CANCELED)\b.*", "", told)
        # What takes no time is sometimes not told at all.
        if told and told != "..." and not told.startswith("transferring "):
            yield told


def environment(address: str, home: Path, command: str, plugins: str | None) -> dict[str, str]:
    """Of a learner with nothing but the docker command of version 28."""
    (home / ".docker").mkdir(parents=True, exist_ok=True)
    if plugins and not (home / ".docker/cli-plugins").exists():
        (home / ".docker/cli-plugins").symlink_to(plugins)
    return {
        "PATH": os.pathsep.join([str(Path(command).parent), os.environ.get("PATH", os.defpath)]),
        "HOME": str(home),
        "DOCKER_CONFIG": str(home / ".docker"),
        "DOCKER_HOST": address,
        "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
        "DOCKER_CLI_HINTS": "false",
        "BUILDKIT_PROGRESS": "plain",
        "BUILDX_NO_DEFAULT_ATTESTATIONS": "1",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
        "COLUMNS": "200",
    }


def written(said: Sequence[Said]) -> str:
    return "\n".join(map(str, said))
