"""adduser and addgroup: busybox's, and Debian's with the options that Dockerfiles use."""

import re

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import Usage, busybox, careful, complain, options, say
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


async def adduser(process: Process) -> int:
    if (status := await denied(process)) is not None:
        return status
    long = {
        "system": "S",
        "disabled-password": "D",
        "disabled-login": "D",
        "no-create-home": "H",
        "home": "h",
        "shell": "s",
        "gecos": "g",
        "comment": "g",
        "ingroup": "G",
        "uid": "u",
        "gid": "i",
        "group": "N",
        "quiet": "q",
        "force-badname": "q",
        "allow-bad-names": "q",
    }
    chosen = options(process.argv[1:], flags="SDHNq", valued="hgsGuki", long=long)
    words = chosen.words
    accounts = Accounts(process.files)
    if not words:
        raise Usage("missing user name")
    name = words[0]
    if len(words) == 2:
        if accounts.row(name) is None:
            return await complain(process, f"unknown user {name}")
        if not add_member(process, name, words[1]):
            return await complain(process, f"unknown group {words[1]}")
        if not busybox(process):
            await say(process, f"Adding user `{name}' to group `{words[1]}' ...\nDone.\n")
        return 0
    if not re.fullmatch(r"[a-zA-Z_][a-zA-Z0-9_.-]*\$?", name):
        return await complain(
            process,
            f"illegal user name '{name}'"
            if busybox(process)
            else "Please enter a username matching the regular expression",
        )
    if any(row[0] == name for row in accounts.users):
        if busybox(process):
            return await complain(process, f"user '{name}' in use")
        if "S" in chosen:
            return 0
        await process.stderr.write(f"adduser: The user `{name}' already exists.\n".encode())
        return 1
    if "D" not in chosen and "S" not in chosen:
        await process.stderr.write(
            b"practice engine: asking for a password is not simulated; use -D or --disabled-password\n"
        )
        return 1
    wanted = chosen.values.get("u")
    uid = int(wanted) if wanted is not None and wanted.isdigit() else None
    if uid is not None and any(row[2] == str(uid) for row in accounts.users):
        return await complain(
            process, f"uid '{uid}' in use" if busybox(process) else f"The UID {uid} is already in use."
        )
    system = "S" in chosen
    group = chosen.values.get("G")
    if group is None and chosen.values.get("i", "").isdigit():
        group = accounts.group(int(chosen.values["i"]))
    gid = accounts.gid(group) if group is not None else None
    if group is not None and gid is None:
        return await complain(
            process, f"unknown group {group}" if busybox(process) else f"The group `{group}' does not exist."
        )
    if gid is None and system and (busybox(process) or "N" not in chosen):
        gid = accounts.gid("nogroup") if accounts.gid("nogroup") is not None else 65534
        if not busybox(process):
            gid = 65534
    if uid is None:
        used = {int(row[2]) for row in accounts.users} | {
            int(row[2]) for row in accounts.groups if gid is None
        }
        uid = free(used, 100, 999, down=False) if system else free(used, 1000, 59999, down=False)
    if gid is None:
        gid = new_group(process, name, uid, system=system)
    home = chosen.values.get("h") or (f"/home/{name}" if not system or busybox(process) else "/nonexistent")
    shell = chosen.values.get("s") or (
        "/bin/sh"
        if busybox(process) and not system
        else "/bin/false"
        if busybox(process)
        else "/usr/sbin/nologin"
        if system
        else "/bin/bash"
    )
    new_user(
        process, name, uid, gid, home=home, shell=shell, comment=chosen.values.get("g", ""), system=system
    )
    if "H" not in chosen and home != "/nonexistent":
        make_home(process, home, uid, gid)
    if not busybox(process) and "q" not in chosen:
        await say(process, f"Adding {'system ' if system else ''}user `{name}' ...\n")
    return 0


async def addgroup(process: Process) -> int:
    if (status := await denied(process)) is not None:
        return status
    chosen = options(process.argv[1:], flags="Sq", valued="g", long={"system": "S", "gid": "g", "quiet": "q"})
    words = chosen.words
    if len(words) == 2:
        if not add_member(process, words[0], words[1]):
            return await complain(process, f"unknown group {words[1]}")
        return 0
    return await make_group(process, chosen.words, chosen.values.get("g"), system="S" in chosen, status=1)


ADDUSER: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "addgroup": addgroup,
        "adduser": adduser,
    }.items()
}
