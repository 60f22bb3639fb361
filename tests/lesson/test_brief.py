"""The steps of a lesson in brief."""

from pathlib import Path

import pytest

from labrunner.errors import LessonError
from labrunner.lesson.brief import StepBrief, cached_briefs
from labrunner.lesson.cache import TextCache
from labrunner.lesson.loading import load

EXAMPLE = Path(__file__).parent / "pages" / "example.md"


def test_briefs_are_the_same_read_and_kept(tmp_path: Path) -> None:
    hashes = [step.checks_hash for step in load(EXAMPLE).steps]
    expected = (
        StepBrief(id="second-name", title="Give the image a second name", asks=True, checks_hash=hashes[0]),
        StepBrief(
            id="how-many-copies-are-there-now",
            title="How many copies are there now?",
            asks=True,
            checks_hash=hashes[1],
        ),
    )
    cache = TextCache(tmp_path / "cache")

    assert cached_briefs(EXAMPLE, cache) == expected
    assert len(list((tmp_path / "cache").iterdir())) == 1
    assert cached_briefs(EXAMPLE, cache) == expected


def test_a_damaged_brief_is_made_again(tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")
    expected = cached_briefs(EXAMPLE, cache)
    for file in (tmp_path / "cache").iterdir():
        file.write_text("[[1]]")

    assert cached_briefs(EXAMPLE, cache) == expected


def test_what_is_no_lesson_has_no_briefs(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text("# No front matter\n")

    with pytest.raises(LessonError):
        cached_briefs(tmp_path / "lesson.md", TextCache(tmp_path / "cache"))
