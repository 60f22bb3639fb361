"""`docker run`, `create`, `start`, `exec` and `attach`."""

import sys
import threading
from collections.abc import Set
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from labrunner.dockercli.client import Engine, Reply, path_of
from labrunner.dockercli.command import Given
from labrunner.dockercli.creating import body, environment
from labrunner.dockercli.failure import Ended, Refused
from labrunner.dockercli.hub import pulled, reference
from labrunner.dockercli.streams import (
    Session,
    detach_keys,
    following_size,
    passing_signals,
    raw_terminal,
)

SEE = "\n\nRun 'docker run --help' for more information"
NOT_FOUND = ("executable file not found", "no such file or directory", "system cannot find the file")
LEFT = "read escape sequence"
"""What attach and exec end with where the learner detached; run and start say nothing."""
DENIED = ("permission denied", "is a directory")


def run(engine: Engine, given: Given) -> int:
    detached = given.flag("--detach")
    try:
        identity = made(engine, given, attached=not detached)
    except Refused as refused:
        raise Ended(f"docker: Error response from daemon: {refused.message}{SEE}", 125) from refused
    except Ended as ended:
        if ended.status == 125 and SEE not in ended.text:
            raise Ended(f"{ended.text}{SEE}", 125) from ended
        raise
    if detached:
        sys.stdout.write(f"{identity}\n")
        sys.stdout.flush()
        _start(engine, identity)
        return 0
    return _foreground(engine, given, identity)


def create(engine: Engine, given: Given) -> int:
    sys.stdout.write(f"{made(engine, given, attached=False)}\n")
    return 0


def made(engine: Engine, given: Given, *, attached: bool) -> str:
    """The ID of a new container; its image is pulled where it is missing."""
    image = given.arguments[0]
    wanted = body(given, attached=attached)
    query = {"name": given.one("--name"), "platform": given.one("--platform")}
    when = given.one("--pull", "missing")
    if when not in ("always", "missing", "never"):
        raise Ended(
            f'docker: invalid pull option: \'{when}\': must be one of "always", "missing" or "never"', 125
        )
    written = Path(given.one("--cidfile")) if given.one("--cidfile") else None
    if written is not None and written.exists():
        raise Ended(
            "docker: container ID file found, make sure the other container isn't running or "
            f"delete {written}",
            125,
        )
    if when == "always":
        _pull(engine, image, quiet=given.flag("--quiet"))
    try:
        answer = engine.post("/containers/create", query, wanted)
    except Refused as refused:
        if refused.code != 404 or when == "never" or "No such image" not in refused.message:
            raise
        if not given.flag("--quiet"):
            sys.stderr.write(f"Unable to find image '{reference(image).familiar}' locally\n")
        _pull(engine, image, quiet=given.flag("--quiet"))
        answer = engine.post("/containers/create", query, wanted)
    for warning in answer.get("Warnings") or ():
        sys.stderr.write(f"WARNING: {warning}\n")
    if written is not None:
        written.write_text(answer["Id"])
    return str(answer["Id"])


def _pull(engine: Engine, image: str, *, quiet: bool) -> None:
    """What a pull shows goes to stderr here: stdout is the container's."""
    real, sys.stdout = sys.stdout, sys.stderr
    try:
        pulled(engine, reference(image), quiet=quiet)
    except Ended as ended:
        raise Ended(f"docker: {ended.text}{SEE}", 125) from ended
    finally:
        sys.stdout = real


def _start(engine: Engine, identity: str) -> None:
    try:
        engine.ask("POST", f"/containers/{identity}/start").read()
    except Refused as refused:
        raise Ended(
            f"docker: Error response from daemon: {refused.message}{SEE}", start_status(refused)
        ) from refused


def start_status(refused: Refused) -> int:
    """127 where the program is missing, 126 where it may not be run, else 125."""
    if any(text in refused.message for text in NOT_FOUND):
        return 127
    return 126 if any(text in refused.message for text in DENIED) else 125


def _foreground(engine: Engine, given: Given, identity: str) -> int:
    interactive, tty = given.flag("--interactive"), given.flag("--tty")
    if tty and interactive and not sys.stdin.isatty():
        engine.ask("DELETE", f"/containers/{identity}", {"force": True}).read()
        raise Ended("the input device is not a TTY", 1)
    streams = {text.lower() for text in given.all("--attach")}
    reply = _attached(
        engine,
        identity,
        interactive=interactive and (not streams or "stdin" in streams),
        keys=given.one("--detach-keys"),
        streams=streams & {"stdout", "stderr"} if streams else {"stdout", "stderr"},
    )
    waiting = _Waiting(engine, identity, "removed" if given.flag("--rm") else "next-exit")
    session = Session(reply, tty=tty, interactive=interactive, detach=detach_keys(given.one("--detach-keys")))
    with ExitStack() as stack:
        _start(engine, identity)
        _take_terminal(stack, engine, f"/containers/{identity}", identity, tty=tty, interactive=interactive)
        session.run()
    if session.detached:
        return 0
    return waiting.status()


def _attached(
    engine: Engine,
    identity: str,
    *,
    interactive: bool,
    keys: str,
    streams: Set[str] = frozenset({"stdout", "stderr"}),
) -> Reply:
    query = {"stream": True, "stdin": interactive, "detachKeys": keys, **dict.fromkeys(streams, True)}
    return engine.hijack(f"/containers/{identity}/attach", query)


class _Waiting:
    """Waits in a thread for a container to end; the request is made before the container starts."""

    def __init__(self, engine: Engine, identity: str, condition: str) -> None:
        self._told: Any = None
        reply = engine.ask("POST", f"/containers/{identity}/wait", {"condition": condition})

        def wait() -> None:
            self._told = reply.json()

        self._thread = threading.Thread(target=wait, daemon=True)
        self._thread.start()

    def status(self) -> int:
        self._thread.join()
        if not self._told:
            return 125
        error = (self._told.get("Error") or {}).get("Message")
        if error:
            sys.stderr.write(f"docker: {error}\n")
            return 125
        return int(self._told["StatusCode"])


def _take_terminal(
    stack: ExitStack, engine: Engine, place: str, identity: str, *, tty: bool, interactive: bool
) -> None:
    def resize(rows: int, columns: int) -> None:
        try:
            engine.ask("POST", f"{place}/resize", {"h": rows, "w": columns}).read()
        except Refused:
            return

    def send(signal: str) -> None:
        try:
            engine.ask("POST", f"/containers/{identity}/kill", {"signal": signal}).read()
        except Refused:
            return

    if tty and sys.stdout.isatty():
        stack.enter_context(following_size(resize))
    if tty and interactive and sys.stdin.isatty():
        stack.enter_context(raw_terminal())
    elif identity:
        stack.enter_context(passing_signals(send))


def start(engine: Engine, given: Given) -> int:
    if not (given.flag("--attach") or given.flag("--interactive")):
        return _started(engine, given)
    if len(given.arguments) > 1:
        raise Ended("you cannot start and attach multiple containers at once")
    name = given.arguments[0]
    told = engine.get(f"/containers/{path_of(name)}/json")
    identity, tty = told["Id"], bool(told["Config"]["Tty"])
    interactive = given.flag("--interactive") and told["Config"]["OpenStdin"]
    reply = _attached(engine, identity, interactive=interactive, keys=given.one("--detach-keys"))
    waiting = _Waiting(engine, identity, "removed" if told["HostConfig"]["AutoRemove"] else "next-exit")
    session = Session(reply, tty=tty, interactive=interactive)
    with ExitStack() as stack:
        try:
            engine.ask("POST", f"/containers/{identity}/start").read()
        except Refused as refused:
            raise Ended(f"Error response from daemon: {refused.message}") from refused
        _take_terminal(stack, engine, f"/containers/{identity}", identity, tty=tty, interactive=interactive)
        session.run()
    return 0 if session.detached else waiting.status()


def _started(engine: Engine, given: Given) -> int:
    from labrunner.dockercli.containers import each_of

    failed: list[str] = []

    def begin(name: str) -> None:
        try:
            engine.ask("POST", f"/containers/{path_of(name)}/start").read()
        except Refused:
            failed.append(name)
            raise

    status = each_of(given, begin)
    if failed:
        sys.stderr.write(f"Error: failed to start containers: {', '.join(failed)}\n")
    return status


def attach(engine: Engine, given: Given) -> int:
    name = given.arguments[0]
    told = engine.get(f"/containers/{path_of(name)}/json")
    if not told["State"]["Running"]:
        raise Ended("You cannot attach to a stopped container, start it first")
    if told["State"]["Paused"]:
        raise Ended("You cannot attach to a paused container, unpause it first")
    identity, tty = told["Id"], bool(told["Config"]["Tty"])
    interactive = told["Config"]["OpenStdin"] and not given.flag("--no-stdin")
    keys = given.one("--detach-keys")
    reply = _attached(engine, identity, interactive=interactive, keys=keys)
    waiting = _Waiting(engine, identity, "not-running")
    session = Session(reply, tty=tty, interactive=interactive, detach=detach_keys(keys))
    with ExitStack() as stack:
        _take_terminal(stack, engine, f"/containers/{identity}", identity, tty=tty, interactive=interactive)
        session.run()
    if session.detached:
        raise Ended(LEFT)
    return waiting.status()


def execute(engine: Engine, given: Given) -> int:
    name, *command = given.arguments
    interactive, tty, detached = given.flag("--interactive"), given.flag("--tty"), given.flag("--detach")
    if tty and interactive and not sys.stdin.isatty():
        raise Ended("the input device is not a TTY")
    identity = engine.post(
        f"/containers/{path_of(name)}/exec",
        None,
        {
            "AttachStdin": interactive and not detached,
            "AttachStdout": not detached,
            "AttachStderr": not detached,
            "Tty": tty,
            "Cmd": command,
            "Env": environment(given) or None,
            "User": given.one("--user"),
            "WorkingDir": given.one("--workdir"),
            "Privileged": given.flag("--privileged"),
            "DetachKeys": given.one("--detach-keys"),
        },
    )["Id"]
    if detached:
        engine.post(f"/exec/{identity}/start", None, {"Detach": True, "Tty": tty})
        return 0
    reply = engine.hijack(f"/exec/{identity}/start", None, {"Detach": False, "Tty": tty})
    session = Session(reply, tty=tty, interactive=interactive, detach=detach_keys(given.one("--detach-keys")))
    with ExitStack() as stack:
        _take_terminal(stack, engine, f"/exec/{identity}", "", tty=tty, interactive=interactive)
        session.run()
    if session.detached:
        raise Ended(LEFT)
    return int(engine.get(f"/exec/{identity}/json").get("ExitCode") or 0)
