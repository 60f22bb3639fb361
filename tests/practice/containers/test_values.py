"""The pure parts: names, times, the life as a value, detach keys, restart policies, probes."""

import pytest

from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.detach import Watch, keys
from labrunner.practice.runtime.healthcheck import Health, Healthcheck, Probe
from labrunner.practice.runtime.life import Life
from labrunner.practice.runtime.naming import checked, meant, random_name
from labrunner.practice.runtime.restart import Policy, pause
from labrunner.practice.runtime.showing import command_text
from labrunner.practice.runtime.signals import named
from labrunner.practice.runtime.times import duration, from_rfc3339, moment, rfc3339, rfc3339_fixed, spoken

SECOND = 1_000_000_000


def test_moments_are_written_as_go_writes_them() -> None:
    assert rfc3339(1714557600_500000000) == "2024-05-01T10:00:00.5Z"
    assert rfc3339(1714557600_000000000) == "2024-05-01T10:00:00Z"
    assert rfc3339(0) == "0001-01-01T00:00:00Z"
    assert rfc3339_fixed(1714557600_240582320) == "2024-05-01T10:00:00.240582320Z"
    assert from_rfc3339("2024-05-01T10:00:00.5Z") == 1714557600_500000000
    assert from_rfc3339("2024-05-01T12:00:00+02:00") == 1714557600_000000000


def test_since_takes_seconds_dates_and_durations() -> None:
    now = 1714557600 * SECOND

    assert moment("1714557600.25", now) == 1714557600_250000000
    assert moment("90m", now) == now - 5400 * SECOND
    assert moment("2024-05-01", now) == 1714521600 * SECOND
    assert duration("1h30m") == 5400 * SECOND
    with pytest.raises(ValueError):
        moment("yesterday", now)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "Less than a second"),
        (1, "1 second"),
        (59, "59 seconds"),
        (60, "About a minute"),
        (125, "2 minutes"),
        (3600, "About an hour"),
        (2 * 3600, "2 hours"),
        (49 * 3600, "2 days"),
        (15 * 86400, "2 weeks"),
        (70 * 86400, "2 months"),
        (800 * 86400, "2 years"),
    ],
)
def test_how_long_ago_is_said_as_docker_says_it(seconds: int, words: str) -> None:
    assert spoken(seconds * SECOND) == words


def test_status_texts() -> None:
    running = Life().start(pid=7, at=10 * SECOND)

    assert Life().told(0) == "Created"
    assert running.told(13 * SECOND) == "Up 3 seconds"
    assert running.told(13 * SECOND, "starting") == "Up 3 seconds (health: starting)"
    assert running.told(13 * SECOND, "healthy") == "Up 3 seconds (healthy)"
    assert running.pause("c").told(13 * SECOND) == "Up 3 seconds (Paused)"
    assert running.exit(137, at=20 * SECOND).told(140 * SECOND) == "Exited (137) 2 minutes ago"
    assert running.restart(4, at=20 * SECOND).told(25 * SECOND) == "Restarting (4) 5 seconds ago"


def test_a_failed_start_leaves_a_container_created_with_the_reason() -> None:
    life = Life().fail(exit_code=128, error="port is already allocated")

    assert (life.status, life.exit_code, life.error) == ("created", 128, "port is already allocated")


def test_a_running_container_is_not_removed() -> None:
    with pytest.raises(Refused) as refused:
        Life().start(pid=1, at=1).remove("web", force=False)

    assert refused.value.status == 409
    assert (
        refused.value.message
        == 'cannot remove container "web": container is running: stop the container before removing or force remove'
    )


@pytest.mark.parametrize("name", ["x y", "x", "-a", "ä1", ""])
def test_invalid_names(name: str) -> None:
    with pytest.raises(Refused) as refused:
        checked(name)

    assert (
        refused.value.message
        == f"Invalid container name ({name}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
    )


def test_a_name_wins_over_the_beginning_of_an_id() -> None:
    ids = {"abc1": 1, "abd2": 2}
    names = {"ab": "abd2"}

    assert meant("abc", ids, names.get) == "abc1"
    assert meant("/ab", ids, names.get) == "abd2"
    with pytest.raises(Refused, match="No such container: x"):
        meant("x", ids, names.get)
    with pytest.raises(Refused, match="multiple IDs found with provided prefix: a"):
        meant("a", ids, names.get)


def test_random_names_are_two_words_that_nobody_has() -> None:
    name = random_name(lambda _: False)
    adjective, _, surname = name.partition("_")

    assert adjective.isalpha()
    assert surname.isalpha()
    assert len(random_name(lambda each: "_" in each)) == 12


def test_detach_keys() -> None:
    assert keys("") == b"\x10\x11"
    assert keys("ctrl-a,x") == b"\x01x"
    with pytest.raises(Refused, match=r"Invalid detach keys \(ctrl-\) provided"):
        keys("ctrl-")


def test_detach_keys_are_held_back_until_they_are_whole() -> None:
    watch = Watch(keys(""))

    assert watch.typed(b"ab\x10") == (b"ab", False)
    assert watch.typed(b"c") == (b"\x10c", False)
    assert watch.typed(b"\x10\x10\x11x") == (b"\x10", True)


def test_restart_policies() -> None:
    assert Policy(name="always").again(0, restarts=9, by_hand=True)
    assert not Policy(name="unless-stopped").again(0, restarts=0, by_hand=True)
    assert Policy(name="on-failure", most=2).again(1, restarts=1, by_hand=False)
    assert not Policy(name="on-failure", most=2).again(1, restarts=2, by_hand=False)
    assert not Policy(name="on-failure").again(0, restarts=0, by_hand=False)
    assert not Policy(name="no").again(1, restarts=0, by_hand=False)


def test_the_pause_before_a_restart_doubles_up_to_a_minute() -> None:
    assert pause(0, 0) == 100_000_000
    assert pause(100_000_000, 0) == 200_000_000
    assert pause(50 * SECOND, 0) == 60 * SECOND
    assert pause(50 * SECOND, 11 * SECOND) == 100_000_000


def probe(exit_code: int, start: int = 100) -> Probe:
    return Probe(start=start, end=start + 1, exit_code=exit_code, output="")


def test_a_container_is_unhealthy_after_three_failures_and_healthy_after_one_success() -> None:
    wanted = Healthcheck(argv=("true",))
    health = Health()
    for _ in range(2):
        health = health.after(probe(1), wanted, started=0)
    assert (health.status, health.streak) == ("starting", 2)

    health = health.after(probe(1), wanted, started=0)
    assert (health.status, health.streak) == ("unhealthy", 3)
    assert health.after(probe(0), wanted, started=0).status == "healthy"


def test_failures_in_the_start_period_do_not_count() -> None:
    wanted = Healthcheck(argv=("true",), start_period=1000, retries=1)

    assert Health().after(probe(1, start=500), wanted, started=0).status == "starting"
    assert Health().after(probe(1, start=1500), wanted, started=0).status == "unhealthy"


def test_only_the_last_five_probes_are_kept() -> None:
    health = Health()
    for n in range(7):
        health = health.after(probe(n), Healthcheck(argv=("true",)), started=0)

    assert [each["ExitCode"] for each in health.log] == [2, 3, 4, 5, 6]


def test_signals_by_name_and_number() -> None:
    assert [named(each) for each in ("9", "SIGKILL", "kill", "hup")] == ["KILL", "KILL", "KILL", "HUP"]
    with pytest.raises(Refused, match="invalid signal: FOO"):
        named("FOO")


def test_the_command_column() -> None:
    assert (
        command_text(("/docker-entrypoint.sh", "nginx", "-g", "daemon off;"))
        == "/docker-entrypoint.sh nginx -g 'daemon off;'"
    )
