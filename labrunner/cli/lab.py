"""The requests that pass the lab's gateway, and where a lesson's folders are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner.checks.evidence import Asked
from labrunner.cli.seat import Seat
from labrunner.progress.sqlite import data_folder
from labrunner.runner.ledger import LESSON_LABEL
from labrunner.shell import asked
from labrunner.shell.gateway import Gateway

Requests = Callable[[], tuple[Asked, ...]]
"""What was asked since it was called last."""


def workspace_of(lesson: str) -> Path:
    return data_folder() / "workspaces" / lesson


def private_of(lesson: str) -> Path:
    """Where the docker command of a lesson keeps its logins."""
    return data_folder() / "private" / lesson


@contextmanager
def gateway(seat: Seat, lesson: str, address: str, wake: Callable[[], None]) -> Iterator[Requests]:
    """Listen between the shell and the engine; `wake` is called from another thread when a request was seen."""
    if not seat.socket:
        yield tuple
        return
    opened = Gateway(address, seat.socket, {LESSON_LABEL: lesson}, wake)
    opened.start()

    def take() -> tuple[Asked, ...]:
        return tuple(
            Asked(method=seen.method, path=seen.path, query=seen.query)
            for seen in opened.take()
            if isinstance(seen, asked.Asked)
        )

    try:
        yield take
    finally:
        opened.close()
