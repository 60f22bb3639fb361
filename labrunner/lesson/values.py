"""What `{{name}}` in a lesson stands for: found in text, filled in, and settled when a lesson starts."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from labrunner.lesson.model import AskedValue, Constant, FreePort, RandomWord, ValueSource

BUILT_IN = ("registry", "workspace", "lesson")
"""Always there; a lesson cannot declare them."""

_REFERENCE = re.compile(r"\\\{\{|\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """One `{{name}}` in a text."""

    name: str
    offset: int


def references(text: str) -> Iterator[Reference]:
    """Every `{{name}}`, in order. `{{.Names}}` and `{{json .}}` are Go templates; `\\{{` is a brace."""
    if "{{" not in text:
        return
    for match in _REFERENCE.finditer(text):
        if match[1] is not None:
            yield Reference(name=match[1], offset=match.start())


def fill(text: str, values: Mapping[str, str]) -> str:
    """The text with each known `{{name}}` replaced and each `\\{{` made `{{`; what is unknown stays."""
    if "{{" not in text:
        return text

    def replacement(match: re.Match[str]) -> str:
        return "{{" if match[1] is None else values.get(match[1], match[0])

    return _REFERENCE.sub(replacement, text)


def settle(
    sources: Mapping[str, ValueSource],
    built_in: Mapping[str, str],
    *,
    free_port: Callable[[int], int],
    random_word: Callable[[], str],
    ask: Callable[[str, str], str],
    known: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Every value of a lesson as text, the built-in ones included.

    `free_port(start)` gives a port, `ask(question, default)` the learner's words (empty: the default). A name
    in `known` (kept from an earlier start of the lesson) keeps its text, except a constant: that is the
    author's to change. A constant may use the built-in values and the values declared above it.
    """
    kept = known or {}
    settled = dict(built_in)
    for name, source in sources.items():
        if name in kept and not isinstance(source, Constant):
            settled[name] = kept[name]
            continue
        match source:
            case AskedValue(question=question, default=default):
                settled[name] = " ".join(ask(question, default).split()) or default
            case FreePort(start=start):
                settled[name] = str(free_port(start))
            case RandomWord():
                settled[name] = random_word()
            case Constant(text=text):
                settled[name] = fill(text, settled)
    return settled


def samples(sources: Mapping[str, ValueSource], lesson: str) -> dict[str, str]:
    """Plausible values for a lesson that nobody has started: for lint, previews and the course list."""
    return settle(
        sources,
        built_in_values(registry="localhost:5001", workspace=f"~/{lesson}", lesson=lesson),
        free_port=lambda start: start,
        random_word=lambda: "amber",
        ask=lambda _question, default: default or "student",
    )


def built_in_values(*, registry: str, workspace: str, lesson: str) -> dict[str, str]:
    return {"registry": registry, "workspace": workspace, "lesson": lesson}
