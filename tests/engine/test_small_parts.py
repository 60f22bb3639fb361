"""The small pure parts behind the SDK: which API version, a file out of a tar, a pull in a few lines."""

import io
import tarfile

import pytest

from labrunner.engine.archive import LIMIT, Link, file_in
from labrunner.engine.pulling import pulled
from labrunner.engine.reading import Json
from labrunner.engine.version import choose
from labrunner.errors import EngineRefused


@pytest.mark.parametrize(
    ("newest", "oldest", "chosen"),
    [
        ("1.41", "1.12", "1.41"),
        ("1.51", "1.24", "1.51"),
        ("1.52", "1.44", "1.52"),
        ("1.60", "1.44", "1.52"),
        ("1.70", "1.60", "1.60"),
        ("1.24", "1.12", "1.24"),
        ("1.23", "1.12", None),
        ("1.9", "1.9", None),
    ],
)
def test_the_newest_version_that_both_know_is_spoken(newest: str, oldest: str, chosen: str | None) -> None:
    assert choose({"ApiVersion": newest, "MinAPIVersion": oldest}) == chosen


def test_an_engine_may_leave_its_oldest_version_out() -> None:
    assert choose({"ApiVersion": "1.30"}) == "1.30"


def tar(member: tarfile.TarInfo, content: bytes = b"") -> list[bytes]:
    member.size = len(content)
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w") as archive:
        archive.addfile(member, io.BytesIO(content))
    whole = made.getvalue()
    return [whole[start : start + 1000] for start in range(0, len(whole), 1000)]


def test_a_file_is_taken_out_of_its_tar() -> None:
    assert file_in(tar(tarfile.TarInfo("index.html"), b"hello\n")) == b"hello\n"


def test_no_more_than_the_beginning_of_a_large_file_is_read() -> None:
    chunks = iter(tar(tarfile.TarInfo("big"), bytes(3 * LIMIT)))

    assert file_in(chunks) == bytes(LIMIT)
    assert next(chunks) == bytes(1000)


def test_a_link_is_told_and_not_followed() -> None:
    link = tarfile.TarInfo("link")
    link.type, link.linkname = tarfile.SYMTYPE, "../etc/passwd"

    assert file_in(tar(link)) == Link("../etc/passwd")


def test_a_folder_is_no_file() -> None:
    folder = tarfile.TarInfo("folder")
    folder.type = tarfile.DIRTYPE

    assert file_in(tar(folder)) is None


def test_an_empty_archive_holds_no_file() -> None:
    assert file_in([bytes(10240)]) is None


def test_a_pull_is_told_layer_by_layer() -> None:
    messages: list[Json] = [
        {"status": "Pulling from library/nginx", "id": "1.31"},
        {"status": "Already exists", "id": "a"},
        {"status": "Pulling fs layer", "id": "b", "progressDetail": {}},
        {"status": "Downloading", "id": "b", "progressDetail": {"current": 1, "total": 2}},
        {"status": "Pull complete", "id": "b"},
        {"status": "Digest: sha256:1"},
        {"status": "Status: Downloaded newer image for nginx:1.31"},
    ]

    assert list(pulled("nginx:1.31", messages)) == [
        "nginx:1.31: 1 of 1 layers",
        "nginx:1.31: 2 of 2 layers",
        "Downloaded newer image for nginx:1.31",
    ]


def test_a_pull_that_fails_midway_is_refused() -> None:
    messages: list[Json] = [
        {"status": "Pulling from library/nginx", "id": "1.31"},
        {"errorDetail": {"code": 500, "message": "unexpected EOF"}, "error": "unexpected EOF"},
    ]

    with pytest.raises(EngineRefused, match="unexpected EOF") as refusal:
        list(pulled("nginx:1.31", messages))

    assert refusal.value.code == 500
