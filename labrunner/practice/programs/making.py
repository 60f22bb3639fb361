"""mkdir, ln, touch, mktemp: new names for files."""

import posixpath
import re
import secrets
import time

from labrunner.practice.programs.applet import (
    Usage,
    absolute,
    complain,
    files_of,
    options,
    reason,
    say,
    wrong,
)
from labrunner.practice.programs.copying import _is_folder, _there
from labrunner.practice.programs.modes import changed_mode
from labrunner.practice.programs.process import Process


async def mkdir(process: Process) -> int:
    chosen = options(
        process.argv[1:], flags="pv", valued="m", long={"parents": "p", "mode": "m", "verbose": "v"}
    )
    if not chosen.words:
        raise Usage("missing operand")
    status = 0
    for word in chosen.words:
        path = absolute(process, word)
        new = not process.files.exists(path)
        try:
            process.files.mkdir(path, parents="p" in chosen)
            if "m" in chosen.values and new:
                process.files.chmod(path, changed_mode(chosen.values["m"], 0o777, folder=True, umask=0))
            if "v" in chosen and new:
                await say(process, f"mkdir: created directory '{word}'\n")
        except OSError as error:
            status = await wrong(
                process,
                f"cannot create directory '{word}': {reason(error)}",
                f"can't create directory '{word}': {reason(error)}",
            )
    return status


async def ln(process: Process) -> int:
    names = {"symbolic": "s", "force": "f", "no-dereference": "n", "verbose": "v", "no-target-directory": "T"}
    chosen = options(process.argv[1:], flags="sfnvTir", valued="t", long={**names, "relative": "r"})
    words = list(chosen.words)
    if not words:
        raise Usage("missing file operand")
    last = chosen.values.get("t") or (words.pop() if len(words) > 1 else posixpath.basename(words[0]))
    path = absolute(process, last)
    into = _is_folder(process, path) and "T" not in chosen
    if into and "n" in chosen and process.files.lstat(path).kind == "link":
        into = False
    status = 0
    for word in words:
        target = posixpath.join(path, posixpath.basename(word.rstrip("/"))) if into else path
        shown = posixpath.join(last, posixpath.basename(word.rstrip("/"))) if into else last
        source = word
        if "r" in chosen:
            source = posixpath.relpath(absolute(process, word), posixpath.dirname(target))
        try:
            if "f" in chosen and _there(process, target):
                process.files.remove(target)
            if "s" in chosen:
                process.files.symlink(source, target)
            else:
                files_of(process).link(absolute(process, word), target)
        except OSError as error:
            kind = "symbolic link" if "s" in chosen else "hard link"
            status = await wrong(
                process, f"failed to create {kind} '{shown}': {reason(error)}", f"{shown}: {reason(error)}"
            )
            continue
        if "v" in chosen:
            await say(process, f"'{shown}' -> '{word}'\n")
    return status


async def touch(process: Process) -> int:
    chosen = options(
        process.argv[1:], flags="acmfh", valued="dtr", long={"no-create": "c", "date": "d", "reference": "r"}
    )
    if not chosen.words:
        raise Usage("missing file operand")
    moment = time.time()
    if "d" in chosen.values or "t" in chosen.values:
        given = _moment(chosen.values.get("d") or chosen.values["t"])
        if given is None:
            return await complain(
                process, f"invalid date format '{chosen.values.get('d') or chosen.values['t']}'"
            )
        moment = given
    elif "r" in chosen.values:
        moment = process.files.stat(absolute(process, chosen.values["r"])).mtime
    status = 0
    for word in chosen.words:
        path = absolute(process, word)
        try:
            if not process.files.exists(path):
                if "c" in chosen:
                    continue
                process.files.append(path, b"")
            files_of(process).utime(path, moment)
        except OSError as error:
            status = await wrong(
                process, f"cannot touch '{word}': {reason(error)}", f"{word}: {reason(error)}"
            )
    return status


def _moment(text: str) -> float | None:
    if text.startswith("@") and text[1:].isdigit():
        return float(text[1:])
    for form in (
        "%Y-%m-%d %H:%M:%S",
        "%Y-%m-%dT%H:%M:%SZ",
        "%Y-%m-%dT%H:%M:%S",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%d",
        "%Y%m%d%H%M",
        "%Y%m%d%H%M.%S",
    ):
        try:
            import calendar

            return float(calendar.timegm(time.strptime(text, form)))
        except ValueError:
            continue
    return None


async def mktemp(process: Process) -> int:
    chosen = options(
        process.argv[1:],
        flags="dqut",
        valued="p",
        long={"directory": "d", "quiet": "q", "dry-run": "u", "tmpdir": "p"},
    )
    template = chosen.words[0] if chosen.words else "tmp.XXXXXXXXXX"
    ends = re.search(r"X{3,}$", template) or re.search(r"X{3,}(?=[^X/]*$)", template)
    if ends is None:
        return await complain(process, f"too few X's in template '{template}'")
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
    name = (
        template[: ends.start()]
        + "".join(secrets.choice(letters) for _ in ends.group())
        + template[ends.end() :]
    )
    if not chosen.words or "p" in chosen.values or "t" in chosen:
        name = posixpath.join(chosen.values.get("p") or process.env.get("TMPDIR") or "/tmp", name)
    path = absolute(process, name)
    try:
        if "u" in chosen:
            pass
        elif "d" in chosen:
            process.files.mkdir(path)
            process.files.chmod(path, 0o700)
        else:
            process.files.write(path, b"", mode=0o600)
    except OSError as error:
        kind = "directory" if "d" in chosen else "file"
        return await complain(process, f"failed to create {kind} via template '{template}': {reason(error)}")
    await say(process, f"{name}\n")
    return 0


async def link(process: Process) -> int:
    words = process.argv[1:]
    if len(words) != 2:
        raise Usage("missing operand")
    try:
        files_of(process).link(absolute(process, words[0]), absolute(process, words[1]))
    except OSError as error:
        return await complain(process, f"cannot create link '{words[1]}' to '{words[0]}': {reason(error)}")
    return 0


async def nothing(_process: Process) -> int:
    return 0


async def mkfifo(process: Process) -> int:
    return await complain(process, "practice engine: named pipes are not simulated")
