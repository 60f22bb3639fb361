"""A client of the gateway and the engine it talks to: two sockets, either half of which may close before the other."""

import socket
from collections.abc import Callable

from labrunner.shell.asked import MADE_BY, Asked, RequestReader
from labrunner.shell.made import AnswerReader, Made, name_in


class End:
    """One socket of a connection, and what waits to be sent there."""

    def __init__(self, connection: "Connection", sock: socket.socket) -> None:
        self.connection = connection
        self.socket = sock
        self.waiting = bytearray()
        self.reads = True
        """It may still say something."""
        self.last = False
        """Nothing comes after what waits."""
        self.registered = 0
        """What the selector waits for here."""

    def flush(self) -> None:
        """Send what can be sent, and close the writing half after the last of it."""
        while self.waiting:
            try:
                del self.waiting[: self.socket.send(self.waiting)]
            except BlockingIOError:
                return
        if self.last:
            self.last = False
            self.socket.shutdown(socket.SHUT_WR)


class Connection:
    """Reads what the client asks, and what the engine made when that is what it was asked for."""

    def __init__(
        self,
        client: socket.socket,
        engine: socket.socket,
        reader: RequestReader,
        note: Callable[[Asked | Made], None],
    ) -> None:
        self.client = End(self, client)
        self.engine = End(self, engine)
        self._reader = reader
        self._note = note
        self._answer: AnswerReader | None = None

    def other(self, end: End) -> End:
        return self.engine if end is self.client else self.client

    def over(self) -> bool:
        """Whether neither side has anything more to say."""
        return not any(end.reads or end.waiting for end in (self.client, self.engine))

    def take(self, source: End, data: bytes) -> None:
        """Bytes came from one end: what becomes of them waits at the other."""
        if source is self.client:
            self.engine.waiting += self._reader.feed(data)
            for asked, body in self._reader.taken():
                self._ask(asked, body)
        else:
            self.client.waiting += data
            self._read_answer(data)

    def end(self, source: End) -> None:
        """One end has nothing more to say."""
        source.reads = False
        other = self.other(source)
        if source is self.client:
            other.waiting += self._reader.rest()
        other.last = True

    def _ask(self, asked: Asked, body: bytes) -> None:
        self._note(asked)
        kind = MADE_BY.get(asked.path) if asked.method == "POST" else None
        self._answer = AnswerReader(kind, asked.query.get("name") or name_in(body)) if kind else None

    def _read_answer(self, data: bytes) -> None:
        if self._answer:
            if made := self._answer.feed(data):
                self._note(made)
            if not self._answer.unfinished:
                self._answer = None
