"""The fields that a word becomes, and how IFS splits text into them."""

from dataclasses import dataclass, field

from labrunner.practice.programs.shell.failures import TooMuch
from labrunner.practice.programs.shell.state import ELEMENTS

Pieces = list[tuple[str, bool]]
"""Text, each piece with whether it was quoted."""


@dataclass(slots=True)
class Fields:
    """Fields while they are being made."""

    done: list[Pieces] = field(default_factory=list)
    current: Pieces | None = None

    def add(self, text: str, quoted: bool) -> None:
        if self.current is None:
            self.current = []
        self.current.append((text, quoted))

    def end(self) -> None:
        if self.current is not None:
            self.done.append(self.current)
            if len(self.done) > ELEMENTS:
                raise TooMuch
        self.current = None

    def split(self, text: str, separators: str | None) -> None:
        """Field splitting by IFS; None where that is not set."""
        if separators is None:
            separators = " \t\n"
        if not separators:
            if text:
                self.add(text, False)
            return
        blank = "".join(char for char in separators if char in " \t\n")
        at = 0
        while at < len(text):
            start = at
            while at < len(text) and text[at] not in separators:
                at += 1
            if at > start:
                self.add(text[start:at], False)
            if at >= len(text):
                return
            hard = False
            while at < len(text) and text[at] in separators:
                if text[at] not in blank:
                    if hard:
                        break
                    hard = True
                at += 1
            if hard and self.current is None:
                self.add("", True)
            self.end()
