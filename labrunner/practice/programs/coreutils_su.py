"""su and sudo: a command as another user."""

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import busybox, careful, complain
from labrunner.practice.programs.process import Process, Program
from labrunner.practice.programs.starting import become


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


SU: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "su": su,
        "sudo": sudo,
    }.items()
}
