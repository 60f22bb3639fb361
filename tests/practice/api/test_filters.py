"""Filters as the CLI and the docker SDK write them, moments as Go reads them, names as Docker matches them."""

import pytest

from labrunner.practice.api.filters import Filters, duration, moment
from labrunner.practice.api.glob import matches
from labrunner.practice.refusal import Refused
from labrunner.reference import parse


@pytest.mark.parametrize("text", ['{"label":{"a=b":true}}', '{"label":["a=b"]}'])
def test_both_encodings_are_one_filter(text: str) -> None:
    assert Filters.read(text, ["label"]).values("label") == ("a=b",)


@pytest.mark.parametrize("text", ["", "{}", "null", " "])
def test_no_filters(text: str) -> None:
    assert not Filters.read(text, ["label"])


@pytest.mark.parametrize("text", ["x", "[]", '{"label":"a"}', "1", '{"label":1}'])
def test_what_is_no_filter_is_refused(text: str) -> None:
    with pytest.raises(Refused) as refusal:
        Filters.read(text, ["label"])
    assert (refusal.value.status, refusal.value.message) == (400, "invalid filter")


def test_an_unknown_filter_is_named() -> None:
    with pytest.raises(Refused) as refusal:
        Filters.read('{"bad":["x"]}', ["label"])
    assert refusal.value.message == "invalid filter 'bad'"


def test_a_truth_that_is_none_is_refused() -> None:
    with pytest.raises(Refused) as refusal:
        Filters.read('{"dangling":["nosuch"]}').truth("dangling")
    assert refusal.value.message == "invalid filter 'dangling=[nosuch]'"


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ('{"label":["a"]}', True),
        ('{"label":["a=1"]}', True),
        ('{"label":["a=2"]}', False),
        ('{"label":["a","b"]}', False),
        ('{"label!":["a"]}', False),
        ('{"label!":["b"]}', True),
    ],
)
def test_labels_of_a_prune(asked: str, kept: bool) -> None:
    assert Filters.read(asked).keeps({"a": "1"}) is kept


def test_durations_and_moments() -> None:
    assert duration("1h30m") == 5400
    assert duration("1x") is None
    assert moment("10m", now=1000) == 400
    assert moment("1700000000.5") == 1700000000.5
    assert moment("2026-11-23T13:50:00.714585325Z") == 1795441800.714585
    with pytest.raises(Refused) as refusal:
        moment("bad")
    assert refusal.value.message == 'failed to parse value as time or duration: "bad"'


@pytest.mark.parametrize(
    ("pattern", "name", "found"),
    [
        ("nginx", "nginx:1.27", True),
        ("nginx:1.*", "nginx:1.27", True),
        ("ngin?", "nginx:1.27", True),
        ("*", "student/nginx:1", False),
        ("*/*", "student/nginx:1", True),
        ("[a-n]ginx", "nginx:1", True),
        ("[^a-n]ginx", "nginx:1", False),
        ("localhost:5001/*/nginx", "localhost:5001/student/nginx:1", True),
        ("ngin", "nginx:1", False),
    ],
)
def test_references_match_as_paths_do(pattern: str, name: str, found: bool) -> None:
    assert matches(pattern, parse(name)) is found


def test_a_broken_pattern_is_refused() -> None:
    with pytest.raises(Refused):
        matches("ngi[nx", parse("nginx"))
