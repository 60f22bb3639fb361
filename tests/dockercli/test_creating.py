"""The flags of `run` and `create`, as what is asked of the engine."""

from pathlib import Path
from typing import Any

import pytest

from labrunner.dockercli.command import Given
from labrunner.dockercli.commands import COMMANDS
from labrunner.dockercli.creating import body, environment, published, restart_policy
from labrunner.dockercli.failure import Ended


def given(*words: str) -> Given:
    run = next(each for each in COMMANDS if "run" in each.names)
    return run.read([*words, "alpine"], "run")


def host(*words: str) -> Any:
    return body(given(*words), attached=True)["HostConfig"]


@pytest.mark.parametrize(
    ("text", "exposed", "bound"),
    [
        ("8080:80", ["80/tcp"], {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}),
        ("80", ["80/tcp"], {"80/tcp": [{"HostIp": "", "HostPort": ""}]}),
        ("127.0.0.1::80", ["80/tcp"], {"80/tcp": [{"HostIp": "127.0.0.1", "HostPort": ""}]}),
        ("[::1]:8080:80/udp", ["80/udp"], {"80/udp": [{"HostIp": "::1", "HostPort": "8080"}]}),
        (
            "81-82:1-2",
            ["1/tcp", "2/tcp"],
            {"1/tcp": [{"HostIp": "", "HostPort": "81"}], "2/tcp": [{"HostIp": "", "HostPort": "82"}]},
        ),
        ("8000-8010:80", ["80/tcp"], {"80/tcp": [{"HostIp": "", "HostPort": "8000-8010"}]}),
    ],
)
def test_a_published_port(text: str, exposed: list[str], bound: object) -> None:
    shown, asked = published(given("-p", text))

    assert (list(shown), asked) == (exposed, bound)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (("-p", "nonsense"), "docker: Invalid containerPort: nonsense"),
        (("-p", "99999:80"), "docker: Invalid hostPort: 99999"),
        (("-p", ""), "docker: No port specified: <empty>"),
        (("-p", "80:80/nope"), "docker: Invalid proto: nope"),
        (("-p", "1-2:3-5"), "docker: Invalid ranges specified for container and host Ports: 3-5 and 1-2"),
        (
            ("-p", "80:80:80:80"),
            "docker: Invalid ip address 80:80: address 80:80:: too many colons in address",
        ),
        (
            ("--expose", "nope"),
            'docker: invalid range format for --expose: nope, error: strconv.ParseUint: parsing "nope": '
            "invalid syntax",
        ),
    ],
)
def test_a_port_that_is_none(words: tuple[str, str], why: str) -> None:
    with pytest.raises(Ended) as ended:
        published(given(*words))

    assert (ended.value.text, ended.value.status) == (why, 125)


def test_streams_are_attached_unless_it_is_detached() -> None:
    plain, silent = body(given("-i"), attached=True), body(given("-i"), attached=False)

    assert [plain[name] for name in ("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")] == [
        True
    ] * 4
    assert [silent[name] for name in ("AttachStdin", "AttachStdout", "AttachStderr", "StdinOnce")] == [
        False
    ] * 4
    assert silent["OpenStdin"]


def test_only_the_streams_that_are_asked_for() -> None:
    made = body(given("-a", "STDOUT"), attached=True)

    assert [made[name] for name in ("AttachStdin", "AttachStdout", "AttachStderr")] == [False, True, False]
    with pytest.raises(Ended, match="valid streams are STDIN, STDOUT and STDERR"):
        body(given("-a", "nope"), attached=True)


def test_volumes_with_and_without_a_name() -> None:
    made = body(given("-v", "data:/data:ro", "-v", "/cache"), attached=True)

    assert made["Volumes"] == {"/cache": {}}
    assert host("-v", "data:/data:ro", "-v", "/cache")["Binds"] == ["data:/data:ro"]


def test_limits_and_policies() -> None:
    asked = host("-m", "64m", "--cpus", "1.5", "--restart", "on-failure:3", "--init", "--read-only")

    assert (asked["Memory"], asked["NanoCpus"]) == (67108864, 1_500_000_000)
    assert asked["RestartPolicy"] == {"Name": "on-failure", "MaximumRetryCount": 3}
    assert (asked["Init"], asked["ReadonlyRootfs"]) == (True, True)
    assert host()["Init"] is None
    with pytest.raises(Ended, match="maximum retry count must be an integer"):
        restart_policy("on-failure:often")


def test_an_entrypoint_can_be_taken_away() -> None:
    assert body(given("--entrypoint", ""), attached=True)["Entrypoint"] == [""]
    assert "Entrypoint" not in body(given(), attached=True)


def test_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINE", "1")
    monkeypatch.delenv("NOBODYS", raising=False)
    file = tmp_path / "env"
    file.write_text("A=b c\n# said\n\nMINE\nNOBODYS\n")

    found = environment(given("--env-file", str(file), "-e", "B=2", "-e", "MINE", "-e", "NOBODYS"))

    # A name that nothing is known of takes the image's own value away, and in a file it does nothing.
    assert found == ["A=b c", "MINE=1", "B=2", "MINE=1", "NOBODYS"]


def test_a_broken_file_of_variables(tmp_path: Path) -> None:
    file = tmp_path / "env"
    file.write_text("a note\n")

    with pytest.raises(Ended) as ended:
        environment(given("--env-file", str(file)))

    assert ended.value.text == f"docker: invalid env file ({file}): variable 'a note' contains whitespaces"


def test_a_health_check() -> None:
    made = body(
        given("--health-cmd", "test -f /ok", "--health-interval", "1s", "--health-retries", "2"),
        attached=True,
    )

    assert made["Healthcheck"] == {"Test": ["CMD-SHELL", "test -f /ok"], "Interval": 10**9, "Retries": 2}
    assert body(given("--no-healthcheck"), attached=True)["Healthcheck"] == {"Test": ["NONE"]}
