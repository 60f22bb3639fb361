"""The manual of check kinds is the code's own docstrings."""

import pytest

from labrunner.authoring.docstrings import field_docs, first_sentence
from labrunner.authoring.manual import overview, page
from labrunner.checks.kinds import CHECK_KINDS
from labrunner.errors import Location, UsageError
from labrunner.lesson.decode import Decoder
from labrunner.lesson.keys import keys_of
from labrunner.lesson.problems import Problems
from labrunner.lesson.yaml_nodes import read
from tests.lesson.fakes import KINDS, BoxCheck

BOX = """\
box

A box is there. It may have a lid.

    ```yaml check box
    name: red box
    ```

Keys

    name: text, required
        What is written on it.

    from: text

    size: whole number
        In centimetres.

    weight: number (1)

    empty: true or false (false)

    tags: text, or a list of them

    labels: mapping of texts by name

    state: one of open, closed (closed)

    grade: grade

    grades: grade, or a list of them

    lid: mapping

    lid.colour: text, required
        Any colour.

    lid.tight: true or false (false)

Words

    grade: `A`, `B` or `C`.

Keys of every check

    because: text
        One sentence of yours, shown when the check is not met.

    holds: one of once, now (once)
        `once`: met once in this step, it stays met. `now`: it has to hold each time.

    only: one of docker, practice
        The check counts on this engine only.

    not: true or false (false)
        `true`: the check is met while what it says does not hold.

    needs: text
        The id of a check of this step that has to be met before this one can be told.

    id: text
        A name for `needs` and for progress; `KIND-1`, `KIND-2`, … where it is left out."""


def test_a_page_tells_all_of_one_kind() -> None:
    assert page("box", KINDS) == BOX


def test_the_overview_has_a_line_for_each_kind() -> None:
    assert overview(KINDS) == (
        "box   A box is there.\nsome  One of several.\none   A check in a check.\n\n"
        "`labrunner kinds KIND` tells the keys of one kind."
    )


def test_another_word_is_told_with_the_kinds_there_are() -> None:
    with pytest.raises(UsageError) as caught:
        page("bok", KINDS)

    assert str(caught.value) == (
        "There is no check kind `bok`. Did you mean `box`? The kinds are `box`, `some`, `one`."
    )


def test_the_strings_under_fields_are_found() -> None:
    assert field_docs(BoxCheck) == {"name": "What is written on it.", "size": "In centimetres."}


def test_the_first_sentence_ends_at_a_full_stop_and_a_space() -> None:
    assert first_sentence("Of nginx:1.31 it\nis. And more.") == "Of nginx:1.31 it is."


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_every_kind_has_a_page_no_wider_than_the_terminal(kind: str) -> None:
    assert all(len(line) <= 88 or "`" in line for line in page(kind).split("\n"))


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_the_example_of_every_kind_can_be_read(kind: str) -> None:
    problems = Problems()
    at = Location(path=kind)

    Decoder(kinds=CHECK_KINDS, problems=problems).placed(
        kind, read(CHECK_KINDS[kind].example, at), number=1, at=at
    )

    assert problems.sorted() == ()


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_every_key_of_every_kind_has_a_hint_that_the_manual_knows(kind: str) -> None:
    assert f"\n    {keys_of(CHECK_KINDS[kind])[0].name}: " in page(kind)
