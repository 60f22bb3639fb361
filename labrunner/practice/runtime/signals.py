"""Signals by name and number, as Linux and Docker know them, whatever the host is."""

from labrunner.practice.refusal import Refused

_IN_ORDER = (
    "HUP INT QUIT ILL TRAP ABRT BUS FPE KILL USR1 SEGV USR2 PIPE ALRM TERM STKFLT CHLD CONT STOP TSTP TTIN TTOU "
    "URG XCPU XFSZ VTALRM PROF WINCH IO PWR SYS"
)
NUMBERS = {name: number for number, name in enumerate(_IN_ORDER.split(), 1)} | {"RTMIN": 34, "RTMAX": 64}
_NAMES = {number: name for name, number in NUMBERS.items()}


def named(text: str) -> str:
    """`KILL` for "9", "SIGKILL" and "kill"; raises Refused with Docker's text."""
    if text.isascii() and text.isdigit():
        found = _NAMES.get(int(text[:4]))
    else:
        plain = text.upper().removeprefix("SIG")
        found = plain if plain in NUMBERS else None
    if found is None:
        raise Refused(400, f"invalid signal: {text}")
    return found
