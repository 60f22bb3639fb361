"""The requests that pass the lab's gateway, and where a lesson's folders are."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from labrunner.checks.evidence import Asked
from labrunner.cli.seat import Seat
from labrunner.engine.protocol import Thing
from labrunner.progress.sqlite import data_folder
from labrunner.runner.ledger import LESSON_LABEL
from labrunner.runner.notebook import Seen
from labrunner.shell.asked import Asked as Request
from labrunner.shell.gateway import Gateway
from labrunner.shell.made import Made


def workspace_of(lesson: str) -> Path:
    return data_folder() / "workspaces" / lesson


def private_of(lesson: str) -> Path:
    """Where the docker command of a lesson keeps its logins."""
    return data_folder() / "private" / lesson


@contextmanager
def gateway(seat: Seat, lesson: str, address: str, wake: Callable[[], None]) -> Iterator[Seen]:
    """Listen between the shell and the engine; `wake` is called from another thread when a request was seen."""
    if not seat.socket:
        yield tuple
        return
    opened = Gateway(address, seat.socket, {LESSON_LABEL: lesson}, wake)
    opened.start()

    def take() -> tuple[Asked | Thing, ...]:
        return tuple(known for seen in opened.take() if (known := translated(seen)) is not None)

    try:
        yield take
    finally:
        opened.close()


def translated(seen: Request | Made) -> Asked | Thing | None:
    """In the core's words. Of what is made only volumes count here: events tell of the others, with their names."""
    if isinstance(seen, Made):
        return Thing(kind="volume", id=seen.id, name=seen.id) if seen.kind == "volume" else None
    return Asked(method=seen.method, path=seen.path, query=seen.query)
