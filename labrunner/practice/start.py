"""Starts, finds, stops and empties a practice engine: a child process that outlives the command that started it."""

import contextlib
import fcntl
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import EngineError, EngineUnreachable, LabrunnerError
from labrunner.practice import state

PATIENCE = 20.0
"""Seconds that an engine is given to start, or to end."""
_STEP = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    folder: Path
    address: str
    """`unix:///…/engine.sock`; empty where no engine runs."""
    pid: int
    log: Path
    registry: str = ""
    """`localhost:5001`; empty where it serves no lab registry."""

    @property
    def running(self) -> bool:
        return bool(self.address)


def start(folder: Path, *, socket_path: Path | None = None, registry_port: int | None = None) -> str:
    """The address of the engine over `folder`, started now if none runs; it has answered a ping."""
    folder = state.prepare(folder)
    with (folder / "start.lock").open("a") as turn:
        # Two commands at once: the second waits here, and finds the engine of the first.
        fcntl.flock(turn, fcntl.LOCK_EX)
        found = status(folder)
        if found.running:
            return found.address
        if state.is_taken(folder):
            _end(folder, found.pid)
        path = state.prepare_socket(socket_path or state.socket_path(folder))
        _spawn(folder, path, registry_port)
    return f"unix://{path}"


def status(folder: Path) -> Status:
    """What runs over `folder`: an engine counts when it answers."""
    folder = folder.resolve()
    note = state.read_note(folder)
    answers = note is not None and state.is_taken(folder) and ping(note.socket)
    return Status(
        folder=folder,
        address=f"unix://{note.socket}" if note is not None and answers else "",
        pid=note.pid if note is not None else 0,
        log=folder / state.LOG,
        registry=f"localhost:{note.registry}" if note is not None and answers and note.registry else "",
    )


def stop(folder: Path) -> bool:
    """Ends the engine in order, its containers exited; False where none ran."""
    folder = folder.resolve()
    if not state.is_taken(folder):
        return False
    note = state.read_note(folder)
    _end(folder, note.pid if note is not None else 0)
    return True


def reset(folder: Path) -> None:
    """Ends the engine and throws away all its images, containers and volumes."""
    folder = folder.resolve()
    if not folder.exists():
        return
    if not (folder / state.MARK).exists():
        raise EngineError(f"{folder} is no folder of a practice engine, so it is left alone.")
    stop(folder)
    lock = state.take(folder)
    try:
        for entry in folder.iterdir():
            if entry.name in (state.MARK, state.LOCK, "start.lock"):
                continue
            if entry.is_dir() and not entry.is_symlink():
                shutil.rmtree(entry)
            else:
                entry.unlink()
    except OSError as error:
        raise EngineError(f"{folder} could not be emptied: {error.strerror or error}.") from error
    finally:
        lock.close()


def ping(path: Path, patience: float = 5.0) -> bool:
    """Whether an engine answers on the socket."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as client:
        client.settimeout(patience)
        try:
            client.connect(str(path))
            client.sendall(b"HEAD /_ping HTTP/1.1\r\nHost: practice\r\nConnection: close\r\n\r\n")
            return client.recv(64).startswith(b"HTTP/1.1 200")
        except OSError:
            return False


def _spawn(folder: Path, path: Path, registry_port: int | None) -> None:
    hears, tells = os.pipe()
    command = [sys.executable, "-P", "-m", "labrunner.practice.start"]
    command += ["--folder", str(folder), "--socket", str(path), "--ready", str(tells)]
    if registry_port is not None:
        command += ["--registry-port", str(registry_port)]
    try:
        with (folder / state.LOG).open("ab") as log:
            child = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                pass_fds=(tells,),
                start_new_session=True,
            )
    except OSError as error:
        raise EngineUnreachable(f"The practice engine could not be started: {error}.") from error
    finally:
        os.close(tells)
    try:
        ready, _, _ = select.select([hears], [], [], PATIENCE)
        heard = os.read(hears, 4096) if ready else b""
    finally:
        os.close(hears)
    if not heard.startswith(b"ready") or not ping(path):
        child.terminate()
        why = heard.decode(errors="replace").strip() or "It did not answer."
        raise EngineUnreachable(
            f"The practice engine did not start. {why}", f"Its log may say why: {folder / state.LOG}"
        )
    # The engine is no child to be waited for: it outlives this process.
    child.returncode = 0


def _environment() -> dict[str, str]:
    """The engine finds labrunner where this process found it, and takes nothing from the learner's folder."""
    home = str(Path(__file__).resolve().parents[2])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DOCKER_")}
    kept["PYTHONPATH"] = os.pathsep.join(filter(None, (os.environ.get("PYTHONPATH", ""), home)))
    return kept


def _end(folder: Path, pid: int) -> None:
    deadline = time.monotonic() + PATIENCE
    if pid > 1:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)
    while state.is_taken(folder):
        if time.monotonic() > deadline:
            if pid <= 1:
                raise EngineError(f"An engine holds {folder}, and left no note of its process.")
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
            deadline = time.monotonic() + PATIENCE
        time.sleep(_STEP)


def main() -> int:
    """The engine's own process, in the foreground."""
    # 8 ms that those who start an engine from inside labrunner do not pay.
    import argparse

    parser = argparse.ArgumentParser(prog="python -m labrunner.practice.start", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--socket", type=Path)
    parser.add_argument("--registry-port", type=int, help="serve the lab registry on 127.0.0.1, on this port")
    parser.add_argument("--patience", type=float, help="end after so many seconds without a connection")
    parser.add_argument("--ready", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    try:
        folder = state.prepare(options.folder)
        path = state.prepare_socket(options.socket or state.socket_path(folder))
        # 60 ms of asyncio and the engine's rooms: only its own process pays for them.
        import asyncio

        from labrunner.practice.api.serving import PATIENCE as UNTIL_IDLE
        from labrunner.practice.api.serving import serve

        asyncio.run(
            serve(
                folder,
                path,
                registry_port=options.registry_port,
                ready=options.ready,
                patience=options.patience or UNTIL_IDLE,
            )
        )
    except LabrunnerError as error:
        if options.ready is not None:
            with contextlib.suppress(OSError):
                os.write(options.ready, str(error).encode())
        sys.stderr.write(f"{error}\n")
        return error.exit_status
    return 0


if __name__ == "__main__":
    sys.exit(main())
