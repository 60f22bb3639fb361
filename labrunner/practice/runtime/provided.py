"""What every container finds though no image has it: /dev, /proc, /sys and the engine's own files in /etc."""

import os
import platform
import time
from collections.abc import Callable, Mapping, Sequence

from labrunner.practice.programs.process import Process, Row
from labrunner.practice.runtime.inodes import Generated, Inode, device, folder, symbolic, text

HOSTS = "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::\tip6-localnet\n"
HOSTS += "ff00::\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n"
RESOLV = "# labrunner's practice engine: practice containers have no network.\n"

SKELETON: Mapping[str, Mapping[str, object]] = {
    ".dockerenv": {"kind": "file", "mode": 0o755},
    "dev": {"kind": "folder", "mode": 0o755},
    "dev/pts": {"kind": "folder", "mode": 0o755},
    "dev/shm": {"kind": "folder", "mode": 0o755},
    "dev/console": {"kind": "file", "mode": 0o755},
    "etc": {"kind": "folder", "mode": 0o755},
    "etc/hostname": {"kind": "file", "mode": 0o755},
    "etc/hosts": {"kind": "file", "mode": 0o755},
    "etc/mtab": {"kind": "link", "mode": 0o777, "link": "/proc/mounts"},
    "etc/resolv.conf": {"kind": "file", "mode": 0o755},
    "proc": {"kind": "folder", "mode": 0o755},
    "sys": {"kind": "folder", "mode": 0o755},
}
"""What `docker export` shows of these."""


def devices() -> Inode:
    return folder(
        {
            "null": device("null"),
            "zero": device("zero", minor=5),
            "full": device("full", minor=7),
            "random": device("random", minor=8),
            "urandom": device("random", minor=9),
            "tty": device("tty", major=5, minor=0),
            "fd": symbolic("/proc/self/fd"),
            "stdin": symbolic("/proc/self/fd/0"),
            "stdout": symbolic("/proc/self/fd/1"),
            "stderr": symbolic("/proc/self/fd/2"),
            "ptmx": symbolic("pts/ptmx"),
            "console": device("tty", 0o620, major=136, minor=0),
            "pts": folder(
                {"ptmx": device("null", major=5, minor=2), "0": device("tty", 0o620, major=136, minor=0)}
            ),
            "mqueue": folder({}, 0o1777),
        }
    )


def engine_files(hostname: str, extra_hosts: Sequence[str]) -> dict[str, Inode]:
    """The files in /etc, by absolute path."""
    hosts = HOSTS
    for extra in extra_hosts:
        name, _, address = extra.partition("=") if "=" in extra else extra.partition(":")
        hosts += f"{address}\t{name}\n"
    return {
        "/etc/hostname": text(f"{hostname}\n", 0o644),
        "/etc/hosts": text(f"{hosts}127.0.0.1\t{hostname}\n", 0o644),
        "/etc/resolv.conf": text(RESOLV, 0o644),
        "/etc/mtab": symbolic("/proc/mounts"),
        "/.dockerenv": text("", 0o755),
    }


def kernel_release() -> str:
    return platform.release()


def kernel_version() -> str:
    return platform.version()


class Proc:
    """/proc of one machine: its processes, and the few files of the system that can be told honestly."""

    def __init__(
        self,
        hostname: str,
        rows: Callable[[], Sequence[Row]],
        process: Callable[[int], Process | None],
        mounts: Callable[[], str],
    ) -> None:
        self._hostname = hostname
        self._rows = rows
        self._process = process
        self._mounts = mounts
        self.started = time.time()
        self.inode = Generated(self._look, self._names)
        self._system: Mapping[str, Callable[[], str]] = {
            "cpuinfo": self._processors,
            "filesystems": lambda: "nodev\tproc\nnodev\tsysfs\nnodev\ttmpfs\nnodev\toverlay\n",
            "loadavg": lambda: "0.00 0.00 0.00 1/1 1\n",
            "meminfo": _memory,
            "mounts": mounts,
            "uptime": lambda: f"{time.time() - self.started:.2f} 0.00\n",
            "version": lambda: f"Linux version {kernel_release()} {kernel_version()}\n",
        }

    def _names(self) -> Sequence[str]:
        return [*self._system, "self", "sys", *(str(row.pid) for row in self._rows())]

    def _look(self, name: str) -> Inode | None:
        if name in self._system:
            return symbolic("self/mounts") if name == "mounts" else text(self._system[name]())
        if name == "sys":
            kernel = {
                "hostname": text(f"{self._hostname}\n"),
                "osrelease": text(f"{kernel_release()}\n"),
                "ostype": text("Linux\n"),
            }
            return folder({"kernel": folder(kernel, 0o555)}, 0o555)
        process = self._process(int(name)) if name.isdigit() and len(name) < 8 else None
        return None if process is None else self._one(process)

    def _processors(self) -> str:
        return "".join(f"processor\t: {number}\n\n" for number in range(os.cpu_count() or 1))

    def _one(self, process: Process) -> Inode:
        def look(name: str) -> Inode | None:
            made = files.get(name)
            return None if made is None else made()

        name = (process.path or process.argv[0]).rpartition("/")[2][:15]
        environment = "".join(f"{key}={value}\0" for key, value in process.env.items())
        files: dict[str, Callable[[], Inode]] = {
            "cgroup": lambda: text("0::/\n"),
            "cmdline": lambda: text("".join(f"{word}\0" for word in process.argv)),
            "comm": lambda: text(f"{name}\n"),
            "cwd": lambda: symbolic(process.cwd),
            "environ": lambda: _owned(text(environment, 0o400), process),
            "exe": lambda: symbolic(process.path or "/"),
            "fd": lambda: _descriptors(process),
            "mounts": lambda: text(self._mounts()),
            "root": lambda: symbolic("/"),
            "stat": lambda: text(f"{process.pid} ({name}) S {process.ppid} {process.group} 0 0 -1\n"),
            "status": lambda: text(_status(process, name)),
        }
        return _owned(Generated(look, lambda: list(files)), process)


def _owned(inode: Inode, process: Process) -> Inode:
    inode.uid, inode.gid = process.uid, process.gid
    return inode


def _descriptors(process: Process) -> Inode:
    def look(name: str) -> Inode | None:
        if not name.isdigit() or int(name) not in process.fds:
            return None
        inode = device(f"fd:{process.pid}:{name}", 0o700)
        inode.kind = "fifo"
        return _owned(inode, process)

    return _owned(Generated(look, lambda: [str(number) for number in process.fds]), process)


def _status(process: Process, name: str) -> str:
    ids = "\t".join
    return (
        f"Name:\t{name}\nUmask:\t0022\nState:\tS (sleeping)\nTgid:\t{process.pid}\nPid:\t{process.pid}\n"
        f"PPid:\t{process.ppid}\nUid:\t{ids([str(process.uid)] * 4)}\nGid:\t{ids([str(process.gid)] * 4)}\n"
    )


def _memory() -> str:
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024
    except (OSError, ValueError):
        total = 0
    return f"MemTotal:       {total:>8} kB\n" if total else ""
