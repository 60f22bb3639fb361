"""Numbers, sizes and tolerances as authors write them."""

import pytest

from labrunner.checks.amount import Amount, Size, Tolerance, read_size, size_text


@pytest.mark.parametrize(
    ("text", "fits", "fits_not"),
    [
        ("7", 7, 8),
        ("= 7", 7, 6),
        ("== 7", 7, 6),
        (">= 2", 2, 1),
        (">2", 3, 2),
        ("<= 2", 2, 3),
        ("< 10MB", 9_999_999, 10_000_000),
        ("!= 137", 0, 137),
        ("1.98MB", 1_983_004, 1_990_000),
        ("0", 0, 1),
    ],
)
def test_an_amount_holds_for_some_numbers(text: str, fits: float, fits_not: float) -> None:
    amount = Amount.read(text)

    assert amount.holds(fits)
    assert not amount.holds(fits_not)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("7", "7"),
        (">= 2", "at least 2"),
        ("< 10MB", "less than 10MB"),
        ("!= 0", "other than 0"),
        ("<=3", "at most 3"),
    ],
)
def test_an_amount_reads_as_plain_words(text: str, shown: str) -> None:
    assert str(Amount.read(text)) == shown


@pytest.mark.parametrize("text", ["", "many", ">", "=> 2", "7 layers", "-1"])
def test_what_is_no_amount_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount; write a number such as 7"):
        Amount.read(text)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("2500", Size(2500.0)),
        ("2500 bytes", Size(2500.0, 0.0, True)),
        ("10 kB", Size(10_000.0, 500.0, True)),
        ("1.5GB", Size(1.5e9, 5e7, True)),
        ("4MiB", Size(4_194_304.0, 524_288.0, True)),
        ("3K", Size(3000.0, 500.0, True)),
    ],
)
def test_a_size_has_the_precision_it_is_written_with(text: str, size: Size) -> None:
    assert read_size(text) == size


@pytest.mark.parametrize("text", ["nginx", "1.31", "10 MB of", "MB", "1.2.3MB"])
def test_an_image_name_is_not_taken_for_a_size(text: str) -> None:
    found = read_size(text)

    assert found is None or text == "1.31"


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0B"), (999, "999B"), (1_983_004, "1.98MB"), (142_000_000, "142MB"), (2e12, "2TB")]
)
def test_a_size_is_shown_as_docker_shows_it(size: float, text: str) -> None:
    assert size_text(size) == text


def test_a_tolerance_is_a_share_or_an_amount() -> None:
    assert Tolerance.read("10%").allows(100, 109)
    assert not Tolerance.read("10%").allows(100, 111)
    assert Tolerance.read("1").allows(7, 8)
    assert Tolerance.read("2MB").allows(10_000_000, 11_900_000)
    with pytest.raises(ValueError, match="is not a tolerance; write a share such as 10%"):
        Tolerance.read("a little")
