"""The second word of a fence: what makes a block of a page something that labrunner acts upon."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from labrunner.errors import Location
from labrunner.lesson.problems import Problems, did_you_mean, one_of, shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """How a fence with that role is written."""

    language: str
    """The first word that it has to have; empty where any will do."""
    argument: str = ""
    """What the third word is, in words; empty where there is none."""
    in_intro: bool = False
    """Whether it may stand before the first step."""


ROLES: Mapping[str, Role] = MappingProxyType(
    {
        "check": Role(language="yaml", argument="a check kind"),
        "hint": Role(language="md"),
        "solution": Role(language="sh"),
        "accept": Role(language="sh"),
        "reject": Role(language="yaml"),
        "feedback": Role(language="yaml"),
        "setup": Role(language="sh", in_intro=True),
        "cleanup": Role(language="sh", in_intro=True),
        "note": Role(language="md", argument="`docker` or `practice`", in_intro=True),
        "file": Role(language="", argument="a path in the workspace", in_intro=True),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Info:
    """The words after a fence's backticks."""

    language: str
    role: str = ""
    argument: str = ""


def read_info(text: str) -> Info:
    """The words as they stand, whether they are right or not."""
    language, _, rest = text.strip().partition(" ")
    role, _, argument = rest.strip().partition(" ")
    return Info(language=language, role=role, argument=argument.strip())


def checked(info: Info, problems: Problems, *, intro: bool, at: Location) -> Info | None:
    """The info of a fence that labrunner acts upon; None where it is prose, or was reported."""
    if info.language in ROLES and info.role not in ROLES:
        language = ROLES[info.language].language or "text"
        words = " ".join(word for word in (language, info.language, info.role, info.argument) if word)
        problems.report(
            f"The language comes before the role `{info.language}`.", f"Write `{shown(words)}`.", at=at
        )
        return None
    if not info.role:
        return None
    role = ROLES.get(info.role)
    if role is None:
        remedy = f"{did_you_mean(info.role, ROLES)} The roles are {one_of(ROLES)}.".lstrip()
        problems.report(f"There is no role `{shown(info.role)}`.", remedy, at=at)
        return None
    name = f"{role.language or 'LANGUAGE'} {info.role}"
    if role.language and info.language != role.language:
        what = f"A `{info.role}` is written as `{name}`, not `{shown(info.language)} {info.role}`."
        problems.report(what, f"Begin the fence with `{name}`.", at=at)
        return None
    if bool(role.argument) != bool(info.argument):
        needs = f"`{name}` needs {role.argument} after it." if role.argument else f"`{name}` stands alone."
        remedy = "" if role.argument else f"Delete `{shown(info.argument)}`."
        problems.report(needs, remedy, at=at)
        return None
    if intro and not role.in_intro:
        what = f"A `{info.role}` belongs to a step, and no step has begun here."
        problems.report(what, "Move it under a `##` heading.", at=at)
        return None
    return info
