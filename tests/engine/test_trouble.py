"""An engine's silence and its refusals are told in plain words, with what to do next."""

import pytest

from labrunner.engine.locate import Reason
from labrunner.engine.trouble import nowhere, refused, root_cause, too_old, unreachable


@pytest.mark.parametrize(
    ("reason", "address", "platform", "what", "remedy"),
    [
        ("absent", "unix:///s", "linux", "No engine is running at unix:///s.", "sudo systemctl start docker"),
        ("refused", "unix:///s", "darwin", "No engine is running at unix:///s.", "open -a Docker"),
        ("refused", "tcp://h:1", "linux", "No engine is running at tcp://h:1.", "docker context ls"),
        ("absent", "unix:///run/podman/podman.sock", "linux", "podman.sock.", "start podman.socket"),
        ("permission denied", "unix:///s", "linux", "not allowed to use unix:///s", "usermod -aG docker"),
        ("timeout", "unix:///s", "linux", "did not answer in time", "sudo systemctl restart docker"),
        ("timeout", "unix:///s", "darwin", "did not answer in time", "restart Docker Desktop"),
        ("not docker", "tcp://h:1", "linux", "is not a Docker engine", "DOCKER_TLS_VERIFY"),
        ("not an address", "x", "linux", "x is not an engine's address", "unix:///var/run/docker.sock"),
    ],
)
def test_every_silence_has_its_remedy(
    reason: Reason, address: str, platform: str, what: str, remedy: str
) -> None:
    trouble = unreachable(address, reason, platform=platform)

    assert what in trouble.what
    assert remedy in trouble.remedy


def test_the_system_s_own_words_are_kept() -> None:
    assert unreachable("unix:///s", "refused", "Connection refused").what == (
        "No engine is running at unix:///s (Connection refused)."
    )


def test_a_machine_without_any_engine_is_told_how_to_start_one() -> None:
    assert nowhere("linux").what == "No Docker engine answers on this machine."
    assert "sudo systemctl start docker" in nowhere("linux").remedy


def test_an_old_engine_is_told_its_version() -> None:
    assert "speaks API 1.20; labrunner needs 1.24" in too_old("unix:///s", "1.20").what


@pytest.mark.parametrize(
    ("said", "remedy"),
    [
        ('Get "https://registry-1.docker.io/v2/": dial tcp: lookup x: no such host', "check its network"),
        ("toomanyrequests: You have reached your pull rate limit", "docker login"),
        ("write /x: no space left on device", "docker system df"),
        (
            "conflict: unable to remove (must force) - container 1 is using its referenced image 2",
            "Remove the",
        ),
        ("remove x: volume is in use - [1]", "Remove the container"),
        ("error while removing network: network lab has active endpoints", "Disconnect or remove"),
        ("manifest for alpine:0.0 not found", ""),
    ],
)
def test_a_refusal_keeps_docker_s_words(said: str, remedy: str) -> None:
    refusal = refused(said, 409)

    assert refusal.what == f"The engine refused: {said}."
    assert refusal.remedy.startswith(remedy) or remedy in refusal.remedy
    assert bool(refusal.remedy) == bool(remedy)
    assert refusal.code == 409


def test_a_refusal_without_words_tells_its_status() -> None:
    assert refused("", 500).what == "The engine refused: HTTP status 500."


def test_the_system_s_error_is_found_inside_others() -> None:
    cause = ConnectionRefusedError(111, "Connection refused")
    wrapped = OSError("sdk", ValueError("aborted", cause))
    chained = RuntimeError("outer")
    chained.__cause__ = wrapped

    assert root_cause(chained) is cause
    assert root_cause(OSError("sdk")) is None
