"""Lets bashkit work on a container's live files: bashkit's stable filesystem ABI, answered by Files.

The structures are those of `bashkit.FileSystem.v1` (repr(C)). bashkit calls from threads of its own; every call takes
the interpreter's lock and returns without waiting for anything.
"""

import ctypes
import errno
import itertools
import posixpath
from collections.abc import Callable
from typing import Any

import bashkit

from labrunner.practice.programs.process import FileStat, LiveFiles

NAME = b"bashkit.FileSystem.v1"
VERSION = 1
LARGEST = 16 * 1024 * 1024
"""Bytes of a file that bashkit, which keeps all in memory, is given."""
_OTHER, _NOT_FOUND, _EXISTS, _DENIED, _INVALID, _FOLDER, _NO_FOLDER, _NOT_EMPTY, _UNSUPPORTED = range(9)
_KINDS = {
    errno.ENOENT: _NOT_FOUND,
    errno.EEXIST: _EXISTS,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.EINVAL: _INVALID,
    errno.EISDIR: _FOLDER,
    errno.ENOTDIR: _NO_FOLDER,
    errno.ENOTEMPTY: _NOT_EMPTY,
}


class _Text(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class _Owned(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


class _Error(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("message", _Owned)]


class _Metadata(ctypes.Structure):
    _fields_ = [
        ("file_type", ctypes.c_uint8),
        ("_reserved", ctypes.c_uint8 * 7),
        ("size", ctypes.c_uint64),
        ("mode", ctypes.c_uint32),
        ("modified_secs", ctypes.c_int64),
        ("modified_nanos", ctypes.c_uint32),
        ("created_secs", ctypes.c_int64),
        ("created_nanos", ctypes.c_uint32),
    ]


class _Entry(ctypes.Structure):
    _fields_ = [("name", _Owned), ("metadata", _Metadata)]


class _Entries(ctypes.Structure):
    _fields_ = [("ptr", ctypes.c_void_p), ("len", ctypes.c_size_t)]


_STATUS, _SELF, _P = ctypes.c_uint32, ctypes.c_void_p, ctypes.POINTER
_READ = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, _P(_Owned), _P(_Error))
_WRITE = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, _Text, _P(_Error))
_MAKE = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, ctypes.c_bool, _P(_Error))
_STAT = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, _P(_Metadata), _P(_Error))
_LIST = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, _P(_Entries), _P(_Error))
_EXIST = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, _P(ctypes.c_bool), _P(_Error))
_MODE = ctypes.CFUNCTYPE(_STATUS, _SELF, _Text, ctypes.c_uint32, _P(_Error))
_FREE = ctypes.CFUNCTYPE(None, _SELF, _Owned)
_FREE_LIST = ctypes.CFUNCTYPE(None, _SELF, _Entries)
_COUNT = ctypes.CFUNCTYPE(None, _SELF)


class _Table(ctypes.Structure):
    _fields_ = [
        ("read_file", _READ),
        ("write_file", _WRITE),
        ("append_file", _WRITE),
        ("mkdir", _MAKE),
        ("remove", _MAKE),
        ("stat", _STAT),
        ("read_dir", _LIST),
        ("exists", _EXIST),
        ("rename", _WRITE),
        ("copy", _WRITE),
        ("symlink", _WRITE),
        ("read_link", _READ),
        ("chmod", _MODE),
        ("free_bytes", _FREE),
        ("free_dir_entries", _FREE_LIST),
    ]


class _Handle(ctypes.Structure):
    _fields_ = [
        ("abi_version", ctypes.c_uint32),
        ("_reserved", ctypes.c_uint32),
        ("instance", ctypes.c_void_p),
        ("retain", _COUNT),
        ("release", _COUNT),
        ("vtable", _P(_Table)),
    ]


_files: dict[int, LiveFiles] = {}
_held: dict[int, int] = {}
_given: dict[int, Any] = {}
"""Memory that bashkit reads and then frees, by address."""
_numbers = itertools.count(1)


def _string(text: _Text) -> str:
    return ctypes.string_at(text.ptr, text.len).decode("utf-8", "surrogateescape") if text.len else ""


def _bytes(text: _Text) -> bytes:
    return ctypes.string_at(text.ptr, text.len) if text.len else b""


def _give(data: bytes, into: Any) -> None:
    if not data:
        into.ptr, into.len = None, 0
        return
    buffer = ctypes.create_string_buffer(data, len(data))
    address = ctypes.addressof(buffer)
    _given[address] = buffer
    into.ptr, into.len = address, len(data)


def _answer(error: Any, act: Callable[[], None]) -> int:
    try:
        act()
    except OSError as failed:
        error[0].kind = _KINDS.get(failed.errno or 0, _OTHER)
        _give((failed.strerror or str(failed)).encode(), error[0].message)
        return 1
    except Exception as failed:
        error[0].kind = _OTHER
        _give(f"practice engine: {failed}".encode(), error[0].message)
        return 1
    return 0


def _fill(into: Any, stat: FileStat) -> None:
    into.file_type = {"file": 0, "folder": 1, "link": 2, "fifo": 3}.get(stat.kind, 0)
    into.size = stat.size
    into.mode = stat.mode
    into.modified_secs = into.created_secs = max(stat.mtime, 0)


def _read(instance: int, path: _Text, out: Any, error: Any) -> int:
    def act() -> None:
        files, name = _files[instance], _string(path)
        if files.stat(name).size > LARGEST:
            raise OSError(errno.EFBIG, "practice engine: the file is too large for this simulated tool")
        _give(files.read(name), out[0])

    return _answer(error, act)


def _write(instance: int, path: _Text, content: _Text, error: Any) -> int:
    return _answer(error, lambda: _files[instance].write(_string(path), _bytes(content)))


def _append(instance: int, path: _Text, content: _Text, error: Any) -> int:
    return _answer(error, lambda: _files[instance].append(_string(path), _bytes(content)))


def _mkdir(instance: int, path: _Text, parents: bool, error: Any) -> int:
    return _answer(error, lambda: _files[instance].mkdir(_string(path), parents=parents))


def _remove(instance: int, path: _Text, recursive: bool, error: Any) -> int:
    return _answer(error, lambda: _files[instance].remove(_string(path), recursive=recursive))


def _stat(instance: int, path: _Text, out: Any, error: Any) -> int:
    return _answer(error, lambda: _fill(out[0], _files[instance].stat(_string(path))))


def _read_dir(instance: int, path: _Text, out: Any, error: Any) -> int:
    def act() -> None:
        files, folder = _files[instance], _string(path)
        names = files.list(folder)
        entries = (_Entry * len(names))()
        for entry, name in zip(entries, names, strict=True):
            _give(name.encode("utf-8", "surrogateescape"), entry.name)
            _fill(entry.metadata, files.lstat(posixpath.join(folder, name)))
        address = ctypes.addressof(entries)
        _given[address] = entries
        out[0].ptr, out[0].len = address, len(names)

    return _answer(error, act)


def _exists(instance: int, path: _Text, out: Any, error: Any) -> int:
    def act() -> None:
        out[0] = _files[instance].exists(_string(path))

    return _answer(error, act)


def _rename(instance: int, source: _Text, target: _Text, error: Any) -> int:
    return _answer(error, lambda: _files[instance].rename(_string(source), _string(target)))


def _copy(instance: int, source: _Text, target: _Text, error: Any) -> int:
    def act() -> None:
        files = _files[instance]
        files.put_content(_string(target), files.content(_string(source)))

    return _answer(error, act)


def _symlink(instance: int, link: _Text, path: _Text, error: Any) -> int:
    return _answer(error, lambda: _files[instance].symlink(_string(link), _string(path)))


def _read_link(instance: int, path: _Text, out: Any, error: Any) -> int:
    def act() -> None:
        _give(_files[instance].readlink(_string(path)).encode("utf-8", "surrogateescape"), out[0])

    return _answer(error, act)


def _chmod(instance: int, path: _Text, mode: int, error: Any) -> int:
    return _answer(error, lambda: _files[instance].chmod(_string(path), mode))


def _free(_instance: int, owned: _Owned) -> None:
    _given.pop(owned.ptr or 0, None)


def _free_list(_instance: int, entries: _Entries) -> None:
    for entry in _given.pop(entries.ptr or 0, ()):
        _given.pop(entry.name.ptr or 0, None)


def _retain(instance: int) -> None:
    _held[instance] = _held.get(instance, 0) + 1


def _release(instance: int) -> None:
    _held[instance] = _held.get(instance, 0) - 1
    if _held[instance] <= 0:
        _held.pop(instance, None)
        _files.pop(instance, None)


_TABLE = _Table(
    _READ(_read),
    _WRITE(_write),
    _WRITE(_append),
    _MAKE(_mkdir),
    _MAKE(_remove),
    _STAT(_stat),
    _LIST(_read_dir),
    _EXIST(_exists),
    _WRITE(_rename),
    _WRITE(_copy),
    _WRITE(_symlink),
    _READ(_read_link),
    _MODE(_chmod),
    _FREE(_free),
    _FREE_LIST(_free_list),
)
_RETAIN, _RELEASE = _COUNT(_retain), _COUNT(_release)
_capsule = ctypes.pythonapi.PyCapsule_New
_capsule.restype = ctypes.py_object
_capsule.argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.c_void_p]


def filesystem(files: LiveFiles) -> bashkit.FileSystem:
    """A bashkit filesystem in front of a process's files; it lives as long as bashkit holds it."""
    number = next(_numbers)
    _files[number] = files
    handle = _Handle(VERSION, 0, number, _RETAIN, _RELEASE, ctypes.pointer(_TABLE))
    return bashkit.FileSystem.from_capsule(_capsule(ctypes.addressof(handle), NAME, None))


def alive() -> int:
    """How many filesystems bashkit still holds."""
    return len(_files)
