"""The lesson that `labrunner new` writes."""

from pathlib import Path

import pytest

from labrunner.authoring.lint import lint
from labrunner.authoring.scaffold import create
from labrunner.errors import LabrunnerError, UsageError
from labrunner.lesson.loading import load


@pytest.mark.parametrize(
    ("path", "page", "lesson", "title"),
    [
        ("05-my-images", "05-my-images/lesson.md", "my-images", "My images"),
        ("deep/folder/Übung 1", "deep/folder/Übung 1/lesson.md", "übung-1", "Übung 1"),
        ("notes.md", "notes.md", "notes", "Notes"),
        ("!!!", "!!!/lesson.md", "my-lesson", "My lesson"),
    ],
)
def test_a_new_lesson_lints_clean(tmp_path: Path, path: str, page: str, lesson: str, title: str) -> None:
    created = create(tmp_path / path)

    assert created == tmp_path / page
    assert lint([created]).remarks == ()
    assert (load(created).id, load(created).front.title) == (lesson, title)


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("mine")

    with pytest.raises(UsageError, match="is there already"):
        create(tmp_path)

    assert (tmp_path / "lesson.md").read_text() == "mine"


def test_a_path_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(LabrunnerError) as caught:
        create(tmp_path / "file" / "lesson")

    assert caught.value.what.endswith("lesson.md cannot be written: Not a directory.")
