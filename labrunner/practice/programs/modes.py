"""chmod and chown."""

import posixpath
import re
from collections.abc import Callable

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import (
    absolute,
    complain,
    files_of,
    options,
    reason,
    wrong,
)
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.process import Process


def changed_mode(text: str, mode: int, *, folder: bool, umask: int) -> int:
    """What `u+x,go-w` or `755` makes of a mode; raises ValueError."""
    if re.fullmatch(r"[0-7]{1,5}", text):
        return int(text, 8) & 0o7777
    for clause in text.split(","):
        found = re.fullmatch(r"([ugoa]*)((?:[-+=][rwxXst]*|[-+=][ugo])+)", clause)
        if found is None:
            raise ValueError(text)
        who = found.group(1) or "a"
        masked = not found.group(1)
        for action, letters in re.findall(r"([-+=])([rwxXstugo]*)", found.group(2)):
            mode = _one_change(mode, who, action, letters, folder=folder, umask=umask if masked else 0)
    return mode


def _one_change(mode: int, who: str, action: str, letters: str, *, folder: bool, umask: int) -> int:
    shifts = [shift for letter, shift in (("u", 6), ("g", 3), ("o", 0)) if letter in who or "a" in who]
    bits = 0
    for letter in letters:
        match letter:
            case "r":
                bits |= 4
            case "w":
                bits |= 2
            case "x":
                bits |= 1
            case "X" if folder or mode & 0o111:
                bits |= 1
            case "u":
                bits |= mode >> 6 & 7
            case "g":
                bits |= mode >> 3 & 7
            case "o":
                bits |= mode & 7
            case _:
                pass
    change = 0
    for shift in shifts:
        change |= bits << shift
    change &= ~umask
    if "s" in letters:
        change |= (0o4000 if 6 in shifts else 0) | (0o2000 if 3 in shifts else 0)
    if "t" in letters:
        change |= 0o1000
    if action == "+":
        return mode | change
    if action == "-":
        return mode & ~change
    for shift in shifts:
        mode &= ~(7 << shift)
    return mode | change


async def _each(
    process: Process, words: list[str], recursive: bool, change: Callable[[str], None], *, follow: bool = True
) -> int:
    """Applies a change to paths and, if so wanted, to all below them."""
    status = 0
    breath = Breath()
    todo = [(absolute(process, word).rstrip("/") or "/", word) for word in reversed(words)]
    while todo:
        path, shown = todo.pop()
        await breath.take()
        try:
            stat = process.files.lstat(path)
            if stat.kind == "link" and recursive and shown not in words:
                if not follow:
                    change(path)
                continue
            change(path)
            if recursive and stat.kind == "folder":
                names = process.files.list(path)
                todo.extend(
                    (posixpath.join(path, name), posixpath.join(shown, name)) for name in reversed(names)
                )
        except OSError as error:
            verb = "cannot access" if isinstance(error, FileNotFoundError) else "changing permissions of"
            if process.argv[0].rpartition("/")[2] != "chmod" and not isinstance(error, FileNotFoundError):
                verb = "changing ownership of"
            status = await wrong(process, f"{verb} '{shown}': {reason(error)}", f"{shown}: {reason(error)}")
    return status


async def chmod(process: Process) -> int:
    words = list(process.argv[1:])
    flags = {letter for word in words if re.fullmatch(r"-[RvcfH]+", word) for letter in word[1:]}
    if "--recursive" in words:
        flags.add("R")
    words = [word for word in words if not re.fullmatch(r"-[RvcfH]+|--recursive|--", word)]
    if len(words) < 2:
        return await complain(
            process, "missing operand" if not words else f"missing operand after '{words[0]}'"
        )
    text, files = words[0], process.files
    umask = files_of(process).umask
    try:
        changed_mode(text, 0, folder=False, umask=umask)
    except ValueError:
        return await wrong(process, f"invalid mode: '{text}'", f"invalid mode '{text}'")

    def change(path: str) -> None:
        stat = files.stat(path)
        files.chmod(path, changed_mode(text, stat.mode, folder=stat.kind == "folder", umask=umask))

    return await _each(process, words[1:], "R" in flags, change)


async def chown(process: Process) -> int:
    chosen = options(
        process.argv[1:],
        flags="RvcfhHLP",
        long={"recursive": "R", "verbose": "v", "no-dereference": "h", "reference": "r"},
    )
    words = list(chosen.words)
    if len(words) < 2:
        return await complain(
            process, "missing operand" if not words else f"missing operand after '{words[0]}'"
        )
    group_only = process.argv[0].rpartition("/")[2] == "chgrp"
    accounts = Accounts(process.files)
    wanted = words.pop(0)
    user, colon, group = ("", ":", wanted) if group_only else wanted.partition(":")
    if not colon and "." in user and accounts.uid(user) is None:
        user, colon, group = user.partition(".")
    uid = accounts.uid(user) if user else -1
    if uid is None:
        return await wrong(process, f"invalid user: '{wanted}'", f"unknown user {user}")
    gid: int | None = -1
    if group:
        gid = accounts.gid(group)
        if gid is None:
            return await wrong(process, f"invalid group: '{wanted}'", f"unknown group {group}")
    elif colon and user:
        row = accounts.row(user)
        gid = int(row[3]) if row is not None and row[3].isdigit() else -1
    files, follow = files_of(process), "h" not in chosen

    def change(path: str) -> None:
        assert gid is not None
        if (follow and files.lstat(path).kind != "link") or follow:
            files.chown(path, uid, gid)
        else:
            files.lchown(path, uid, gid)

    return await _each(process, words, "R" in chosen, change, follow=follow)
