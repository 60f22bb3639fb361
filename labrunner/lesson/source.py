"""From a file's bytes to text that is safe to parse: UTF-8, plain line ends, no control characters."""

import re
from pathlib import PurePath

from labrunner.errors import LessonError, Location

LESSON_LIMIT = 1024 * 1024
STEP_LIMIT = 256 * 1024
BLOCK_LIMIT = 64 * 1024

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff]")


def decoded(content: bytes, path: str) -> str:
    """The text of a lesson file. Raises `LessonError` where the bytes are not UTF-8."""
    if len(content) > LESSON_LIMIT:
        raise _too_long(len(content), path)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = content[: error.start].decode("utf-8-sig", "replace")
        raise LessonError(
            f"This is not UTF-8 text: byte 0x{content[error.start]:02x}.",
            "Save the file as UTF-8.",
            at=_end_of(before, path),
        ) from error


def normalized(text: str, path: str) -> str:
    """The text with `\\n` line ends and no byte order mark.

    Raises `LessonError` for a text over 1 MiB and for control characters: no lesson needs one, and a terminal
    would obey it.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > LESSON_LIMIT:
        raise _too_long(size, path)
    if control := _CONTROL.search(text):
        raise LessonError(
            f"Control character U+{ord(control[0]):04X} stands here.",
            "Delete it; a lesson is plain text.",
            at=_end_of(text[: control.start()], path),
        )
    return text


def is_text(content: bytes) -> bool:
    """Whether a workspace file is text, in which values are filled."""
    try:
        return "\x00" not in content.decode()
    except UnicodeDecodeError:
        return False


def inside(path: str) -> str | None:
    """Why a workspace path cannot be used, or None where it can: relative, forward slashes, never up."""
    if not path or path != path.strip():
        return "is empty or begins or ends with a space"
    if "\\" in path or ":" in path.split("/")[0] or _CONTROL.search(path) or "\t" in path or "\n" in path:
        return "holds a character that is not the same on every system"
    if path.startswith(("/", "~")) or ".." in PurePath(path).parts:
        return "leaves the workspace"
    if path.endswith("/") or any(part in {"", "."} for part in path.split("/")):
        return "does not name a file"
    if len(path) > 200:
        return "is longer than 200 characters"
    return None


def _end_of(before: str, path: str) -> Location:
    return Location(path=path, line=before.count("\n") + 1, column=len(before) - before.rfind("\n"))


def _too_long(size: int, path: str) -> LessonError:
    return LessonError(
        f"The lesson is {size / LESSON_LIMIT:.1f} MiB long; the limit is 1 MiB.",
        "Split it, or move large files to the `workspace` folder beside it.",
        at=Location(path=path),
    )
