"""What `{{name}}` stands for."""

from collections.abc import Mapping

import pytest

from labrunner.lesson.model import AskedValue, Constant, FreePort, RandomWord, ValueSource
from labrunner.lesson.values import Reference, fill, references, samples, settle

VALUES = {"user": "ann", "port": "8081"}
SOURCES: Mapping[str, ValueSource] = {
    "user": AskedValue(question="Your name?", default="student"),
    "port": FreePort(start=8080),
    "word": RandomWord(),
    "image": Constant(text="{{registry}}/{{user}}/web"),
}
BUILT_IN = {"registry": "localhost:5001", "workspace": "/w", "lesson": "tagging"}


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("a {{user}} b", "a ann b"),
        ("{{ user }}:{{port}}", "ann:8081"),
        ("{{unknown}}", "{{unknown}}"),
        ("\\{{user}}", "{{user}}"),
        ("{{.Names}} {{json .Config}} {{range .X}}", "{{.Names}} {{json .Config}} {{range .X}}"),
        ("{{{user}}}", "{ann}"),
        ("{{us\ner}}", "{{us\ner}}"),
        ("{user}", "{user}"),
    ],
)
def test_a_name_in_double_braces_is_filled(text: str, filled: str) -> None:
    assert fill(text, VALUES) == filled


def test_a_filled_text_is_not_filled_again() -> None:
    assert fill("{{a}}", {"a": "{{b}}", "b": "c"}) == "{{b}}"


def test_references_are_found_with_their_offsets() -> None:
    assert list(references("é {{a}} \\{{b}} {{c}}")) == [
        Reference(name="a", offset=2),
        Reference(name="c", offset=15),
    ]


def test_values_are_settled_from_the_learner_the_host_and_chance() -> None:
    settled = settle(
        SOURCES,
        BUILT_IN,
        free_port=lambda start: start + 2,
        random_word=lambda: "cedar",
        ask=lambda question, default: f" {question}  {default} ",
    )

    assert settled == {
        **BUILT_IN,
        "user": "Your name? student",
        "port": "8082",
        "word": "cedar",
        "image": "localhost:5001/Your name? student/web",
    }


def test_an_empty_answer_is_the_default() -> None:
    settled = settle(
        {"user": SOURCES["user"]},
        {},
        free_port=lambda start: start,
        random_word=lambda: "",
        ask=lambda question, default: "  ",
    )

    assert settled == {"user": "student"}


def test_a_lesson_taken_up_again_keeps_its_values_but_not_old_constants() -> None:
    def unused(*_: object) -> str:
        raise AssertionError("nothing is settled twice")

    settled = settle(
        SOURCES,
        BUILT_IN,
        free_port=lambda start: int(unused(start)),
        random_word=unused,
        ask=unused,
        known={"user": "bob", "port": "9000", "word": "fjord", "image": "old"},
    )

    assert settled == {
        **BUILT_IN,
        "user": "bob",
        "port": "9000",
        "word": "fjord",
        "image": "localhost:5001/bob/web",
    }


def test_samples_stand_in_for_a_lesson_that_nobody_has_started() -> None:
    assert samples(SOURCES, "tagging") == {
        "registry": "localhost:5001",
        "workspace": "~/tagging",
        "lesson": "tagging",
        "user": "student",
        "port": "8080",
        "word": "amber",
        "image": "localhost:5001/student/web",
    }
