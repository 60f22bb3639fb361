"""Where lessons are found, and what is said of those that cannot be read."""

import os
import shutil
from pathlib import Path

import pytest

from labrunner.errors import UsageError
from labrunner.lesson.cache import TextCache
from labrunner.lesson.catalogue import Catalogue, cached_fronts, find, own_lessons
from labrunner.lesson.model import FrontMatter

PAGE = "---\nformat: 1\nid: {id}\ntitle: T\nsummary: S.\n---\n# T\n\n## Step\n"


def lesson(folder: Path, name: str, lesson_id: str) -> Path:
    path = folder / name
    path.mkdir(parents=True)
    (path / "lesson.md").write_text(PAGE.format(id=lesson_id))
    return path / "lesson.md"


def ids(catalogue: Catalogue) -> list[str]:
    return [entry.front.id for entry in catalogue.entries]


def troubles(catalogue: Catalogue, at: Path) -> list[str]:
    return [str(trouble).replace(f"{at}/", "") for trouble in catalogue.troubles]


def test_a_course_is_in_the_order_of_its_numbers(tmp_path: Path) -> None:
    for name in ("10-ten", "9-nine", "02-two", "later"):
        lesson(tmp_path, name, name.rpartition("-")[2])
    (tmp_path / "03-no-lesson").mkdir()
    (tmp_path / "README.md").write_text("# Not a lesson\n")

    found = find(str(tmp_path))

    assert ids(found) == ["two", "nine", "ten", "later"]
    assert found.troubles == ()


def test_a_lesson_is_found_by_its_folder_and_by_its_file(tmp_path: Path) -> None:
    page = lesson(tmp_path, "01-one", "one")

    assert ids(find(str(page))) == ids(find(str(page.parent))) == ["one"]


def test_a_lesson_from_a_path_is_not_ours(tmp_path: Path) -> None:
    lesson(tmp_path, "01-one", "one")

    assert [entry.ours for entry in find(str(tmp_path)).entries] == [False]


def test_the_shipped_course_is_ours() -> None:
    assert own_lessons().name == "lessons"
    assert {entry.ours for entry in find().entries} <= {True}


def test_one_bad_lesson_does_not_hide_the_others(tmp_path: Path) -> None:
    lesson(tmp_path, "01-one", "one")
    lesson(tmp_path, "02-two", "Two")

    found = find(str(tmp_path))

    assert ids(found) == ["one"]
    assert troubles(found, tmp_path) == [
        "02-two/lesson.md:3:5: `id`: an id is at most 60 lower-case letters, digits and hyphens such as `two`."
    ]


def test_two_lessons_with_one_id_are_told(tmp_path: Path) -> None:
    lesson(tmp_path, "01-one", "same")
    lesson(tmp_path, "02-two", "same")

    found = find(str(tmp_path))

    assert ids(found) == ["same"]
    assert troubles(found, tmp_path) == [
        "02-two/lesson.md:1:1: The lesson id `same` is taken by 01-one/lesson.md. Give one of the two another id."
    ]


def test_a_lesson_that_is_not_there_is_told_with_what_is_meant(tmp_path: Path) -> None:
    lesson(tmp_path, "01-one", "tagging")
    lesson(tmp_path, "02-two", "layers")

    with pytest.raises(UsageError) as caught:
        find(str(tmp_path)).entry("taging")

    assert str(caught.value) == (
        "There is no lesson `taging`. Did you mean `tagging`? There are `tagging`, `layers`."
    )


def directory(place: Path) -> None:
    (place / "lesson.md").mkdir(parents=True)


def latin_1(place: Path) -> None:
    place.mkdir()
    (place / "lesson.md").write_bytes(b"---\nformat: 1\ntitle: caf\xe9\n")


def huge(place: Path) -> None:
    place.mkdir()
    with (place / "lesson.md").open("wb") as file:
        file.truncate(50 * 1024 * 1024)


def fifo(place: Path) -> None:
    place.mkdir()
    os.mkfifo(place / "lesson.md")


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (lambda place: None, "course:1:1: There is no such file. Check the path."),
        (
            lambda place: place.mkdir(),
            (
                "course:1:1: There is no lesson in this folder."
                " A lesson is a file `lesson.md`, in this folder or in folders named like `01-first`."
            ),
        ),
        (
            directory,
            "course/lesson.md:1:1: This is a folder, not a lesson file. Make `lesson.md` a Markdown file.",
        ),
        (latin_1, "course/lesson.md:3:11: This is not UTF-8 text: byte 0xe9. Save the file as UTF-8."),
        (
            huge,
            (
                "course/lesson.md:1:1: The lesson is 50.0 MiB long; the limit is 1 MiB."
                " Split it, or move large files to the `workspace` folder beside it."
            ),
        ),
        (fifo, "course/lesson.md:1:1: This is not a regular file. Put the lesson into a Markdown file."),
    ],
)
def test_what_cannot_be_read_is_told_in_one_sentence(tmp_path: Path, make: object, error: str) -> None:
    assert callable(make)
    make(tmp_path / "course")

    found = find(str(tmp_path / "course"))

    assert found.entries == ()
    assert troubles(found, tmp_path) == [error]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_lesson_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    page = lesson(tmp_path, "01-one", "one")
    page.chmod(0)

    assert troubles(find(str(tmp_path)), tmp_path) == [
        "01-one/lesson.md:1:1: This file may not be read. Check its permissions."
    ]


def test_a_kept_front_matter_is_used_until_the_file_changes(tmp_path: Path) -> None:
    page = lesson(tmp_path, "01-one", "one")
    cache = TextCache(tmp_path / "cache")
    first = cached_fronts([page], cache)
    for file in (tmp_path / "cache").iterdir():
        file.write_text(file.read_text().replace('"T"', '"Kept"'))

    kept = cached_fronts([page], cache)
    page.write_text(PAGE.format(id="two"))
    changed = cached_fronts([page], cache)

    assert [front.title for front in (*first, *kept, *changed) if isinstance(front, FrontMatter)] == [
        "T",
        "Kept",
        "T",
    ]


def test_a_lesson_that_goes_away_is_told(tmp_path: Path) -> None:
    lesson(tmp_path, "01-one", "one")
    cache = TextCache(tmp_path / "cache")
    find(str(tmp_path / "01-one"), cache=cache)
    shutil.rmtree(tmp_path / "01-one")

    assert troubles(find(str(tmp_path / "01-one"), cache=cache), tmp_path) == [
        "01-one:1:1: There is no such file. Check the path."
    ]
