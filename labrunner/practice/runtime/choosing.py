"""Filters as the API gives them: a name and the values asked for, one table of the names that are known."""

from collections.abc import Collection, Mapping, Sequence

from labrunner.practice.refusal import Refused

Filters = Mapping[str, Sequence[str]]

_TRUE = ("1", "t", "T", "true", "TRUE", "True")
_FALSE = ("0", "f", "F", "false", "FALSE", "False")


def check(filters: Filters, known: Collection[str]) -> None:
    """Raises Refused with Docker's text for a name that is not known."""
    for name in filters:
        if name not in known:
            raise Refused(400, f"invalid filter '{name}'")


def labelled(labels: Mapping[str, str], wanted: Sequence[str]) -> bool:
    """Whether all of `key` and `key=value` hold."""
    for each in wanted:
        key, equals, value = each.partition("=")
        if key not in labels or (equals and labels[key] != value):
            return False
    return True


def unlabelled(labels: Mapping[str, str], unwanted: Sequence[str]) -> bool:
    """`label!=`: whether none of them holds."""
    return not any(labelled(labels, [each]) for each in unwanted)


def yes(filters: Filters, name: str) -> bool | None:
    """Of a filter that is true or false; None where it is not asked for."""
    values = list(filters.get(name, ()))
    if not values:
        return None
    if any(each not in (*_TRUE, *_FALSE) for each in values):
        raise Refused(400, f"invalid filter '{name}=[{' '.join(values)}]'")
    return values[-1] in _TRUE
