"""The keys of the front matter, with the rules for what stands after each."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Self

from labrunner.lesson.model import AskedValue, FreePort, Need, RandomWord, ValueSource
from labrunner.lesson.pages import slug


class Slug(str):
    """An id: lower-case letters and digits with hyphens between."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        if not text or slug(text) != text or len(text) > 60:
            better = slug(text)[:60].strip("-")
            hint = f" such as `{better}`" if better else ""
            raise ValueError(f"an id is at most 60 lower-case letters, digits and hyphens{hint}.")
        return cls(text)


class OneLine(str):
    """A text that stands in lists and headings."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        if not text.strip() or "\n" in text or len(text) > 300:
            raise ValueError("this is one line of at most 300 characters.")
        return cls(text.strip())


class Minutes(int):
    """How long the lesson takes."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        if not re.fullmatch(r"[1-9][0-9]{0,2}", text):
            raise ValueError("this is a whole number of minutes, from 1 to 999.")
        return cls(text)


class Port(int):
    """A TCP port."""

    __slots__ = ()

    @classmethod
    def read(cls, text: str) -> Self:
        if not re.fullmatch(r"[1-9][0-9]{0,4}", text) or int(text) > 65535:
            raise ValueError("a port is a whole number from 1 to 65535.")
        return cls(text)


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueEntry:
    """Where a value comes from: one of these keys, where it is not simply a text."""

    ask: str | None = None
    """The question that the learner is asked when the lesson starts for the first time."""
    default: str | None = None
    """With `ask`: what an empty answer stands for."""
    free_port: Port | None = None
    """The first free TCP port from this one on."""
    random: Literal["word"] | None = None
    """A short word, fixed once for each start of the lesson."""

    def __post_init__(self) -> None:
        given = [self.ask, self.free_port, self.random]
        if sum(source is not None for source in given) != 1:
            raise ValueError("A value is a text, or has one of the keys `ask`, `free_port` and `random`.")
        if self.default is not None and self.ask is None:
            raise ValueError("`default` goes with `ask`.")

    @property
    def source(self) -> ValueSource:
        if self.ask is not None:
            return AskedValue(question=self.ask, default=self.default or "")
        if self.free_port is not None:
            return FreePort(start=int(self.free_port))
        return RandomWord()


@dataclass(frozen=True, slots=True, kw_only=True)
class FrontEntries:
    """The keys of the front matter."""

    format: str
    """The version of the lesson format: 1."""
    id: Slug
    """Names the lesson on the command line and in progress; it should never change."""
    title: OneLine
    summary: OneLine
    """One sentence for the course list."""
    minutes: Minutes | None = None
    """How long it takes."""
    after: tuple[Slug, ...] = ()
    """Ids of lessons that come before this one."""
    needs: tuple[Need, ...] = ()
    """What the lesson cannot be done without."""
    images: tuple[str, ...] = ()
    """What the lesson pulls."""
    values: Mapping[str, str | ValueEntry] = field(default_factory=dict)
    """Names that `{{name}}` stands for in the lesson."""
    language: str = "en"
    """The language that the lesson is written in, as in `de` or `pt-BR`."""
