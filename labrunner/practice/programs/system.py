"""What the container says of itself: uname, hostname, mount, df, which and their like."""

import platform
import time

from labrunner.practice.programs.applet import busybox, complain, options, say
from labrunner.practice.programs.coreutils_show import human
from labrunner.practice.programs.process import Process
from labrunner.practice.programs.starting import process_name


async def which(process: Process) -> int:
    status = 0
    kernel = process.kernel
    assert kernel is not None
    for word in process.argv[1:]:
        if word.startswith("-"):
            continue
        try:
            await say(process, kernel.which(process, word, process.env.get("PATH")) + "\n")
        except OSError:
            status = 1
    return status


async def uname(process: Process) -> int:
    names = {
        "all": "a",
        "kernel-name": "s",
        "nodename": "n",
        "kernel-release": "r",
        "kernel-version": "v",
        "machine": "m",
        "operating-system": "o",
    }
    chosen = options(process.argv[1:], flags="asnrvmpio", long=names)
    flags = chosen.flags or {"s"}
    if "a" in flags:
        flags = set("snrvmo")
    values = {
        "s": "Linux",
        "n": process.machine.hostname,
        "r": platform.release(),
        "v": platform.version(),
        "m": machine(),
        "p": machine(),
        "i": machine(),
        "o": "Linux" if busybox(process) else "GNU/Linux",
    }
    await say(process, " ".join(values[letter] for letter in "snrvmpio" if letter in flags) + "\n")
    return 0


def machine() -> str:
    found = platform.machine()
    return {"arm64": "aarch64", "AMD64": "x86_64"}.get(found, found)


async def arch(process: Process) -> int:
    await say(process, f"{machine()}\n")
    return 0


async def hostname(process: Process) -> int:
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    if words:
        name = process_name(process)
        return await complain(
            process,
            "you must be root to change the host name"
            if name != "hostname"
            else "sethostname: Operation not permitted",
        )
    if "-i" in process.argv or "-I" in process.argv:
        return await complain(process, "practice engine: containers have no IP addresses")
    await say(process, f"{process.machine.hostname}\n")
    return 0


async def nproc(process: Process) -> int:
    import os

    await say(process, f"{os.cpu_count() or 1}\n")
    return 0


async def tty(process: Process) -> int:
    await say(process, "/dev/pts/0\n" if process.tty else "not a tty\n")
    return int(not process.tty)


async def stty(process: Process) -> int:
    terminal = process.fds.get(0)
    if terminal is None or not terminal.tty:
        return await complain(
            process,
            "standard input: Inappropriate ioctl for device" if not busybox(process) else "standard input",
        )
    if "size" in process.argv:
        await say(process, f"{getattr(terminal, 'rows', 24)} {getattr(terminal, 'columns', 80)}\n")
    hush = getattr(terminal, "hush", None)
    if hush is not None and "-echo" in process.argv:
        hush(True)
    elif hush is not None and "echo" in process.argv:
        hush(False)
    return 0


async def mount(process: Process) -> int:
    if len(process.argv) > 1 and not process.argv[1].startswith("-"):
        return await complain(process, "practice engine: mounting is not simulated")
    for line in process.files.read("/proc/mounts").decode().splitlines():
        source, target, kind, flags = line.split()[:4]
        await say(process, f"{source} on {target} type {kind} ({flags})\n")
    return 0


async def umount(process: Process) -> int:
    target = process.argv[-1] if len(process.argv) > 1 else ""
    busy = f"can't unmount {target}: Operation not permitted"
    return await complain(
        process, busy if busybox(process) else f"{target}: must be superuser to unmount."
    ) + 31 * (not busybox(process))


async def df(process: Process) -> int:
    """Sizes are left out: a practice container has no disk of its own."""
    header = "Filesystem           1K-blocks      Used Available Use% Mounted on\n"
    if "-h" in process.argv or "-kh" in process.argv:
        header = "Filesystem                Size      Used Available Use% Mounted on\n"
    await say(process, header)
    for line in process.files.read("/proc/mounts").decode().splitlines():
        source, target, kind = line.split()[:3]
        if kind in ("overlay", "tmpfs", "ext4"):
            await say(process, f"{source:<20} {'-':>9} {'-':>9} {'-':>9} {'-':>4} {target}\n")
    return 0


async def free(process: Process) -> int:
    total = 0
    for line in process.files.read("/proc/meminfo").decode().splitlines():
        if line.startswith("MemTotal"):
            total = int(line.split()[1])
    shown = (
        human(total * 1024, busy=True)
        if "-h" in process.argv
        else str(total // 1024 if "-m" in process.argv else total)
    )
    await say(process, "              total        used        free      shared  buff/cache   available\n")
    await say(process, f"Mem:    {shown:>11}           -           -           -           -           -\n")
    return 0


async def uptime(process: Process) -> int:
    up = float(process.files.read("/proc/uptime").split()[0])
    clock = time.strftime("%H:%M:%S", time.gmtime())
    await say(process, f" {clock} up {int(up // 60)} min,  0 users,  load average: 0.00, 0.00, 0.00\n")
    return 0


async def getent(process: Process) -> int:
    if len(process.argv) < 2 or process.argv[1] not in ("passwd", "group", "hosts"):
        return 1
    database = process.argv[1]
    rows = process.files.read(f"/etc/{database}").decode("utf-8", "replace").splitlines()
    keys = process.argv[2:]
    found = 0
    for row in rows:
        fields = row.split() if database == "hosts" else row.split(":")
        if not keys or any(
            key in (fields[:1] + (fields[1:] if database == "hosts" else fields[2:3])) for key in keys
        ):
            await say(process, f"{row}\n")
            found += 1
    return 0 if found else 2


async def busybox_(process: Process) -> int:
    await say(
        process,
        "BusyBox v1.37.0, simulated by labrunner's practice engine\n\nUsage: busybox [function [arguments]...]\n",
    )
    return 0


async def ldconfig(_process: Process) -> int:
    return 0


async def nologin(process: Process) -> int:
    await say(process, "This account is currently not available.\n")
    return 1


async def mountpoint(process: Process) -> int:
    words = [word for word in process.argv[1:] if not word.startswith("-")]
    rows = process.files.read("/proc/mounts").decode().splitlines()
    known = bool(words) and words[0].rstrip("/") in [line.split()[1].rstrip("/") for line in rows]
    if "-q" not in process.argv and words:
        await say(process, f"{words[0]} is {'' if known else 'not '}a mountpoint\n")
    return int(not known)


async def nobody(_process: Process) -> int:
    """who, users: nobody has logged in."""
    return 0


async def locale(process: Process) -> int:
    await say(process, f"LANG={process.env.get('LANG', '')}\nLC_ALL={process.env.get('LC_ALL', '')}\n")
    return 0


async def dmesg(process: Process) -> int:
    return await complain(process, "read kernel buffer failed: Operation not permitted")


async def exists_only(process: Process) -> int:
    """Network tools: there is no network to use."""
    return await complain(process, "practice engine: containers have no network")
