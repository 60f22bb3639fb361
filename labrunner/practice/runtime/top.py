"""`docker top`: a machine's processes in the columns that ps is asked for."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from labrunner.practice.programs.process import Row
from labrunner.practice.refusal import Refused

_COLUMNS: Mapping[str, tuple[str, Callable[[Row], str]]] = {
    "uid": ("UID", lambda row: str(row.uid)),
    "user": ("USER", lambda row: row.user),
    "pid": ("PID", lambda row: str(row.pid)),
    "ppid": ("PPID", lambda row: str(row.ppid)),
    "c": ("C", lambda _row: "0"),
    "stime": ("STIME", lambda row: datetime.fromtimestamp(row.started).strftime("%H:%M")),
    "tty": ("TTY", lambda row: "pts/0" if row.tty else "?"),
    "tt": ("TT", lambda row: "pts/0" if row.tty else "?"),
    "time": ("TIME", lambda _row: "00:00:00"),
    "cmd": ("CMD", lambda row: row.command),
    "args": ("COMMAND", lambda row: row.command),
    "command": ("COMMAND", lambda row: row.command),
    "comm": ("COMMAND", lambda row: row.command.partition(" ")[0].rpartition("/")[2]),
}
_FULL = ("user", "pid", "ppid", "c", "stime", "tty", "time", "cmd")
_AUX = ("user", "pid", "tty", "stime", "time", "args")


def top(rows: Sequence[Row], arguments: str) -> dict[str, object]:
    """`Titles` and `Processes`; raises Refused where ps would."""
    names = _asked(arguments)
    for name in names:
        if name not in _COLUMNS:
            raise Refused(500, f'ps: error: unknown user-defined format specifier "{name}"')
    if "pid" not in names:
        raise Refused(500, "Couldn't find PID field in ps output")
    titles = [_COLUMNS[name][0] for name in names]
    if names == list(_FULL):
        titles[0] = "UID"
    return {
        "Titles": titles,
        "Processes": [[_COLUMNS[name][1](row) for name in names] for row in rows],
    }


def _asked(arguments: str) -> list[str]:
    words = arguments.split()
    if not words or words[0] in ("-ef", "-fe", "-f"):
        return list(_FULL)
    for n, word in enumerate(words):
        if word in ("-o", "-eo", "o") and n + 1 < len(words):
            return [each for each in ",".join(words[n + 1 :]).split(",") if each]
        if word.startswith("-o") and len(word) > 2:
            return [each for each in word[2:].split(",") if each]
    if words[0].lstrip("-") in ("aux", "au", "ax"):
        return list(_AUX)
    raise Refused(500, f"practice engine: ps {arguments} is not simulated, use -ef, aux or -o")
