"""The program `nginx`: its switches, and what each of them does."""

from dataclasses import dataclass

from labrunner.practice.programs.nginx.configuration import Configuration
from labrunner.practice.programs.nginx.language import BadConfiguration, Directive, Source
from labrunner.practice.programs.nginx.master import Master, stamp, workers
from labrunner.practice.programs.nginx.understanding import understand
from labrunner.practice.programs.process import Process

_SIGNALS = {"stop": "TERM", "quit": "QUIT", "reload": "HUP", "reopen": "USR1"}

HELP = """\
Usage: nginx [-?hvVtT] [-c FILE] [-g DIRECTIVES] [-s SIGNAL]

What labrunner's practice engine simulates of it:
  -?,-h          this help
  -v             the version
  -V             the version and how it came about
  -t             test the configuration
  -T             test the configuration and print it
  -q             only errors while testing
  -s SIGNAL      tell the running nginx: stop, quit, reopen, reload
  -c FILE        another configuration file (/etc/nginx/nginx.conf)
  -g DIRECTIVES  directives besides those of the file
"""


class _Usage(Exception):
    """Switches that nginx does not take."""


@dataclass(slots=True, kw_only=True)
class _Switches:
    file: str = "/etc/nginx/nginx.conf"
    directives: str = ""
    signal: str = ""
    test: bool = False
    dump: bool = False
    quiet: bool = False
    told: str = ""


async def nginx(process: Process) -> int:
    version = process.version or "0"
    try:
        switches = _read_switches(process.argv[1:])
    except _Usage as wrong:
        await process.stderr.write(f"nginx: {wrong}\n".encode())
        return 1
    if switches.told:
        text = f"nginx version: nginx/{version}\n"
        if switches.told == "help":
            text += HELP
        elif switches.told == "about":
            text += (
                "a stand-in, simulated by labrunner's practice engine: nothing was compiled or configured\n"
            )
        await process.stderr.write(text.encode())
        return 0
    texts: dict[str, str] = {}
    try:
        configuration = _load(process, switches, texts)
    except BadConfiguration as bad:
        await process.stderr.write(f"{stamp()} [emerg] {process.pid}#{process.pid}: {bad}\n".encode())
        await process.stderr.write(f"nginx: [emerg] {bad}\n".encode())
        if switches.test or switches.dump:
            await process.stderr.write(f"nginx: configuration file {switches.file} test failed\n".encode())
        return 1
    if switches.test or switches.dump:
        return await _tested(process, switches, texts)
    if switches.signal:
        return await _tell(process, configuration, switches.signal)
    return await Master(
        process=process, configuration=configuration, load=lambda: _load(process, switches, {})
    ).run()


def _read_switches(words: tuple[str, ...]) -> _Switches:
    found = _Switches()
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if not word.startswith("-") or word == "-":
            raise _Usage(f'invalid option: "{word}"')
        for at, letter in enumerate(word[1:], start=1):
            match letter:
                case "?" | "h":
                    found.told = "help"
                case "v":
                    found.told = "version"
                case "V":
                    found.told = "about"
                case "t":
                    found.test = True
                case "T":
                    found.dump = True
                case "q":
                    found.quiet = True
                case "c" | "g" | "s" | "e" | "p":
                    value = word[at + 1 :] or (rest.pop(0) if rest else "")
                    _set(found, letter, value)
                    break
                case _:
                    raise _Usage(f'invalid option: "{letter}"')
    return found


def _set(found: _Switches, letter: str, value: str) -> None:
    match letter:
        case "c":
            if not value:
                raise _Usage('option "-c" requires file name')
            found.file = value if value.startswith("/") else f"/etc/nginx/{value}"
        case "g":
            if not value:
                raise _Usage('option "-g" requires parameter')
            found.directives = value
        case "s":
            if value not in _SIGNALS:
                raise _Usage(f'invalid option: "-s {value}"' if value else 'option "-s" requires parameter')
            found.signal = value
        case _:
            raise _Usage(f'option "-{letter}" is not simulated by labrunner\'s practice engine')


def _load(process: Process, switches: _Switches, texts: dict[str, str]) -> Configuration:
    source = Source(files=process.files, texts=texts)
    given: tuple[Directive, ...] = ()
    if switches.directives:
        text = (
            switches.directives
            if switches.directives.rstrip().endswith((";", "}"))
            else switches.directives + ";"
        )
        given = source.parsed(text, "command line")
    listed = source.read(switches.file)
    names = {each.name for each in listed}
    for each in given:
        if each.name in names and each.block is None:
            raise BadConfiguration(f'"{each.name}" directive is duplicate in {switches.file}')
    configuration = understand((*given, *listed))
    if configuration.user != "nobody":
        workers(process, configuration)
    return configuration


async def _tested(process: Process, switches: _Switches, texts: dict[str, str]) -> int:
    if not switches.quiet:
        await process.stderr.write(
            f"nginx: the configuration file {switches.file} syntax is ok\n"
            f"nginx: configuration file {switches.file} test is successful\n".encode()
        )
    if switches.dump:
        for path, text in texts.items():
            await process.stdout.write(f"# configuration file {path}:\n{text}\n".encode())
    return 0


async def _tell(process: Process, configuration: Configuration, signal: str) -> int:
    """`nginx -s`: the running nginx is found by the number in its pid file."""
    await process.stderr.write(
        f"{stamp()} [notice] {process.pid}#{process.pid}: signal process started\n".encode()
    )
    try:
        number = process.files.read(configuration.pid).strip()
    except OSError:
        await process.stderr.write(
            f'nginx: [error] open() "{configuration.pid}" failed (2: No such file or directory)\n'.encode()
        )
        return 1
    if not number.isdigit():
        await process.stderr.write(
            b'nginx: [error] invalid PID number "%s" in "%s"\n' % (number, configuration.pid.encode())
        )
        return 1
    try:
        if process.kernel is None:
            raise ProcessLookupError(3, "No such process")
        process.kernel.kill(int(number), _SIGNALS[signal])
    except OSError as error:
        await process.stderr.write(
            f"nginx: [alert] kill({int(number)}, {_SIGNALS[signal]}) failed ({error.errno}: {error.strerror})\n".encode()
        )
        return 1
    return 0
