"""The daemon with a witness inside: every file, process and address that Python touches is held against what is allowed.

Run as `python -m tests.practice.robust.watched REPORT FOLDER …`, where REPORT is a descriptor and … are the words of
`labrunner.practice.start`.
"""

import ipaddress
import os
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
_STARTS = (
    "subprocess.",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "os.startfile",
    "pty.",
)
_CHANGES = {
    "os.chmod": (0, 2),
    "os.chown": (0, 3),
    "os.link": (0, 2),
    "os.mkdir": (0, 2),
    "os.mkfifo": (0, 2),
    "os.remove": (0, 1),
    "os.rename": (0, 2),
    "os.rmdir": (0, 1),
    "os.symlink": (1, 2),
    "os.truncate": (0, None),
    "os.utime": (0, 3),
    "os.setxattr": (0, None),
    "shutil.rmtree": (0, None),
}
"""Where the path stands among an event's arguments, and where the folder's descriptor."""
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


class Witness:
    def __init__(self, report: int, folder: str) -> None:
        self._report = report
        self._folder = Path(folder).resolve()
        places = [sys.prefix, sys.base_prefix, str(ROOT / "labrunner"), str(ROOT / "assets")]
        places += filter(None, sys.path)
        readable = {Path(place).resolve() for place in places} - {ROOT}
        self._readable = (*readable, Path("/usr/share/zoneinfo"), Path("/etc/localtime"), Path(os.devnull))

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event.startswith(_STARTS):
            self._tell(event, arguments)
        elif event == "open":
            self._opened(*arguments)
        elif event in _CHANGES:
            path, folder = _CHANGES[event]
            self._inside(event, arguments[path], -1 if folder is None else arguments[folder])
            if event in ("os.rename", "os.link"):
                self._inside(event, arguments[1], arguments[3])
        elif event in ("os.listdir", "os.scandir"):
            self._read(event, arguments[0])
        elif event in ("socket.connect", "socket.bind", "socket.sendto"):
            self._address(event, arguments[1])
        elif event in ("socket.getaddrinfo", "socket.gethostbyname", "socket.getnameinfo"):
            self._address(event, arguments)

    def _opened(self, path: Any, mode: Any, flags: Any) -> None:
        if isinstance(path, int):
            return
        writes = (
            bool(flags & _WRITING)
            if isinstance(flags, int)
            else any(letter in str(mode) for letter in "wax+")
        )
        if writes:
            self._inside("open for writing", Path(os.fsdecode(path)).resolve(), -1)
        else:
            self._read("open", path)

    def _real(self, path: Any, folder: Any) -> Path:
        """Where a name stands; what it points at does not count."""
        named = Path(os.fsdecode(path))
        if isinstance(folder, int) and folder >= 0 and not named.is_absolute():
            named = Path(f"/proc/self/fd/{folder}").readlink() / named
        return named.parent.resolve() / named.name

    def _inside(self, event: str, path: Any, folder: Any) -> None:
        if isinstance(path, int):
            return
        real = self._real(path, folder)
        if not real.is_relative_to(self._folder) and str(real) != os.devnull:
            self._tell(event, str(real))

    def _read(self, event: str, path: Any) -> None:
        if isinstance(path, int) or path is None:
            return
        real = Path(os.fsdecode(path)).resolve()
        if not any(real.is_relative_to(place) for place in (self._folder, *self._readable)):
            self._tell(event, str(real))

    def _address(self, event: str, address: Any) -> None:
        if isinstance(address, str | bytes):
            self._inside(event, address, -1)
            return
        host = str(address[0])
        try:
            fine = host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            fine = False
        if not fine:
            self._tell(event, address)

    def _tell(self, event: str, what: object) -> None:
        os.write(self._report, f"{event} {what!r}\n".encode("utf-8", "replace"))


def main() -> int:
    report, folder = int(sys.argv[1]), sys.argv[2]
    sys.argv = [sys.argv[0], *sys.argv[3:]]
    sys.addaudithook(Witness(report, folder))
    from labrunner.practice.start import main as started

    return started()


if __name__ == "__main__":
    sys.exit(main())
