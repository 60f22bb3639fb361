"""su-exec and gosu: a program under another user, with its signals and its exit status."""

from labrunner.practice.programs.process import Process
from labrunner.practice.programs.tini import pass_signals


async def su_exec(process: Process) -> int:
    """su-exec and gosu: the named user, then the program in this one's place."""
    name = process.argv[0].rpartition("/")[2]
    words = process.argv[1:]
    if len(words) < 2:
        await process.stderr.write(f"Usage: {name} USER[:GROUP] COMMAND [ARGUMENT...]\n".encode())
        return 1
    who = _identity(process, words[0])
    if who is None:
        await process.stderr.write(f"error: failed switching to '{words[0]}': no such user\n".encode())
        return 1
    if process.uid != 0 and who[1] != process.uid:
        await process.stderr.write(
            f"error: failed switching to '{words[0]}': operation not permitted\n".encode()
        )
        return 1
    kernel = process.kernel
    if kernel is None:
        return await process.run(words[1:])
    try:
        file = kernel.which(process, words[1], process.env.get("PATH"))
    except OSError as error:
        await process.stderr.write(f"error: exec: {words[1]}: {error.strerror}\n".encode())
        return 126 if isinstance(error, PermissionError) else 127

    async def program(child: Process) -> int:
        return await kernel.execute(child, file, words[1:])

    child = kernel.fork(process, program, fds=process.fds, argv=words[1:], user=who)
    return await pass_signals(process, child)


def _identity(process: Process, text: str) -> tuple[str, int, int] | None:
    user, _, group = text.partition(":")
    found: tuple[str, int, int] | None = (user, int(user), 0) if user.isdigit() else None
    for fields in _rows(process, "/etc/passwd"):
        if len(fields) > 3 and user in (fields[0], fields[2]):
            found = (fields[0], int(fields[2]), int(fields[3]))
            break
    if found is None or not group:
        return found
    if group.isdigit():
        return (found[0], found[1], int(group))
    for fields in _rows(process, "/etc/group"):
        if len(fields) > 2 and fields[0] == group:
            return (found[0], found[1], int(fields[2]))
    return None


def _rows(process: Process, path: str) -> list[list[str]]:
    try:
        return [line.split(":") for line in process.files.read(path).decode("utf-8", "replace").splitlines()]
    except OSError:
        return []
