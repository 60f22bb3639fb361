"""What a container wrote, kept in a file of JSON lines like Docker's, in at most two pieces of ten megabytes."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from labrunner.practice.runtime.attach import Frame, Stream
from labrunner.practice.runtime.times import from_rfc3339, rfc3339, rfc3339_fixed

_PIECE = 10 * 1000 * 1000
_LONGEST_LINE = 16 * 1024
_PART = 64 * 1024
_JSON = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What of a log is asked for."""

    stdout: bool = True
    stderr: bool = True
    tail: int | None = None
    since: int = 0
    """Nanoseconds since the epoch; 0 is from the beginning."""
    until: int = 0
    timestamps: bool = False
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    stream: Stream
    text: bytes
    time: str

    @property
    def at(self) -> int:
        """Read only where it is asked for: it costs more than all the rest."""
        try:
            return from_rfc3339(self.time)
        except ValueError:
            return 0


class LogFile:
    """The newest entries of one container; the oldest give way."""

    def __init__(self, path: Path, clock: Callable[[], int], piece: int = _PIECE) -> None:
        self.path = path
        self._clock = clock
        self._piece = piece
        self._out: BinaryIO | None = None
        self._partial: dict[Stream, bytearray] = {}
        older = self._older.stat().st_size if self._older.exists() else 0
        self._begin = 0
        """Where the older piece begins, counted in bytes ever written."""
        self._split = older
        """Where the piece written to begins."""
        self._end = older + (path.stat().st_size if path.exists() else 0)
        self._live = False
        self._changed = asyncio.Event()

    @property
    def _older(self) -> Path:
        return self.path.with_name(self.path.name + ".1")

    def begin(self) -> None:
        """The container runs: those who follow go on listening until `finish`."""
        self._live = True

    def write(self, stream: Stream, data: bytes) -> None:
        """Whole lines are kept at once; the rest waits for its end."""
        waiting = self._partial.setdefault(stream, bytearray())
        waiting += data
        begin, texts = 0, []
        while begin < len(waiting):
            newline = waiting.find(b"\n", begin, begin + _LONGEST_LINE)
            end = newline + 1 or (begin + _LONGEST_LINE if len(waiting) - begin >= _LONGEST_LINE else 0)
            if not end:
                break
            texts.append(bytes(waiting[begin:end]))
            begin = end
        del waiting[:begin]
        if texts:
            self._keep(stream, texts)

    def finish(self) -> None:
        """The container ended: lines without an end are kept, and those who follow come to theirs."""
        for stream, waiting in self._partial.items():
            if waiting:
                self._keep(stream, (bytes(waiting),))
        self._partial.clear()
        self._live = False
        if self._out is not None:
            self._out.close()
            self._out = None
        self._wake()

    def _keep(self, stream: Stream, texts: Iterable[bytes]) -> None:
        at = rfc3339(self._clock())
        lines: list[bytes] = []
        size = 0
        for text in texts:
            entry = {"log": text.decode(errors="replace"), "stream": stream, "time": at}
            line = _JSON.encode(entry).encode() + b"\n"
            if self._end - self._split + size + len(line) > self._piece and self._end + size > self._split:
                self._put(lines, size)
                lines, size = [], 0
                self._turn()
            lines.append(line)
            size += len(line)
        self._put(lines, size)
        self._wake()

    def _put(self, lines: list[bytes], size: int) -> None:
        if self._out is None:
            self._out = self.path.open("ab", buffering=0)
        self._out.write(b"".join(lines))
        self._end += size

    def _turn(self) -> None:
        if self._out is not None:
            self._out.close()
            self._out = None
        self.path.replace(self._older)
        self._begin, self._split = self._split, self._end

    def _wake(self) -> None:
        self._changed.set()
        self._changed = asyncio.Event()

    def _read(self, position: int) -> tuple[bytes, int]:
        """Whole lines at a position, and where they begin: later, where the log has given way meanwhile."""
        position = max(position, self._begin)
        path, start = (self._older, self._begin) if position < self._split else (self.path, self._split)
        with path.open("rb") as file:
            file.seek(position - start)
            part = file.read(_PART)
            return part[: part.rfind(b"\n") + 1] or part + file.readline(), position

    def _lines(self, position: int) -> Iterator[tuple[bytes, int]]:
        """Each line from a position to the present end, with the position after it."""
        while position < self._end:
            part, position = self._read(position)
            if not part:
                return
            for line in part.splitlines(keepends=True):
                position += len(line)
                yield line, position

    def _asked(self, wanted: Wanted) -> Iterator[tuple[bytes, int]]:
        """The lines there are now, as many as are asked for; counted over both streams, as Docker does it."""
        lines = self._lines(self._begin)
        return lines if wanted.tail is None else iter(deque(lines, maxlen=wanted.tail))

    def replay(self, wanted: Wanted) -> list[Frame]:
        """What is in the log now."""
        entries = (_entry(line) for line, _ in self._asked(wanted))
        return [
            (each.stream, _text(each, wanted)) for each in entries if each is not None and _fits(each, wanted)
        ]

    async def read(self, wanted: Wanted) -> AsyncIterator[Frame]:
        """Frames of the log; with `follow` also what comes, until the container stops."""
        position = self._end if wanted.tail == 0 else self._begin
        lines = self._asked(wanted)
        while True:
            news, before = self._changed, position
            for line, after in lines:
                position = after
                entry = _entry(line)
                if entry is None:
                    continue
                if wanted.until and entry.at > wanted.until:
                    return
                if _fits(entry, wanted):
                    yield entry.stream, _text(entry, wanted)
            if not wanted.follow or (position == before and not await self._more(news, wanted)):
                return
            lines = self._lines(position)

    async def _more(self, news: asyncio.Event, wanted: Wanted) -> bool:
        """Waits; False when nothing more is to come."""
        if not self._live:
            return False
        try:
            await asyncio.wait_for(
                news.wait(), (wanted.until - self._clock()) / 1e9 if wanted.until else None
            )
        except TimeoutError:
            return False
        return True

    def remove(self) -> None:
        self.finish()
        self.path.unlink(missing_ok=True)
        self._older.unlink(missing_ok=True)


def _entry(line: bytes) -> Entry | None:
    """None for a line that was cut short by a crash."""
    try:
        read = json.loads(line)
        stream: Stream = "stderr" if read["stream"] == "stderr" else "stdout"
        return Entry(stream, read["log"].encode(), read["time"])
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def _fits(entry: Entry, wanted: Wanted) -> bool:
    return (
        (wanted.stdout if entry.stream == "stdout" else wanted.stderr)
        and not (wanted.since and entry.at < wanted.since)
        and not (wanted.until and entry.at > wanted.until)
    )


def _text(entry: Entry, wanted: Wanted) -> bytes:
    return f"{rfc3339_fixed(entry.at)} ".encode() + entry.text if wanted.timestamps else entry.text
