"""One docker command in normal form, whatever spelling, option order and image name it was typed with."""

from dataclasses import dataclass

from labrunner.checks.dockeroptions import GLOBAL, OPTIONS, OTHER, RENAMED, Options
from labrunner.checks.looking import called
from labrunner.checks.shellwords import Words, simple_commands

_IMAGE_VERBS = {"build", "history", "import", "load", "pull", "push", "save", "tag"}
_CONTAINER_VERBS = {
    *(
        "attach",
        "commit",
        "cp",
        "create",
        "diff",
        "exec",
        "export",
        "kill",
        "logs",
        "pause",
        "port",
        "rename",
    ),
    *("restart", "rm", "run", "start", "stats", "stop", "top", "unpause", "update", "wait"),
}
_OTHER_NAMES: dict[Words, Words] = {
    ("images",): ("image", "ls"),
    ("rmi",): ("image", "rm"),
    ("ps",): ("container", "ls"),
    ("container", "ps"): ("container", "ls"),
    ("builder", "build"): ("image", "build"),
    ("buildx", "build"): ("image", "build"),
    ("buildx", "b"): ("image", "build"),
    ("buildx", "prune"): ("builder", "prune"),
    ("system", "info"): ("info",),
    ("system", "events"): ("events",),
}
_NOUNS = {
    *(
        "image",
        "container",
        "builder",
        "buildx",
        "system",
        "volume",
        "network",
        "context",
        "manifest",
        "plugin",
    ),
    *("compose", "config", "node", "secret", "service", "stack", "swarm", "trust", "checkpoint", "scout"),
}
_SAME_VERB = {"list": "ls", "remove": "rm"}
OPTIONS_FIRST: set[Words] = {
    ("container", "run"),
    ("container", "create"),
    ("container", "exec"),
    ("container", "top"),
}
"""What follows their first argument is another command's."""
_IMAGES_FROM: dict[Words, slice] = {
    **{("image", verb): slice(None) for verb in ("history", "inspect", "pull", "push", "rm", "save", "tag")},
    ("container", "run"): slice(1),
    ("container", "create"): slice(1),
    ("container", "commit"): slice(1, 2),
    ("image", "import"): slice(1, 2),
}
"""Which arguments are image names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DockerCommand:
    """One docker command in normal form."""

    path: Words
    """`("image", "ls")`, whatever it was called."""
    options: tuple[tuple[str, str], ...] = ()
    """(long name, value), sorted; "true" for one without a value, nothing for one that is switched off."""
    arguments: Words = ()
    """Image names with their tag. For `run` and `exec` the inner command follows as it was written."""

    def option(self, name: str) -> Words:
        """All values of an option."""
        return tuple(value for given, value in self.options if given == name)

    @property
    def words(self) -> Words:
        valued = OPTIONS.get(self.path, OTHER).valued
        options = [
            f"--{name}" if value == "true" and name not in valued else f"--{name}={value}"
            for name, value in self.options
        ]
        ends = ["--"] if any(argument.startswith("-") for argument in self._own_arguments) else []
        return ("docker", *self.path, *options, *ends, *self.arguments)

    @property
    def _own_arguments(self) -> Words:
        return self.arguments[:1] if self.path in OPTIONS_FIRST else self.arguments


def read_line(line: str) -> tuple[DockerCommand | Words, ...]:
    """The simple commands of a command line in their order; those that are not docker's as their words."""
    return tuple(_docker(words[1:]) if _is_docker(words[0]) else words for words in simple_commands(line))


def docker_commands(line: str) -> tuple[DockerCommand, ...]:
    """The docker commands of a command line, in their order."""
    return tuple(read for read in read_line(line) if isinstance(read, DockerCommand))


def named(path: Words, arguments: Words) -> Words:
    """A command's arguments with the image names among them in their familiar form."""
    images = _IMAGES_FROM.get(path)
    if images is None:
        return arguments
    places = range(len(arguments))[images]
    return tuple(called(word) if place in places else word for place, word in enumerate(arguments))


def _is_docker(program: str) -> bool:
    return program.rpartition("/")[2] in ("docker", "docker.exe")


def _docker(words: Words) -> DockerCommand:
    """Global options come before the command, its own options anywhere behind it."""
    general, rest = _split(words, GLOBAL, options_first=True)
    helped = ("help", "true") in general or rest[:1] == ("help",)
    while rest[:1] == ("help",):
        rest = rest[1:]
    path, rest = _path(rest)
    if not path and not helped:
        asked = (("version", "true"),) if ("version", "true") in general else ()
        return DockerCommand(path=(), options=asked, arguments=() if asked else rest)
    known = OPTIONS.get(path, OTHER)
    options, arguments = _split(rest, known, options_first=path in OPTIONS_FIRST)
    if helped or ("help", "true") in options or (("h", "true") in options and "h" not in known.short):
        return DockerCommand(path=path, options=(("help", "true"),))
    spelled = sorted((name, _value(path, name, value)) for name, value in options if value != "false")
    return DockerCommand(path=path, options=tuple(spelled), arguments=named(path, arguments))


def _path(words: Words) -> tuple[Words, Words]:
    """The command in its long spelling, and what follows it."""
    if not words or words[0].startswith("-"):
        return (), words
    first, second = words[0], words[1] if len(words) > 1 else "-"
    if first in _NOUNS and not second.startswith("-"):
        path, rest = (first, _SAME_VERB.get(second, second)), words[2:]
        return _OTHER_NAMES.get(path, path), rest
    if first in _IMAGE_VERBS:
        return ("image", first), words[1:]
    if first in _CONTAINER_VERBS:
        return ("container", first), words[1:]
    return _OTHER_NAMES.get((first,), (first,)), words[1:]


def _split(words: Words, known: Options, *, options_first: bool) -> tuple[list[tuple[str, str]], Words]:
    """Options as (long name, value) and arguments. Source of the rules: pflag, which the docker command
    uses."""
    options: list[tuple[str, str]] = []
    arguments: list[str] = []
    at = 0
    while at < len(words):
        word = words[at]
        at += 1
        if word == "--" or (options_first and not _is_option(word)):
            return options, (*arguments, *words[at - (word != "--") :])
        if not _is_option(word):
            arguments.append(word)
            continue
        name, value, open_ = _option(word, known, options)
        if open_ and at < len(words):
            value = words[at]
            at += 1
        options.append((name, value))
    return options, tuple(arguments)


def _is_option(word: str) -> bool:
    return word.startswith("--") or (word[:1] == "-" and word[1:2].isalnum())


def _option(word: str, known: Options, options: list[tuple[str, str]]) -> tuple[str, str, bool]:
    """(long name, value, whether the value is the next word). Of `-itp 80` all but the last go to
    `options`."""
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        name = RENAMED.get(name, name)
        return name, value if equals else "true", not equals and name in known.valued
    letters = word[1:]
    for place, letter in enumerate(letters, 1):
        name, rest = known.short.get(letter, letter), letters[place:]
        if name in known.valued:
            return name, rest.removeprefix("=") or "true", not rest
        if rest.startswith("=") or not rest:
            return name, rest[1:] or "true", False
        options.append((name, "true"))
    return "", "true", False


def _value(path: Words, name: str, value: str) -> str:
    if name == "tag" and path == ("image", "build"):
        return called(value)
    if name == "publish":
        return value.removesuffix("/tcp").removeprefix("0.0.0.0:")
    return value
