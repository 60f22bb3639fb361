"""A bookmark is believed only while nothing that the screen was made from has changed."""

from pathlib import Path

import pytest

from labrunner.cli import bookmark
from labrunner.cli.bookmark import Bookmark

WORDS = ["start", "layers"]


@pytest.fixture
def lesson(tmp_path: Path) -> Path:
    page = tmp_path / "lesson.md"
    page.write_text("# Layers\n")
    (tmp_path / "workspace").mkdir()
    bookmark.write(WORDS, str(tmp_path), mark(tmp_path, page))
    return page


def mark(folder: Path, page: Path) -> Bookmark:
    return Bookmark(
        stamps=bookmark.stamps(bookmark.depends_on(str(page), str(folder))),
        surroundings=bookmark.surroundings(80),
        words=WORDS,
        lesson="layers",
        engine="docker",
        address="unix:///var/run/docker.sock",
        workspace=str(folder / "workspace"),
        text="step 3 of 12\n",
    )


def test_what_was_left_is_found_again(lesson: Path) -> None:
    assert bookmark.read(WORDS, str(lesson.parent), 80) == mark(lesson.parent, lesson)


def test_other_words_or_another_width_find_nothing(lesson: Path) -> None:
    assert bookmark.read(["start", "nginx"], str(lesson.parent), 80) is None
    assert bookmark.read(WORDS, str(lesson.parent), 81) is None


def test_an_edited_lesson_is_shown_anew(lesson: Path) -> None:
    lesson.write_text("# Layers, edited\n")

    assert bookmark.read(WORDS, str(lesson.parent), 80) is None


def test_progress_made_meanwhile_is_not_hidden(lesson: Path) -> None:
    (lesson.parent / "progress.sqlite3").write_text("an attempt of another terminal")

    assert bookmark.read(WORDS, str(lesson.parent), 80) is None


def test_a_bookmark_that_others_can_write_is_not_believed(lesson: Path) -> None:
    Path(bookmark.path_of(WORDS, str(lesson.parent))).chmod(0o666)

    assert bookmark.read(WORDS, str(lesson.parent), 80) is None


@pytest.mark.parametrize("content", ["", "{", "[]", '{"stamps": 1}', "\x00"])
def test_a_damaged_bookmark_is_no_bookmark(lesson: Path, content: str) -> None:
    Path(bookmark.path_of(WORDS, str(lesson.parent))).write_text(content)

    assert bookmark.read(WORDS, str(lesson.parent), 80) is None
