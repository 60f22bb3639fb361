"""What is known of the line from its keys alone."""

import pytest

from labrunner.shell.keys import TypedLine, split_function_keys


@pytest.mark.parametrize(
    ("typed", "left", "keys"),
    [
        (b"ls\r", b"ls\r", ()),
        (b"\x1bOP", b"", ("F1",)),
        (b"\x1b[12~", b"", ("F2",)),
        (b"\x1b[[C", b"", ("F3",)),
        (b"\x1b[21~", b"", ("F10",)),
        (b"ab\x1bOQcd\x1b[17~", b"abcd", ("F2", "F6")),
        (b"\x1b[A\x1bOA\x1b[23~", b"\x1b[A\x1bOA\x1b[23~", ()),
    ],
)
def test_function_keys_are_told_from_all_others(typed: bytes, left: bytes, keys: tuple[str, ...]) -> None:
    assert split_function_keys(typed) == (left, keys)


@pytest.mark.parametrize(
    ("typed", "status", "empty"),
    [
        (b"\r", 0, True),
        (b"\r", 130, True),
        (b"  \r", 0, True),
        (b"x\x7f\r", 0, True),
        (b"# a comment\r", 0, False),
        (b"abc\x03", 130, False),
        (b"if true\r\x03", 130, False),
        (b"", 0, False),
        (b"\x1b[200~\n\x1b[201~", 0, True),
    ],
)
def test_an_empty_enter_is_told_from_what_looks_like_it(typed: bytes, status: int, empty: bool) -> None:
    line = TypedLine()
    line.took(typed)

    assert line.ended_empty(status) is empty


def test_two_empty_lines_in_one_paste_are_two() -> None:
    line = TypedLine()
    line.took(b"\r\r")

    assert [line.ended_empty(0), line.ended_empty(0), line.ended_empty(0)] == [True, True, False]
