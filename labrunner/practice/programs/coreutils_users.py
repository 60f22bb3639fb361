"""Who one is: id, whoami, groups, from the container's own passwd and group files."""

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import busybox, careful, complain, options, say
from labrunner.practice.programs.process import Process, Program


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


async def passwd(process: Process) -> int:
    return await complain(process, "practice engine: passwords are not simulated")


USERS: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "chpasswd": passwd,
        "groups": groups,
        "id": id_,
        "logname": whoami,
        "passwd": passwd,
        "whoami": whoami,
    }.items()
}
