"""A small init: it runs one program as its child, hands on the signals it gets, and ends as the child ends."""

from collections.abc import Callable

from labrunner.practice.programs.process import Child, Process

PASSED_ON = ("TERM", "INT", "HUP", "QUIT", "USR1", "USR2", "WINCH", "CONT", "ABRT", "ALRM")
_FLAGS = frozenset("svgw")
_WITH_VALUE = frozenset("pe")


async def tini(process: Process) -> int:
    words = list(process.argv[1:])
    while words and words[0].startswith("-"):
        word = words.pop(0)
        if word == "--":
            break
        if word == "--version":
            await process.stdout.write(b"tini version 0.19.0, simulated by labrunner's practice engine\n")
            return 0
        if word == "-h":
            await process.stderr.write(
                b"tini (simulated): tini [-s] [-v] [-g] [-w] [--] PROGRAM [ARGUMENT...]\n"
            )
            return 0
        if set(word[1:]) <= _FLAGS and word != "-":
            continue
        if word[1] in _WITH_VALUE:
            if len(word) == 2 and words:
                words.pop(0)
            continue
        await process.stderr.write(f"tini: labrunner's practice engine does not simulate '{word}'\n".encode())
        return 1
    if not words:
        await process.stderr.write(b"tini (simulated): tini [-s] [-v] [-g] [-w] [--] PROGRAM [ARGUMENT...]\n")
        return 1
    return await watch_over(process, tuple(words))


async def watch_over(process: Process, argv: tuple[str, ...]) -> int:
    """Runs the program as a child of its own and passes signals on to it."""
    kernel = process.kernel
    if kernel is None:
        return await process.run(argv)
    try:
        file = kernel.which(process, argv[0], process.env.get("PATH"))
    except OSError as error:
        await process.stderr.write(
            f"[FATAL tini ({process.pid})] exec {argv[0]} failed: {error.strerror}\n".encode()
        )
        return 126 if isinstance(error, PermissionError) else 127

    async def program(child: Process) -> int:
        return await kernel.execute(child, file, argv)

    child = kernel.fork(process, program, fds=process.fds, argv=argv)
    return await pass_signals(process, child)


async def pass_signals(process: Process, child: Child) -> int:
    """Hands every signal on to the child until it ends; its exit status."""

    def passing(name: str) -> Callable[[], None]:
        return lambda: child.signal(name)

    for name in PASSED_ON:
        process.on_signal(name, passing(name))
    return await child.wait()
