"""`labrunner engine`: the practice engine by itself, for any shell and any tool that speaks to Docker."""

import shlex
import shutil
import sys

from labrunner.cli.arguments import Arguments
from labrunner.cli.practice import folder
from labrunner.cli.report import FINISHED, note, out
from labrunner.cli.surroundings import look_around
from labrunner.dockercli.launcher import install
from labrunner.errors import UsageError
from labrunner.runner.labregistry import free_port

STOPPED = 9
"""The exit status of `status` where it does not run."""


def run(arguments: Arguments) -> int:
    match arguments.what:
        case "start":
            return start()
        case "stop":
            return stop()
        case "status":
            return status()
        case "reset":
            return reset(sure=arguments.yes)
        case _:
            return environment()


def start() -> int:
    from labrunner.practice import start as practice  # only here

    out(f"The practice engine listens at {practice.start(folder(), registry_port=free_port())}.")
    note('Use it in this shell: eval "$(labrunner engine env)"')
    return FINISHED


def stop() -> int:
    from labrunner.practice import start as practice

    stopped = practice.stop(folder())
    out(
        "The practice engine has stopped; its images stay."
        if stopped
        else "The practice engine does not run."
    )
    return FINISHED


def status() -> int:
    from labrunner.practice import start as practice

    found = practice.status(folder())
    if not found.running:
        out("The practice engine does not run. `labrunner engine start` starts it.")
        return STOPPED
    out(f"The practice engine runs at {found.address} (process {found.pid}).")
    if found.registry:
        out(f"The lab registry is at {found.registry}; you are student there, and so is your password.")
    out(f"What it keeps is in {folder()}.")
    return FINISHED


def reset(*, sure: bool) -> int:
    """Everything of the practice engine goes: containers, images, volumes, what was pushed to its registry."""
    from labrunner.practice import start as practice

    if not folder().exists():
        out("The practice engine keeps nothing; there is nothing to remove.")
        return FINISHED
    out(
        f"This removes every container, image and volume of the practice engine, and what was pushed to it: {folder()}"
    )
    if not sure:
        if not sys.stdin.isatty():
            raise UsageError("There is nobody to ask here.", "`labrunner engine reset --yes` removes it.")
        if not look_around(plain=False).front.confirm("Remove it?", default=False):
            return FINISHED
    practice.reset(folder())
    out("Removed. Your lessons' progress is kept.")
    return FINISHED


def environment() -> int:
    """Lines for `eval` in bash, zsh and other shells like them."""
    from labrunner.practice import start as practice

    address = practice.start(folder(), registry_port=free_port())
    config = folder() / "docker-config"
    config.mkdir(parents=True, exist_ok=True, mode=0o700)
    settings = {
        "DOCKER_HOST": address,
        "DOCKER_CONFIG": str(config),
        "DOCKER_CLI_DISABLE_OAUTH_LOGIN": "1",
        "DOCKER_CLI_HINTS": "false",
    }
    for name, value in settings.items():
        out(f"export {name}={shlex.quote(value)}")
    out("unset DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH")
    if shutil.which("docker") is None:
        out(f'export PATH="$PATH":{shlex.quote(str(install(folder() / "bin")))}')
    return FINISHED
