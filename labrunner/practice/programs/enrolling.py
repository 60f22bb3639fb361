"""Writes users and groups into a container's passwd and group files."""

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import Usage, busybox, complain
from labrunner.practice.programs.process import Process


async def denied(process: Process) -> int | None:
    if process.uid == 0:
        return None
    return await complain(
        process, "permission denied (are you root?)" if busybox(process) else "Permission denied."
    )


def append(process: Process, path: str, line: str) -> None:
    old = process.files.read(path) if process.files.exists(path) else b""
    if old and not old.endswith(b"\n"):
        old += b"\n"
    process.files.write(path, old + line.encode() + b"\n")


def free(used: set[int], first: int, last: int, *, down: bool) -> int:
    numbers = range(last, first - 1, -1) if down else range(first, last + 1)
    return next((number for number in numbers if number not in used), last + 1)


def new_group(process: Process, name: str, gid: int | None, *, system: bool) -> int:
    accounts = Accounts(process.files)
    used = {int(row[2]) for row in accounts.groups}
    if gid is None:
        gid = (
            free(used, 100, 999, down=not busybox(process)) if system else free(used, 1000, 59999, down=False)
        )
    append(process, "/etc/group", f"{name}:x:{gid}:")
    return gid


def new_user(
    process: Process,
    name: str,
    uid: int | None,
    gid: int,
    *,
    home: str,
    shell: str,
    comment: str,
    system: bool,
) -> int:
    accounts = Accounts(process.files)
    used = {int(row[2]) for row in accounts.users}
    if uid is None:
        uid = (
            free(used, 100, 999, down=not busybox(process)) if system else free(used, 1000, 59999, down=False)
        )
    append(process, "/etc/passwd", f"{name}:x:{uid}:{gid}:{comment}:{home}:{shell}")
    if process.files.exists("/etc/shadow"):
        append(process, "/etc/shadow", f"{name}:!:20000:0:99999:7:::")
    return uid


def make_home(process: Process, home: str, uid: int, gid: int) -> None:
    if not process.files.exists(home):
        process.files.mkdir(home, parents=True)
        process.files.chown(home, uid, gid)
        for name in process.files.list("/etc/skel") if process.files.exists("/etc/skel") else ():
            if process.files.stat(f"/etc/skel/{name}").kind == "file":
                process.files.write(f"{home}/{name}", process.files.read(f"/etc/skel/{name}"))
                process.files.chown(f"{home}/{name}", uid, gid)


def add_member(process: Process, user: str, group: str) -> bool:
    rows = process.files.read("/etc/group").decode("utf-8", "replace").splitlines()
    made: list[str] = []
    found = False
    for row in rows:
        fields = row.split(":")
        if len(fields) >= 4 and fields[0] == group:
            found = True
            members = [member for member in fields[3].split(",") if member]
            if user not in members:
                members.append(user)
            row = ":".join([*fields[:3], ",".join(members)])
        made.append(row)
    if found:
        process.files.write("/etc/group", ("\n".join(made) + "\n").encode())
    return found


async def make_group(
    process: Process, words: list[str], gid: str | None, *, system: bool, status: int
) -> int:
    if len(words) != 1:
        raise Usage("missing group name")
    accounts = Accounts(process.files)
    name = words[0]
    if any(row[0] == name for row in accounts.groups):
        await complain(
            process, f"group '{name}' in use" if busybox(process) else f"group '{name}' already exists"
        )
        return status
    number = int(gid) if gid is not None and gid.isdigit() else None
    if number is not None and any(row[2] == str(number) for row in accounts.groups):
        await complain(
            process, f"gid '{number}' in use" if busybox(process) else f"GID '{number}' already exists"
        )
        return 1 if status == 1 else 4
    new_group(process, name, number, system=system)
    return 0
