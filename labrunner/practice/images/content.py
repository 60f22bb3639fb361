"""The bytes of a file without the bytes: what a tree says of a file's content until somebody reads it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

CHUNK = 1024 * 1024
_ZEROS = bytes(CHUNK)


class Content(Protocol):
    @property
    def size(self) -> int: ...

    def read(self) -> bytes: ...

    def chunks(self) -> Iterator[bytes]:
        """Pieces of at most 1 MiB."""
        ...


@dataclass(frozen=True, slots=True)
class Bytes:
    data: bytes = b""

    @property
    def size(self) -> int:
        return len(self.data)

    def read(self) -> bytes:
        return self.data

    def chunks(self) -> Iterator[bytes]:
        for start in range(0, len(self.data), CHUNK):
            yield self.data[start : start + CHUNK]


@dataclass(frozen=True, slots=True)
class Zeros:
    """A file of zero bytes, which takes no memory until it is read."""

    size: int

    def read(self) -> bytes:
        return bytes(self.size)

    def chunks(self) -> Iterator[bytes]:
        whole, rest = divmod(self.size, CHUNK)
        for _ in range(whole):
            yield _ZEROS
        if rest:
            yield _ZEROS[:rest]


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a file on disk, such as one entry of a layer's tar; OSError where the file has gone."""

    path: Path
    start: int
    size: int

    def read(self) -> bytes:
        return b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            file.seek(self.start)
            left = self.size
            while left:
                piece = file.read(min(CHUNK, left))
                if not piece:
                    raise OSError(f"{self.path} ends {left} bytes before a file inside it does")
                left -= len(piece)
                yield piece


def same_bytes(one: Content, other: Content) -> bool:
    if one is other or one == other:
        return True
    return one.size == other.size and _digest(one) == _digest(other)


def _digest(content: Content) -> bytes:
    hashed = hashlib.sha256()
    for piece in content.chunks():
        hashed.update(piece)
    return hashed.digest()
