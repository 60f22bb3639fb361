"""Sizes, times and values in docker's words."""

import time

import pytest

from labrunner.dockercli.values import amount, duration, mount, processors, tag, whole
from labrunner.dockercli.words import ago, cut, seconds_of, short, size, span, written


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0B"),
        (999, "999B"),
        (1000, "1kB"),
        (3072, "3.07kB"),
        (12345, "12.3kB"),
        (803749, "804kB"),
        (999_999, "1e+03kB"),
        (19_200_000, "19.2MB"),
        (1_230_000_000, "1.23GB"),
    ],
)
def test_a_size_has_three_digits(count: int, text: str) -> None:
    assert size(count) == text


def test_a_build_s_context_has_four() -> None:
    assert size(3072, 4) == "3.072kB"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.4, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (150, "2 minutes"),
        (3600, "About an hour"),
        (2 * 3600, "2 hours"),
        (47 * 3600, "47 hours"),
        (49 * 3600, "2 days"),
        (15 * 86400, "2 weeks"),
        (70 * 86400, "2 months"),
        (800 * 86400, "2 years"),
    ],
)
def test_a_span_is_told_in_its_largest_unit(seconds: float, text: str) -> None:
    assert span(seconds) == text


def test_a_time_is_so_long_ago() -> None:
    assert ago(time.time() - 7200) == "2 hours ago"
    assert written(0) == "1970-01-01 00:00:00 +0000 UTC"


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("1970-01-01T00:00:01Z", 1.0),
        ("1970-01-01T00:00:01.5Z", 1.5),
        ("1970-01-01T00:00:01.123456789Z", 1.123456789),
        ("1970-01-01T02:00:01.5+02:00", 1.5),
        ("1969-12-31T23:00:00-01:00", 0.0),
    ],
)
def test_engines_write_times_in_several_ways(stamp: str, seconds: float) -> None:
    assert seconds_of(stamp) == pytest.approx(seconds)


def test_ids_and_long_texts_are_cut() -> None:
    assert short("sha256:" + "ab" * 32) == "abababababab"
    assert cut("/docker-entrypoint.sh nginx", 20) == "/docker-entrypoint.…"
    assert cut("short", 20) == "short"


@pytest.mark.parametrize(
    ("text", "count"), [("64m", 67108864), ("1k", 1024), ("7", 7), ("1.5g", 1610612736), ("2MB", 2097152)]
)
def test_an_amount_is_in_bytes(text: str, count: int) -> None:
    assert amount(text) == count


@pytest.mark.parametrize(
    ("text", "count"), [("1s", 10**9), ("1m30s", 90 * 10**9), ("250ms", 250 * 10**6), ("0", 0)]
)
def test_a_duration_is_in_nanoseconds(text: str, count: int) -> None:
    assert duration(text) == count


def test_values_are_read() -> None:
    assert processors("1.5") == 1_500_000_000
    assert whole("-1") == -1
    assert mount("type=volume,src=data,dst=/data,readonly") == {
        "Type": "volume",
        "Source": "data",
        "Target": "/data",
        "ReadOnly": True,
    }


@pytest.mark.parametrize(
    ("read", "text", "why"),
    [
        (amount, "lots", "invalid size: 'lots'"),
        (duration, "nope", 'time: invalid duration "nope"'),
        (duration, "5", 'time: invalid duration "5"'),
        (whole, "nope", 'strconv.ParseInt: parsing "nope": invalid syntax'),
        (processors, "nonsense", "failed to parse nonsense as a rational number"),
        (mount, "nonsense", "invalid field 'nonsense' must be a key=value pair"),
        (mount, "nope=1", "unknown option 'nope' in 'nope=1'"),
        (tag, "lab web", "invalid reference format"),
        (
            tag,
            "Lab",
            "invalid reference format: repository name (library/Lab) must be lowercase",
        ),
    ],
)
def test_a_value_that_is_none_is_told_in_docker_s_words(read: object, text: str, why: str) -> None:
    assert callable(read)
    with pytest.raises(ValueError) as error:
        read(text)

    assert str(error.value) == why
