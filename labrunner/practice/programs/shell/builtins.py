"""What shells do themselves."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from labrunner.practice.programs.shell import jobs
from labrunner.practice.programs.shell.builtins_flow import (
    break_,
    colon,
    dot,
    eval_,
    exit_,
    false,
    return_,
    times,
    unsimulated,
)
from labrunner.practice.programs.shell.builtins_naming import builtin_, command, type_
from labrunner.practice.programs.shell.builtins_options import (
    alias,
    getopts,
    set_,
    shift,
    shopt,
    ulimit,
    umask,
    unalias,
)
from labrunner.practice.programs.shell.builtins_output import echo_, printf_, test
from labrunner.practice.programs.shell.builtins_places import cd, pwd
from labrunner.practice.programs.shell.builtins_reading import read
from labrunner.practice.programs.shell.builtins_variables import (
    declare,
    export,
    let,
    local,
    mapfile,
    readonly,
    unset,
)
from labrunner.practice.programs.shell.dialect import Flavour
from labrunner.practice.programs.shell.trapping import trap

if TYPE_CHECKING:
    from labrunner.practice.programs.shell.running import Shell

Builtin = Callable[["Shell", list[str]], Awaitable[int]]

_POSIX: Mapping[str, Builtin] = {
    ":": colon,
    "true": colon,
    "false": false,
    ".": dot,
    "[": test,
    "alias": alias,
    "bg": jobs.bg,
    "break": break_,
    "cd": cd,
    "command": command,
    "continue": break_,
    "echo": echo_,
    "eval": eval_,
    "exec": colon,
    "exit": exit_,
    "export": export,
    "fg": jobs.fg,
    "getopts": getopts,
    "hash": colon,
    "jobs": jobs.jobs,
    "kill": jobs.kill,
    "local": local,
    "printf": printf_,
    "pwd": pwd,
    "read": read,
    "readonly": readonly,
    "return": return_,
    "set": set_,
    "shift": shift,
    "test": test,
    "times": times,
    "trap": trap,
    "type": type_,
    "ulimit": ulimit,
    "umask": umask,
    "unalias": unalias,
    "unset": unset,
    "wait": jobs.wait,
}
_ASH: Mapping[str, Builtin] = {**_POSIX, "source": dot, "let": let}
_BASH: Mapping[str, Builtin] = {
    **_ASH,
    "builtin": builtin_,
    "compgen": unsimulated,
    "complete": unsimulated,
    "declare": declare,
    "dirs": unsimulated,
    "disown": colon,
    "enable": colon,
    "history": colon,
    "logout": exit_,
    "mapfile": mapfile,
    "popd": unsimulated,
    "pushd": unsimulated,
    "readarray": mapfile,
    "shopt": shopt,
    "suspend": unsimulated,
    "typeset": declare,
}
BUILTINS: Mapping[Flavour, Mapping[str, Builtin]] = {"ash": _ASH, "dash": _POSIX, "bash": _BASH}
