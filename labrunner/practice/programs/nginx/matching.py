"""Regular expressions of a learner's configuration, given up after a while as in PCRE, so that the engine goes on."""

import re
import signal
import threading
from types import FrameType

PATIENCE = 0.05
"""Seconds of the processor's time for one search."""


class TooMuch(Exception):
    """A search that would take very long."""


def search(expression: re.Pattern[str], text: str) -> re.Match[str] | None:
    """Raises TooMuch. Python's engine cannot be bounded, but it hears signals; only in the main thread, where the
    daemon runs, are there any."""
    if threading.current_thread() is not threading.main_thread():
        return expression.search(text)
    signal.signal(signal.SIGVTALRM, _give_up)
    signal.setitimer(signal.ITIMER_VIRTUAL, PATIENCE)
    try:
        return expression.search(text)
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def _give_up(_number: int, _frame: FrameType | None) -> None:
    raise TooMuch
