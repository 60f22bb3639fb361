"""What the engine reported, in plain English: `a container has ended`, not `container die`."""

from labrunner.checks.finding import Finding

_DONE = {
    "commit": "made into an image",
    "create": "created",
    "delete": "deleted",
    "destroy": "removed",
    "exec_create": "entered with exec",
    "exec_start": "entered with exec",
    "import": "imported",
    "kill": "sent a signal",
    "load": "loaded",
    "pull": "pulled",
    "push": "pushed",
    "remove": "removed",
    "rename": "renamed",
    "save": "saved",
    "start": "started",
    "stop": "stopped",
    "tag": "tagged",
    "untag": "untagged",
}
"""What was done to the thing by each action of Docker's events."""
_DID = {"die": "ended", "prune": "been cleared of what is unused", "oom": "run out of memory"}


def reported(finding: Finding) -> str:
    kind, action, thing = _parts(finding.expected)
    if thing and kind == "image":
        return f"{thing} was {_DONE[action]}." if action in _DONE else f"{thing}: {action}."
    return f"{_sentence(f'a {kind}', action)}{f': {thing}' if thing else ''}."


def not_reported(finding: Finding) -> str:
    kind, action, thing = _parts(finding.expected)
    if thing and kind == "image":
        return f"{_sentence(thing, action, never=True)} since this step began."
    end = f"; {thing} is expected" if thing else ""
    return f"{_sentence(f'no {kind}', action)} since this step began{end}."


def reported_otherwise(finding: Finding) -> str:
    kind, action, thing = _parts(finding.expected)
    found = _parts(finding.found or "")[2]
    if kind == "image" and action in _DONE:
        return f"{found} was {_DONE[action]}; {thing} is expected."
    did = _sentence(f"a {kind}", action)
    return f"{did}: {found}; {thing} is expected."


def _parts(text: str) -> tuple[str, str, str]:
    kind, _, rest = text.partition(" ")
    action, _, thing = rest.partition(" ")
    return kind, action, thing


def _sentence(who: str, action: str, *, never: bool = False) -> str:
    not_ = " not" if never else ""
    done = f"been {_DONE[action]}" if action in _DONE else _DID.get(action, f"reported {action}")
    told = f"{who} has{not_} {done}"
    return told if never else told[0].upper() + told[1:]
