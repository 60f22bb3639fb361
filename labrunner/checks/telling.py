"""Sentences that depend on what exactly was found; the others are templates in the tables beside this module."""

from collections.abc import Callable

from labrunner.checks.docker_errors import explain
from labrunner.checks.finding import Finding
from labrunner.checks.pattern import Pattern
from labrunner.checks.ports import Publication
from labrunner.checks.topics import asked_words

Words = str | tuple[str, str] | Callable[[Finding], str]
"""A template; or two of them, for something found and for nothing found; or a function. Templates know
`{thing}`, `{subject}`, `{expected}` and `{found}`."""

_STATES = {
    "created": "was created but has not started",
    "running": "is running",
    "paused": "is paused",
    "restarting": "is restarting again and again",
    "removing": "is being removed",
    "dead": "could not be removed and is dead",
}
_SHOULD = {
    "running": "be running",
    "exited": "have exited",
    "created": "not be started",
    "paused": "be paused",
}
_CHANGED = {"A": "added", "C": "changed", "D": "deleted"}


def thing(finding: Finding) -> str:
    """What the finding is about, without its sort: `web` for `container web`."""
    sort, _, rest = finding.subject.partition(" ")
    if sort == "command" and rest:
        return f"`{rest}`"
    sorts = ("container", "image", "file", "registry", "repository", "label")
    return rest if sort in sorts and rest else finding.subject.replace(" in image ", " in ")


def named(nothing: str) -> Callable[[Finding], str]:
    """For a name: what to say where nothing has it, and otherwise whether all else is known to be right."""
    return lambda finding: (
        nothing.format(expected=finding.expected) if finding.found is None else _close(finding)
    )


def _close(finding: Finding) -> str:
    if finding.remedy:
        return f"{finding.found} is right but for its name; {finding.expected} is expected."
    return f"There is {finding.found}, but {finding.expected} is expected."


def quoted(text: str) -> str:
    """A pattern as a learner may read it."""
    return f"“{text}”" if Pattern(text).plain else f"text like {text}"


def state(finding: Finding) -> str:
    found = finding.found or ""
    is_now = _STATES.get(found, f"has {found}" if found.startswith("exited") else f"is {found}")
    if finding.expected == "absent":
        return f"{thing(finding)} is still there: it {is_now}."
    return f"{thing(finding)} {is_now}; it should {_SHOULD.get(finding.expected, finding.expected)}."


def start_error(finding: Finding) -> str:
    reason = finding.found or ""
    plain = explain(reason)
    return f"The engine could not start {thing(finding)}. {plain or f'Its reason: {reason}'}"


def publishes(finding: Finding) -> str:
    about, found, expected = thing(finding), finding.found, finding.expected
    if found is None:
        return f"{about} publishes no port; {expected} is expected."
    swapped = Publication.read(expected).reversed
    if swapped is not None and str(swapped) == found:
        return (
            f"{about} publishes {found}; the port of the host comes first, then the container's: {expected}."
        )
    return f"{about} publishes {found}; {expected} is expected."


def health(finding: Finding) -> str:
    match finding.found, finding.expected:
        case None, _:
            return f"{thing(finding)} has no health check."
        case "starting", "healthy":
            return f"{thing(finding)} is still starting, which is normal; its health shows after a moment."
        case found, expected:
            return f"{thing(finding)} is {found}; {expected} is expected."


def changes(finding: Finding) -> str:
    kind, _, path = finding.expected.partition(" ")
    expected = _CHANGED.get(kind, kind)
    if finding.found is None:
        return f"In {thing(finding)}, {path} has not been {expected}."
    found = _CHANGED.get(finding.found[:1], finding.found)
    return f"In {thing(finding)}, {path} was {found}, not {expected}."


def instruction_form(finding: Finding) -> str:
    keyword = finding.field.partition(".")[2]
    if finding.found is None:
        return f"{finding.subject} has no {keyword}; one in {finding.expected} form is expected."
    return f"{finding.subject}: {keyword} is in {finding.found} form; {finding.expected} form is expected."


def logged_in(finding: Finding) -> str:
    still = "not" if finding.expected == "logged in" else "still"
    return f"You are {still} logged in to {thing(finding)}."


def asked(finding: Finding) -> str:
    if finding.found is not None:
        return (
            f"The engine was asked about {finding.found}; this step asks for {asked_words(finding.expected)}."
        )
    return f"The engine has not been asked for {asked_words(finding.expected)} yet."


def contains(finding: Finding) -> str:
    return f"{thing(finding)} does not contain {quoted(finding.expected)}."


def page(finding: Finding) -> str:
    shows = f"shows “{finding.found}”" if finding.found else "shows an empty page"
    return f"{thing(finding)} {shows}; {quoted(finding.expected)} is expected in it."


def printed(finding: Finding) -> str:
    last = f"ends with “{finding.found}”" if finding.found else "is empty"
    return f"What {thing(finding)} printed {last}; {quoted(finding.expected)} is expected in it."


def output(finding: Finding) -> str:
    last = f"ends with “{finding.found}”" if finding.found else "is empty"
    return f"The output of {thing(finding)} {last}; {quoted(finding.expected)} is expected in it."


def file_text(finding: Finding) -> str:
    begins = f"begins with “{finding.found}”" if finding.found else "is empty"
    return f"{thing(finding)} {begins}; {quoted(finding.expected)} is expected in it."
