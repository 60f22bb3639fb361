"""find: walks the container's files, with the tests and actions that scripts use."""

import posixpath
import time
from collections.abc import Awaitable, Callable

from labrunner.practice.programs.accounts import Accounts
from labrunner.practice.programs.applet import absolute, busybox, complain, files_of, reason, say
from labrunner.practice.programs.breath import Breath
from labrunner.practice.programs.modes import changed_mode
from labrunner.practice.programs.process import FileStat, Process, Program
from labrunner.practice.programs.shell.patterns import compiled
from labrunner.practice.programs.sizes import size_of
from labrunner.practice.programs.starting import start

Test = Callable[["_Found"], Awaitable[bool]]
_TYPES = {"f": "file", "d": "folder", "l": "link", "p": "fifo", "c": "device"}


class _Bad(Exception):
    """An expression that is none."""


class _Found:
    def __init__(self, shown: str, path: str, stat: FileStat, depth: int) -> None:
        self.shown = shown
        self.path = path
        self.stat = stat
        self.depth = depth
        self.pruned = False


class _Expression:
    """Reads the words after the starting points into one test."""

    def __init__(self, process: Process, words: list[str]) -> None:
        self.process = process
        self.words = words
        self.acts = False
        self.depth_first = False
        self.lowest, self.highest = 0, 1_000_000
        self.batches: list[tuple[list[str], list[str]]] = []
        self.status = 0

    def whole(self) -> Test:
        test = self._or() if self.words else None
        if self.words:
            raise _Bad(f"unexpected argument '{self.words[0]}'")
        if self.acts and test is not None:
            return test

        async def printed(found: _Found) -> bool:
            if test is None or await test(found):
                await say(self.process, f"{found.shown}\n")
            return True

        return printed

    def _or(self) -> Test:
        tests = [self._and()]
        while self.words[:1] in (["-o"], ["-or"]):
            self.words.pop(0)
            tests.append(self._and())

        async def either(found: _Found) -> bool:
            for test in tests:
                if await test(found):
                    return True
            return False

        return either if len(tests) > 1 else tests[0]

    def _and(self) -> Test:
        tests: list[Test] = []
        while self.words and self.words[0] not in ("-o", "-or", ")"):
            if self.words[0] in ("-a", "-and"):
                self.words.pop(0)
                continue
            tests.append(self._not())
        if not tests:
            raise _Bad("invalid expression")

        async def both(found: _Found) -> bool:
            for test in tests:
                if not await test(found):
                    return False
            return True

        return both

    def _not(self) -> Test:
        if self.words[0] in ("!", "-not"):
            self.words.pop(0)
            if not self.words:
                raise _Bad("expected an expression after '!'")
            test = self._not()

            async def other(found: _Found) -> bool:
                return not await test(found)

            return other
        if self.words[0] == "(":
            self.words.pop(0)
            inner = self._or()
            if self.words[:1] != [")"]:
                raise _Bad("missing closing ')'")
            self.words.pop(0)
            return inner
        return self._primary()

    def _word(self, name: str) -> str:
        if not self.words:
            raise _Bad(f"missing argument to `{name}'")
        return self.words.pop(0)

    def _primary(self) -> Test:
        name = self.words.pop(0)
        plain = self._plain(name)
        if plain is not None:

            async def check(found: _Found) -> bool:
                return plain(found)

            return check
        self.acts = True
        match name:
            case "-print" | "-print0":
                end = "\0" if name == "-print0" else "\n"

                async def show(found: _Found) -> bool:
                    await say(self.process, found.shown + end)
                    return True

                return show
            case "-printf":
                template = self._word(name)

                async def formatted(found: _Found) -> bool:
                    await say(self.process, _printed(template, found, Accounts(self.process.files)))
                    return True

                return formatted
            case "-delete":
                self.depth_first = True
                return self._delete
            case "-exec" | "-execdir" | "-ok":
                return self._exec(name)
            case "-ls":

                async def listed(found: _Found) -> bool:
                    await start(self.process, ["ls", "-dils", found.shown])
                    return True

                return listed
            case "-quit":

                async def leave(_found: _Found) -> bool:
                    raise StopAsyncIteration

                return leave
            case _:
                raise _Bad(f"unknown predicate `{name}'")

    def _plain(self, name: str) -> Callable[[_Found], bool] | None:
        match name:
            case "-name" | "-iname":
                text = self._word(name)
                fold = name == "-iname"
                pattern = compiled([(text.lower() if fold else text, False)])
                return lambda found: pattern.matches(_base(found, fold=fold))
            case "-path" | "-wholename" | "-ipath":
                pattern = compiled([(self._word(name), False)])
                return lambda found: pattern.matches(found.shown)
            case "-type":
                kinds = {_TYPES.get(letter, "") for letter in self._word(name).split(",")}
                return lambda found: found.stat.kind in kinds
            case "-maxdepth" | "-mindepth":
                text = self._word(name)
                if not text.isdigit():
                    raise _Bad(f"Expected a positive decimal integer argument to {name}, but got '{text}'")
                if name == "-maxdepth":
                    self.highest = int(text[:6])
                else:
                    self.lowest = int(text[:6])
                return lambda _: True
            case "-size":
                return _sized(self._word(name))
            case "-empty":
                return self._empty
            case "-newer":
                moment = self.process.files.stat(absolute(self.process, self._word(name))).mtime
                return lambda found: found.stat.mtime > moment
            case "-mtime" | "-mmin" | "-atime" | "-ctime" | "-amin" | "-cmin":
                return _aged(self._word(name), 86400 if name.endswith("time") else 60)
            case "-user":
                uid = Accounts(self.process.files).uid(self._word(name))
                return lambda found: found.stat.uid == uid
            case "-group":
                gid = Accounts(self.process.files).gid(self._word(name))
                return lambda found: found.stat.gid == gid
            case "-uid":
                wanted = self._word(name)
                return lambda found: str(found.stat.uid) == wanted
            case "-nouser":
                users = {int(row[2]) for row in Accounts(self.process.files).users}
                return lambda found: found.stat.uid not in users
            case "-perm":
                return _permitted(self._word(name))
            case "-executable" | "-readable" | "-writable":
                bit = {"-executable": 1, "-readable": 4, "-writable": 2}[name]
                return lambda found: files_of(self.process).access(found.path, bit)
            case "-prune":
                return _prune
            case "-true" | "-xdev" | "-mount" | "-noleaf" | "-follow":
                return lambda _: True
            case "-false":
                return lambda _: False
            case "-depth" | "-d":
                self.depth_first = True
                return lambda _: True
            case _:
                return None

    def _empty(self, found: _Found) -> bool:
        if found.stat.kind == "folder":
            return not self.process.files.list(found.path)
        return found.stat.kind == "file" and found.stat.size == 0

    async def _delete(self, found: _Found) -> bool:
        if found.shown in (".", "./"):
            return True
        try:
            self.process.files.remove(found.path)
        except OSError as error:
            self.status = await complain(self.process, f"cannot delete '{found.shown}': {reason(error)}")
            return False
        return True

    def _exec(self, name: str) -> Test:
        command: list[str] = []
        while True:
            word = self._word(name)
            if word == ";":
                break
            if word == "+" and command and command[-1] == "{}":
                batch: list[str] = []
                self.batches.append((command[:-1], batch))

                return _gathering(batch)
            command.append(word)

        async def run(found: _Found) -> bool:
            child = await start(self.process, [word.replace("{}", found.shown) for word in command])
            return (child if isinstance(child, int) else await child.wait()) == 0

        return run


def _gathering(batch: list[str]) -> Test:
    async def gather(found: _Found) -> bool:
        batch.append(found.shown)
        return True

    return gather


def _base(found: _Found, *, fold: bool) -> str:
    name = found.shown.rstrip("/").rpartition("/")[2] or found.shown
    return name.lower() if fold else name


def _prune(found: _Found) -> bool:
    found.pruned = True
    return True


def _compared(text: str, value: float) -> bool:
    number = float(text.lstrip("+-") or 0)
    return (
        value > number
        if text.startswith("+")
        else value < number
        if text.startswith("-")
        else value == number
    )


def _sized(text: str) -> Callable[[_Found], bool]:
    unit = text[-1] if text[-1:].isalpha() else "b"
    factor = size_of(f"1{unit}")
    if factor is None or not text.lstrip("+-").rstrip("cwbkMG").isdigit():
        raise _Bad(f"Invalid argument `{text}' to -size")
    plain = text.rstrip("cwbkMG")
    return lambda found: _compared(plain, -(-found.stat.size // factor))


def _aged(text: str, unit: int) -> Callable[[_Found], bool]:
    now = time.time()
    if not text.lstrip("+-").isdigit():
        raise _Bad(f"invalid argument `{text}'")
    return lambda found: _compared(text, (now - found.stat.mtime) // unit)


def _permitted(text: str) -> Callable[[_Found], bool]:
    try:
        mode = changed_mode(text.lstrip("-/"), 0, folder=False, umask=0)
    except ValueError:
        raise _Bad(f"invalid mode `{text}'") from None
    if text.startswith("-"):
        return lambda found: found.stat.mode & mode == mode
    if text.startswith("/"):
        return lambda found: bool(found.stat.mode & mode)
    return lambda found: found.stat.mode == mode


def _printed(template: str, found: _Found, accounts: Accounts) -> str:
    from labrunner.practice.programs.shell.escapes import unescape

    letter = {"file": "f", "folder": "d", "link": "l", "fifo": "p", "device": "c"}[found.stat.kind]
    values = {
        "p": found.shown,
        "f": _base(found, fold=False),
        "h": posixpath.dirname(found.shown) or ".",
        "P": found.shown,
        "s": str(found.stat.size),
        "m": f"{found.stat.mode:o}",
        "u": accounts.user(found.stat.uid),
        "U": str(found.stat.uid),
        "g": accounts.group(found.stat.gid),
        "G": str(found.stat.gid),
        "y": letter,
        "d": str(found.depth),
        "l": found.stat.link,
        "%": "%",
    }
    text, at = unescape(template), 0
    made = ""
    while at < len(text):
        if text[at] == "%" and at + 1 < len(text):
            made += values.get(text[at + 1], f"%{text[at + 1]}")
            at += 2
        else:
            made += text[at]
            at += 1
    return made


async def find(process: Process) -> int:
    words = list(process.argv[1:])
    while words and words[0] in ("-H", "-L", "-P"):
        words.pop(0)
    starts: list[str] = []
    while words and not words[0].startswith("-") and words[0] not in ("(", "!"):
        starts.append(words.pop(0))
    expression = _Expression(process, words)
    try:
        test = expression.whole()
    except _Bad as error:
        return await complain(
            process,
            f"unrecognized: {error}" if busybox(process) and "predicate" in str(error) else str(error),
        )
    except OSError as error:
        return await complain(process, f"'{error.filename}': {reason(error)}")
    breath = Breath()

    async def visit(shown: str, path: str, depth: int) -> None:
        await breath.take()
        try:
            found = _Found(shown, path, process.files.lstat(path), depth)
        except OSError as error:
            text = f"{shown}: {reason(error)}" if busybox(process) else f"'{shown}': {reason(error)}"
            expression.status = await complain(process, text)
            return
        if not expression.depth_first and depth >= expression.lowest:
            await test(found)
        if found.stat.kind == "folder" and depth < expression.highest and not found.pruned:
            try:
                names = process.files.list(path)
            except OSError as error:
                expression.status = await complain(process, f"'{shown}': {reason(error)}")
                names = ()
            for name in names:
                await visit(f"{shown.rstrip('/') or ''}/{name}", posixpath.join(path, name), depth + 1)
        if expression.depth_first and depth >= expression.lowest:
            await test(found)

    try:
        for word in starts or ["."]:
            await visit(word, absolute(process, word).rstrip("/") or "/", 0)
    except (StopAsyncIteration, RuntimeError) as error:
        if isinstance(error, RuntimeError) and not isinstance(error.__cause__, StopAsyncIteration):
            raise
    for command, batch in expression.batches:
        if batch:
            child = await start(process, [*command, *batch])
            if (child if isinstance(child, int) else await child.wait()) != 0:
                expression.status = 1
    return expression.status


FIND: dict[str, Program] = {"find": find}
