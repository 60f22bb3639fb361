"""The course's English: spelled right, in short sentences, readable after nine years of school.

Only prose counts: what stands in code, in a fence, in a table or in an address is no sentence.
"""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token
from spellchecker import SpellChecker

from labrunner.lesson.catalogue import pages_at
from labrunner.lesson.loading import load
from labrunner.lesson.model import Lesson

COURSE = tuple(map(load, pages_at(Path(__file__).parents[2] / "lessons")))
OWN_WORDS = Path(__file__).with_name("words.txt").read_text(encoding="utf-8").split()
MARKDOWN = MarkdownIt().enable("table")

HIGHEST_GRADE = 9.0
LONGEST_SENTENCE = 35

CODE = "□"
"""Stands for a piece of code, an address or a number: a word of one syllable that is never misspelled."""


@pytest.fixture(params=COURSE, ids=[lesson.id for lesson in COURSE])
def lesson(request: pytest.FixtureRequest) -> Lesson:
    found: Lesson = request.param
    return found


def test_every_word_is_in_the_dictionary_or_in_our_list(lesson: Lesson) -> None:
    spelled = {word for text in (*headings(lesson), *paragraphs(lesson, tables=True)) for word in words(text)}

    assert sorted(dictionary().unknown(spelled)) == []


def test_our_list_of_words_is_sorted_and_needed() -> None:
    used = {
        word
        for lesson in COURSE
        for text in (*headings(lesson), *paragraphs(lesson, tables=True))
        for word in words(text)
    }

    assert sorted(set(OWN_WORDS)) == OWN_WORDS
    assert [word for word in OWN_WORDS if word not in used] == []
    assert SpellChecker().known(OWN_WORDS) == set()


def test_nine_years_of_school_are_enough(lesson: Lesson) -> None:
    assert grade([sentence for text in paragraphs(lesson) for sentence in sentences(text)]) <= HIGHEST_GRADE


def test_no_sentence_is_long(lesson: Lesson) -> None:
    found = [sentence for text in paragraphs(lesson) for sentence in sentences(text)]

    assert [sentence for sentence in found if len(counted(sentence)) > LONGEST_SENTENCE] == []


@pytest.mark.parametrize(
    ("word", "number"),
    [("image", 2), ("layer", 2), ("pulled", 1), ("started", 2), ("table", 2), ("changes", 2), ("names", 1)],
)
def test_syllables_are_counted_as_they_are_spoken(word: str, number: int) -> None:
    assert syllables(word) == number


def test_a_misspelled_word_is_found() -> None:
    assert dictionary().unknown(words("The contaner pulls an `imgae` from Docker Hub.")) == {"contaner"}


def test_a_hard_text_has_a_high_grade() -> None:
    assert (
        grade(["Containerization facilitates reproducible infrastructure instantiation methodologies."]) > 20
    )


@cache
def dictionary() -> SpellChecker:
    checker = SpellChecker()
    checker.word_frequency.load_words(OWN_WORDS)
    return checker


def headings(lesson: Lesson) -> Iterator[str]:
    yield lesson.front.title
    yield from (step.title for step in lesson.steps)


def paragraphs(lesson: Lesson, *, tables: bool = False) -> Iterator[str]:
    """Every paragraph that a learner can be shown, as plain text."""
    for markdown in markdowns(lesson):
        yield from plain(markdown, tables=tables)


def markdowns(lesson: Lesson) -> Iterator[str]:
    yield lesson.front.summary
    yield from (passage.markdown for passage in lesson.intro)
    yield from (file.content.decode() for file in lesson.workspace if file.path.endswith(".md"))
    for step in lesson.steps:
        yield from (passage.markdown for passage in step.prose)
        yield from (placed.because for placed in step.checks if placed.because)
        yield from step.hints
        yield from (told.say for told in step.feedback)
        if step.question is not None:
            yield from (option.text for option in step.question.options)
            yield from (option.reply for option in step.question.options)


def plain(markdown: str, *, tables: bool) -> Iterator[str]:
    inside_table = False
    for token in MARKDOWN.parse(markdown):
        if token.type in ("table_open", "table_close"):
            inside_table = token.type == "table_open"
        elif token.type == "inline" and (tables or not inside_table):
            yield "".join(spoken(token.children or []))


def spoken(tokens: list[Token]) -> Iterator[str]:
    address = False
    for token in tokens:
        match token.type:
            case "link_open":
                address = token.info == "auto"
            case "link_close":
                address = False
            case "text":
                yield CODE if address else token.content
            case "code_inline":
                yield CODE
            case "softbreak" | "hardbreak":
                yield " "
            case _:
                pass


def sentences(paragraph: str) -> list[str]:
    return [piece for piece in re.split(r"(?<=[.!?])[\"”)]*\s+", paragraph) if counted(piece)]


def counted(sentence: str) -> list[str]:
    return re.findall(rf"[^\W\d_]+(?:'[^\W\d_]+)?|\d[\d.,]*|{CODE}", sentence)


def words(text: str) -> list[str]:
    """What can be misspelled, in small letters, without a possessive 's."""
    bare = re.sub(r"`[^`]*`|\S*[\d/_@]\S*|\S*\w\.\w\S*", " ", text)
    found = re.findall(r"[^\W\d_]+(?:'[^\W\d_]+)*", bare.replace("’", "'").lower())
    return [word.removesuffix("'s") for word in found if len(word) > 1]


def grade(found: list[str]) -> float:
    """Flesch and Kincaid's: the years of school that a reader needs."""
    spoken_words = [word for sentence in found for word in counted(sentence)]
    total = sum(map(syllables, spoken_words))
    return 0.39 * len(spoken_words) / len(found) + 11.8 * total / len(spoken_words) - 15.59


def syllables(word: str) -> int:
    """About as many as one hears: groups of vowels, without a silent e at the end."""
    word = word.lower().partition("'")[0]
    silent = re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeiouydt]ed$|[^aeiouyscgxz]es$", word)
    if silent and re.search(r"(?:ch|sh)es$", word):
        silent = None
    vowels = re.findall(r"[aeiouy]+", re.sub(r"y(?=[aeiou])", "-", word))
    return max(1, len(vowels) - bool(silent))
