"""The files of a lesson on disk: the page and the `workspace` folder beside it, read within bounds."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from labrunner.errors import LessonError, Location
from labrunner.lesson.model import WorkspaceFile
from labrunner.lesson.source import LESSON_LIMIT, inside

PAGE = "lesson.md"
WORKSPACE = "workspace"

MOST_FILES = 500
MOST_BYTES = 8 * 1024 * 1024
_NOISE = frozenset({".DS_Store", "Thumbs.db", "__pycache__"})


def read_page(path: Path) -> bytes:
    """The bytes of a lesson file. Raises `LessonError`."""
    at = Location(path=str(path))
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise LessonError(
                "This is a folder, not a lesson file.", f"Make `{PAGE}` a Markdown file.", at=at
            )
        if not stat.S_ISREG(status.st_mode):
            raise LessonError("This is not a regular file.", "Put the lesson into a Markdown file.", at=at)
        if status.st_size > LESSON_LIMIT:
            raise LessonError(
                f"The lesson is {status.st_size / LESSON_LIMIT:.1f} MiB long; the limit is 1 MiB.",
                "Split it, or move large files to the `workspace` folder beside it.",
                at=at,
            )
        with path.open("rb") as file:
            return file.read(LESSON_LIMIT + 1)
    except OSError as error:
        raise unreadable(error, path) from error


def read_workspace(folder: Path) -> tuple[WorkspaceFile, ...]:
    """The files of a workspace folder by path, values not filled in; none where there is no such folder.

    Raises `LessonError` for what cannot be copied into every learner's workspace: links, special files, names
    that some system cannot have, more than 500 files or 8 MiB.
    """
    if not os.path.lexists(folder):
        return ()
    files: list[WorkspaceFile] = []
    left = MOST_BYTES
    for path in _walk(folder, folder):
        at = Location(path=str(path))
        if len(files) == MOST_FILES:
            raise LessonError(f"The workspace has more than {MOST_FILES} files.", "Leave some out.", at=at)
        content, executable = _read_file(path, left)
        left -= len(content)
        files.append(
            WorkspaceFile(path=path.relative_to(folder).as_posix(), content=content, executable=executable)
        )
    return tuple(files)


def _walk(folder: Path, root: Path) -> Iterator[Path]:
    """Every file below a folder, sorted; no link is followed out of the workspace."""
    try:
        for path in sorted(folder.iterdir()):
            if path.name in _NOISE:
                continue
            at = Location(path=str(path))
            if trouble := inside(path.relative_to(root).as_posix()):
                raise LessonError(f"The name of this workspace file {trouble}.", "Rename it.", at=at)
            if path.is_symlink() and not _stays(path, root):
                raise LessonError(
                    "This link leads out of the workspace, or nowhere, or to a folder.",
                    "Put the file itself there.",
                    at=at,
                )
            if path.is_dir():
                yield from _walk(path, root)
            else:
                yield path
    except OSError as error:
        raise unreadable(error, folder) from error


def _stays(link: Path, root: Path) -> bool:
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return target.is_file() and target.is_relative_to(root.resolve())


def _read_file(path: Path, left: int) -> tuple[bytes, bool]:
    at = Location(path=str(path))
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise LessonError("This workspace file is not a regular file.", "Remove it.", at=at)
        if status.st_size > left:
            raise LessonError(
                f"The workspace is larger than {MOST_BYTES // 1024 // 1024} MiB.",
                "Leave something out.",
                at=at,
            )
        with path.open("rb") as file:
            return file.read(left), bool(status.st_mode & stat.S_IXUSR)
    except OSError as error:
        raise unreadable(error, path) from error


def unreadable(error: OSError, path: Path) -> LessonError:
    at = Location(path=str(path))
    match error:
        case FileNotFoundError():
            return LessonError("There is no such file.", "Check the path.", at=at)
        case PermissionError():
            return LessonError("This file may not be read.", "Check its permissions.", at=at)
        case _:
            reason = error.strerror or type(error).__name__
            return LessonError(f"This file cannot be read: {reason}.", "Check the path.", at=at)
