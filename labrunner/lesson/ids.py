"""The names of steps and checks: each given once, and none that refers to nothing."""

from collections.abc import Iterable, Iterator, Mapping

from labrunner.checks.check import PlacedCheck
from labrunner.lesson.pages import Outline, Page, slug
from labrunner.lesson.problems import Problems, did_you_mean, one_of, shown


def step_ids(cut: Outline, problems: Problems) -> tuple[str, ...]:
    """An id for each step: the author's, else the slug of the heading. They have to differ."""
    ids: dict[str, Page] = {}
    chosen = []
    for page in cut.steps:
        step_id = page.id if page.id is not None else slug(page.title)
        if page.id is not None and slug(page.id or "") != page.id:
            problems.report(
                f"`{shown(step_id)}` cannot be an id.",
                f"Ids are lower-case letters, digits and hyphens: `{slug(step_id) or 'some-words'}`.",
                at=page.at,
            )
        elif not step_id:
            remedy = "Give the step one: `<!-- id: some-words -->` under it."
            problems.report("This heading has no letter to make an id of.", remedy, at=page.at)
        elif step_id in ids:
            problems.report(
                f"The step id `{shown(step_id)}` is taken by the step on line {ids[step_id].at.line}.",
                "Reword one of the headings, or put `<!-- id: some-words -->` under it.",
                at=page.at,
            )
        ids.setdefault(step_id, page)
        chosen.append(step_id or "step")
    return tuple(chosen)


def check_ids(checks: Iterable[PlacedCheck], problems: Problems) -> None:
    """Ids are given once, and what a check needs is a check of this step that does not need it back."""
    by_id: dict[str, PlacedCheck] = {}
    for check in checks:
        if first := by_id.get(check.id):
            problems.report(
                f"The id `{check.id}` is given twice; the first is on line {first.at.line}.",
                "Give each check of a step an id of its own.",
                at=check.at,
            )
        by_id.setdefault(check.id, check)
    for check in by_id.values():
        if check.needs and check.needs not in by_id:
            others = [other for other in by_id if other != check.id]
            known = f"There are {one_of(others)}." if others else "It is the only check here."
            problems.report(
                f"No check of this step has the id `{shown(check.needs)}`.",
                f"{did_you_mean(check.needs, others)} {known}".lstrip(),
                at=check.at,
            )
        elif check.id in _needed(check, by_id):
            problems.report(
                f"The check `{check.id}` needs itself, so it can never be told.",
                "Delete one `needs`.",
                at=check.at,
            )


def _needed(check: PlacedCheck, by_id: Mapping[str, PlacedCheck]) -> Iterator[str]:
    """The ids that a check needs, and those that these need."""
    seen: set[str] = set()
    while check.needs in by_id and check.needs not in seen:
        seen.add(check.needs)
        yield check.needs
        check = by_id[check.needs]
