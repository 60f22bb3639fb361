"""node's `fs` on the container's live files: the calls that differ from Files in name, shape or rules."""

import base64
import errno
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.practice.programs.process import Files, FileStat

READ_LIMIT = 64 * 1024 * 1024
_LINUX: Mapping[str, int] = {
    "EADDRINUSE": 98,
    "ECONNREFUSED": 111,
    "ELOOP": 40,
    "ENOTEMPTY": 39,
    "ENAMETOOLONG": 36,
}
_TYPES = {"file": 0o100000, "folder": 0o040000, "link": 0o120000, "fifo": 0o010000, "device": 0o020000}


def named(number: int) -> int:
    """The number that Linux has for an error, wherever the engine runs."""
    return _LINUX.get(errno.errorcode.get(number, ""), number)


def _shape(found: FileStat) -> dict[str, Any]:
    return {
        "kind": found.kind,
        "size": found.size,
        "mode": found.mode | _TYPES[found.kind],
        "uid": found.uid,
        "gid": found.gid,
        "mtime": found.mtime,
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeFiles:
    files: Files

    def answer(self, name: str, values: list[Any]) -> Any:
        """Raises OSError with the path as the script gave it."""
        work = _WORK[name]
        try:
            return work(self.files, *values)
        except OSError as error:
            if values and isinstance(values[0], str):
                error.filename = values[0]
                if name in ("rename", "copy"):
                    error.filename2 = values[1]
            raise


def _read(files: Files, path: str) -> bytes:
    if files.stat(path).size > READ_LIMIT:
        raise OSError(errno.EFBIG, "File too large", path)
    return files.read(path)


def _kind(files: Files, path: str) -> str | None:
    try:
        return files.stat(path).kind
    except OSError:
        return None


def _data(sent: Mapping[str, str]) -> bytes:
    if "text" in sent:
        return sent["text"].encode("utf-8", "replace")
    return base64.b64decode(sent["bytes"])


def _mkdir(files: Files, path: str, deep: bool) -> str | None:
    if not deep:
        files.mkdir(path)
        return None
    made, at = None, path.rstrip("/") or "/"
    while not files.exists(at):
        made, at = at, at.rpartition("/")[0] or "/"
    if made is not None:
        files.mkdir(path, parents=True)
    elif files.stat(path).kind != "folder":
        raise FileExistsError(errno.EEXIST, "File exists", path)
    return made


def _rm(files: Files, path: str, recursive: bool, force: bool) -> None:
    try:
        found = files.lstat(path)
    except FileNotFoundError:
        if force:
            return
        raise
    if found.kind == "folder" and not recursive:
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
    files.remove(path, recursive=recursive)


def _rmdir(files: Files, path: str, recursive: bool) -> None:
    if files.lstat(path).kind != "folder":
        raise NotADirectoryError(errno.ENOTDIR, "Not a directory", path)
    files.remove(path, recursive=recursive)


def _unlink(files: Files, path: str) -> None:
    if files.lstat(path).kind == "folder":
        raise IsADirectoryError(errno.EISDIR, "Is a directory", path)
    files.remove(path)


def _store(files: Files, path: str, sent: Mapping[str, str], mode: int | None) -> None:
    files.write(path, _data(sent), mode=mode)


def _copy(files: Files, source: str, target: str) -> None:
    files.write(target, _read(files, source), mode=files.stat(source).mode)


_WORK: Mapping[str, Callable[..., Any]] = {
    "access": lambda files, path: files.stat(path) and None,
    "append": lambda files, path, sent: files.append(path, _data(sent)),
    "chmod": lambda files, path, mode: files.chmod(path, int(mode) & 0o7777),
    "chown": lambda files, path, uid, gid: files.chown(path, int(uid), int(gid)),
    "copy": _copy,
    "kind": _kind,
    "list": lambda files, path: sorted(files.list(path)),
    "lstat": lambda files, path: _shape(files.lstat(path)),
    "mkdir": _mkdir,
    "read": lambda files, path: base64.b64encode(_read(files, path)).decode(),
    "readText": lambda files, path: _read(files, path).decode("utf-8", "replace"),
    "readlink": lambda files, path: files.readlink(path),
    "realpath": lambda files, path: files.resolve(path),
    "rename": lambda files, source, target: files.rename(source, target),
    "rm": _rm,
    "rmdir": _rmdir,
    "stat": lambda files, path: _shape(files.stat(path)),
    "store": _store,
    "symlink": lambda files, target, path: files.symlink(target, path),
    "unlink": _unlink,
}
