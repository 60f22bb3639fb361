"""Instructions that change how an image runs and none of its files: a configuration goes in, another comes out."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from labrunner.dockerfile import Instruction, Problem, read
from labrunner.practice.build.expand import Expander
from labrunner.practice.build.golang import duration, duration_text, quoted, quoted_list
from labrunner.practice.build.grammar import flags, wrong
from labrunner.practice.build.options import Dialect
from labrunner.practice.refusal import Refused

Config = Mapping[str, Any]
DEFAULT_SHELL = ("/bin/sh", "-c")
DEFAULT_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
COMMITTED = ("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "ONBUILD", "STOPSIGNAL", "USER")
"""What `docker commit --change` and `docker import --change` take, with VOLUME and WORKDIR."""

_SIGNALS = (
    *("ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE"),
    *("POLL", "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU"),
    *("URG", "USR1", "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"),
    *(f"RTMIN+{n}" for n in range(1, 16)),
    *(f"RTMAX-{n}" for n in range(1, 15)),
)
_MOST_PORTS = 65536


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    config: Config
    said: str
    """What the history says: `CMD ["nginx"]`."""
    author: str | None = None
    command_given: bool = False
    """CMD was written in this stage, so that a later ENTRYPOINT does not take it away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One instruction with all that it depends on."""

    instruction: Instruction
    config: Config
    expander: Expander
    dialect: Dialect
    command_given: bool = False

    @property
    def words(self) -> tuple[str, ...]:
        return self.instruction.arguments

    @property
    def shell(self) -> list[str]:
        return list(self.config.get("Shell") or DEFAULT_SHELL)


def change(asked: Asked) -> Changed:
    """Raises ValueError with Docker's words. The instruction is one of `CHANGES`."""
    return CHANGES[asked.instruction.keyword](asked)


def apply_changes(config: Config, changes: Iterable[str]) -> Config:
    """The `config` of an image with instructions applied to it, as `docker commit --change` does; raises `Refused`."""
    command_given = False
    for text in changes:
        found = read(f"FROM scratch\n{text}\n")
        if isinstance(found, Problem):
            hint = f" (did you mean {found.hint}?)" if found.hint else ""
            raise Refused(400, f"{found.what}{hint}")
        for instruction in found.instructions[1:]:
            why = wrong(instruction)
            if why:
                raise Refused(400, f"dockerfile parse error on line {instruction.line - 1}: {why}")
            if instruction.keyword not in (*COMMITTED, "VOLUME", "WORKDIR"):
                raise Refused(400, f"{instruction.keyword.lower()} is not a valid change command")
            expander = Expander(variables=variables(config), escape=found.escape)
            try:
                changed = change(
                    Asked(
                        instruction=instruction,
                        config=config,
                        expander=expander,
                        dialect="classic",
                        command_given=command_given,
                    )
                )
            except ValueError as error:
                raise Refused(400, str(error)) from error
            config, command_given = changed.config, changed.command_given
    return config


def variables(config: Config) -> dict[str, str]:
    """The environment as a mapping."""
    return dict(each.partition("=")[::2] for each in config.get("Env") or ())


def with_variable(env: Iterable[str], name: str, value: str) -> list[str]:
    """Docker's order: what is set anew stays in its place."""
    kept = list(env)
    for place, each in enumerate(kept):
        if each.partition("=")[0] == name:
            kept[place] = f"{name}={value}"
            return kept
    return [*kept, f"{name}={value}"]


def pairs(instruction: Instruction, expander: Expander) -> list[tuple[str, str]]:
    """The names and values of ENV and LABEL."""
    split = (word.partition("=") for word in instruction.arguments)
    return [(expander.word(name), expander.word(value)) for name, _, value in split]


def command(instruction: Instruction, config: Config) -> list[str]:
    """The words that CMD, ENTRYPOINT and RUN run; the shell form gets the shell."""
    if instruction.form == "exec":
        return list(instruction.arguments)
    return [*(config.get("Shell") or DEFAULT_SHELL), " ".join(instruction.arguments)]


def joined(path: str, current: str) -> str:
    """The working folder that WORKDIR leads to."""
    whole = path if path.startswith("/") else f"{current or '/'}/{path}"
    kept: list[str] = []
    for part in whole.split("/"):
        if part == "..":
            del kept[-1:]
        elif part not in ("", "."):
            kept.append(part)
    return "/" + "/".join(kept)


def ports(texts: Iterable[str]) -> list[str]:
    """`80/tcp`, … for what EXPOSE was given, sorted; raises ValueError without Docker's capital letter."""
    found: set[str] = set()
    for text in texts:
        given, slash, protocol = text.partition("/")
        protocol = protocol.lower() if slash else "tcp"
        *host, container = given.rsplit(":", 2)
        if not container:
            raise ValueError(f"no port specified: {text}<empty>")
        first, last = _range(container, "containerPort")
        if protocol not in ("tcp", "udp", "sctp"):
            raise ValueError(f"invalid proto: {protocol}")
        if host and host[-1]:
            low, high = _range(host[-1], "hostPort")
            if high - low != last - first and first == last:
                pass
            elif high - low != last - first:
                raise ValueError(
                    f"invalid ranges specified for container and host Ports: {container} and {host[-1]}"
                )
        found.update(f"{port}/{protocol}" for port in range(first, last + 1))
        if len(found) > _MOST_PORTS:
            raise ValueError("too many ports")
    return sorted(found)


def _range(text: str, what: str) -> tuple[int, int]:
    low, dash, high = text.partition("-")
    numbers = (low, high) if dash else (low, low)
    if not all(re.fullmatch(r"[0-9]{1,5}", number) and int(number) < _MOST_PORTS for number in numbers):
        raise ValueError(f"invalid {what}: {text}")
    first, last = int(numbers[0]), int(numbers[1])
    if last < first:
        raise ValueError(f"invalid {what}: {text}")
    return first, last


def _env(asked: Asked) -> Changed:
    env = list(asked.config.get("Env") or ())
    given = pairs(asked.instruction, asked.expander)
    for name, value in given:
        env = with_variable(env, name, value)
    said = " ".join(["ENV", *(f"{name}={value}" for name, value in given)])
    return Changed(config={**asked.config, "Env": env}, said=said, command_given=asked.command_given)


def _label(asked: Asked) -> Changed:
    given = pairs(asked.instruction, asked.expander)
    labels = {**(asked.config.get("Labels") or {}), **dict(given)}
    said = " ".join(["LABEL", *(f"{name}={value}" for name, value in given)])
    return Changed(config={**asked.config, "Labels": labels}, said=said, command_given=asked.command_given)


def _expose(asked: Asked) -> Changed:
    texts = [word for each in asked.words for word in asked.expander.words(each)]
    try:
        opened = ports(texts)
    except ValueError as error:
        raise ValueError(_port_refusal(str(error), texts, asked.dialect)) from error
    before = asked.config.get("ExposedPorts") or {}
    if asked.dialect == "classic":
        said = " ".join(["EXPOSE", *sorted(texts)])
    else:
        said = f"EXPOSE [{' '.join(opened)}]"
    exposed = {**before, **{port: {} for port in opened}}
    return Changed(
        config={**asked.config, "ExposedPorts": exposed}, said=said, command_given=asked.command_given
    )


def _port_refusal(why: str, texts: list[str], dialect: Dialect) -> str:
    if dialect == "classic":
        return why[:1].upper() + why[1:]
    if why.startswith("invalid proto"):
        culprit = next((text for text in texts if text.lower().endswith("/" + why.rpartition(" ")[2])), "")
        return f"invalid port: {quoted(culprit)}: {why}"
    return why


def _volume(asked: Asked) -> Changed:
    places = [asked.expander.word(word).strip() for word in asked.words]
    if not all(places):
        raise ValueError("VOLUME specified can not be an empty string")
    volumes = {**(asked.config.get("Volumes") or {}), **{place: {} for place in places}}
    return Changed(
        config={**asked.config, "Volumes": volumes},
        said=f"VOLUME [{' '.join(places)}]",
        command_given=asked.command_given,
    )


def _user(asked: Asked) -> Changed:
    user = asked.expander.word(asked.words[0])
    return Changed(
        config={**asked.config, "User": user}, said=f"USER {user}", command_given=asked.command_given
    )


def _workdir(asked: Asked) -> Changed:
    path = joined(asked.expander.word(asked.words[0]), asked.config.get("WorkingDir") or "/")
    return Changed(
        config={**asked.config, "WorkingDir": path}, said=f"WORKDIR {path}", command_given=asked.command_given
    )


def _stopsignal(asked: Asked) -> Changed:
    signal = asked.expander.word(asked.words[0])
    number = re.fullmatch(r"\d{1,9}", signal)
    if (number and int(signal) == 0) or (not number and signal.upper().removeprefix("SIG") not in _SIGNALS):
        raise ValueError(f"invalid signal: {signal}")
    return Changed(
        config={**asked.config, "StopSignal": signal},
        said=f"STOPSIGNAL {signal}",
        command_given=asked.command_given,
    )


def _shell(asked: Asked) -> Changed:
    shell = list(asked.words)
    return Changed(
        config={**asked.config, "Shell": shell},
        said=f"SHELL [{' '.join(shell)}]",
        command_given=asked.command_given,
    )


def _cmd(asked: Asked) -> Changed:
    words = command(asked.instruction, asked.config)
    config = {**asked.config, "Cmd": words, **_escaped(asked)}
    return Changed(config=config, said=f"CMD {quoted_list(words)}", command_given=True)


def _entrypoint(asked: Asked) -> Changed:
    words = command(asked.instruction, asked.config)
    config = {**asked.config, "Entrypoint": words, **_escaped(asked)}
    if not asked.command_given:
        config["Cmd"] = None
    return Changed(config=config, said=f"ENTRYPOINT {quoted_list(words)}", command_given=asked.command_given)


def _escaped(asked: Asked) -> dict[str, bool]:
    return {"ArgsEscaped": True} if asked.dialect == "buildkit" else {}


def _healthcheck(asked: Asked) -> Changed:
    given = flags(asked.instruction)
    if asked.words[0].upper() == "NONE":
        test = ["NONE"]
        given = {}
    elif asked.instruction.form == "exec":
        test = ["CMD", *asked.words[1:]]
    else:
        test = ["CMD-SHELL", " ".join(asked.words[1:])]
    times = {
        key: duration(given[name]) if name in given else 0
        for key, name in (
            ("Interval", "interval"),
            ("Timeout", "timeout"),
            ("StartPeriod", "start-period"),
            ("StartInterval", "start-interval"),
        )
    }
    retries = int(given.get("retries") or 0)
    numbers = {key: value for key, value in (*times.items(), ("Retries", retries)) if value}
    shown = [duration_text(value) for value in times.values()]
    if asked.dialect == "classic":
        said = f"HEALTHCHECK &{{[{' '.join(test)}] {' '.join(shown)} {retries}}}"
    else:
        rune = quoted(chr(min(retries, 0x10FFFF)), "'")
        said = f"HEALTHCHECK &{{{quoted_list(test)} {' '.join(quoted(text) for text in shown)} {rune}}}"
    return Changed(
        config={**asked.config, "Healthcheck": {"Test": test, **numbers}},
        said=said,
        command_given=asked.command_given,
    )


def _onbuild(asked: Asked) -> Changed:
    text = asked.words[0].strip()
    held = re.sub(r"^\s*ONBUILD\s*", "", text, flags=re.IGNORECASE)
    return Changed(
        config={**asked.config, "OnBuild": [*(asked.config.get("OnBuild") or ()), held]},
        said=f"ONBUILD {held}",
        command_given=asked.command_given,
    )


def _maintainer(asked: Asked) -> Changed:
    name = " ".join(asked.words)
    return Changed(
        config=asked.config, said=f"MAINTAINER {name}", author=name, command_given=asked.command_given
    )


CHANGES: Mapping[str, Callable[[Asked], Changed]] = {
    "CMD": _cmd,
    "ENTRYPOINT": _entrypoint,
    "ENV": _env,
    "EXPOSE": _expose,
    "HEALTHCHECK": _healthcheck,
    "LABEL": _label,
    "MAINTAINER": _maintainer,
    "ONBUILD": _onbuild,
    "SHELL": _shell,
    "STOPSIGNAL": _stopsignal,
    "USER": _user,
    "VOLUME": _volume,
    "WORKDIR": _workdir,
}
"""WORKDIR also makes its folder, which is not told here."""
