"""Names of looks and marks, and what a terminal is sent for them.

Only the sixteen colours that a learner's own theme defines, and none that a theme may hide: no yellow or
white, lost on light backgrounds, no blue, lost on dark ones. Nothing is said by colour alone.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from labrunner.ui.text import Span, clean, to_ascii

LOOKS: Mapping[str, str] = {
    "title": "1",
    "heading": "1",
    "strong": "1",
    "emphasis": "4",
    "struck": "9",
    "code": "36",
    "url": "4",
    "quiet": "2",
    "met": "32",
    "current": "36",
    "key": "1",
    "comment": "2",
    "keyword": "1",
    "string": "32",
    "variable": "35",
}
"""SGR parameters. Source: ECMA-48, 8.3.117."""

MARKS: Mapping[str, tuple[str, str]] = {
    "done": ("●", "#"),
    "current": ("◐", ">"),
    "skipped": ("◌", "-"),
    "todo": ("○", "."),
    "met": ("✓", "+"),
    "unmet": ("○", "-"),
    "unknown": ("?", "?"),
    "note": ("›", ">"),
    "rule": ("─", "-"),
    "bar": ("│", "|"),
    "bullet": ("•", "*"),
    "dot": ("·", "-"),
    "pointer": ("▸", ">"),
    "ticked": ("☑", "[x]"),
    "unticked": ("☐", "[ ]"),
}
"""In Unicode, and where the locale has ASCII only."""

CODES = "|".join(sorted({"0", *";".join(LOOKS.values()).split(";")}))
OURS = re.compile(rf"\x1b\[(?:{CODES})(?:;(?:{CODES}))*m")
"""What `paint` sends. Others could hide text, such as a command that the learner is asked to agree to."""

COLOURLESS = ("", "dumb", "unknown", "vt52", "vt100", "vt102", "vt220")


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """What the terminal at hand can show."""

    colour: bool = False
    """Whether colours, bold and underline may be sent."""
    unicode: bool = True

    def mark(self, name: str) -> str:
        return MARKS[name][0 if self.unicode else 1]

    def letters(self, text: str) -> str:
        """The text in letters that the terminal has, safe to print; before anything is measured."""
        return clean(text) if self.unicode else to_ascii(clean(text))

    def paint(self, text: str, *looks: str) -> str:
        text = self.letters(text)
        codes = ";".join(dict.fromkeys(LOOKS[look] for look in looks))
        if not (self.colour and codes and text):
            return text
        return f"\x1b[{codes}m{text}\x1b[0m"

    def spans(self, sentence: str, *looks: str) -> list[Span]:
        """One of labrunner's own sentences: what stands between backticks is code."""
        said: list[Span] = []
        for n, part in enumerate(self.letters(sentence).split("`")):
            if n % 2 == 0:
                said.append(Span(part, looks))
            else:
                said.append(Span(part if self.colour else f"`{part}`", (*looks, "code"), whole=True))
        return said

    def line(self, spans: Iterable[Span]) -> str:
        """One line of output; neighbours that look the same are painted as one."""
        merged: list[tuple[str, tuple[str, ...]]] = []
        for span in spans:
            if merged and merged[-1][1] == span.looks:
                merged[-1] = (merged[-1][0] + span.text, span.looks)
            else:
                merged.append((span.text, span.looks))
        return "".join(self.paint(text, *looks) for text, looks in merged).rstrip(" ")

    def guarded(self, text: str) -> str:
        """Text that may have been painted before, made safe once more: only our own paint is let through."""
        safe = [self.letters(part) for part in OURS.split(text)]
        paint = [*OURS.findall(text), ""] if self.colour else [""] * len(safe)
        return "".join(part + sgr for part, sgr in zip(safe, paint, strict=True))


def style_for(environ: Mapping[str, str], *, encoding: str, terminal: bool) -> Style:
    """What may be sent, by the environment, the output's encoding, and whether the output is a terminal.

    Source for NO_COLOR, which counts unless it is empty: https://no-color.org
    """
    named = environ.get("TERM", "") not in COLOURLESS or bool(environ.get("COLORTERM"))
    return Style(
        colour=terminal and named and environ.get("TERM") != "dumb" and not environ.get("NO_COLOR"),
        unicode=encoding.lower().replace("-", "").replace("_", "") in ("utf8", "utf8sig"),
    )
