"""What labrunner says: complete, calm, and with its details in place."""

from typing import get_args

import pytest

from labrunner.session.effects import Notice, ShowNotice
from labrunner.ui import sentences
from labrunner.ui.sentences import DETAILED, NOTICES, notice


def test_every_notice_has_its_sentence() -> None:
    assert set(NOTICES) == set(get_args(Notice))


@pytest.mark.parametrize("name", get_args(Notice))
def test_every_notice_can_be_said_with_a_detail_and_without(name: Notice) -> None:
    for detail in ("", "{} of `x`"):
        said = notice(ShowNotice(notice=name, detail=detail))
        assert said.endswith((".", "`"))
        assert said.count("`") % 2 == 0


def test_no_sentence_shouts_or_blames() -> None:
    said = [*NOTICES.values(), *DETAILED.values(), *sentences.WORDS.values()]
    said += [text for text in vars(sentences).values() if isinstance(text, str)]

    for text in said:
        assert "!" not in text
        assert "wrong" not in text.lower()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (ShowNotice(notice="skipped", detail="Log in"), "Skipped: Log in."),
        (ShowNotice(notice="skipped", detail="What is it?"), "Skipped: What is it?"),
        (ShowNotice(notice="no hints", detail="0"), "This step has no hints. `solution` shows what to do."),
        (ShowNotice(notice="no hints", detail="3"), "All 3 hints were shown. `solution` shows what to do."),
        (
            ShowNotice(notice="engine lost", detail="connection refused"),
            (
                "The engine does not answer: connection refused. "
                "Your shell goes on; checks wait until the engine is back."
            ),
        ),
        (
            ShowNotice(notice="which answer", detail="4"),
            "To answer, type `answer` and the number of an option, from 1 to 4.",
        ),
    ],
)
def test_details_stand_where_they_belong(told: ShowNotice, said: str) -> None:
    assert notice(told) == said
