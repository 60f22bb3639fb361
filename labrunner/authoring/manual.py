"""The manual of check kinds, `labrunner kinds [KIND]`: the code's own docstrings, so that it is never old."""

import textwrap
from collections.abc import Iterator
from typing import Any

from labrunner.authoring.docstrings import class_doc, field_docs, first_sentence
from labrunner.authoring.hints import default_in_words, in_words, nested, parts, readable
from labrunner.errors import UsageError
from labrunner.lesson.keys import CommonKeys, Key, Kinds, keys_of
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.problems import did_you_mean, one_of

WIDTH = 88
_INDENT = "    "


def overview(kinds: Kinds = EVERY_KIND, *, width: int = WIDTH) -> str:
    """One line or two for each kind, then how to read more."""
    longest = max(len(kind) for kind in kinds)
    rows = [
        textwrap.fill(
            first_sentence(class_doc(found)),
            width,
            initial_indent=f"{kind:<{longest}}  ",
            subsequent_indent=" " * (longest + 2),
        )
        for kind, found in kinds.items()
    ]
    return "\n".join([*rows, "", "`labrunner kinds KIND` tells the keys of one kind."])


def page(kind: str, kinds: Kinds = EVERY_KIND, *, width: int = WIDTH) -> str:
    """The manual of one kind: what it means, an example, its keys. Raises `UsageError` for no kind."""
    if kind not in kinds:
        known = f"{did_you_mean(kind, kinds)} The kinds are {one_of(kinds)}.".lstrip()
        raise UsageError(f"There is no check kind `{kind}`.", known)
    found = kinds[kind]
    paragraphs = [textwrap.fill(" ".join(each.split()), width) for each in class_doc(found).split("\n\n")]
    sections = [kind, *paragraphs]
    example = str(getattr(found, "example", "")).strip("\n")
    if example:
        sections.append(textwrap.indent(f"```yaml check {kind}\n{example}\n```", _INDENT))
    sections += ["Keys", *_entries(found, width)]
    glossary = list(_glossary(found, width))
    if glossary:
        sections += ["Words", *glossary]
    sections += ["Keys of every check", *_entries(CommonKeys, width)]
    return "\n\n".join(sections)


def _entries(kind: type[Any], width: int, prefix: str = "") -> Iterator[str]:
    """Each key with what it holds and what it means; the keys below it follow with its name before theirs."""
    docs = field_docs(kind)
    for key in keys_of(kind):
        yield _entry(key, docs.get(key.field, ""), width, prefix)
        below = nested(key.hint)
        if below is not None:
            yield from _entries(below, width, f"{prefix}{key.name}.")


def _entry(key: Key, doc: str, width: int, prefix: str) -> str:
    default = default_in_words(key)
    extra = ", required" if key.required else f" ({default})" if default else ""
    head = f"{_INDENT}{prefix}{key.name}: {in_words(key.hint)}{extra}"
    if not doc:
        return head
    body = textwrap.fill(doc, width, initial_indent=_INDENT * 2, subsequent_indent=_INDENT * 2)
    return f"{head}\n{body}"


def _glossary(kind: type[Any], width: int) -> Iterator[str]:
    """What a word such as `amount` or `pattern` stands for, each once."""
    for word in dict.fromkeys(_words(kind)):
        text = " ".join(class_doc(word).split())
        if text:
            name = word.__name__.lower()
            yield textwrap.fill(
                f"{name}: {text}", width, initial_indent=_INDENT, subsequent_indent=_INDENT * 2
            )


def _words(kind: type[Any]) -> Iterator[type[Any]]:
    for key in keys_of(kind):
        yield from (each for each in parts(key.hint) if readable(each))
        below = nested(key.hint)
        if below is not None:
            yield from _words(below)
