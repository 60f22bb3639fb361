"""Requests are read from a client's bytes, however these are cut, and passed on as they were."""

import pytest

from labrunner.shell.asked import Asked, RequestReader
from labrunner.shell.made import AnswerReader, Made, name_in

PING = b"HEAD /_ping HTTP/1.1\r\nHost: api\r\n\r\n"
HISTORY = (
    b"GET /v1.47/images/localhost:5001%2Fstudent%2Fnginx:1/history?x=1&y=a%20b HTTP/1.1\r\nHost: api\r\n\r\n"
)
CREATE = (
    b"POST /v1.47/containers/create?name=web HTTP/1.1\r\nHost: api\r\nContent-Length: 17\r\n"
    b"Content-Type: application/json\r\n\r\n" + b'{"Image":"nginx"}'
)
LOAD = (
    b"POST /v1.47/images/load?quiet=1 HTTP/1.1\r\nHost: api\r\nTransfer-Encoding: chunked\r\n\r\n"
    b"5\r\nhello\r\n7;x=y\r\n world!\r\n0\r\nTrailer: t\r\n\r\n"
)
PUT = b"PUT /containers/web/archive?path=/ HTTP/1.1\r\nHost: api\r\ncontent-length: 3\r\n\r\nGET"
ATTACH = (
    b"POST /v1.47/containers/web/attach?stdin=1 HTTP/1.1\r\nHost: api\r\n"
    b"Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n"
)


def a_reader() -> RequestReader:
    return RequestReader({"lab": "1"}, lambda: 12.5)


def paths(reader: RequestReader) -> list[str]:
    return [f"{asked.method} {asked.path}" for asked, _ in reader.taken()]


def test_the_path_comes_without_its_version_and_decoded() -> None:
    reader = a_reader()

    assert reader.feed(HISTORY) == HISTORY
    ((asked, body),) = reader.taken()
    assert (asked, body) == (
        Asked(
            method="GET",
            path="/images/localhost:5001/student/nginx:1/history",
            query={"x": "1", "y": "a b"},
            at=12.5,
        ),
        b"",
    )


def test_requests_follow_each_other_on_one_connection_however_they_are_cut() -> None:
    stream = PING + LOAD + PUT + HISTORY + PING
    for size in (1, 2, 3, 7, 50, len(stream)):
        reader = a_reader()
        passed = b"".join(reader.feed(stream[at : at + size]) for at in range(0, len(stream), size))

        assert passed == stream
        assert paths(reader) == [
            "HEAD /_ping",
            "POST /images/load",
            "PUT /containers/web/archive",
            "GET /images/localhost:5001/student/nginx:1/history",
            "HEAD /_ping",
        ]


def test_what_is_made_is_labelled_and_its_length_mended() -> None:
    reader = a_reader()
    passed = b"".join(reader.feed(CREATE[at : at + 9]) for at in range(0, len(CREATE), 9))

    assert passed == CREATE.replace(b"Length: 17", b"Length: 38").replace(
        b'{"Image"', b'{"Labels":{"lab":"1"},"Image"'
    )
    ((asked, body),) = reader.taken()
    assert (asked.path, body) == ("/containers/create", b'{"Image":"nginx"}')


def test_a_build_is_labelled_in_its_query() -> None:
    reader = a_reader()

    passed = reader.feed(b"POST /v1.41/build?t=x HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n\r\n")

    assert passed.startswith(
        b"POST /v1.41/build?t=x&labels=%7B%22lab%22%3A%221%22%7D HTTP/1.1\r\nHost: api\r\n"
    )


def test_builds_may_be_left_as_they_are() -> None:
    request = b"POST /v1.41/build?t=x HTTP/1.1\r\nHost: api\r\nContent-Length: 0\r\n\r\n"
    reader = RequestReader({"lab": "1"}, lambda: 0, label_builds=False)

    assert reader.feed(request) == request


@pytest.mark.parametrize(
    "before",
    [ATTACH, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", b"\x16\x03\x01", b"GET /half HTTP/9\r\n\r\n", b"hello\r\n"],
)
def test_what_is_no_http_any_more_passes_unread(before: bytes) -> None:
    reader = a_reader()
    stream = before + b"\x00\xff" + PING + b"ls\n"

    assert b"".join(reader.feed(stream[at : at + 5]) for at in range(0, len(stream), 5)) == stream
    assert paths(reader) == (["POST /containers/web/attach"] if before is ATTACH else [])


def test_an_endless_head_passes_unread() -> None:
    reader = a_reader()
    stream = b"GET / HTTP/1.1\r\nX: " + b"x" * 70000

    assert reader.feed(stream) == stream


def test_the_rest_of_a_broken_request_is_passed_on() -> None:
    reader = a_reader()

    passed = reader.feed(CREATE[:-5])

    assert passed + reader.rest() == CREATE[:-5]


def test_what_was_made_is_read_from_the_answer() -> None:
    body = b'{"Id":"8e80434","Warnings":[]}\n'
    answer = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)
    chunked = b'HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"Id"\r\n4\r\n:"a"\r\n1\r\n}\r\n0\r\n\r\n'
    for whole, made in (
        (answer, Made(kind="container", id="8e80434", name="web")),
        (chunked, Made(kind="container", id="a", name="web")),
    ):
        reader = AnswerReader("container", "web")
        seen = [reader.feed(whole[at : at + 10]) for at in range(0, len(whole), 10) if reader.unfinished]

        assert [found for found in seen if found] == [made]
        assert not reader.unfinished


def test_a_volume_is_known_by_its_name() -> None:
    reader = AnswerReader("volume", "")

    made = reader.feed(b'HTTP/1.1 201 Created\r\nContent-Length: 15\r\n\r\n{"Name":"data"}')

    assert made == Made(kind="volume", id="data", name="data")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n{}",
        b"HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\n[]",
        b"HTTP/1.1 201 Created\r\nContent-Length: 1\r\n\r\n{",
        b"x" * 70000,
    ],
)
def test_an_answer_that_makes_nothing_is_no_use(answer: bytes) -> None:
    reader = AnswerReader("container", "")

    assert reader.feed(answer) is None
    assert not reader.unfinished


def test_a_network_is_named_in_its_body() -> None:
    assert name_in(b'{"Name":"front","Driver":"bridge"}') == "front"
    assert name_in(b"nonsense") == ""
