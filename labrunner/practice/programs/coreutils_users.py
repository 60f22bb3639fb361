"""Commands about users and groups, which read and write the container's own passwd and group files."""

import re

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import Usage, busybox, careful, complain, options, say
from labrunner.practice.programs.process import Process, Program
from labrunner.practice.programs.starting import become


async def id_(process: Process) -> int:
    chosen = options(
        process.argv[1:],
        flags="ugGnrz",
        long={"user": "u", "group": "g", "groups": "G", "name": "n", "real": "r"},
    )
    accounts = Accounts(process.files)
    uid, gid, groups = process.uid, process.gid, [process.gid]
    if chosen.words:
        row = accounts.row(chosen.words[0])
        if row is None:
            word = chosen.words[0]
            return await complain(
                process, f"unknown user {word}" if busybox(process) else f"'{word}': no such user"
            )
        uid, gid = int(row[2]), int(row[3] or 0)
        groups = [gid, *(each for each in accounts.groups_of(row[0]) if each != gid)]
    else:
        extra: frozenset[int] = getattr(process.files, "groups", frozenset())
        groups += sorted(each for each in extra if each != gid)
    named = "n" in chosen
    if "u" in chosen:
        text = accounts.user(uid) if named else str(uid)
    elif "g" in chosen:
        text = accounts.group(gid) if named else str(gid)
    elif "G" in chosen:
        text = " ".join(accounts.group(each) if named else str(each) for each in groups)
    else:
        shown = ",".join(_labelled(each, accounts.group(each)) for each in groups)
        text = f"uid={_labelled(uid, accounts.user(uid))} gid={_labelled(gid, accounts.group(gid))} groups={shown}"
    await say(process, f"{text}\n")
    return 0


def _labelled(number: int, name: str) -> str:
    return f"{number}({name})" if name != str(number) else str(number)


async def whoami(process: Process) -> int:
    name = Accounts(process.files).user(process.uid)
    if name == str(process.uid):
        if busybox(process):
            return await complain(process, f"unknown uid {process.uid}")
        return await complain(process, f"cannot find name for user ID {process.uid}")
    await say(process, f"{name}\n")
    return 0


async def groups(process: Process) -> int:
    accounts = Accounts(process.files)
    name = process.argv[1] if len(process.argv) > 1 else accounts.user(process.uid)
    row = accounts.row(name)
    if row is None:
        return await complain(process, f"'{name}': no such user") if len(process.argv) > 1 else 0
    ids = [int(row[3] or 0), *(each for each in accounts.groups_of(row[0]) if each != int(row[3] or 0))]
    text = " ".join(accounts.group(each) for each in ids)
    await say(
        process, f"{name} : {text}\n" if len(process.argv) > 1 and not busybox(process) else f"{text}\n"
    )
    return 0


# -- making them


async def _denied(process: Process) -> int | None:
    if process.uid == 0:
        return None
    return await complain(
        process, "permission denied (are you root?)" if busybox(process) else "Permission denied."
    )


def _append(process: Process, path: str, line: str) -> None:
    old = process.files.read(path) if process.files.exists(path) else b""
    if old and not old.endswith(b"\n"):
        old += b"\n"
    process.files.write(path, old + line.encode() + b"\n")


def _free(used: set[int], first: int, last: int, *, down: bool) -> int:
    numbers = range(last, first - 1, -1) if down else range(first, last + 1)
    return next((number for number in numbers if number not in used), last + 1)


def _new_group(process: Process, name: str, gid: int | None, *, system: bool) -> int:
    accounts = Accounts(process.files)
    used = {int(row[2]) for row in accounts.groups}
    if gid is None:
        gid = (
            _free(used, 100, 999, down=not busybox(process))
            if system
            else _free(used, 1000, 59999, down=False)
        )
    _append(process, "/etc/group", f"{name}:x:{gid}:")
    return gid


def _new_user(
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
            _free(used, 100, 999, down=not busybox(process))
            if system
            else _free(used, 1000, 59999, down=False)
        )
    _append(process, "/etc/passwd", f"{name}:x:{uid}:{gid}:{comment}:{home}:{shell}")
    if process.files.exists("/etc/shadow"):
        _append(process, "/etc/shadow", f"{name}:!:20000:0:99999:7:::")
    return uid


def _make_home(process: Process, home: str, uid: int, gid: int) -> None:
    if not process.files.exists(home):
        process.files.mkdir(home, parents=True)
        process.files.chown(home, uid, gid)
        for name in process.files.list("/etc/skel") if process.files.exists("/etc/skel") else ():
            if process.files.stat(f"/etc/skel/{name}").kind == "file":
                process.files.write(f"{home}/{name}", process.files.read(f"/etc/skel/{name}"))
                process.files.chown(f"{home}/{name}", uid, gid)


def _add_member(process: Process, user: str, group: str) -> bool:
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


async def adduser(process: Process) -> int:
    """busybox's, and Debian's with the options that Dockerfiles use."""
    if (denied := await _denied(process)) is not None:
        return denied
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
        if not _add_member(process, name, words[1]):
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
        uid = _free(used, 100, 999, down=False) if system else _free(used, 1000, 59999, down=False)
    if gid is None:
        gid = _new_group(process, name, uid, system=system)
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
    _new_user(
        process, name, uid, gid, home=home, shell=shell, comment=chosen.values.get("g", ""), system=system
    )
    if "H" not in chosen and home != "/nonexistent":
        _make_home(process, home, uid, gid)
    if not busybox(process) and "q" not in chosen:
        await say(process, f"Adding {'system ' if system else ''}user `{name}' ...\n")
    return 0


async def addgroup(process: Process) -> int:
    if (denied := await _denied(process)) is not None:
        return denied
    chosen = options(process.argv[1:], flags="Sq", valued="g", long={"system": "S", "gid": "g", "quiet": "q"})
    words = chosen.words
    if len(words) == 2:
        if not _add_member(process, words[0], words[1]):
            return await complain(process, f"unknown group {words[1]}")
        return 0
    return await _make_group(process, chosen.words, chosen.values.get("g"), system="S" in chosen, status=1)


async def groupadd(process: Process) -> int:
    if (denied := await _denied(process)) is not None:
        return denied
    chosen = options(
        process.argv[1:], flags="rfo", valued="gKp", long={"system": "r", "gid": "g", "force": "f"}
    )
    if "f" in chosen and chosen.words and Accounts(process.files).gid(chosen.words[0]) is not None:
        return 0
    return await _make_group(process, chosen.words, chosen.values.get("g"), system="r" in chosen, status=9)


async def _make_group(
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
    _new_group(process, name, number, system=system)
    return 0


async def useradd(process: Process) -> int:
    if (denied := await _denied(process)) is not None:
        return denied
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
        uid = _free(used, 100, 999, down=True) if system else _free(used, 1000, 59999, down=False)
    if gid is None:
        gid = (
            100
            if "N" in chosen
            else _new_group(
                process,
                name,
                uid if not any(int(row[2]) == uid for row in accounts.groups) else None,
                system=system,
            )
        )
    home = chosen.values.get("d") or f"/home/{name}"
    _new_user(
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
        _add_member(process, name, group)
    if "m" in chosen:
        _make_home(process, home, uid, gid)
    return 0


async def usermod(process: Process) -> int:
    if (denied := await _denied(process)) is not None:
        return denied
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
        if group and not _add_member(process, name, group):
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
    if (denied := await _denied(process)) is not None:
        return denied
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


async def su(process: Process) -> int:
    words = list(process.argv[1:])
    login = command = ""
    name, shell = "root", ""
    rest: list[str] = []
    while words:
        word = words.pop(0)
        if word in ("-", "-l", "--login"):
            login = "-"
        elif word in ("-c", "--command") and words:
            command = words.pop(0)
        elif word in ("-s", "--shell") and words:
            shell = words.pop(0)
        elif word in ("-m", "-p"):
            continue
        elif not rest and name == "root" and not word.startswith("-"):
            name = word
            rest = words
            break
    if "-c" in rest:
        place = rest.index("-c")
        command = rest[place + 1] if place + 1 < len(rest) else ""
        rest = rest[place + 2 :]
    if "-s" in rest:
        place = rest.index("-s")
        shell = rest[place + 1] if place + 1 < len(rest) else ""
    row = Accounts(process.files).row(name)
    if row is None:
        unknown = (
            f"unknown user {name}"
            if busybox(process)
            else f"user {name} does not exist or the user entry does not contain all the required fields"
        )
        return await complain(process, unknown)
    if process.uid != 0 and process.uid != int(row[2]):
        return await complain(
            process, "must be suid to work properly" if busybox(process) else "Authentication failure"
        )
    kernel = process.kernel
    assert kernel is not None
    program = shell or row[6] or "/bin/sh"
    argv = [f"-{program.rpartition('/')[2]}" if login else program, *(["-c", command] if command else [])]
    env = {**process.env, "HOME": row[5] or "/", "USER": name, "LOGNAME": name, "SHELL": program}

    async def body(child: Process) -> int:
        return await kernel.execute(child, program, argv)

    cwd = (row[5] or "/") if login and process.files.exists(row[5] or "/") else process.cwd
    user = (row[0], int(row[2]), int(row[3] or 0))
    child = kernel.fork(process, body, fds=process.fds, argv=argv, env=env, cwd=cwd, user=user)
    return await child.wait()


async def sudo(process: Process) -> int:
    words = [word for word in process.argv[1:] if word not in ("-E", "-H", "-n", "--")]
    return await become(process, words) if words else 1


async def passwd(process: Process) -> int:
    return await complain(process, "practice engine: passwords are not simulated")


USERS: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "addgroup": addgroup,
        "adduser": adduser,
        "chpasswd": passwd,
        "delgroup": remove,
        "deluser": remove,
        "groupadd": groupadd,
        "groupdel": remove,
        "groups": groups,
        "id": id_,
        "logname": whoami,
        "passwd": passwd,
        "su": su,
        "sudo": sudo,
        "useradd": useradd,
        "userdel": remove,
        "usermod": usermod,
        "whoami": whoami,
    }.items()
}
