"""A task list at the left margin of a step: its items are the options of a question, what is indented their replies."""

import re
import textwrap
from dataclasses import dataclass

from markdown_it.token import Token

from labrunner.errors import Location
from labrunner.lesson.pages import Line, Task
from labrunner.lesson.problems import Problems

_TASK = re.compile(r" {0,3}(?:[-+*]|\d{1,9}[.)])[ \t]+\[([ xX])\](?:[ \t]+(.*))?")
_MARKED = re.compile(r"\[[ xX]\](\s|$)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a top-level list: its first line, and the line after its last (from 0)."""

    first: int
    end: int
    marked: bool
    """Whether it begins with a box."""


def items_of(tokens: list[Token], list_open: int) -> list[Item]:
    """The items of the list that opens at this token."""
    items: list[Item] = []
    for place in range(list_open + 1, len(tokens)):
        token = tokens[place]
        if token.level == 0:
            break
        if token.type == "list_item_open" and token.level == 1 and token.map is not None:
            is_text = tokens[place + 1].type == "paragraph_open"
            marked = is_text and _MARKED.match(tokens[place + 2].content) is not None
            items.append(Item(first=token.map[0], end=token.map[1], marked=marked))
    return items


def read_tasks(items: list[Item], lines: list[str], path: str, problems: Problems) -> tuple[Task, ...]:
    """The tasks of a list; each item that is none is reported."""
    tasks: list[Task] = []
    for item in items:
        written = _TASK.fullmatch(lines[item.first].rstrip()) if item.marked else None
        if written is None or not written[2]:
            problems.report(
                "Every line of a question begins with `- [ ]` or `- [x]` and the option's text.",
                "Put other lists before the question, with some text between.",
                at=Location(path=path, line=item.first + 1),
            )
            continue
        text = Line(number=item.first + 1, text=written[2])
        reply = _reply(item, lines, path, problems)
        tasks.append(Task(right=written[1] != " ", text=text, reply=reply))
    return tuple(tasks)


def _reply(item: Item, lines: list[str], path: str, problems: Problems) -> tuple[Line, ...]:
    below = lines[item.first + 1 : item.end]
    for number, line in enumerate(below, item.first + 2):
        if line.strip() and not line.startswith((" ", "\t")):
            problems.report(
                "This line goes on with the option above it.",
                "Keep an option on one line, indent its reply, and leave a blank line after the list.",
                at=Location(path=path, line=number),
            )
            break
    reply = textwrap.dedent("\n".join(below)).split("\n") if below else []
    return tuple(Line(number=number, text=line) for number, line in enumerate(reply, item.first + 2))
