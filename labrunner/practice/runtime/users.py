"""Who a process runs as, from the container's own passwd and group files, in the words of Docker's daemon."""

from collections.abc import Sequence
from dataclasses import dataclass

from labrunner.practice.programs.process import Files
from labrunner.practice.refusal import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    name: str = "root"
    uid: int = 0
    gid: int = 0
    groups: frozenset[int] = frozenset()
    home: str = "/root"


def rows(files: Files, path: str) -> list[list[str]]:
    """The entries of a file like /etc/passwd; none where it cannot be read."""
    try:
        text = files.read(path)[: 1024 * 1024].decode("utf-8", "replace")
    except OSError:
        return []
    return [line.split(":") for line in text.splitlines() if line.strip() and not line.startswith("#")]


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 11 else None


def find(files: Files, wanted: str, more: Sequence[str] = ()) -> User:
    """The user that `--user` or USER names, in `more` groups as well; raises Refused where the files do not know it."""
    name, colon, group = wanted.partition(":")
    passwd = [row for row in rows(files, "/etc/passwd") if len(row) >= 6]
    number = _number(name)
    entry = None
    for row in passwd:
        if row[0] == (name or "root") or (number is not None and row[2] == str(number)):
            entry = row
            break
    if entry is not None:
        uid, gid = _number(entry[2]) or 0, _number(entry[3]) or 0
        known, home = entry[0], entry[5] or "/"
    elif name == "" or number is not None:
        uid, gid, known, home = number or 0, 0, name or "root", "/root" if not number else "/"
        if uid > 2**31 - 1:
            raise Refused(500, "uids and gids must be in range 0-2147483647")
    else:
        raise Refused(500, f"unable to find user {name}: no matching entries in passwd file")
    groups = {
        _number(row[2]) or 0
        for row in rows(files, "/etc/group")
        if len(row) >= 4 and known in row[3].strip().split(",")
    }
    if colon and group:
        gid = _group(files, group)
        groups = set()
    groups |= {_group(files, each) for each in more}
    return User(name=known, uid=uid, gid=gid, groups=frozenset(groups | {gid}), home=home)


def _group(files: Files, wanted: str) -> int:
    number = _number(wanted)
    for row in rows(files, "/etc/group"):
        if len(row) >= 3 and (row[0] == wanted or (number is not None and row[2] == str(number))):
            return _number(row[2]) or 0
    if number is None:
        raise Refused(500, f"unable to find group {wanted}: no matching entries in group file")
    return number
