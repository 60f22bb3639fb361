"""Marks are taken out of the output, and every other byte stays."""

from hypothesis import given
from hypothesis import strategies as st

from labrunner.shell.marks import LONGEST_MARK, Mark, MarkReader

NONCE = "5eed5eed5eed5eed"
START = b"\x1b]7715;5eed5eed5eed5eed;"


def read(*chunks: bytes) -> list[bytes | Mark]:
    """All that a reader gives back, neighbouring pieces of text joined."""
    reader = MarkReader(NONCE)
    pieces: list[bytes | Mark] = []
    for chunk in chunks:
        reader.feed(chunk)
        while (piece := reader.read()) is not None:
            pieces.append(piece)
    pieces.append(reader.rest())
    joined: list[bytes | Mark] = []
    for piece in pieces:
        if isinstance(piece, bytes) and joined and isinstance(joined[-1], bytes):
            joined[-1] += piece
        elif piece:
            joined.append(piece)
    return joined


def test_a_mark_is_taken_out_wherever_the_chunks_are_cut() -> None:
    stream = b"before\x1b[0m" + START + b"D;127;42;/home/ana\aafter"

    for cut in range(len(stream)):
        pieces = read(stream[:cut], stream[cut:])

        assert pieces == [b"before\x1b[0m", Mark("D", ("127", "42", "/home/ana")), b"after"]


def test_fields_may_hold_separators_newlines_and_any_bytes() -> None:
    pieces = read(START + b"D;0;1;/tmp/a%3Bb%0Ac%25\xc3\xa9\xff\a")

    assert pieces == [Mark("D", ("0", "1", "/tmp/a;b\nc%é\udcff"))]


def test_a_mark_with_another_nonce_is_ordinary_text() -> None:
    forged = b"\x1b]7715;0000000000000000;D;0;1;/\a"

    assert read(forged) == [forged]


def test_a_mark_that_does_not_end_is_ordinary_text() -> None:
    endless = START + b"C;" + b"x" * LONGEST_MARK

    assert read(endless) == [endless]


def test_a_lone_escape_at_the_end_of_a_chunk_is_kept_only_until_more_comes() -> None:
    reader = MarkReader(NONCE)
    reader.feed(b"text\x1b")
    assert (reader.read(), reader.read()) == (b"text", None)
    reader.feed(b"[2J")
    assert reader.read() == b"\x1b[2J"


def test_an_entry_of_the_history_is_quoted_as_it_is() -> None:
    stream = b"a" + START + b"H\a   17  echo \a\x1b[1m;\r\ntwo" + START + b"C;\ab"

    for cut in range(len(stream)):
        pieces = read(stream[:cut], stream[cut:])
        quoted = "".join(piece.fields[0] for piece in pieces[2:-2] if isinstance(piece, Mark))

        assert [*pieces[:2], *pieces[-2:]] == [b"a", Mark("H"), Mark("C", ("",)), b"b"]
        assert quoted == "   17  echo \a\x1b[1m;\r\ntwo"


@given(st.lists(st.binary(max_size=300)))
def test_bytes_without_a_mark_come_out_as_they_went_in(chunks: list[bytes]) -> None:
    assert b"".join(piece for piece in read(*chunks) if isinstance(piece, bytes)) == b"".join(chunks)
