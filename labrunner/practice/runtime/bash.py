"""The backend that ships with labrunner: coroutines of this process in the place of containers' processes."""

import posixpath
from collections.abc import Iterable, Mapping, Sequence

from labrunner.practice.images.tree import Tree
from labrunner.practice.programs.process import Open, Process, Program
from labrunner.practice.programs.streams import From, Null, To
from labrunner.practice.programs.tini import watch_over
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime import launching
from labrunner.practice.runtime.backend import Machine, Mount, Rootfs, Running, Spec, Streams
from labrunner.practice.runtime.laying import lay
from labrunner.practice.runtime.machine import SimulatedMachine
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.rootfs import SharedFiles
from labrunner.practice.runtime.space import Space
from labrunner.practice.runtime.tty import Terminal
from labrunner.practice.runtime.users import User, find
from labrunner.practice.runtime.view import View
from labrunner.practice.runtime.walking import EXECUTE

CREATE = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)
INIT = ("/sbin/docker-init", "--")
EXEC = "OCI runtime exec failed: exec failed: unable to start container process: "


class BashkitBackend:
    """Programs come from two tables: stand-ins by name, and what busybox and coreutils provide."""

    def __init__(
        self, programs: Mapping[str, Program] | None = None, applets: Mapping[str, Program] | None = None
    ) -> None:
        self._programs = _programs() if programs is None else programs
        self._applets = _applets() if applets is None else applets

    def files(self, tree: Tree | None = None) -> Rootfs:
        return SharedFiles(tree)

    def machine(
        self,
        tree: Tree,
        *,
        hostname: str,
        name: str,
        image_id: str,
        mounts: Iterable[Mount] = (),
        image: str = "",
        labels: Mapping[str, str] | None = None,
        layer: Tree | None = None,
        extra_hosts: Sequence[str] = (),
        read_only: bool = False,
    ) -> Machine:
        overlay = Overlay(tree)
        if layer is not None and len(layer):
            lay(View(space=Space(overlay)), layer)
        return SimulatedMachine(
            overlay,
            hostname=hostname,
            name=name,
            image_id=image_id,
            image=image,
            labels=labels,
            mounts=tuple(mounts),
            extra_hosts=extra_hosts,
            read_only=read_only,
            programs=self._programs,
            applets=self._applets,
        )

    async def start(self, machine: Machine, spec: Spec, streams: Streams) -> Running:
        if not isinstance(machine, SimulatedMachine):
            raise TypeError("the machine must come from this backend")
        if spec.main and machine.running:
            raise Refused(409, "the container is already running")
        user = find(machine.files, spec.user, spec.groups)
        env = environment(machine, spec, user)
        _enter(machine, spec)
        view = View(space=machine.space, uid=user.uid, gid=user.gid, groups=user.groups)
        file = "" if spec.init else _program_file(view, spec, env.get("PATH"))
        argv = (*INIT, *spec.argv) if spec.init else spec.argv
        terminal: Terminal | None = None
        if spec.tty:
            terminal = Terminal(machine, streams)
            fds: dict[int, Open] = dict.fromkeys((0, 1, 2), terminal)
        else:
            stdin: Open = Null() if streams.stdin is None else From(streams.stdin)
            fds = {0: stdin, 1: To(streams.stdout), 2: To(streams.stderr)}

        async def main(process: Process) -> int:
            if spec.init:
                process.path = INIT[0]
                return await watch_over(process, spec.argv)
            try:
                return await machine.kernel.execute(process, file, spec.argv)
            except OSError as error:
                reason = (error.strerror or "").lower()
                await process.stderr.write(f"exec {file}: {reason}\n".encode())
                return 255

        try:
            task = machine.kernel.begin(
                main, argv=argv, env=env, cwd=spec.cwd or "/", user=user, fds=fds, main=spec.main
            )
        except BlockingIOError:
            raise Refused(500, f"{EXEC}fork/exec /proc/self/exe: resource temporarily unavailable") from None
        if terminal is not None:
            terminal.begin(task)
        return task


def environment(machine: SimulatedMachine, spec: Spec, user: User) -> dict[str, str]:
    """What Docker and runc add to the environment where it is not set."""
    env = {"PATH": launching.PATH, "HOSTNAME": machine.hostname}
    if spec.tty:
        env["TERM"] = "xterm"
    env.update(spec.env)
    env.setdefault("HOME", user.home)
    return env


def _enter(machine: SimulatedMachine, spec: Spec) -> None:
    """The working directory: made for a container's own process, demanded for an exec."""
    cwd = spec.cwd or "/"
    try:
        kind = machine.files.stat(cwd).kind
    except NotADirectoryError:
        kind = "file"
    except FileNotFoundError:
        if spec.main:
            machine.files.mkdir(cwd, parents=True)
            return
        reason = "no such file or directory"
        raise Refused(400, f'{EXEC}chdir to cwd ("{cwd}") set in config.json failed: {reason}') from None
    if kind != "folder" and spec.main:
        raise Refused(500, f"Cannot mkdir: {cwd} is not a directory")
    if kind != "folder":
        raise Refused(400, f'{EXEC}chdir to cwd ("{cwd}") set in config.json failed: not a directory')


def _program_file(view: View, spec: Spec, path: str | None) -> str:
    """The file that runc would execute; raises Refused in runc's words."""
    prefix = CREATE if spec.main else EXEC
    if not spec.argv:
        raise Refused(400, "no command specified")
    name = spec.argv[0]
    try:
        file = launching.which(view, name, path or launching.PATH, spec.cwd or "/")
    except PermissionError:
        raise Refused(400, f'{prefix}exec: "{name}": permission denied') from None
    except OSError as error:
        if "/" not in name:
            raise Refused(400, f'{prefix}exec: "{name}": executable file not found in $PATH') from None
        reason = (error.strerror or "").lower()
        raise Refused(400, f'{prefix}exec: "{name}": stat {name}: {reason}') from None
    file = posixpath.join(spec.cwd or "/", file)
    found = view.stat(file)
    if found.kind == "folder":
        raise Refused(400, f'{prefix}exec: "{name}": is a directory: permission denied')
    if not view.access(file, EXECUTE):
        raise Refused(400, f'{prefix}exec: "{name}": permission denied')
    return file if "/" not in name else name


def _programs() -> Mapping[str, Program]:
    from labrunner.practice.programs.table import PROGRAMS

    return PROGRAMS


def _applets() -> Mapping[str, Program]:
    from labrunner.practice.programs.coreutils import APPLETS

    return APPLETS
