"""cp, mv and install: files go elsewhere, whatever their size, without being read."""

import errno
import posixpath

from labrunner.practice.images.content import Content
from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import (
    Options,
    absolute,
    complain,
    files_of,
    options,
    reason,
    say,
    wrong,
)
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.modes import changed_mode
from labrunner.practice.programs.process import Process

_CP = {
    "archive": "a",
    "force": "f",
    "interactive": "i",
    "no-clobber": "n",
    "no-dereference": "P",
    "no-target-directory": "T",
    "parents": "E",
    "preserve": "p",
    "recursive": "r",
    "target-directory": "t",
    "update": "u",
    "verbose": "v",
}


class _Copy:
    def __init__(self, process: Process, chosen: Options) -> None:
        self.process = process
        self.files = files_of(process)
        self.verbose = "v" in chosen
        self.keep = "p" in chosen or "a" in chosen
        self.recursive = bool({"r", "R", "a"} & chosen.flags)
        self.links = bool({"a", "P", "d"} & chosen.flags) or (self.recursive and "L" not in chosen)
        self.no_clobber = "n" in chosen
        self.force = "f" in chosen
        self.status = 0
        self.breath = Breath()

    async def one(self, source: str, target: str, shown: str, shown_target: str, *, top: bool = True) -> None:
        await self.breath.take()
        files = self.files
        try:
            found = (
                files.lstat(source) if self.links and not (top and not self.recursive) else files.stat(source)
            )
        except OSError as error:
            self.status = await wrong(
                self.process,
                f"cannot stat '{shown}': {reason(error)}",
                f"can't stat '{shown}': {reason(error)}",
            )
            return
        try:
            if found.kind == "folder":
                await self._folder(source, target, shown, shown_target)
            elif found.kind == "link":
                if files.exists(target) or _there(self.process, target):
                    files.remove(target)
                files.symlink(found.link, target)
            else:
                await self._file(source, target, shown, shown_target)
        except OSError as error:
            what = f"'{shown_target}'"
            self.status = await wrong(
                self.process,
                f"cannot create regular file {what}: {reason(error)}",
                f"can't create {what}: {reason(error)}",
            )
            return
        if self.keep and _there(self.process, target):
            if files.uid == 0:
                files.lchown(target, found.uid, found.gid)
            if found.kind != "link":
                files.chmod(target, found.mode)
            files.utime(target, found.mtime, follow=False)
        if self.verbose and found.kind != "folder":
            await say(self.process, f"'{shown}' -> '{shown_target}'\n")

    async def _file(self, source: str, target: str, shown: str, shown_target: str) -> None:
        files = self.files
        if files.exists(target):
            if self.no_clobber:
                return
            if files.same(source, target):
                self.status = await complain(
                    self.process, f"'{shown}' and '{shown_target}' are the same file"
                )
                return
        try:
            content: Content = files.content(source)
        except OSError as error:
            self.status = await wrong(
                self.process,
                f"cannot open '{shown}' for reading: {reason(error)}",
                f"can't open '{shown}': {reason(error)}",
            )
            return
        if self.force and _there(self.process, target) and not files.access(target, 2):
            files.remove(target)
        new = not files.exists(target)
        files.put_content(target, content)
        if new:
            files.chmod(target, files.stat(source).mode & ~files.umask & 0o777)

    async def _folder(self, source: str, target: str, shown: str, shown_target: str) -> None:
        files = self.files
        if not self.recursive:
            self.status = await wrong(
                self.process,
                f"-r not specified; omitting directory '{shown}'",
                f"omitting directory '{shown}'",
            )
            return
        inside, into = files.resolve(source), posixpath.normpath(target)
        if f"{into}/".startswith(f"{inside}/"):
            self.status = await complain(
                self.process, f"cannot copy a directory, '{shown}', into itself, '{shown_target}'"
            )
            return
        if not files.exists(target):
            files.mkdir(target)
            files.chmod(target, files.stat(source).mode & ~files.umask)
            if self.verbose:
                await say(self.process, f"'{shown}' -> '{shown_target}'\n")
        for name in files.list(source):
            await self.one(
                posixpath.join(source, name),
                posixpath.join(target, name),
                posixpath.join(shown, name),
                posixpath.join(shown_target, name),
                top=False,
            )


def _there(process: Process, path: str) -> bool:
    try:
        process.files.lstat(path)
    except OSError:
        return False
    return True


def _is_folder(process: Process, path: str) -> bool:
    try:
        return process.files.stat(path).kind == "folder"
    except OSError:
        return False


async def _targets(process: Process, chosen: Options) -> list[tuple[str, str, str, str]] | None:
    """Sources and targets, each as a path and as it was written; None after a complaint."""
    words = list(chosen.words)
    folder = chosen.values.get("t")
    if folder is None:
        if len(words) < 2:
            await complain(
                process,
                "missing file operand"
                if not words
                else f"missing destination file operand after '{words[0]}'",
            )
            return None
        folder = words.pop()
    path = absolute(process, folder)
    into = _is_folder(process, path) and "T" not in chosen
    if len(words) > 1 and not into:
        await wrong(
            process,
            f"target '{folder}': {'Not a directory' if process.files.exists(path) else 'No such file or directory'}",
            f"can't stat '{folder}': No such file or directory"
            if not process.files.exists(path)
            else f"'{folder}' is not a directory",
        )
        return None
    rows = []
    for word in words:
        name = posixpath.basename(word.rstrip("/")) or "/"
        shown = posixpath.join(folder, name) if into else folder
        rows.append((absolute(process, word).rstrip("/") or "/", absolute(process, shown), word, shown))
    return rows


async def cp(process: Process) -> int:
    chosen = options(process.argv[1:], flags="afinprRvPdLHTux", valued="t", long=_CP)
    rows = await _targets(process, chosen)
    if rows is None:
        return 1
    copy = _Copy(process, chosen)
    for source, target, shown, shown_target in rows:
        await copy.one(source, target, shown, shown_target)
    return copy.status


async def mv(process: Process) -> int:
    chosen = options(process.argv[1:], flags="finvTu", valued="t", long=_CP)
    rows = await _targets(process, chosen)
    if rows is None:
        return 1
    status = 0
    files = files_of(process)
    for source, target, shown, shown_target in rows:
        if not _there(process, source):
            gone = "No such file or directory"
            status = await wrong(process, f"cannot stat '{shown}': {gone}", f"can't rename '{shown}': {gone}")
            continue
        if "n" in chosen and _there(process, target):
            continue
        try:
            files.rename(source, target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                status = await wrong(
                    process,
                    f"cannot move '{shown}' to '{shown_target}': {reason(error)}",
                    f"can't rename '{shown}': {reason(error)}",
                )
                continue
            copy = _Copy(process, Options(flags={"a"}))
            await copy.one(source, target, shown, shown_target)
            status = status or copy.status
            if not copy.status:
                files.remove(source, recursive=True)
        if "v" in chosen:
            await say(process, f"renamed '{shown}' -> '{shown_target}'\n")
    return status


async def install(process: Process) -> int:
    names = {
        "directory": "d",
        "mode": "m",
        "owner": "o",
        "group": "g",
        "verbose": "v",
        "target-directory": "t",
    }
    chosen = options(process.argv[1:], flags="dDvcpsCbT", valued="mogt", long=names)
    accounts, files = Accounts(process.files), files_of(process)
    uid = accounts.uid(chosen.values["o"]) if "o" in chosen.values else -1
    gid = accounts.gid(chosen.values["g"]) if "g" in chosen.values else -1
    if uid is None or gid is None:
        return await complain(process, "invalid user or group")
    made: list[str] = []
    if "d" in chosen:
        for word in chosen.words:
            files.mkdir(absolute(process, word), parents=True)
            made.append(absolute(process, word))
    else:
        if "D" in chosen and len(chosen.words) > 1:
            files.mkdir(posixpath.dirname(absolute(process, chosen.words[-1])), parents=True)
        rows = await _targets(process, chosen)
        if rows is None:
            return 1
        copy = _Copy(process, Options())
        for source, target, shown, shown_target in rows:
            await copy.one(source, target, shown, shown_target)
            made.append(target)
        if copy.status:
            return copy.status
    for path in made:
        files.chmod(path, changed_mode(chosen.values.get("m", "755"), 0, folder="d" in chosen, umask=0))
        if uid != -1 or gid != -1:
            files.chown(path, uid, gid)
    return 0
