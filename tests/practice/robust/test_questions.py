"""Hostile values in honest requests: names, numbers, patterns, JSON, Dockerfiles. A sentence comes back, and soon."""

import json
from collections.abc import Mapping
from urllib.parse import quote

import pytest

from tests.practice.robust.asking import Failed, packed
from tests.practice.robust.place import Engine, watching

NAMES = (
    "..",
    "../x",
    "a/../../b",
    "a\0b",
    "a\nb",
    "%2e%2e",
    "a" * 5000,
    "\u202ex",
    "-rf",
    "C:\\x",
    "~",
    "$HOME",
)


def refused(here: Engine, method: str, target: str, body: object = None) -> str:
    """What the engine says; it is a refusal, and no accident."""
    sent = b"" if body is None else json.dumps(body).encode()
    with watching(here.client):
        status, told = here.client.send(method, f"/v1.51{target}", sent)
    assert 400 <= status < 600, (status, told[:200])
    assert b"met an accident" not in told
    return str(told.decode("utf-8", "replace"))


@pytest.mark.parametrize("name", NAMES, ids=map(ascii, range(len(NAMES))))
def test_a_name_that_is_a_path_names_nothing(here: Engine, name: str) -> None:
    written = quote(name, safe="")
    before = sorted(each.name for each in here.folder.iterdir())

    for method, target in (
        ("POST", f"/containers/create?name={written}"),
        ("POST", f"/images/alpine/tag?repo={written}"),
        ("POST", f"/images/alpine/tag?repo=x&tag={written}"),
        ("POST", f"/images/create?fromImage={written}"),
        ("POST", f"/images/create?fromSrc=-&repo={written}"),
        ("POST", f"/images/{written}/push?tag={written}"),
        ("GET", f"/images/{written}/json"),
        ("GET", f"/images/{written}/get"),
        ("DELETE", f"/images/{written}"),
        ("GET", f"/containers/{written}/json"),
        ("GET", f"/containers/{written}/archive?path={written}"),
        ("GET", f"/containers/{written}/logs?stdout=1"),
        ("DELETE", f"/containers/{written}?force=1"),
        ("GET", f"/volumes/{written}"),
        ("DELETE", f"/volumes/{written}"),
        ("GET", f"/networks/{written}"),
        ("GET", f"/exec/{written}/json"),
    ):
        body = {"Image": "alpine"} if method == "POST" else None
        assert refused(here, method, target, body)
    refused(here, "POST", "/volumes/create", {"Name": name})

    assert sorted(each.name for each in here.folder.iterdir()) == before
    assert here.spooled == []


@pytest.mark.parametrize(
    "body",
    [
        {"HostConfig": {"Binds": ["/etc:/host"]}},
        {"HostConfig": {"Mounts": [{"Type": "bind", "Source": "/", "Target": "/host"}]}},
        {"HostConfig": {"Binds": ["../../x:/host"]}},
        {"HostConfig": {"VolumesFrom": ["../../x"]}},
        {"WorkingDir": "relative/../.."},
        {"Hostname": "a\0b", "WorkingDir": "\0"},
        {"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "999999"}]}}},
        {"HostConfig": {"PortBindings": {"80/tcp": [{"HostPort": "1-99999999999999999999"}]}}},
        {"HostConfig": {"PortBindings": {"x" * 1000: None}}},
        {"HostConfig": {"Memory": "all"}},
        {"Env": [["x"]]},
        {"Env": ["A" * (2 << 20)]},
        {"Healthcheck": {"Interval": -1}},
        {"StopSignal": "../../x"},
    ],
    ids=map(str, range(14)),
)
def test_a_container_that_asks_for_the_machine_is_refused(here: Engine, body: Mapping[str, object]) -> None:
    assert refused(here, "POST", "/containers/create", {"Image": "alpine", **body})


@pytest.mark.parametrize(
    "bomb",
    [
        b"[" * 1_000_000,
        b'{"Image":' * 100_000,
        b'{"Image":' + b"9" * 900_000 + b"}",
        b'{"Image":"\\ud800"}',
        b'{"Image":"alpine","HostConfig":{"Memory":1e400}}',
        b'{"Image":"alpine","HostConfig":{"Memory":NaN}}',
        b'{"Image":"alpine","Cmd":[' + b'"x",' * 200_000 + b"1]}",
        b'{"Image":"' + b"a" * 900_000 + b'"}',
        b"\xff\xfe{",
        b"{" + b'"a":1,' * 150_000,
    ],
    ids=map(str, range(10)),
)
def test_a_json_bomb_is_refused(here: Engine, bomb: bytes) -> None:
    with watching(here.client):
        status, told = here.client.send("POST", "/v1.51/containers/create", bomb)

    assert 400 <= status < 500, told[:200]
    assert len(told) < 2_000_000


@pytest.mark.parametrize(
    "filters",
    [
        '{"reference":["' + "*a" * 200 + '"]}',
        '{"reference":["' + "[" * 300 + '"]}',
        '{"reference":["[z-a]*?\\\\"]}',
        '{"label":["' + "a=" * 5000 + '"]}',
        "[" * 5000,
        '{"until":["' + "9" * 5000 + 'h"]}',
        '{"dangling":["perhaps"]}',
    ],
    ids=map(str, range(7)),
)
@pytest.mark.parametrize("target", ["/images/json", "/containers/json", "/volumes", "/networks"])
def test_a_filter_takes_no_time(here: Engine, target: str, filters: str) -> None:
    with watching(here.client) as watch:
        status, told = here.client.send("GET", f"/v1.51{target}?filters={quote(filters)}")

    assert status in (200, 400), told[:200]
    assert watch.longest < 0.5


def test_a_pattern_over_long_names_takes_no_time(here: Engine) -> None:
    here.client.ask("POST", f"/images/alpine/tag?repo={'a' * 240}")

    with watching(here.client):
        rows = here.client.ask(
            "GET", f"/images/json?filters={quote(json.dumps({'reference': ['*a' * 100 + 'b']}))}"
        )
        found = here.client.ask(
            "GET", f"/images/json?filters={quote(json.dumps({'reference': ['*a' * 100]}))}"
        )
    here.client.ask("DELETE", f"/images/{'a' * 240}")

    assert rows == []
    assert len(found) == 1


def dockerfile(text: str, **files: str) -> bytes:
    return packed({"Dockerfile": text, **files})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the Dockerfile (Dockerfile) cannot be empty"),
        ("\x7fELF" + "\x01" * 100, "unknown instruction: \x7fELF"),
        ("FROM alpine\nRUN echo " + "x" * 2_000_000, "dockerfile is bigger than allowed max size (1048576)"),
        ("FROM alpine\n" + "ENV A=1\n" * 10_000, "the Dockerfile has more than 1000 instructions"),
        (
            "".join(f"FROM alpine AS s{n}\n" for n in range(3000)),
            "the Dockerfile has more than 1000 instructions",
        ),
        ("FROM a AS b\nFROM b AS a\n", "pull access denied for a"),
        ("FROM alpine\nENV A=aaaaaaaaaaaaaaaa\n" + "ENV A=$A$A$A$A\n" * 30, "is larger than 2097152 bytes"),
        ("FROM alpine\nENV A=" + "${A:-" * 5000 + "x" + "}" * 5000, "failed to process"),
        ("FROM alpine\nCOPY ../../../etc/passwd /p\n", "forbidden path outside the build context"),
        ("FROM alpine\nADD /etc/passwd /p\n", "file not found in build context"),
        ("FROM alpine\nCOPY " + "*a" * 200 + " /p\n", "no source files were specified"),
        (
            "FROM alpine\nCOPY --from=../../.. / /x\n",
            "invalid from flag value ../../..: invalid reference format",
        ),
        ("FROM ../../etc\n", "invalid reference format"),
        ("FROM alpine\n" + "WORKDIR a\n" * 300, "max depth exceeded"),
        ("FROM alpine\nUSER ../../x\nRUN id\n", "unable to find user ../../x"),
        ("FROM alpine\nEXPOSE 99999999\n", "Invalid containerPort: 99999999"),
        ("FROM alpine\nSTOPSIGNAL 99999999999\n", "invalid signal: 99999999999"),
        ("FROM scratch\nADD http://169.254.169.254/x /x\n", "no network"),
        ("FROM scratch\nADD git@github.com:x/y.git /x\n", "no network"),
        ("FROM alpine\nRUN <<E\nfoo\n", "unterminated heredoc"),
    ],
    ids=map(str, range(20)),
)
def test_a_hostile_dockerfile_is_refused_in_a_sentence(here: Engine, text: str, message: str) -> None:
    with watching(here.client), pytest.raises(Failed) as failed:
        here.client.build(dockerfile(text))

    assert message in failed.value.message
    assert here.spooled == []


@pytest.mark.parametrize("where", ["../../../../etc/passwd", "/etc/passwd", "a/../../../etc/passwd"])
def test_a_dockerfile_is_looked_for_in_the_context_only(here: Engine, where: str) -> None:
    with pytest.raises(Failed, match="Cannot locate specified Dockerfile"):
        here.client.build(dockerfile("FROM scratch"), query=f"&dockerfile={quote(where)}")


def test_more_names_than_anyone_gives_are_refused(here: Engine) -> None:
    names = "".join(f"&t=name{number}" for number in range(500))

    with watching(here.client), pytest.raises(Failed, match="a build gives at most 100 names, not 501"):
        here.client.build(dockerfile("FROM alpine"), "x", names)


def test_ignoring_takes_no_time(here: Engine) -> None:
    ignore = "\n".join(["*a" * 1500, "**/" * 900 + "b", "!**/*c*c*c*c*c*c*c*c*c*c"])
    files = {".dockerignore": ignore, "a" * 250: "x", "c" * 250: "x", "/".join(["a" * 20] * 100): "x"}

    with watching(here.client):
        assert here.client.build(packed({"Dockerfile": "FROM scratch\nCOPY . /\n", **files}))


def test_more_patterns_than_anyone_needs_are_refused(here: Engine) -> None:
    ignore = "\n".join(f"*a*b{number}" for number in range(60_000))
    files = {f"f{number}": "" for number in range(100)}

    with watching(here.client), pytest.raises(Failed, match=r"60000 patterns in \.dockerignore are too many"):
        here.client.build(packed({"Dockerfile": "FROM scratch\n", ".dockerignore": ignore, **files}))


def test_more_ports_than_anyone_publishes_are_refused(here: Engine) -> None:
    ports: dict[str, object] = {f"{port}/tcp": {} for port in range(1, 40_000)}
    asked = {"Image": "alpine", "ExposedPorts": ports, "HostConfig": {"PublishAllPorts": True}}
    made = here.client.ask("POST", "/containers/create", asked)["Id"]

    told = refused(here, "POST", f"/containers/{made}/start")
    here.client.ask("DELETE", f"/containers/{made}")

    assert "practice engine: a container publishes at most 100 ports, not 39999" in told


def test_removing_hundreds_of_images_keeps_nobody_waiting(here: Engine) -> None:
    steps = "".join(f"ENV A{number}=1\n" for number in range(250))

    with watching(here.client):
        here.client.build(dockerfile(f"FROM alpine\n{steps}"), "many-steps")
        gone = here.client.ask("DELETE", "/images/many-steps")

    assert len(gone) == 251
