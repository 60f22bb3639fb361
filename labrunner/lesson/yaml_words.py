"""What a YAML parser complains about, in the words of somebody who wants to write a lesson."""

import yaml

from labrunner.errors import LessonError, Location

_ALIGN = "Line the keys of one block up in one column; put the whole of a quoted value in quotes."

_WORDS = (
    (
        "mapping values are not allowed",
        "A second `: ` stands in this line, or the indentation is off.",
        "Put a value that contains `: ` in quotes, and line keys up.",
    ),
    ("cannot start any token", "A value cannot begin with this character.", "Put the value in quotes."),
    (
        "unknown escape character",
        "A backslash in double quotes needs a letter that YAML knows after it.",
        "Use single quotes, in which a backslash is a backslash.",
    ),
    ("',' or ']'", "The list that begins with `[` has no end.", "Close it with `]`."),
    ("',' or '}'", "The mapping that begins with `{` has no end.", "Close it with `}`."),
    ("unexpected end of stream", "A quotation mark is opened and not closed.", "Close it."),
    ("could not find expected ':'", "A key needs a colon and a space after it.", "Write `key: value`."),
    (
        "'-' indicator",
        "This line belongs neither to the list above nor beside it.",
        "Indent every `-` alike.",
    ),
    ("expected key", "The indentation is off, or a value goes on after its closing quote.", _ALIGN),
    ("<block end>", "The indentation is off, or a value goes on after its closing quote.", _ALIGN),
)
"""What libyaml and PyYAML say, and what an author makes of it."""


def explained(error: yaml.YAMLError, text: str, at: Location) -> LessonError:
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "it cannot be read")
    mark = getattr(error, "problem_mark", None)
    if mark is None or "unexpected end" in problem or "expected ','" in problem:
        # Where a quotation or a bracket opens says more than where the block ends.
        mark = getattr(error, "context_mark", None) or mark
    if mark is None:
        return LessonError(f"This is not YAML: {problem}.", at=at)
    place = shifted(at, mark.line, mark.column)
    if text[mark.index : mark.index + 1] == "\t":
        return LessonError("A tab stands where spaces are needed.", "Indent YAML with spaces.", at=place)
    for fragment, what, remedy in _WORDS:
        if fragment in problem:
            return LessonError(what, remedy, at=place)
    return LessonError(f"This is not YAML: {problem}.", at=place)


def shifted(at: Location, line: int, column: int) -> Location:
    """A place inside a block, from its 0-based line and column there."""
    return Location(path=at.path, line=at.line + line, column=at.column + column)
