"""How each shell is started so that it tells what it does, with the learner's own settings read first."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from labrunner.errors import ShellError

HERE = Path(__file__).parent
WORDS = ("hint", "solution", "check", "next", "back", "skip", "goto", "steps", "redo", "answer", "leave")
SHELLS = ("bash", "zsh", "fish")


@dataclass(frozen=True, slots=True, kw_only=True)
class Launch:
    """Everything that has to be known to start the learner's shell."""

    shell: str
    """`bash`, `zsh` or `fish`."""
    argv: tuple[str, ...]
    environment: Mapping[str, str]
    directory: str
    nonce: str
    run_folder: str
    """A private folder of this session, where the shell keeps what it must not forget."""
    words: tuple[str, ...] = WORDS


def launch(
    *,
    environment: Mapping[str, str],
    directory: str,
    run_folder: str,
    label: str = "",
    words: tuple[str, ...] = WORDS,
    fed: bool = False,
) -> Launch:
    """How to start the learner's shell ($SHELL where it is one of ours, else bash).

    `label` goes before the prompt; a `fed` shell reads lines without a prompt. `run_folder` must exist,
    be empty, and belong to the learner alone. Raises ShellError when none of the shells is there.
    """
    shell, program = _chosen(environment, ("bash", "zsh") if fed else SHELLS)
    nonce = os.urandom(16).hex()
    ours = {
        "LABRUNNER_NONCE": nonce,
        "LABRUNNER_LABEL": label,
        "LABRUNNER_WORDS": " ".join(words),
        "LABRUNNER_RUN": run_folder,
        "LABRUNNER_FED": "1" if fed else "",
        "LABRUNNER_STARTING": "1",
    }
    match shell:
        case "zsh":
            argv: tuple[str, ...] = (program, "-i", *(("+o", "zle") if fed else ()))
            ours["LABRUNNER_ZDOTDIR"] = environment.get("ZDOTDIR", "")
            ours["ZDOTDIR"] = run_folder
            for name in ("zshenv", "zshrc"):
                Path(run_folder, f".{name}").symlink_to(HERE / f"{name}.zsh")
        case "fish":
            argv = (program, "-i", "-C", f"source {HERE / 'fish.fish'}")
        case _:
            editing = ("--noediting",) if fed else ()
            argv = (program, *editing, "--rcfile", str(HERE / "bash.sh"), "-i")
    return Launch(
        shell=shell,
        argv=argv,
        environment={**environment, **ours},
        directory=directory,
        nonce=nonce,
        run_folder=run_folder,
        words=words,
    )


def rearming(launch: Launch, shell: str, shell_pid: int) -> str:
    """The command that makes a shell tell again; what it needs to know is in the run folder."""
    script = HERE / {"bash": "bash.sh", "zsh": "zsh.zsh", "fish": "fish.fish"}[shell]
    known = {
        "LABRUNNER_NONCE": launch.nonce,
        "LABRUNNER_LABEL": launch.environment["LABRUNNER_LABEL"],
        "LABRUNNER_WORDS": launch.environment["LABRUNNER_WORDS"],
        "LABRUNNER_RUN": launch.run_folder,
        "LABRUNNER_FED": launch.environment["LABRUNNER_FED"],
        "LABRUNNER_SHELL": str(shell_pid),
    }
    assign = "set -g {} {}" if shell == "fish" else "{}={}"
    lines = [assign.format(name, _quoted(value)) for name, value in known.items()]
    rearm = Path(launch.run_folder, "rearm")
    rearm.write_text("\n".join((*lines, f"source {_quoted(str(script))}", "")))
    return f" source {_quoted(str(rearm))}"


def _chosen(environment: Mapping[str, str], shells: tuple[str, ...]) -> tuple[str, str]:
    own = environment.get("SHELL", "")
    if Path(own).name in shells and os.access(own, os.X_OK):
        return Path(own).name, own
    for shell in shells:
        for folder in environment.get("PATH", os.defpath).split(os.pathsep):
            program = Path(folder or ".", shell)
            if os.access(program, os.X_OK):
                return shell, str(program)
    raise ShellError(
        f"None of the shells {', '.join(shells)} was found.",
        "Install bash, or set SHELL to the path of one of them.",
    )


def _quoted(text: str) -> str:
    """For bash, zsh and fish alike, where nothing but paths and plain words is quoted."""
    return "'" + text.replace("'", "'\\''") + "'"
