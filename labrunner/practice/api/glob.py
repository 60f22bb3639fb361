"""`--filter reference=…`: Go's `path.Match`, in which `*` does not cross a slash."""

from labrunner.practice.build.wildcards import compiled
from labrunner.practice.refusal import Refused
from labrunner.reference import Reference


def matches(pattern: str, reference: Reference) -> bool:
    """As Docker's `FamiliarMatch`: the familiar name, with or without its tag."""
    try:
        expression = compiled(pattern)
    except ValueError as error:
        raise Refused(400, str(error)) from error
    return any(expression.fullmatch(name) for name in (reference.familiar, reference.familiar_repository))
