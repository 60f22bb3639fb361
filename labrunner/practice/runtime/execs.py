"""`docker exec`: further programs in a running container, each with its own streams, kept until the container stops."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.practice.happenings import Happenings
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import users
from labrunner.practice.runtime.attach import Attachment, Hub, Stream
from labrunner.practice.runtime.backend import Backend, Running, Spec
from labrunner.practice.runtime.config import environment
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.detach import keys
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.life import not_running
from labrunner.practice.runtime.naming import new_id

_MOST = 256
"""Execs remembered for one container."""


@dataclass(slots=True, kw_only=True, eq=False)
class Exec:
    id: str
    container: Container
    argv: tuple[str, ...]
    body: Mapping[str, Any]
    hub: Hub
    tty: bool
    running: bool = False
    exit_code: int | None = None
    pid: int = 0
    process: Running | None = None
    watch: asyncio.Task[None] | None = None

    @property
    def outputs(self) -> frozenset[Stream]:
        wanted: list[Stream] = []
        if self.body.get("AttachStdout"):
            wanted.append("stdout")
        if self.body.get("AttachStderr"):
            wanted.append("stderr")
        return frozenset(wanted)

    def inspect(self) -> dict[str, Any]:
        """GET /exec/{id}/json"""
        process: dict[str, Any] = {
            "tty": self.tty,
            "entrypoint": self.argv[0],
            "arguments": list(self.argv[1:]),
            "privileged": bool(self.body.get("Privileged")),
        }
        if user := self.body.get("User"):
            process["user"] = user
        return {
            "ID": self.id,
            "Running": self.running,
            "ExitCode": self.exit_code,
            "ProcessConfig": process,
            "OpenStdin": bool(self.body.get("AttachStdin")),
            "OpenStderr": bool(self.body.get("AttachStderr")),
            "OpenStdout": bool(self.body.get("AttachStdout")),
            "CanRemove": False,
            "ContainerID": self.container.id,
            "DetachKeys": self.body.get("DetachKeys") or "",
            "Pid": self.pid,
        }


class Execs:
    def __init__(self, happenings: Happenings, backend: Backend) -> None:
        self._happenings, self._backend = happenings, backend
        self._execs: dict[str, Exec] = {}

    def get(self, exec_id: str) -> Exec:
        if (found := self._execs.get(exec_id)) is None:
            raise Refused(404, f"No such exec instance: {exec_id}")
        return found

    def create(self, container: Container, body: Mapping[str, Any]) -> Exec:
        """Raises Refused where the container does not run, or nothing is to be run."""
        _check_running(container)
        argv = _argv(body)
        environment_given = body.get("Env") or []
        if not isinstance(environment_given, list):
            raise Refused(400, "invalid JSON: Env must be a list of strings")
        for each in environment_given:
            if not str(each) or str(each).startswith("="):
                raise Refused(400, f"invalid environment variable: {each}")
        keys(str(body.get("DetachKeys") or ""))
        _check_user(container, str(body.get("User") or ""))
        tty = bool(body.get("Tty"))
        made = Exec(
            id=new_id(),
            container=container,
            argv=argv,
            body=body,
            hub=Hub(tty=tty, open_stdin=bool(body.get("AttachStdin")), stdin_once=True),
            tty=tty,
        )
        self._execs[made.id] = made
        container.execs[made.id] = made
        self._forget_old(container)
        self._tell(made, "exec_create: " + _told(argv))
        return made

    async def start(
        self, made: Exec, *, detach: bool = False, detach_keys: str = "", size: tuple[int, int] | None = None
    ) -> Attachment | None:
        """None where it is detached. A program that cannot be run is told in the stream, as Docker does."""
        container = made.container
        if made.exit_code is not None:
            raise Refused(409, f"exec command {made.id} has already run")
        if made.running:
            raise Refused(409, f"exec command {made.id} is already running")
        _check_running(container)
        asked = keys(detach_keys or str(made.body.get("DetachKeys") or ""))
        attachment = None
        if not detach:
            attachment = made.hub.attach(
                stdin=True,
                outputs=made.outputs,
                keys=asked,
                on_detach=lambda: self._tell(made, "exec_detach"),
            )
        made.running = True
        self._tell(made, "exec_start: " + _told(made.argv))
        try:
            await self._run(made)
            if size is not None and made.process is not None:
                made.process.resize(*size)
        except Refused as refused:
            made.running = False
            made.exit_code = exit_code_of(refused)
            if attachment is None:
                raise
            await attachment.put("stdout", f"{refused.message}\r\n".encode())
            if "stdout" not in made.outputs:
                await attachment.put("stderr", f"{refused.message}\r\n".encode())
            made.hub.end()
        return attachment

    async def _run(self, made: Exec) -> None:
        container = made.container
        machine = container.machine
        if machine is None:
            raise not_running(container.id)
        spec = Spec(
            argv=made.argv,
            env=environment(container.config, made.body),
            cwd=str(made.body.get("WorkingDir") or container.config["WorkingDir"] or "/"),
            user=str(made.body.get("User") or container.config["User"]),
            groups=tuple(str(each) for each in container.host["GroupAdd"] or ()),
            tty=made.tty,
            main=False,
        )
        made.process = await self._backend.start(machine, spec, made.hub.streams())
        made.pid = made.process.pid
        made.watch = asyncio.create_task(self._watch(made, made.process))

    async def _watch(self, made: Exec, process: Running) -> None:
        status = await process.wait()
        made.exit_code, made.running = status, False
        self._tell(made, "exec_die", {"exitCode": str(status)})
        made.hub.end()

    def resize(self, made: Exec, rows: int, columns: int) -> None:
        if made.process is not None and made.running:
            made.process.resize(rows, columns)

    async def ended(self, container: Container) -> None:
        """The container stopped, and every program in it."""
        watches = [each.watch for each in container.execs.values() if each.watch is not None]
        if watches:
            _, late = await asyncio.wait(watches, timeout=5)
            for watch in late:
                watch.cancel()
        for each in container.execs.values():
            if each.running:
                each.running, each.exit_code = False, 137
                each.hub.end()
            self._execs.pop(each.id, None)
        container.execs.clear()

    def _forget_old(self, container: Container) -> None:
        done = [each for each in container.execs.values() if each.exit_code is not None]
        for each in done[: max(0, len(container.execs) - _MOST)]:
            del container.execs[each.id], self._execs[each.id]
        if len(container.execs) > 4 * _MOST:
            raise Refused(500, "practice engine: too many programs run in this container")

    def _tell(self, made: Exec, action: str, more: Mapping[str, str] | None = None) -> None:
        tell(self._happenings, made.container, action, {"execID": made.id, **(more or {})})


def exit_code_of(refused: Refused) -> int:
    """What Docker makes of a program that could not be started."""
    said = refused.message.lower()
    if "executable file not found" in said or "no such file or directory" in said:
        return 127
    if "permission denied" in said or "is a directory" in said:
        return 126
    return 128


def _check_running(container: Container) -> None:
    if container.life.status == "paused":
        raise Refused(409, f"Container {container.name} is paused, unpause the container before exec")
    if container.life.status == "restarting":
        raise Refused(409, f"Container {container.id} is restarting, wait until the container is running")
    if container.life.status != "running":
        raise not_running(container.id)


def _argv(body: Mapping[str, Any]) -> tuple[str, ...]:
    given = body.get("Cmd")
    given = [given] if isinstance(given, str) else given
    if not given:
        raise Refused(400, "No exec command specified")
    if not isinstance(given, list) or not all(isinstance(each, str) for each in given):
        raise Refused(400, "invalid JSON: Cmd must be a list of strings")
    return tuple(given)


def _check_user(container: Container, user: str) -> None:
    if user and container.machine is not None:
        try:
            users.find(container.machine.files, user)
        except Refused as refused:
            raise Refused(400, refused.message) from refused


def _told(argv: tuple[str, ...]) -> str:
    return " ".join(argv)
