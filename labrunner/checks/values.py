"""Single values of an image that a question may ask for, in the texts that count as right."""

from labrunner.checks.config import as_written
from labrunner.engine.facts import Image

VALUES = (
    *("size", "id", "digest", "os", "architecture", "config.cmd", "config.entrypoint", "config.ports"),
    *("config.workdir", "config.user", "config.stopsignal", "config.env.NAME", "config.labels.NAME"),
    *("shared_size", "unique_size"),
)
USAGE_VALUES = ("total", "active", "size", "reclaimable")
"""The columns of `docker system df`."""

Texts = tuple[str, ...]


def look_up(image: Image, value: str) -> tuple[Texts, Texts]:
    """The texts of which each is right, and the members of a list that may come in any order."""
    config = image.config
    match value.split(".", 2):
        case ["os"]:
            return (image.os,), ()
        case ["architecture"]:
            return (image.architecture,), ()
        case ["config", "cmd"]:
            return _command(config.cmd), ()
        case ["config", "entrypoint"]:
            return _command(config.entrypoint), ()
        case ["config", "ports"]:
            return (", ".join(config.ports),), config.ports
        case ["config", "workdir"]:
            return ((config.workdir, config.workdir.rstrip("/")) if config.workdir else ("", "/")), ()
        case ["config", "user"]:
            return ((config.user,) if config.user else ("", "root", "0")), ()
        case ["config", "stopsignal"]:
            return (
                (config.stopsignal, config.stopsignal.removeprefix("SIG")) if config.stopsignal else ("",)
            ), ()
        case ["config", "env", name]:
            entry = next((each for each in config.env if each.startswith(f"{name}=")), "")
            return (entry.partition("=")[2], entry), ()
        case ["config", "labels", name]:
            return (config.labels.get(name, ""),), ()
        case _:
            return ("",), ()


def _command(words: Texts) -> Texts:
    """As a list, as words, and without the shell that the shell form adds."""
    if not words:
        return ("",)
    inner = (words[2],) if words[:2] == ("/bin/sh", "-c") and len(words) == 3 else ()
    return (as_written(words), " ".join(words), *inner)
