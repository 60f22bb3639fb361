"""The multiplexed stream of attach, exec and logs: eight bytes before each piece say whose it is and how long."""

from typing import Literal

from labrunner.practice.api.message import Request
from labrunner.practice.api.reply import MULTIPLEXED, RAW

_NUMBERS = {"stdout": b"\x01", "stderr": b"\x02"}


def frame(stream: Literal["stdout", "stderr"], data: bytes) -> bytes:
    return _NUMBERS[stream] + b"\0\0\0" + len(data).to_bytes(4, "big") + data


def kind(request: Request, *, tty: bool) -> str:
    """The content type of such a stream; before 1.42 there was but one."""
    return RAW if tty or request.version < (1, 42) else MULTIPLEXED
