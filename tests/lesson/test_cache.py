"""Texts kept between runs: right, or not there at all."""

import json
from pathlib import Path
from types import MappingProxyType

import pytest

from labrunner.lesson.cache import NO_CACHE, TextCache, front_from_text, front_to_text
from labrunner.lesson.model import AskedValue, Constant, FreePort, FrontMatter, RandomWord

FRONT = FrontMatter(
    id="tagging",
    title="Tag",
    summary="One image, many names.",
    minutes=25,
    after=("layers",),
    needs=("port",),
    images=("nginx",),
    values=MappingProxyType(
        {
            "user": AskedValue(question="Who?", default="ann"),
            "port": FreePort(start=8080),
            "word": RandomWord(),
            "tag": Constant(text="1.31"),
        }
    ),
    language="de",
)


def test_a_text_is_kept_until_the_next_run(tmp_path: Path) -> None:
    TextCache(tmp_path / "cache").put("key", "text ✓\n\x1b[1m")

    assert TextCache(tmp_path / "cache").get("key") == "text ✓\n\x1b[1m"
    assert TextCache(tmp_path / "cache").get("other") is None


def test_the_folder_is_the_owners_alone(tmp_path: Path) -> None:
    TextCache(tmp_path / "cache").put("key", "text")

    assert (tmp_path / "cache").stat().st_mode & 0o777 == 0o700


def test_what_others_could_have_written_is_not_believed(tmp_path: Path) -> None:
    cache = TextCache(tmp_path / "cache")
    cache.put("key", "text")
    (tmp_path / "cache").chmod(0o777)

    assert cache.get("key") is None


def test_a_cache_that_cannot_be_written_is_no_cache(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    cache = TextCache(tmp_path / "file" / "cache")
    cache.put("key", "text")

    assert cache.get("key") is None
    NO_CACHE.put("key", "text")
    assert NO_CACHE.get("key") is None


def test_a_damaged_text_is_no_text(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    cache.put("key", "text")
    for file in tmp_path.iterdir():
        file.write_bytes(b"\xff\xfe")

    assert cache.get("key") is None


def test_a_cache_does_not_grow_for_ever(tmp_path: Path) -> None:
    cache = TextCache(tmp_path)
    for number in range(210):
        cache.put(f"key {number}", "text")

    assert len(list(tmp_path.iterdir())) == 160
    assert cache.get("key 209") == "text"


def test_front_matter_comes_back_as_it_was() -> None:
    assert front_from_text(front_to_text(FRONT)) == FRONT


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}",
        "[]",
        "null",
        '{"id": 1}',
        "[" * 100_000,
        json.dumps({**json.loads(front_to_text(FRONT)), "values": 3}),
    ],
)
def test_anything_else_is_no_front_matter(text: str) -> None:
    assert front_from_text(text) is None
