"""What the engine made when a client asked: read from its answer, if that is the one it always gives."""

import json
import re
from dataclasses import dataclass

LONGEST_ANSWER = 65536
_STATUS = re.compile(rb"HTTP/1\.[01] 201 ")
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d+)[ \t]*\r\n", re.IGNORECASE)
_CHUNK = re.compile(rb"([0-9a-fA-F]+)[^\r\n]*\r\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """Something that a client of this session made."""

    kind: str
    """`container`, `network` or `volume`."""
    id: str
    """A volume's is its name."""
    name: str
    """Empty where the engine chose it."""


class AnswerReader:
    """Reads one answer to a request that makes something; `unfinished` until it is whole or of no use."""

    def __init__(self, kind: str, name: str) -> None:
        self.unfinished = True
        self._kind = kind
        self._name = name
        self._answer = b""

    def feed(self, data: bytes) -> Made | None:
        """What was made, once that is known."""
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if len(self._answer) > LONGEST_ANSWER:
            self.unfinished = False
        if not separator:
            return None
        if not _STATUS.match(head):
            self.unfinished = False
            return None
        length = _LENGTH.search(head + b"\r\n")
        whole = _whole(body, int(length[1])) if length else _unchunked(body)
        if whole is None:
            return None
        self.unfinished = False
        return self._decoded(whole)

    def _decoded(self, body: bytes) -> Made | None:
        try:
            answer = json.loads(body)
        except ValueError:
            return None
        identity = (
            answer.get("Name" if self._kind == "volume" else "Id") if isinstance(answer, dict) else None
        )
        if not isinstance(identity, str):
            return None
        return Made(kind=self._kind, id=identity, name=identity if self._kind == "volume" else self._name)


def name_in(body: bytes) -> str:
    """The name that the body of a request gives to what is to be made."""
    try:
        wanted = json.loads(body)
    except ValueError:
        return ""
    name = wanted.get("Name") if isinstance(wanted, dict) else None
    return name if isinstance(name, str) else ""


def _whole(body: bytes, length: int) -> bytes | None:
    return body[:length] if len(body) >= length else None


def _unchunked(body: bytes) -> bytes | None:
    chunks: list[bytes] = []
    at = 0
    while size := _CHUNK.match(body, at):
        length = int(size[1], 16)
        if not length:
            return b"".join(chunks)
        chunks.append(body[size.end() : size.end() + length])
        at = size.end() + length + 2
    return None
