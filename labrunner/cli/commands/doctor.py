"""`labrunner doctor`: everything a lesson needs, looked at one by one, with a remedy for each trouble."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from labrunner.cli.arguments import Arguments
from labrunner.cli.beginning import free_port
from labrunner.cli.choosing import choose
from labrunner.cli.report import FINISHED, out
from labrunner.cli.seat import has_gateway
from labrunner.engine.facts import EngineFacts
from labrunner.errors import EngineError, EngineUnreachable, LabrunnerError, StoreError
from labrunner.progress.sqlite import data_folder, open_store
from labrunner.shell.integration import SHELLS

ROOM = 2 * 1024**3
"""Bytes of free disk that the course's images want."""
PORT = 8080


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One thing looked at. `trouble` stands in the way of lessons, `notice` does not."""

    what: str
    state: Literal["well", "notice", "trouble"]
    found: str
    remedy: str = ""


def run(arguments: Arguments) -> int:
    """With --json: `{"looks": [{what, state, found, remedy}]}`. Exits 4 where no engine can be used, else 0 or 5."""
    looks = [*at_engine(arguments.engine), *at_machine()]
    if arguments.json:
        out(json.dumps({"looks": [asdict(look) for look in looks]}, indent=2))
    else:
        words = {"well": "ok", "notice": "note", "trouble": "TROUBLE"}
        width = max(len(look.what) for look in looks)
        for look in looks:
            out(f"{look.what:<{width}}  {words[look.state]:<7}  {look.found}")
            if look.remedy:
                out(f"{'':<{width}}  {'':<7}  {look.remedy}")
    troubled = [look.what for look in looks if look.state == "trouble"]
    if "engine" in troubled:
        return EngineError.exit_status
    return StoreError.exit_status if troubled else FINISHED


def at_engine(wanted: str) -> Iterator[Look]:
    try:
        chosen = choose(wanted)
        engine = chosen.open()
        facts = engine.facts()
        engine.close()
    except EngineUnreachable as error:
        yield Look(what="engine", state="trouble", found=error.what, remedy=error.remedy)
    else:
        yield Look(
            what="engine",
            state="well",
            found=f"{facts.product} {facts.version} at {facts.address or chosen.address}",
        )
        yield Look(
            what="API version",
            state="well",
            found=f"{facts.api} (the engine accepts {facts.min_api} and later)",
        )
        yield Look(what="image store", state="well", found=store_of(facts))
        if not has_gateway(chosen.address, chosen.certificates):
            yield Look(
                what="gateway",
                state="notice",
                found="left out: this engine is reached over TLS or ssh",
                remedy="What was asked of the engine is then judged by the commands you type.",
            )
        if facts.mirrors:
            yield Look(what="registry mirror", state="well", found=", ".join(facts.mirrors))
    yield from at_docker_command()


def store_of(facts: EngineFacts) -> str:
    if facts.store == "containerd":
        return f"containerd ({facts.driver}): an image ID is its manifest's digest"
    return f"graph driver {facts.driver}: an image ID is its config's digest"


def at_docker_command() -> Iterator[Look]:
    program = shutil.which("docker")
    if program is None:
        yield Look(
            what="docker command",
            state="notice",
            found="there is none on your PATH: lessons bring one of labrunner's own",
            remedy="Docker's own command line has more: install it, or Docker Desktop.",
        )
        return
    yield Look(what="docker command", state="well", found=f"{said(program, '--version')} ({program})")
    buildx = said(program, "buildx", "version")
    if "buildx" in buildx:
        yield Look(what="buildx", state="well", found=buildx)
    else:
        yield Look(
            what="buildx",
            state="notice",
            found="not installed: builds use the classic builder",
            remedy="Lessons work with both; a few steps about BuildKit are left out.",
        )


def said(*command: str) -> str:
    """The first line a program prints, empty where it fails."""
    try:
        ran = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return ran.stdout.partition("\n")[0] if ran.returncode == 0 else ""


def at_machine() -> Iterator[Look]:
    port = free_port(PORT)
    if port == PORT:
        yield Look(what="port", state="well", found=f"{PORT} is free")
    else:
        yield Look(what="port", state="notice", found=f"{PORT} is taken; lessons will use {port}")
    yield from at_data()
    shell = Path(os.environ.get("SHELL", "")).name
    if shell in SHELLS:
        yield Look(what="shell", state="well", found=os.environ["SHELL"])
    else:
        found = f"{shell or 'SHELL is not set'}; lessons run in bash"
        yield Look(what="shell", state="notice", found=found, remedy="bash, zsh and fish are supported.")
    yield at_terminal()


def at_data() -> Iterator[Look]:
    folder = data_folder()
    try:
        open_store().close()
        free = shutil.disk_usage(folder).free
    except (LabrunnerError, OSError) as error:
        what, remedy = (error.what, error.remedy) if isinstance(error, LabrunnerError) else (str(error), "")
        yield Look(what="progress", state="trouble", found=what, remedy=remedy)
        return
    yield Look(what="progress", state="well", found=f"kept in {folder}")
    room = f"{free / 1024**3:.1f} GiB free"
    if free < ROOM:
        yield Look(what="disk", state="notice", found=room, remedy="The course's images want about 2 GiB.")
    else:
        yield Look(what="disk", state="well", found=room)


def at_terminal() -> Look:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return Look(
            what="terminal", state="notice", found="none here: lessons are told line by line (--plain)"
        )
    encoding = sys.stdout.encoding.lower()
    kind = os.environ.get("TERM", "dumb")
    if "utf" not in encoding:
        return Look(
            what="terminal",
            state="notice",
            found=f"{kind}, {encoding}: drawn with plain letters",
            remedy="Set LANG to a UTF-8 locale for the nicer drawing.",
        )
    return Look(what="terminal", state="well", found=f"{kind}, {encoding}")
