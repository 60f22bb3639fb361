"""Command lines compared by what they say, not by how they are spelled.

`docker run -dp8080:80 nginx` and `sudo docker container run --publish=8080:80 --detach=true nginx:latest`
have one normal form. A pattern is a command line in which `*` stands for anything.
"""

import shlex

from labrunner.checks.dockercommand import OPTIONS_FIRST, DockerCommand, docker_commands, named, read_line
from labrunner.checks.pattern import like
from labrunner.checks.requests import asked_of
from labrunner.checks.shellwords import Words

__all__ = ["asked_of", "docker_commands", "like_words", "matches", "normal_form", "spelling_equal"]


def normal_form(line: str) -> str:
    """The line as labrunner would have typed it; the normal form of a normal form is itself."""
    return "; ".join(
        shlex.join(read.words if isinstance(read, DockerCommand) else read) for read in read_line(line)
    )


def spelling_equal(a: str, b: str) -> bool:
    return read_line(a) == read_line(b)


def matches(pattern: str, line: str) -> bool:
    """Whether a command line holds what a pattern asks for. `*` within a word stands for any characters,
    alone for any number of words; options that the pattern does not mention may be there, `--help`
    excepted."""
    wanted, given = read_line(pattern), read_line(line)
    places = range(len(given) - len(wanted) + 1)
    return bool(wanted) and any(
        all(_alike(want, have) for want, have in zip(wanted, given[at:], strict=False)) for at in places
    )


def like_words(pattern: Words, words: Words) -> bool:
    """`*` alone stands for any number of words."""
    reachable = {0}
    for part in pattern:
        if part == "*":
            reachable = set(range(min(reachable), len(words) + 1))
        else:
            reachable = {at + 1 for at in reachable if at < len(words) and like(part, words[at])}
        if not reachable:
            return False
    return len(words) in reachable


def _alike(want: DockerCommand | Words, have: DockerCommand | Words) -> bool:
    if not isinstance(want, DockerCommand) or not isinstance(have, DockerCommand) or "*" in want.path:
        return like_words(_words(want), _words(have))
    if want.path != have.path or bool(want.option("help")) != bool(have.option("help")):
        return False
    for name, value in want.options:
        if not any(like(value, found) for found in have.option(name)):
            return False
    if like_words(want.arguments, have.arguments):
        return True
    # In `docker run * nginx` the star may stand for options, and then nginx is the image.
    image_next = want.arguments[:1] == ("*",) and want.path in OPTIONS_FIRST
    return image_next and like_words(named(want.path, want.arguments[1:]), have.arguments)


def _words(read: DockerCommand | Words) -> Words:
    return read.words if isinstance(read, DockerCommand) else read
