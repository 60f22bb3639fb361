"""The program as a learner has it: in a terminal, typed into, with mistakes, on every real engine."""

from labrunner.progress.sqlite import open_store
from tests.cli.learner import begun
from tests.cli.program import Home
from tests.cli.terminal import CTRL_C, F1, F3, F4, Terminal, restart


def test_a_learner_makes_mistakes_is_told_and_goes_on(home_with_engine: Home) -> None:
    with Terminal(home_with_engine, "start", "layers", "--engine", "docker") as lab:
        lab.reads("step 1 of 12")
        lab.prompt()
        lab.types("docker image pull Nginx:1.31")
        lab.reads("must be lowercase")
        lab.reads("small letters")
        lab.prompt()
        lab.presses(F1)
        lab.reads("hint 1 of")
        lab.prompt()
        lab.types("cd /tmp; export COLOUR=blue")
        lab.prompt()
        lab.types("docker image pull nginx:1.31-alpine")
        lab.prompt()
        lab.types("echo $COLOUR in $PWD")
        lab.reads("blue in /tmp")
        lab.prompt()
        lab.presses(F3)
        lab.reads("There is no image nginx:1.31 on this engine")
        lab.prompt()
        lab.types("docker pull nginx:1.31")
        lab.reads("nginx:1.31 is on the engine")
        lab.reads("goes on")
        lab.prompt()
        lab.types("")
        lab.reads("step 2 of 12")
        lab.prompt()
        lab.types("answer 4711")
        lab.reads("4711")
        lab.prompt()
        # Ctrl-C in the moment in which bash forks is lost, in any terminal: wait until the program runs.
        lab.types("sh -c 'printf r%s eady; exec sleep 100'")
        lab.reads("ready")
        lab.presses(CTRL_C)
        lab.prompt()
        lab.types("cat <<END")
        lab.types("a here-document")
        lab.types("END")
        lab.reads("a here-document")
        lab.prompt()
        lab.presses(F4)
        lab.reads("What is missing?")
        lab.presses("q")
        lab.prompt()
        assert lab.leaves("layers") == 0


def test_a_killed_terminal_finds_its_step_and_its_values_again(home_with_engine: Home) -> None:
    begun(home_with_engine, "nginx")
    kept = home_with_engine.path / "data" / "progress.sqlite3"
    with Terminal(home_with_engine, "start", "nginx", "--engine", "docker") as lab:
        lab.reads("step 1 of 12")
        lab.prompt()
        lab.types("skip")
        lab.reads("step 2 of 12")
        lab.prompt()
        lab.types("docker container run -d --name lab-nginx nginx:1.31-alpine")
        lab.reads("publishes no port")
        lab.kill()
    values = values_of(kept)
    with Terminal(home_with_engine, "start", "nginx", "--engine", "docker") as lab:
        lab.reads("step 2 of 12")
        lab.prompt()
        lab.types("docker container rm --force lab-nginx")
        lab.prompt()
        lab.types(f"docker container run -d --name lab-nginx -p {values['port']}:80 nginx:1.31-alpine")
        lab.reads("goes on")
        lab.kill()
    assert values_of(kept) == values
    assert len(list(home_with_engine.path.glob("labrunner-*"))) == 1
    with Terminal(home_with_engine, "start", "nginx", "--engine", "docker") as lab:
        lab.reads("step 3 of 12")
        lab.prompt()


def values_of(kept: object) -> dict[str, str]:
    from pathlib import Path

    store = open_store(Path(str(kept)))
    opening = store.opening("nginx")
    store.close()
    assert opening is not None
    return dict(opening.values)


def test_a_daemon_that_restarts_in_the_middle_loses_nothing(home_with_engine: Home) -> None:
    with Terminal(home_with_engine, "start", "layers", "--engine", "docker") as lab:
        lab.reads("step 1 of 12")
        lab.prompt()
        lab.types("docker image pull nginx:1.31-alpine")
        lab.prompt()
        restart(home_with_engine.docker_host)
        lab.reads("The engine answers again")
        lab.types("docker image pull nginx:1.31")
        lab.reads("goes on")
        lab.types("")
        lab.reads("step 2 of 12")


def test_a_lesson_left_and_taken_up_shows_its_step_at_once(home_with_engine: Home) -> None:
    for _ in range(2):
        with Terminal(home_with_engine, "start", "layers", "--engine", "docker") as lab:
            lab.reads("step 1 of 12")
            lab.prompt()
            lab.types("hint")
            lab.reads("hint 1 of")
            lab.prompt()
            lab.types("leave now")
            lab.reads("labrunner start layers")
            assert lab.ends() == 0
    assert list((home_with_engine.path / "data" / "bookmarks").iterdir())
