"""Compressed streams, told by their first bytes, made plain within a bound; several one after the other are one."""

import bz2
import lzma
import zlib
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from typing import Protocol

from labrunner.practice.refusal import Refused

_GZIP = b"\x1f\x8b\x08"
_BZIP2 = b"BZh"
_XZ = b"\xfd7zXZ\0"
_XZ_MEMORY = 128 * 1024 * 1024
_ZSTD = b"\x28\xb5\x2f\xfd"
_STEP = 1024 * 1024
_FED = 64 * 1024
"""Bytes fed at once: what is left of them is copied for each stream that begins among them."""
MOST_STREAMS = 200_000


class _Plain(Protocol):
    """What the standard library's decompressors have in common, once gzip's is made alike."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int = -1) -> bytes: ...


class _Gunzip:
    """zlib leaves it to its caller to keep what was fed and not yet used."""

    def __init__(self) -> None:
        self._inside = zlib.decompressobj(wbits=31)

    @property
    def eof(self) -> bool:
        return self._inside.eof

    @property
    def unused_data(self) -> bytes:
        return self._inside.unused_data

    def decompress(self, data: bytes, max_length: int = -1) -> bytes:
        return self._inside.decompress(self._inside.unconsumed_tail + data, max_length)


class _Inflating:
    """One stream after the other, as long as another one begins where one ended."""

    def __init__(self, magic: bytes, begin: Callable[[], _Plain]) -> None:
        self._magic = magic
        self._begin = begin
        self._inside = begin()
        self._streams = 1

    @property
    def whole(self) -> bool:
        return self._inside.eof

    def inflate(self, data: bytes) -> bytes:
        """At most 1 MiB of what was fed; to be called with no bytes until nothing comes any more."""
        while True:
            if self._inside.eof:
                data = self._inside.unused_data + data
                if not data.startswith(self._magic[:1]):
                    return b""
                self._inside = self._begin()
                self._streams += 1
                if self._streams > MOST_STREAMS:
                    raise Refused(400, f"archive consists of more than {MOST_STREAMS} compressed streams")
            found = self._inside.decompress(data, _STEP)
            if found or not self._inside.eof or not self._inside.unused_data:
                return found
            data = b""


def inflated(chunks: Iterable[bytes], *, most: int) -> Iterator[bytes]:
    """The plain bytes of a stream that may be compressed with gzip, bzip2 or xz."""
    waiting = iter(chunks)
    first = b""
    for chunk in waiting:
        first += chunk
        if len(first) >= 6:
            break
    inside = _for(first)
    length = 0
    for piece in _plain(inside, first, waiting):
        length += len(piece)
        if length > most:
            raise Refused(400, f"archive is larger than {most} bytes when it is unpacked")
        yield piece


def is_compressed(beginning: bytes) -> bool:
    return _for(beginning) is not None


def _for(beginning: bytes) -> _Inflating | None:
    if beginning.startswith(_GZIP):
        return _Inflating(_GZIP, _Gunzip)
    if beginning.startswith(_BZIP2):
        return _Inflating(_BZIP2, bz2.BZ2Decompressor)
    if beginning.startswith(_XZ):
        return _Inflating(_XZ, lambda: lzma.LZMADecompressor(memlimit=_XZ_MEMORY))
    if beginning.startswith(_ZSTD):
        raise Refused(400, "archives compressed with zstd are not supported; use gzip, or none")
    return None


def _plain(inside: _Inflating | None, first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if inside is None:
        yield first
        yield from rest
        return
    try:
        for chunk in chain((first,), rest):
            for start in range(0, len(chunk), _FED):
                piece = inside.inflate(chunk[start : start + _FED])
                while piece:
                    yield piece
                    piece = inside.inflate(b"")
    except (zlib.error, lzma.LZMAError, OSError, EOFError) as error:
        raise Refused(400, f"archive is damaged: {error}") from error
    if not inside.whole:
        raise Refused(400, "unexpected EOF")
