"""What `docker search` finds: the catalogue's rows, and what learners pushed."""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from labrunner.practice.hub.recipe import Row
from labrunner.practice.refusal import Refused

MOST_ROWS = 100
DEFAULT_ROWS = 25
LONGEST_TERM = 255


def matching(rows: Iterable[Row], pushed: Iterable[str], term: str) -> list[Row]:
    """Rows whose name or description has the term in it: the official first, then by stars."""
    wanted = term[:LONGEST_TERM].lower().removeprefix("library/")
    known = list(rows)
    names = {row.name for row in known}
    known += [Row(name=name, description="", stars=0, official=False) for name in pushed if name not in names]
    found = [row for row in known if wanted in row.name.lower() or wanted in row.description.lower()]
    return sorted(
        found, key=lambda row: (row.name != wanted, wanted not in row.name, not row.official, -row.stars)
    )


def search(
    rows: Iterable[Row],
    pushed: Iterable[str],
    term: str,
    *,
    limit: int = DEFAULT_ROWS,
    filters: Mapping[str, Iterable[str]] | None = None,
) -> list[dict[str, Any]]:
    """Rows as GET /images/search answers them; raises Refused with Docker's words."""
    if not 1 <= (limit or DEFAULT_ROWS) <= MOST_ROWS:
        raise Refused(400, f"limit {limit} is outside the range of [1, {MOST_ROWS}]")
    wanted = _Filters(filters or {})
    found = [row for row in matching(rows, pushed, term) if wanted.keep(row)]
    return [as_json(row) for row in found[: limit or DEFAULT_ROWS]]


def as_json(row: Row) -> dict[str, Any]:
    return {
        "star_count": row.stars,
        "is_official": row.official,
        "name": row.name,
        "is_automated": False,
        "description": row.description,
    }


class _Filters:
    def __init__(self, filters: Mapping[str, Iterable[str]]) -> None:
        for name in filters:
            if name not in ("is-automated", "is-official", "stars"):
                raise Refused(400, f"invalid filter '{name}'")
        self._official = _truth(filters, "is-official")
        self._automated = _truth(filters, "is-automated")
        self._stars = max((_count(value) for value in filters.get("stars", ())), default=0)

    def keep(self, row: Row) -> bool:
        if self._official is not None and row.official is not self._official:
            return False
        return not self._automated and row.stars >= self._stars


def _truth(filters: Mapping[str, Iterable[str]], name: str) -> bool | None:
    values = [value.lower() for value in filters.get(name, ())]
    if not values:
        return None
    if any(value in ("1", "true") for value in values):
        return True
    if any(value in ("0", "false") for value in values):
        return False
    raise Refused(400, f"invalid filter '{name}=[{' '.join(values)}]'")


def _count(value: str) -> int:
    if not (value.isascii() and value.isdigit() and len(value) < 10):
        why = f"strconv.Atoi: parsing {json.dumps(value[:100])}: invalid syntax"
        raise Refused(400, f"invalid filter 'stars={value[:100]}': {why}")
    return int(value)
