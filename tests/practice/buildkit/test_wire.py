"""Messages as bytes: those of a recorded conversation, and those that no client should send."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labrunner.practice.api.buildkit.messages import Empty, Stat, Timestamp
from labrunner.practice.api.buildkit.messages_bridge import BridgeSolve
from labrunner.practice.api.buildkit.messages_control import Prune, Solve, Solved
from labrunner.practice.api.buildkit.messages_progress import Progress, Vertex
from labrunner.practice.api.buildkit.messages_session import Packet
from labrunner.practice.api.buildkit.wire import Malformed, decode, encode, many, one


def test_a_recorded_packet_is_read() -> None:
    recorded = bytes.fromhex("121a0a0968656c6c6f2e74787410a403280630b8f4a1e5f0b0f6f518")

    packet = decode(Packet, recorded)

    assert packet.type == 0
    assert packet.stat is not None
    assert (packet.stat.path, packet.stat.mode, packet.stat.size) == ("hello.txt", 0o644, 6)
    assert encode(packet) == recorded


def test_what_a_client_asks_of_the_frontend_is_read() -> None:
    asked = BridgeSolve(
        frontend="dockerfile.v0", options={"filename": "Dockerfile", "no-cache": ""}, evaluate=True
    )

    assert decode(BridgeSolve, encode(asked)) == asked


def test_nested_messages_lists_and_times_come_back() -> None:
    told = Progress(
        vertexes=(
            Vertex(digest="sha256:1", inputs=("a", "b"), name="x", started=Timestamp.of(1_500_000_001)),
        )
    )

    assert decode(Progress, encode(told)) == told
    assert encode(told).hex() == "0a1d0a087368613235363a3112016112016" + "21a01782a0808011081cab5ee01"


def test_a_message_that_is_empty_is_still_there() -> None:
    assert encode(Solve(cache=None)) == b""
    assert decode(Solve, b"\x42\x00").cache is not None


def test_a_map_without_a_value_has_the_default() -> None:
    assert decode(Solved, b"\x0a\x03\x0a\x01k") == Solved(response={"k": ""})


def test_fields_that_nobody_knows_are_left_out() -> None:
    assert decode(Empty, b"\x0a\x01x\x10\x05\x1d\x00\x00\x00\x00\x21" + bytes(8)) == Empty()


def test_negative_numbers_come_back() -> None:
    assert decode(Prune, encode(Prune(keep_duration=-1))) == Prune(keep_duration=-1)


def test_names_that_are_no_utf8_come_back() -> None:
    raw = b"\x0a\x02\xff\xfe"

    assert encode(decode(Stat, raw)) == raw


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x0a\x05ab", "a field ends too early"),
        (b"\x0a", "a number ends too early"),
        (b"\xff" * 11, "a number is too long"),
        (b"\x0b", "wire type 3"),
        (b"\x12\x02\x08", "a field ends too early"),
        (b"\x0a\x01x", "a number was expected"),
        (b"\x10\x01", "bytes were expected"),
    ],
)
def test_what_is_no_message_is_refused(data: bytes, why: str) -> None:
    with pytest.raises(Malformed, match=why):
        decode(Packet, data)


def test_a_packed_list_of_numbers_is_read() -> None:
    from dataclasses import dataclass

    @dataclass(frozen=True, slots=True, kw_only=True)
    class Numbers:
        some: tuple[int, ...] = many(1, "int")
        last: bool = one(2, "bool")

    assert decode(Numbers, b"\x0a\x03\x01\x96\x01\x10\x01") == Numbers(some=(1, 150), last=True)


@given(some.binary(max_size=300))
def test_no_bytes_do_any_harm(data: bytes) -> None:
    for kind in (Packet, Progress, Solve, BridgeSolve):
        with suppress(Malformed):
            assert isinstance(decode(kind, data), kind)
