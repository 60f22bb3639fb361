"""YAML as trees: the core schema of YAML 1.2, and nothing that a lesson has no use for."""

import pytest

from labrunner.errors import LessonError, Location
from labrunner.lesson.yaml_nodes import Record, Scalar, Sequence, meaning, read

START = Location(path="l.md", line=5, column=3)


def scalar(text: str) -> object:
    node = read(f"key: {text}\n", START)
    assert isinstance(node, Record)
    value = node.get("key")
    assert isinstance(value, Scalar)
    return meaning(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("80:80", "80:80"),
        ("1:30", "1:30"),
        ("no", "no"),
        ("on", "on"),
        ("Yes", "Yes"),
        ("2026-09-01", "2026-09-01"),
        ("010", 10),
        ("0o17", 15),
        ("0x1F", 31),
        ("0b1", "0b1"),
        ("1_000", "1_000"),
        ("-7", -7),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        (".5", 0.5),
        ("1.31.4", "1.31.4"),
        ("true", True),
        ("TRUE", True),
        ("False", False),
        ("null", None),
        ("~", None),
        ("", None),
        ('"7"', "7"),
        ("'true'", "true"),
        ("=", "="),
        ("99999999999999999999999999", 1e26),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, value: object) -> None:
    assert scalar(text) == value


def test_every_node_knows_its_place() -> None:
    node = read("a: x\nb:\n  - y\n  - {c: z}\n", START)

    assert isinstance(node, Record)
    (_, first), (_, second) = node.entries
    assert isinstance(second, Sequence)
    assert [first.at, second.at, *(item.at for item in second.items)] == [
        Location(path="l.md", line=5, column=6),
        Location(path="l.md", line=7, column=5),
        Location(path="l.md", line=7, column=7),
        Location(path="l.md", line=8, column=7),
    ]


def test_places_count_characters_and_not_bytes() -> None:
    node = read("é😀: {a: 1}\n", Location(path="l.md"))

    assert isinstance(node, Record)
    assert node.entries[0][1].at == Location(path="l.md", line=1, column=5)


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"])
def test_an_empty_block_is_nothing(text: str) -> None:
    assert read(text, START) is None


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a: *b", "5:6: The alias `*b` is not known in lessons. Write the value again."),
        ("a: &b 1", "5:6: The anchor `&b` is not known in lessons. Delete it."),
        ("a: !!str 1", "5:6: The tag `tag:yaml.org,2002:str` is not known in lessons. Delete it."),
        ("a: !x 1", "5:6: The tag `!x` is not known in lessons. Delete it."),
        ("<<: {a: 1}", "5:3: The merge key `<<` is not known in lessons. Write the keys out."),
        ("a: 1\na: 2", "6:3: The key `a` is given twice; the first is on line 5. Keep one of them."),
        (
            "[a]: 1",
            (
                "5:3: A key has to be a word, not a list or a mapping."
                ' If this is a value such as `{{name}}`, put it in quotes: `"{{name}}"`.'
            ),
        ),
        (
            "%YAML 1.1\n---\na: 1",
            "5:3: A block holds one YAML document, without directives. Delete the `---` or `%` line.",
        ),
        (
            "a: 1\n---\nb: 1",
            "6:3: A block holds one YAML document, without directives. Delete the `---` or `%` line.",
        ),
        (
            "a: {{user}}/x",
            (
                "5:6: {{user}}/x begins with a brace, which YAML takes for a mapping."
                ' Put the value in quotes: `a: "{{user}}/x"`.'
            ),
        ),
        (
            "a: b: c",
            (
                "5:7: A second `: ` stands in this line, or the indentation is off."
                " Put a value that contains `: ` in quotes, and line keys up."
            ),
        ),
        ("a:\n\tb: 1", "6:3: A tab stands where spaces are needed. Indent YAML with spaces."),
        ("a: [b, c", "5:6: The list that begins with `[` has no end. Close it with `]`."),
        ("a: {b: c", "5:6: The mapping that begins with `{` has no end. Close it with `}`."),
        ("a: 'b", "5:6: A quotation mark is opened and not closed. Close it."),
        ("a: `b`", "5:6: A value cannot begin with this character. Put the value in quotes."),
        (
            'a: "b\\{{c}}"',
            (
                "5:8: A backslash in double quotes needs a letter that YAML knows after it."
                " Use single quotes, in which a backslash is a backslash."
            ),
        ),
        (
            "- a\nb: 1",
            "6:3: This line belongs neither to the list above nor beside it. Indent every `-` alike.",
        ),
        (
            'a: "b" c',
            (
                "5:10: The indentation is off, or a value goes on after its closing quote."
                " Line the keys of one block up in one column; put the whole of a quoted value in quotes."
            ),
        ),
    ],
)
def test_what_lessons_do_without_is_refused_at_its_place(text: str, error: str) -> None:
    with pytest.raises(LessonError) as caught:
        read(text + "\n", START)

    assert str(caught.value) == f"l.md:{error}"


@pytest.mark.timeout(6)
@pytest.mark.parametrize(
    "text", ["[" * 60_000, "{a: " * 15_000, "- " * 30_000, "? " * 30_000, "a: [" * 16_000]
)
def test_deep_nesting_is_refused_before_anything_is_built(text: str) -> None:
    with pytest.raises(LessonError, match="nested deeper than 20 levels"):
        read(text, START)


def test_twenty_levels_are_allowed() -> None:
    assert read("[" * 20 + "]" * 20, START) is not None


def test_a_block_over_64_kib_is_refused() -> None:
    with pytest.raises(LessonError, match=r"This YAML block is 97 KiB long; the limit is 64 KiB\."):
        read("[" * 100_000, START)
