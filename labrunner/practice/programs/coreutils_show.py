"""ls and stat: what a folder holds, with owners, sizes and times as the container has them."""

import posixpath
import time
from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import (
    Options,
    Usage,
    absolute,
    busybox,
    careful,
    complain,
    files_of,
    options,
    reason,
    say,
)
from labrunner.practice.programs.process import FileStat, Process, Program

HALF_YEAR = 15_778_476
_LETTERS = {"file": "-", "folder": "d", "link": "l", "fifo": "p", "device": "c"}
_KINDS = {"folder": "directory", "link": "symbolic link", "fifo": "fifo", "device": "character special file"}


def permissions(stat: FileStat) -> str:
    text = _LETTERS[stat.kind]
    for shift, special, letter in ((6, 0o4000, "s"), (3, 0o2000, "s"), (0, 0o1000, "t")):
        bits = stat.mode >> shift
        text += "r" if bits & 4 else "-"
        text += "w" if bits & 2 else "-"
        if stat.mode & special:
            text += letter if bits & 1 else letter.upper()
        else:
            text += "x" if bits & 1 else "-"
    return text


def human(size: int, *, busy: bool = False) -> str:
    """`1.5K`, as -h shows it."""
    if size < 1024:
        return str(size)
    value = float(size)
    for unit in "KMGTP":
        value /= 1024
        if value < 1024 or unit == "P":
            break
    if busy:
        return f"{value:.1f}{unit}"
    if value < 9.95:
        tenths = -(-int(value * 1000) // 100) / 10
        return f"{tenths:.1f}{unit}"
    return f"{-(-int(value * 1000) // 1000)}{unit}"


def when(mtime: int, *, full: bool = False) -> str:
    moment = time.gmtime(mtime)
    if full:
        return time.strftime("%Y-%m-%d %H:%M:%S.000000000 +0000", moment)
    clock = "%H:%M" if -3600 < time.time() - mtime < HALF_YEAR else " %Y"
    return f"{time.strftime('%b', moment)} {moment.tm_mday:2} {time.strftime(clock, moment)}"


def blocks(stat: FileStat) -> int:
    """1 KiB blocks."""
    if stat.kind == "folder":
        return 4
    return -(-stat.size // 4096) * 4 if stat.kind == "file" else 0


@dataclass(slots=True)
class _Lister:
    process: Process
    chosen: Options
    accounts: Accounts
    busy: bool
    status: int = 0

    def _shown(self, name: str, stat: FileStat) -> str:
        mark = ""
        if "F" in self.chosen or "p" in self.chosen:
            mark = "/" if stat.kind == "folder" else ""
        if "F" in self.chosen and not mark:
            mark = "@" if stat.kind == "link" else "*" if stat.kind == "file" and stat.mode & 0o111 else ""
        return name + mark

    def _ordered(self, entries: list[tuple[str, FileStat]]) -> list[tuple[str, FileStat]]:
        entries = sorted(entries, key=lambda entry: entry[0])
        if "S" in self.chosen:
            entries.sort(key=lambda entry: -entry[1].size)
        elif "t" in self.chosen:
            entries.sort(key=lambda entry: -entry[1].mtime)
        if "r" in self.chosen:
            entries.reverse()
        return entries

    async def entries(self, folder: str, entries: list[tuple[str, FileStat]], *, total: bool) -> None:
        entries = self._ordered(entries)
        if "l" in self.chosen or "n" in self.chosen or "g" in self.chosen or "o" in self.chosen:
            if total:
                amount = sum(blocks(stat) for _, stat in entries)
                shown = human(amount * 1024, busy=self.busy) if "h" in self.chosen and amount else str(amount)
                await say(self.process, f"total {shown}\n")
            await self._long(folder, entries)
            return
        names = [self._prefix(folder, name, stat) + self._shown(name, stat) for name, stat in entries]
        out = self.process.fds.get(1)
        if names and out is not None and out.tty and "1" not in self.chosen:
            await say(self.process, columns(names))
        else:
            await say(self.process, "".join(f"{name}\n" for name in names))

    def _prefix(self, folder: str, name: str, stat: FileStat) -> str:
        text = ""
        if "i" in self.chosen:
            number, _ = files_of(self.process).identity(posixpath.join(folder, name))
            text += f"{number} "
        if "s" in self.chosen:
            text += f"{blocks(stat)} "
        return text

    async def _long(self, folder: str, entries: list[tuple[str, FileStat]]) -> None:
        rows: list[tuple[str, ...]] = []
        for name, stat in entries:
            path = posixpath.join(folder, name)
            _, links = files_of(self.process).identity(path)
            owner = str(stat.uid) if "n" in self.chosen else self.accounts.user(stat.uid)
            group = str(stat.gid) if "n" in self.chosen else self.accounts.group(stat.gid)
            size = human(stat.size, busy=self.busy) if "h" in self.chosen else str(stat.size)
            if stat.kind == "device":
                size = "1,   3" if self.busy else "1, 3"
            text = self._shown(name, stat) if stat.kind != "link" else f"{name} -> {stat.link}"
            stamp = when(stat.mtime, full="e" in self.chosen)
            rows.append(
                (
                    self._prefix(folder, name, stat) + permissions(stat),
                    str(links),
                    owner,
                    group,
                    size,
                    stamp,
                    text,
                )
            )
        if self.busy:
            lines = [
                f"{mode:<10}{links:>5} {owner:<8.8} {group:<8.8} {size:>9} {stamp} {name}\n"
                for mode, links, owner, group, size, stamp, name in rows
            ]
        else:
            widths = [max((len(row[column]) for row in rows), default=0) for column in range(5)]
            lines = [
                f"{mode:<{widths[0]}} {links:>{widths[1]}} "
                + (f"{owner:<{widths[2]}} " if "g" not in self.chosen else "")
                + (f"{group:<{widths[3]}} " if "o" not in self.chosen else "")
                + f"{size:>{widths[4]}} {stamp} {name}\n"
                for mode, links, owner, group, size, stamp, name in rows
            ]
        await say(self.process, "".join(lines))

    async def folder(self, path: str, shown: str) -> None:
        files = self.process.files
        try:
            names = list(files.list(path))
        except OSError as error:
            self.status = 1 if self.busy else 2
            if self.busy:
                await complain(self.process, f"can't open '{shown}': {reason(error)}")
            else:
                await complain(self.process, f"cannot open directory '{shown}': {reason(error)}")
            return
        if "a" in self.chosen:
            names = [".", "..", *names]
        elif "A" not in self.chosen:
            names = [name for name in names if not name.startswith(".")]
        entries: list[tuple[str, FileStat]] = []
        for name in names:
            there = posixpath.join(path, name)
            try:
                entries.append((name, files.stat(there) if "L" in self.chosen else files.lstat(there)))
            except OSError as error:
                self.status = 1
                await complain(self.process, f"{there}: {reason(error)}")
        await self.entries(path, entries, total=True)
        if "R" in self.chosen:
            for name, stat in self._ordered(entries):
                if stat.kind == "folder" and name not in (".", ".."):
                    below = f"{shown.rstrip('/')}/{name}"
                    await say(self.process, f"\n{below}:\n")
                    await self.folder(posixpath.join(path, name), below)


def columns(names: Sequence[str], width: int = 80) -> str:
    """Names in columns, as a terminal shows them."""
    widest = max(len(name) for name in names) + 2
    across = max(width // widest, 1)
    down = -(-len(names) // across)
    rows: list[str] = []
    for row in range(down):
        cells = names[row::down]
        rows.append("".join(f"{cell:<{widest}}" for cell in cells).rstrip())
    return "\n".join(rows) + "\n"


_LONG = {
    "all": "a",
    "almost-all": "A",
    "color": "G",
    "directory": "d",
    "full-time": "e",
    "group-directories-first": "X",
    "human-readable": "h",
    "inode": "i",
    "numeric-uid-gid": "n",
    "recursive": "R",
    "reverse": "r",
    "size": "s",
    "time-style": "N",
}


async def ls(process: Process) -> int:
    chosen = options(process.argv[1:], flags="aAlh1dRtSrinFpsCLgoGcuqkexXUvbNmx", long=_LONG)
    if "e" in chosen:
        chosen.flags.add("l")
    busy = busybox(process)
    lister = _Lister(process, chosen, Accounts(process.files), busy)
    plain: list[tuple[str, FileStat]] = []
    folders: list[str] = []
    for word in chosen.words or ["."]:
        path = absolute(process, word)
        try:
            stat = process.files.lstat(path)
            if stat.kind == "link" and "l" not in chosen and "d" not in chosen:
                stat = process.files.stat(path) if process.files.exists(path) else stat
        except OSError as error:
            lister.status = 1 if busy else 2
            await complain(
                process, f"{word}: {reason(error)}" if busy else f"cannot access '{word}': {reason(error)}"
            )
            continue
        if stat.kind == "folder" and "d" not in chosen:
            folders.append(word)
        else:
            plain.append((word, stat))
    if plain:
        await lister.entries(process.cwd, plain, total=False)
    for number, word in enumerate(sorted(folders)):
        if len(chosen.words) > 1 or "R" in chosen:
            await say(process, ("\n" if number or plain else "") + f"{word}:\n")
        await lister.folder(absolute(process, word), word)
    return lister.status


async def vdir(process: Process) -> int:
    process.argv = ("vdir", "-l", *process.argv[1:])
    return await ls(process)


async def stat(process: Process) -> int:
    chosen = options(
        process.argv[1:], flags="Ltf", valued="c", long={"format": "c", "dereference": "L", "terse": "t"}
    )
    if not chosen.words:
        raise Usage("missing operand")
    accounts = Accounts(process.files)
    busy, status = busybox(process), 0
    for word in chosen.words:
        path = absolute(process, word)
        try:
            found = process.files.stat(path) if "L" in chosen else process.files.lstat(path)
            number, links = files_of(process).identity(path)
        except OSError as error:
            what = f"can't stat '{word}'" if busy else f"cannot statx '{word}'"
            status = await complain(process, f"{what}: {reason(error)}")
            continue
        template = chosen.values.get("c")
        if template is not None:
            await say(process, _formatted(template, word, found, number, links, accounts) + "\n")
        else:
            await say(process, _full(word, found, number, links, accounts))
    return status


def _kind(found: FileStat) -> str:
    if found.kind == "file":
        return "regular file" if found.size else "regular empty file"
    return _KINDS[found.kind]


def _formatted(template: str, name: str, found: FileStat, number: int, links: int, accounts: Accounts) -> str:
    raw = {"file": 0o100000, "folder": 0o40000, "link": 0o120000, "fifo": 0o10000, "device": 0o20000}[
        found.kind
    ]
    shown = f"'{name}' -> '{found.link}'" if found.kind == "link" else name
    values = {
        "a": f"{found.mode:o}",
        "A": permissions(found),
        "b": str(blocks(found) * 2),
        "B": "512",
        "d": "1",
        "f": f"{raw | found.mode:x}",
        "F": _kind(found),
        "g": str(found.gid),
        "G": accounts.group(found.gid),
        "h": str(links),
        "i": str(number),
        "n": name,
        "N": shown,
        "o": "4096",
        "s": str(found.size),
        "u": str(found.uid),
        "U": accounts.user(found.uid),
        "x": when(found.mtime, full=True),
        "X": str(found.mtime),
        "y": when(found.mtime, full=True),
        "Y": str(found.mtime),
        "z": when(found.mtime, full=True),
        "Z": str(found.mtime),
        "w": "-",
        "W": "0",
        "%": "%",
    }
    made, at = "", 0
    while at < len(template):
        if template[at] == "%" and at + 1 < len(template):
            made += values.get(template[at + 1], f"%{template[at + 1]}")
            at += 2
        else:
            made += template[at]
            at += 1
    return made


def _full(name: str, found: FileStat, number: int, links: int, accounts: Accounts) -> str:
    shown = f"'{name}' -> '{found.link}'" if found.kind == "link" else name
    stamp = when(found.mtime, full=True)
    return (
        f"  File: {shown}\n"
        f"  Size: {found.size:<10}\tBlocks: {blocks(found) * 2:<10} IO Block: 4096   {_kind(found)}\n"
        f"Device: 1h/1d\tInode: {number:<10}  Links: {links}\n"
        f"Access: ({found.mode:04o}/{permissions(found)})  Uid: ({found.uid:5}/{accounts.user(found.uid):>8})   "
        f"Gid: ({found.gid:5}/{accounts.group(found.gid):>8})\n"
        f"Access: {stamp}\nModify: {stamp}\nChange: {stamp}\n"
    )


SHOW: dict[str, Program] = {
    "ls": careful(ls),
    "stat": careful(stat),
    "dir": careful(ls),
    "vdir": careful(vdir),
}
