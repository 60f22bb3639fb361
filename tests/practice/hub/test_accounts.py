"""Accounts, logging in, and what is kept of a password."""

import asyncio
import base64
import json
from pathlib import Path

import pytest

from labrunner.practice.hub.accounts import Accounts, Auth, basic, read_auth, read_basic
from tests.practice.hub.corner import Corner, lab_registry, refusal_of


def test_without_a_file_there_is_the_one_student(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")

    assert accounts.names() == ("student",)
    assert accounts.check("student", "student")
    assert not accounts.check("student", "wrong")
    assert not accounts.check("ana", "student")
    assert not (tmp_path / "accounts.json").exists()


def test_accounts_that_were_added_replace_the_default_and_are_seen_by_others(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    mine, other = Accounts(path), Accounts(path)
    assert other.check("student", "student")

    mine.add("ana", "secret")

    assert other.check("ana", "secret")
    assert other.check("ana", "secret")
    assert not other.check("ana", "Secret")
    assert not other.check("student", "student")


def test_a_password_is_kept_as_a_salted_hash_in_a_private_file(tmp_path: Path) -> None:
    path = tmp_path / "accounts.json"
    accounts = Accounts(path)
    accounts.add("ana", "secret")
    accounts.add("ben", "secret")

    kept = json.loads(path.read_text())

    assert "secret" not in path.read_text()
    assert kept["ana"] != kept["ben"]
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_new_password_ends_the_old_one(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path / "accounts.json")
    accounts.add("ana", "old")
    assert accounts.check("ana", "old")

    accounts.add("ana", "new")

    assert not accounts.check("ana", "old")
    assert accounts.check("ana", "new")


@pytest.mark.parametrize("name", ["", "Ana", "../x", "a/b", "a b", "-a", "x" * 65])
def test_a_name_must_be_a_namespace(tmp_path: Path, name: str) -> None:
    with pytest.raises(ValueError, match="not a name for an account"):
        Accounts(tmp_path / "accounts.json").add(name, "x")


def test_what_the_docker_command_sends_along() -> None:
    said = {"username": "student", "password": "s:e/c", "serveraddress": "localhost:5001"}
    header = base64.urlsafe_b64encode(json.dumps(said).encode()).decode()

    expected = Auth(username="student", password="s:e/c", server="localhost:5001")
    assert read_auth(header) == expected
    assert read_auth(header.rstrip("=")) == expected
    assert read_basic(basic("student", "s:e/c")) == ("student", "s:e/c")


@pytest.mark.parametrize(
    "header", ["", "e30=", "@@@", "W10=", "bnVsbA==", "x" * 20_000, "eyJ1c2VybmFtZSI6MX0="]
)
def test_a_broken_header_counts_as_none(header: str) -> None:
    assert read_auth(header) is None


@pytest.mark.parametrize(
    "header", ["", "Basic", "Basic @@@", "Bearer abc", "Basic c3R1ZGVudA==", "Basic /w=="]
)
def test_broken_basic_credentials_are_none(header: str) -> None:
    assert read_basic(header) is None


def test_a_password_is_not_shown() -> None:
    assert "s3cret" not in repr(Auth(username="ana", password="s3cret"))


def test_logging_in_to_the_practice_hub(tmp_path: Path) -> None:
    hub = Corner(tmp_path).hub

    async def work() -> tuple[dict[str, str], dict[str, str], tuple[int, str]]:
        first = await hub.login("student", "student", "https://index.docker.io/v1/")
        second = await hub.login("student", "student")
        return first, second, await refusal_of(hub.login("student", "wrong", "https://index.docker.io/v1/"))

    first, second, refused = asyncio.run(work())

    assert first == second == {"Status": "Login Succeeded", "IdentityToken": ""}
    assert refused == (
        401,
        'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password',
    )


def test_logging_in_to_the_lab_registry(tmp_path: Path) -> None:
    """The three refusals were recorded from Docker 28.5 against this same registry."""
    hub = Corner(tmp_path).hub

    async def work() -> tuple[dict[str, str], list[tuple[int, str]], int]:
        async with lab_registry(tmp_path) as server:
            host = f"localhost:{server.port}"
            welcome = await hub.login("ana", "secret", host)
            refusals = [
                await refusal_of(hub.login("ana", "wrong", host)),
                await refusal_of(hub.login("", "", f"http://{host}/")),
                await refusal_of(hub.login("ana", "secret", "nosuch.example:5000")),
            ]
            return welcome, refusals, server.port

    welcome, refusals, port = asyncio.run(work())

    assert welcome["Status"] == "Login Succeeded"
    assert refusals == [
        (500, f"login attempt to http://localhost:{port}/v2/ failed with status: 401 Unauthorized"),
        (500, f'Get "http://localhost:{port}/v2/": no basic auth credentials'),
        (500, 'Get "https://nosuch.example:5000/v2/": dial tcp: lookup nosuch.example: no such host'),
    ]
