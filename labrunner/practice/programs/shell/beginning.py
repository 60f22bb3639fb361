"""The variables that a shell begins with: the environment's, and its own."""

from labrunner.practice.programs.process import Process
from labrunner.practice.programs.shell.cursor import NAME
from labrunner.practice.programs.shell.dialect import Flavour
from labrunner.practice.programs.shell.state import State


def first_state(process: Process, flavour: Flavour, name: str, arguments: list[str]) -> State:
    state = State(name=name, arguments=arguments)
    for key, value in process.env.items():
        if NAME.fullmatch(key):
            state.set(key, value, exported=True)
    level = state.get("SHLVL") or "0"
    state.set("SHLVL", str(int(level) + 1) if level.isdigit() and len(level) < 5 else "1", exported=True)
    state.set("PWD", process.cwd, exported=True)
    state.set("IFS", " \t\n", exported=False)
    if flavour == "dash":
        state.unset("SHLVL")
        state.set("OPTIND", "1")
    if state.get("PATH") is None:
        state.set("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
    if flavour == "bash":
        for key, value in (
            ("BASH", process.path),
            ("BASH_VERSION", "5.2.15(1)-release"),
            ("UID", str(process.uid)),
        ):
            state.set(key, value)
        state.set("EUID", str(process.uid))
        state.set("HOSTNAME", process.machine.hostname)
        state.set("OSTYPE", "linux-gnu")
    return state
