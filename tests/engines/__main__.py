"""The commands of tests/engines/up; README.md beside this file explains them."""

from __future__ import annotations

import fcntl
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import partial

from tests.engines import images, mirror
from tests.engines.engines import ENGINES, WORKSHOP, Engine, install_client
from tests.engines.places import CACHE, ENV_FILE, Trouble, say
from tests.engines.roots import debian_root, forget_old_roots, prepare_host

USAGE = """\
usage: up                   start everything: the mirror and every engine
       up WHAT...           start only these: mirror, 20, 28, 28-containerd, 28-catalogue (each brings the mirror)
       up stop WHAT...      stop them, keeping their containers and images
       up start WHAT...     start them as they were
       up restart WHAT...   both, as a restart of the machine's Docker would
       up down              stop everything that was started and remove the networks
       up status            what runs, and where
"""
BY_NAME = {engine.name: engine for engine in ENGINES}
SERVICES = {engine.name: engine.service for engine in ENGINES} | {"mirror": mirror.SERVICE}


def bring_up(names: Sequence[str]) -> None:
    prepare_host()
    engines = [BY_NAME[name] for name in names if name in BY_NAME]
    suites = {engine.suites for engine in (WORKSHOP, *engines)}
    with ThreadPoolExecutor() as pool:
        list(pool.map(debian_root, suites))
    images.up()
    with ThreadPoolExecutor() as pool:
        list(pool.map(Engine.up, engines))
    write_env_file()
    print(ENV_FILE)


def bring_down() -> None:
    with ThreadPoolExecutor() as pool:
        list(pool.map(Engine.down, (*ENGINES, WORKSHOP)))
    mirror.SERVICE.stop()
    forget_old_roots()
    ENV_FILE.unlink(missing_ok=True)


def write_env_file() -> None:
    """One NAME=VALUE for each thing that a test can use now."""
    found = {
        "LABRUNNER_MIRROR": f"localhost:{mirror.port()}",
        "LABRUNNER_CATALOGUE": f"localhost:{mirror.catalogue_port()}",
    }
    for engine in ENGINES:
        version = engine.version()
        if version:
            found[engine.variable] = f"unix://{engine.socket}"
            found[f"{engine.variable}_VERSION"] = version
            if not (engine.containerd_store or engine.catalogue):
                client, plugins = install_client(engine)
                found[f"LABRUNNER_DOCKER_CLI{engine.name}"] = str(client)
                if plugins.is_dir():
                    found[f"LABRUNNER_DOCKER_CLI{engine.name}_PLUGINS"] = str(plugins)
    of_the_host = shutil.which("docker")
    if of_the_host:
        found["LABRUNNER_DOCKER_CLI"] = of_the_host
    ENV_FILE.parent.mkdir(parents=True, exist_ok=True)
    unfinished = ENV_FILE.with_name(f"{ENV_FILE.name}.unfinished")
    unfinished.write_text("".join(f"{name}={value}\n" for name, value in found.items()))
    unfinished.rename(ENV_FILE)


def show_status() -> None:
    print("mirror        ", f"localhost:{mirror.port()}" if mirror.SERVICE.pid() else "down")
    for engine in ENGINES:
        version = engine.version()
        print(f"{engine.name:14}", f"{version}  unix://{engine.socket}" if version else "does not answer")
    print("env file      ", ENV_FILE if ENV_FILE.exists() else "none")


def stop(names: Sequence[str]) -> None:
    for name in names:
        SERVICES[name].stop()


def start(names: Sequence[str]) -> None:
    for name in names:
        SERVICES[name].start()


def restart(names: Sequence[str]) -> None:
    stop(names)
    start(names)


VERBS = {"stop": stop, "start": start, "restart": restart}


@contextmanager
def alone() -> Iterator[None]:
    """Hold the one lock of the cache folder, waiting for whoever holds it."""
    CACHE.mkdir(parents=True, exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("waiting for another tests/engines/up to finish")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def work_for(words: Sequence[str]) -> Callable[[], None] | None:
    match words:
        case ["down"]:
            return bring_down
        case [verb, *names] if verb in VERBS and names and SERVICES.keys() >= set(names):
            return partial(VERBS[verb], names)
        case names if SERVICES.keys() >= set(names):
            return partial(bring_up, names or list(SERVICES))
        case _:
            return None


def main(words: Sequence[str]) -> int:
    if words == ["status"]:
        show_status()
        return 0
    work = work_for(words)
    if work is None:
        print(USAGE, end="", file=sys.stderr)
        return 2
    try:
        with alone():
            work()
    except (Trouble, OSError) as trouble:
        print(f"engines: {trouble}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
