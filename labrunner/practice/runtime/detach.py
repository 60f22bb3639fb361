"""The keys that let go of a container without ending it: ctrl-p,ctrl-q unless others are asked for."""

from dataclasses import dataclass

from labrunner.practice.refusal import Refused

USUAL = b"\x10\x11"

_CONTROLS = {"@": 0, "[": 27, "\\": 28, "]": 29, "^": 30, "_": 31}


def keys(text: str) -> bytes:
    """Of `ctrl-p,ctrl-q` or `ctrl-a,x`; raises Refused with Docker's text."""
    if not text:
        return USUAL
    return bytes(_key(each, text) for each in text.split(","))


def _key(name: str, whole: str) -> int:
    if len(name) == 1 and name.isascii():
        return ord(name)
    control = name.removeprefix("ctrl-")
    if control != name and len(control) == 1:
        if "a" <= control <= "z":
            return ord(control) - ord("a") + 1
        if control in _CONTROLS:
            return _CONTROLS[control]
    raise Refused(400, f"Invalid detach keys ({whole}) provided")


@dataclass(slots=True)
class Watch:
    """Looks for the keys in what is typed; a beginning of them is held back until it is clear what follows."""

    keys: bytes = USUAL
    _held: bytes = b""

    def typed(self, data: bytes) -> tuple[bytes, bool]:
        """What goes on to the program, and whether the keys were complete."""
        out = bytearray()
        for byte in data:
            held = self._held + bytes((byte,))
            if held == self.keys:
                self._held = b""
                return bytes(out), True
            if self.keys.startswith(held):
                self._held = held
                continue
            out += self._held
            self._held = b""
            if self.keys[:1] == bytes((byte,)):
                self._held = bytes((byte,))
            else:
                out.append(byte)
        return bytes(out), False

    def rest(self) -> bytes:
        """What was held back, when no more is typed."""
        held, self._held = self._held, b""
        return held
