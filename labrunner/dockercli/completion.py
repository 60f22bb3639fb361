"""What a shell may complete: commands, options, and the names of images and containers."""

import sys
from collections.abc import Iterator, Sequence

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Command, Given
from labrunner.dockercli.commands import COMMANDS, GROUPS
from labrunner.dockercli.failure import Ended, Refused

NO_FILES, FILES = ":4", ":0"
"""The directives of cobra's protocol, which docker's own completion scripts speak."""

BASH = """\
_labrunner_docker() {
  local line word="${COMP_WORDS[COMP_CWORD]}"
  COMPREPLY=()
  while IFS= read -r line; do
    case "$line" in
      :*) ;;
      *) COMPREPLY+=("${line%%$'\\t'*}") ;;
    esac
  done < <("${COMP_WORDS[0]}" __complete "${COMP_WORDS[@]:1:COMP_CWORD-1}" "$word" 2>/dev/null)
}
complete -o default -F _labrunner_docker docker
"""
ZSH = """\
#compdef docker
_labrunner_docker() {
  local -a found
  found=(${(f)"$(docker __complete "${words[@]:1:$CURRENT-2}" "${words[$CURRENT]}" 2>/dev/null)"})
  found=(${found:#:*})
  compadd -- ${found%%$'\\t'*}
}
compdef _labrunner_docker docker
"""
FISH = """\
function __labrunner_docker
  docker __complete (commandline -opc)[2..] (commandline -ct) 2>/dev/null | string match -v -r '^:'
end
complete -c docker -f -a '(__labrunner_docker)'
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}
IMAGES = ("IMAGE", "SOURCE_IMAGE", "NAME[:TAG]")


def script(_engine: Engine, given: Given) -> int:
    shell = given.arguments[0]
    if shell not in SCRIPTS:
        raise Ended(f"docker completion knows bash, zsh and fish, not {shell}")
    sys.stdout.write(SCRIPTS[shell])
    return 0


def complete(engine: Engine, words: Sequence[str]) -> int:
    """One candidate a line, then the directive. Where the engine does not answer there are no names."""
    *before, started = words or [""]
    candidates = sorted({each for each in _candidates(engine, before, started) if each.startswith(started)})
    sys.stdout.write("".join(f"{each}\n" for each in candidates))
    sys.stdout.write(f"{NO_FILES if candidates else FILES}\n")
    return 0


def _candidates(engine: Engine, before: Sequence[str], started: str) -> Iterator[str]:
    if not before:
        yield from GROUPS
        yield from (name for command in COMMANDS for name in command.names if " " not in name)
        return
    if len(before) == 1 and before[0] in GROUPS:
        group = f"{before[0]} "
        yield from (
            name.removeprefix(group) for each in COMMANDS for name in each.names if name.startswith(group)
        )
        return
    command = _command(before)
    if command is None:
        return
    if started.startswith("-"):
        yield from (option.name for option in command.options)
        return
    try:
        yield from _names(engine, command)
    except (Ended, Refused):
        return


def _command(before: Sequence[str]) -> Command | None:
    name = " ".join(before[:2]) if before[0] in GROUPS else before[0]
    return next((command for command in COMMANDS if name in command.names), None)


def _names(engine: Engine, command: Command) -> Iterator[str]:
    usage = command.usage
    if any(word in usage for word in IMAGES) and "pull" not in command.names:
        for image in engine.get("/images/json"):
            yield from (tag for tag in image.get("RepoTags") or () if not tag.startswith("<none>"))
    if "CONTAINER" in usage:
        every = command.names[-1] not in ("exec", "stop", "kill", "pause", "top", "attach")
        for container in engine.get("/containers/json", {"all": every}):
            yield container["Names"][0].lstrip("/")
    if "VOLUME" in usage:
        yield from (volume["Name"] for volume in engine.get("/volumes")["Volumes"] or ())
    if "NETWORK" in usage:
        yield from (network["Name"] for network in engine.get("/networks"))
