"""YAML in, frozen dataclass out; each mistake at its place."""

from typing import Any

import pytest

from labrunner.checks.check import PlacedCheck
from labrunner.errors import Location
from labrunner.lesson.decode import Decoder
from labrunner.lesson.problems import Problems
from labrunner.lesson.yaml_nodes import read
from tests.lesson.fakes import KINDS, BoxCheck, Grade, Lid, SomeCheck

START = Location(path="l.md", line=10)


def box(text: str) -> tuple[PlacedCheck | None, list[str]]:
    return check("box", text)


def check(kind: str, text: str) -> tuple[PlacedCheck | None, list[str]]:
    problems = Problems()
    decoder = Decoder(kinds=KINDS, problems=problems)
    placed = decoder.placed(kind, read(text, START), number=1, at=Location(path="l.md", line=9))
    return placed, [str(error) for error in problems.sorted()]


def decoded(text: str) -> BoxCheck:
    placed, errors = box(text)
    assert errors == []
    assert placed is not None
    assert isinstance(placed.check, BoxCheck)
    return placed.check


def test_every_type_of_key_is_read() -> None:
    text = """\
name: red
from: attic
size: 0x10
weight: 2
empty: false
tags: [a, "b c", 1.10]
labels: {colour: red, number: 007}
state: open
grade: A
grades: [A, B]
lid:
  colour: blue
  tight: true
"""
    assert decoded(text) == BoxCheck(
        name="red",
        from_="attic",
        size=16,
        weight=2.0,
        empty=False,
        tags=("a", "b c", "1.10"),
        labels={"colour": "red", "number": "007"},
        state="open",
        grade=Grade("A"),
        grades=(Grade("A"), Grade("B")),
        lid=Lid(colour="blue", tight=True),
    )


def test_one_item_stands_for_a_list_of_one() -> None:
    assert decoded("name: red\ntags: a\n").tags == ("a",)


def test_a_text_keeps_the_letters_it_was_written_with() -> None:
    assert decoded("name: 1.10\nfrom: yes\n") == BoxCheck(name="1.10", from_="yes")


def test_null_is_no_value_where_there_may_be_none() -> None:
    assert decoded("name: red\nsize: null\n").size is None


def test_quoted_null_is_a_text() -> None:
    assert decoded('name: red\nfrom: "null"\n').from_ == "null"


def test_the_keys_of_every_check_are_read() -> None:
    placed, errors = box(
        "name: red\nbecause: It is red.\nholds: now\nonly: docker\nnot: true\nneeds: a\nid: b\n"
    )

    assert errors == []
    assert placed == PlacedCheck(
        kind="box",
        check=BoxCheck(name="red"),
        id="b",
        because="It is red.",
        holds="now",
        only="docker",
        negated=True,
        needs="a",
        at=Location(path="l.md", line=9),
    )


def test_checks_inside_a_check_are_numbered_by_kind() -> None:
    placed, errors = check("some", "- box: {name: a}\n- box: {name: b, not: true}\n- some: []\n")

    assert errors == []
    assert placed is not None
    assert isinstance(placed.check, SomeCheck)
    assert [(each.id, each.negated, each.at.line) for each in placed.check.checks] == [
        ("box-1", False, 10),
        ("box-2", True, 11),
        ("some-1", False, 12),
    ]


def test_a_list_of_checks_may_stand_under_its_key_beside_common_keys() -> None:
    placed, errors = check("some", "because: Any will do.\nchecks:\n  - box: {name: a}\n")

    assert errors == []
    assert placed is not None
    assert placed.because == "Any will do."


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "nam: red",
            (
                "l.md:10:1: `nam` is not a key of `check box`. Did you mean `name`? Its keys are `name`, `from`, `size`,"
                " `weight`, `empty`, `tags`, `labels`, `state`, `grade`, `grades`, `lid`, `because`, `holds`, `only`,"
                " `not`, `needs`, `id`."
            ),
        ),
        ("size: 1", "l.md:9:1: `check box` needs the key `name`. Add `name: …`."),
        ("name:", "l.md:10:6: `name` has no value. Write `name: …`, or leave the key out."),
        ("name: a\nsize:", "l.md:11:6: `size` has no value. Write `size: …`, or leave the key out."),
        ("name: a\nstate:", "l.md:11:7: `state` has no value. Write `state: …`, or leave the key out."),
        ("name: [a]", "l.md:10:7: `name` is a text, not a list."),
        (
            "name: a\nsize: big",
            "l.md:11:7: `size` is a whole number, not `big`. Write it in digits, without quotes.",
        ),
        (
            'name: a\nsize: "7"',
            "l.md:11:7: `size` is a whole number, not `7`. Write it in digits, without quotes.",
        ),
        (
            "name: a\nempty: yes",
            "l.md:11:8: `empty` is `true` or `false`, not `yes`. YAML 1.2 takes `yes`, `no`, `on` and `off` for texts.",
        ),
        (
            "name: a\nstate: opn",
            "l.md:11:8: `state` cannot be `opn`. Did you mean `open`? It is one of `open`, `closed`.",
        ),
        ("name: a\ngrade: D", "l.md:11:8: `grade`: D is no grade."),
        ("name: a\ngrades: [A, D]", "l.md:11:13: `grades`: D is no grade."),
        ("name: a\nlid: {colour: [x]}", "l.md:11:15: `colour` is a text, not a list."),
        ("name: a\nlid: {}", "l.md:11:6: `lid` needs the key `colour`. Add `colour: …`."),
        ("name: a\nlid: red", "l.md:11:6: `lid` needs keys and values, not `red`. Write `key: value` lines."),
        ("name: a\nlabels: red", "l.md:11:9: `labels` needs names and texts, not `red`. Write `name: text`."),
        ("name: a\nempty: true\nweight: 2", "l.md:9:1: an empty box is light."),
        ("red", "l.md:10:1: `check box` needs keys and values, not `red`. Write `key: value` lines."),
    ],
)
def test_a_mistake_is_told_at_its_place(text: str, error: str) -> None:
    placed, errors = box(text)

    assert placed is None
    assert errors == [error]


def test_all_mistakes_of_a_block_are_told_at_once() -> None:
    _, errors = box("size: a\nweight: b\nstate: c\nholds: d\n")

    assert [error.split(": ")[0] for error in errors] == [
        "l.md:9:1",
        "l.md:10:7",
        "l.md:11:9",
        "l.md:12:8",
        "l.md:13:8",
    ]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "- bax: {name: a}",
            "l.md:10:3: There is no check kind `bax`. Did you mean `box`? The kinds are `box`, `some`, `one`.",
        ),
        (
            "- name",
            (
                "l.md:10:3: A check inside another block is a mapping with one key, its kind."
                " Write for example `image: {name: nginx}`."
            ),
        ),
        ("- box: {name: [a]}", "l.md:10:15: `name` is a text, not a list."),
    ],
)
def test_a_mistake_inside_a_check_of_checks_is_told(text: str, error: str) -> None:
    assert check("some", text) == (None, [error])


def test_a_filled_value_counts_as_a_number_even_in_quotes() -> None:
    from labrunner.lesson.filling import Filler

    problems = Problems()
    node = read('name: red\nsize: "{{port}}"\n', START)
    assert node is not None
    tree: Any = Filler(values={"port": "8081"}, problems=problems).node(node)

    placed = Decoder(kinds=KINDS, problems=problems).placed("box", tree, number=1, at=START)

    assert problems.sorted() == ()
    assert placed is not None
    assert placed.check == BoxCheck(name="red", size=8081)
