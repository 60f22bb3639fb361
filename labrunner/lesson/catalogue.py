"""Where lessons are found, and how one is read from disk with all that belongs to it."""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from labrunner import plugins
from labrunner.errors import LabrunnerError, LessonError, Location, PluginError, UsageError
from labrunner.lesson.cache import NO_CACHE, TextCache, front_from_text, front_key, front_to_text
from labrunner.lesson.files import PAGE, read_page, unreadable
from labrunner.lesson.model import FrontMatter
from labrunner.lesson.problems import did_you_mean, one_of

OWN_COURSE = "labrunner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One lesson as the course list knows it."""

    path: str
    """The lesson file."""
    front: FrontMatter
    course: str = OWN_COURSE
    """`labrunner`, the name that another package registered, or a path."""

    @property
    def ours(self) -> bool:
        """Whether it came with labrunner: a stranger's scripts run only after the learner has agreed."""
        return self.course == OWN_COURSE


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The lessons found, in the order to do them, and what stands in the way of others."""

    entries: tuple[Entry, ...] = ()
    troubles: tuple[LabrunnerError, ...] = ()

    def entry(self, lesson: str) -> Entry:
        """The lesson with that id. Raises `UsageError` where there is none."""
        found = next((entry for entry in self.entries if entry.front.id == lesson), None)
        if found is not None:
            return found
        ids = [entry.front.id for entry in self.entries]
        known = f"There are {one_of(ids)}." if ids else "None could be read."
        raise UsageError(f"There is no lesson `{lesson}`.", f"{did_you_mean(lesson, ids)} {known}".lstrip())


def find(path: str | None = None, *, cache: TextCache = NO_CACHE) -> Catalogue:
    """The lessons at a path; without one, the course shipped with labrunner and those of other packages.

    Never raises: a course or lesson that cannot be read is one of the catalogue's troubles.
    """
    troubles: list[LabrunnerError] = []
    entries: dict[str, Entry] = {}
    for course, place in _courses(path, cache, troubles):
        try:
            pages = pages_at(place)
        except LessonError as error:
            troubles.append(error)
            continue
        for page, front in zip(pages, cached_fronts(pages, cache), strict=True):
            if isinstance(front, LessonError):
                troubles.append(front)
            elif (first := entries.get(front.id)) is not None:
                troubles.append(_taken(front, page, first))
            else:
                entries[front.id] = Entry(path=str(page), front=front, course=course)
    return Catalogue(entries=tuple(entries.values()), troubles=tuple(troubles))


def cached_fronts(
    pages: Iterable[Path], cache: TextCache = NO_CACHE
) -> tuple[FrontMatter | LessonError, ...]:
    """The front matter of each lesson file, its sample values filled in; or the first thing wrong with it."""
    return tuple(_front(page, cache) for page in pages)


def pages_at(place: Path) -> tuple[Path, ...]:
    """The lesson files of a path: a file, a lesson's folder, or a folder of `NN-slug` folders, by number.

    Raises `LessonError` where there is none.
    """
    try:
        if not place.is_dir():
            read_page(place)
            return (place,)
        if _has_page(place):
            return (place / PAGE,)
        pages = tuple(folder / PAGE for folder in sorted(place.iterdir(), key=_number) if _has_page(folder))
    except OSError as error:
        raise unreadable(error, place) from error
    if not pages:
        raise LessonError(
            "There is no lesson in this folder.",
            f"A lesson is a file `{PAGE}`, in this folder or in folders named like `01-first`.",
            at=Location(path=str(place)),
        )
    return pages


def own_lessons() -> Path:
    """Where labrunner's own lessons are: in the wheel, or beside the package in its repository."""
    package = Path(__file__).parents[1]
    shipped = package / "_course" / "lessons"
    return shipped if shipped.is_dir() else package.parent / "lessons"


def _courses(
    path: str | None, cache: TextCache, troubles: list[LabrunnerError]
) -> Iterator[tuple[str, Path]]:
    if path is not None:
        yield path, Path(path).expanduser()
        return
    yield OWN_COURSE, own_lessons()
    for name in _plugged_in(cache):
        try:
            yield name, _folder(name, plugins.load("labrunner.courses.v1", name))
        except PluginError as error:
            troubles.append(error)


def _plugged_in(cache: TextCache) -> tuple[str, ...]:
    """The courses of other packages.

    To look for them costs 40 ms, so the answer is kept until a folder that packages are installed in changes.
    """
    folders = [Path(folder or ".") for folder in sys.path]
    key = f"courses {[(str(each), each.stat().st_mtime_ns) for each in folders if each.is_dir()]}"
    kept = cache.get(key)
    if kept is None:
        kept = "\n".join(plugins.names("labrunner.courses.v1"))
        cache.put(key, kept)
    return tuple(kept.split("\n")) if kept else ()


def _folder(name: str, course: object) -> Path:
    """A course is a folder: its path, or the package that lies in it."""
    match course:
        case str() | Path():
            return Path(course)
        case ModuleType(__file__=str(file)):
            return Path(file).parent
        case _:
            raise PluginError(
                f"The course `{name}` of another package is neither a folder's path nor a package.",
                "Remove the package that registers it, or report this to its author.",
            )


def _front(page: Path, cache: TextCache) -> FrontMatter | LessonError:
    try:
        content = read_page(page)
        key = front_key(content)
        kept = cache.get(key)
        front = front_from_text(kept) if kept is not None else None
        if front is None:
            # Late: 40 ms for YAML and the decoder, which a kept front matter does not need.
            from labrunner.lesson.front import front_of

            front = front_of(content, str(page))
            cache.put(key, front_to_text(front))
    except LessonError as error:
        return error
    return front


def _has_page(folder: Path) -> bool:
    try:
        return (folder / PAGE).exists()
    except PermissionError:
        # One closed folder is one trouble, told when its page is read.
        return True


def _number(folder: Path) -> tuple[float, str]:
    digits = re.match(r"(\d{1,9})-", folder.name)
    return (float(digits[1]) if digits else float("inf"), folder.name)


def _taken(front: FrontMatter, page: Path, first: Entry) -> LessonError:
    return LessonError(
        f"The lesson id `{front.id}` is taken by {first.path}.",
        "Give one of the two another id.",
        at=Location(path=str(page)),
    )
