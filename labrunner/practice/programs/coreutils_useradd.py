"""useradd, groupadd, usermod and what removes users and groups again."""

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import Usage, busybox, careful, complain, options
from labrunner.practice.programs.enrolling import (
    add_member,
    denied,
    free,
    make_group,
    make_home,
    new_group,
    new_user,
)
from labrunner.practice.programs.process import Process, Program


async def useradd(process: Process) -> int:
    if (status := await denied(process)) is not None:
        return status
    long = {
        "create-home": "m",
        "no-create-home": "M",
        "home-dir": "d",
        "home": "d",
        "shell": "s",
        "uid": "u",
        "gid": "g",
        "groups": "G",
        "comment": "c",
        "system": "r",
        "no-user-group": "N",
        "user-group": "U",
        "no-log-init": "l",
        "non-unique": "o",
    }
    chosen = options(process.argv[1:], flags="mMrNUlo", valued="dsugGcbkpeK", long=long)
    if len(chosen.words) != 1:
        raise Usage("missing login name")
    name = chosen.words[0]
    accounts = Accounts(process.files)
    if any(row[0] == name for row in accounts.users):
        await complain(process, f"user '{name}' already exists")
        return 9
    uid = int(chosen.values["u"]) if chosen.values.get("u", "").isdigit() else None
    if uid is not None and "o" not in chosen and any(row[2] == str(uid) for row in accounts.users):
        await complain(process, f"UID {uid} is not unique")
        return 4
    gid: int | None = None
    if "g" in chosen.values:
        gid = accounts.gid(chosen.values["g"])
        if gid is None:
            await complain(process, f"group '{chosen.values['g']}' does not exist")
            return 6
    extra = [group for group in chosen.values.get("G", "").split(",") if group]
    for group in extra:
        if accounts.gid(group) is None:
            await complain(process, f"group '{group}' does not exist")
            return 6
    system = "r" in chosen
    if gid is None and any(row[0] == name for row in accounts.groups):
        await complain(process, f"group {name} exists - if you want to add this user to that group, use -g.")
        return 9
    if uid is None:
        used = {int(row[2]) for row in (*accounts.users, *accounts.groups)}
        uid = free(used, 100, 999, down=True) if system else free(used, 1000, 59999, down=False)
    if gid is None:
        gid = (
            100
            if "N" in chosen
            else new_group(
                process,
                name,
                uid if not any(int(row[2]) == uid for row in accounts.groups) else None,
                system=system,
            )
        )
    home = chosen.values.get("d") or f"/home/{name}"
    new_user(
        process,
        name,
        uid,
        gid,
        home=home,
        shell=chosen.values.get("s") or "/bin/sh",
        comment=chosen.values.get("c", ""),
        system=system,
    )
    for group in extra:
        add_member(process, name, group)
    if "m" in chosen:
        make_home(process, home, uid, gid)
    return 0


async def groupadd(process: Process) -> int:
    if (status := await denied(process)) is not None:
        return status
    chosen = options(
        process.argv[1:], flags="rfo", valued="gKp", long={"system": "r", "gid": "g", "force": "f"}
    )
    if "f" in chosen and chosen.words and Accounts(process.files).gid(chosen.words[0]) is not None:
        return 0
    return await make_group(process, chosen.words, chosen.values.get("g"), system="r" in chosen, status=9)


async def usermod(process: Process) -> int:
    if (status := await denied(process)) is not None:
        return status
    chosen = options(
        process.argv[1:],
        flags="aLUm",
        valued="Ggsdulc",
        long={"append": "a", "groups": "G", "gid": "g", "shell": "s", "uid": "u", "home": "d"},
    )
    accounts = Accounts(process.files)
    name = chosen.words[0] if chosen.words else ""
    row = next((each for each in accounts.users if each[0] == name), None)
    if row is None:
        await complain(process, f"user '{name}' does not exist")
        return 6
    for group in chosen.values.get("G", "").split(","):
        if group and not add_member(process, name, group):
            await complain(process, f"group '{group}' does not exist")
            return 6
    fields = {"u": 2, "g": 3, "c": 4, "d": 5, "s": 6}
    changed = list(row)
    for letter, place in fields.items():
        if letter in chosen.values:
            value = chosen.values[letter]
            changed[place] = str(accounts.gid(value) if letter == "g" else value)
    text = process.files.read("/etc/passwd").decode("utf-8", "replace")
    process.files.write("/etc/passwd", text.replace(":".join(row), ":".join(changed)).encode())
    return 0


async def remove(process: Process) -> int:
    """deluser, userdel, delgroup, groupdel."""
    if (status := await denied(process)) is not None:
        return status
    chosen = options(
        process.argv[1:],
        flags="rfq",
        long={"remove": "r", "remove-home": "r", "force": "f", "quiet": "q", "system": "q"},
    )
    if not chosen.words:
        raise Usage("missing name")
    name = chosen.words[0]
    group = "group" in process.argv[0]
    path = "/etc/group" if group else "/etc/passwd"
    rows = process.files.read(path).decode("utf-8", "replace").splitlines()
    kept = [row for row in rows if row.split(":")[0] != name]
    if len(kept) == len(rows):
        kind = "group" if group else "user"
        await complain(
            process, f"unknown {kind} {name}" if busybox(process) else f"{kind} '{name}' does not exist"
        )
        return 1 if busybox(process) else 6
    process.files.write(path, "".join(f"{row}\n" for row in kept).encode())
    if "r" in chosen and not group:
        home = next(row.split(":")[5] for row in rows if row.split(":")[0] == name)
        if process.files.exists(home):
            process.files.remove(home, recursive=True)
    return 0


USERADD: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "delgroup": remove,
        "deluser": remove,
        "groupadd": groupadd,
        "groupdel": remove,
        "useradd": useradd,
        "userdel": remove,
        "usermod": usermod,
    }.items()
}
