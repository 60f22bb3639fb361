"""The course as a learner sees it: which lessons there are, how far each is, and what comes next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from labrunner.cli.report import note, out
from labrunner.cli.surroundings import Surroundings
from labrunner.errors import LabrunnerError, UsageError
from labrunner.lesson.cache import user_cache
from labrunner.lesson.catalogue import Catalogue, Entry, find
from labrunner.lesson.model import Lesson
from labrunner.progress.progress import LessonProgress, fold
from labrunner.progress.store import ProgressStore
from labrunner.session.rows import LessonRow


def catalogue(lessons: Path | None) -> Catalogue:
    """All lessons; raises the first trouble where there is no lesson at all."""
    found = find(None if lessons is None else str(lessons), cache=user_cache())
    if not found.entries and found.troubles:
        raise found.troubles[0]
    return found


def find_lesson(wanted: str, lessons: Path | None) -> Entry:
    """A lesson by id, or by the path of its file or folder."""
    if lessons is None and ("/" in wanted or wanted.endswith(".md")):
        return catalogue(Path(wanted)).entries[0]
    found = catalogue(lessons)
    try:
        return found.entry(wanted)
    except UsageError:
        for trouble in found.troubles:
            note(f"labrunner: {trouble}")
        raise


def whole(entry: Entry) -> Lesson:
    """The lesson with its steps, filled with sample values."""
    from labrunner.lesson.loading import load  # 150 ms for Markdown, YAML and the check kinds

    return load(Path(entry.path))


def rows(
    entries: Sequence[Entry], progress: Mapping[str, LessonProgress], *, steps: bool = False
) -> tuple[LessonRow, ...]:
    """A row a lesson; the first that is not done is next. With `steps` each lesson is read to count them."""
    made: list[LessonRow] = []
    for entry in entries:
        front = entry.front
        known = progress.get(front.id)
        done = sum(step.done for step in known.steps.values()) if known is not None else 0
        total: int | None = None
        if steps or done:
            try:
                lesson = whole(entry)
            except LabrunnerError as error:
                note(f"labrunner: {error}")
            else:
                total = len(lesson.steps)
                done = sum(known is not None and known.stands(s.id, s.checks_hash) for s in lesson.steps)
        finished = total is not None and done == total
        made.append(
            LessonRow(
                id=front.id,
                title=front.title,
                summary=front.summary,
                minutes=front.minutes,
                steps_total=total,
                steps_done=done,
                state="done" if finished else "begun" if known is not None else "new",
                next=not finished and not any(row.next for row in made),
            )
        )
    return tuple(made)


def first_lesson(lessons: Path | None) -> str:
    return catalogue(lessons).entries[0].front.id


def choose_lesson(lessons: Path | None, around: Surroundings, store: ProgressStore) -> str | None:
    """Let the learner choose; where there is nobody to choose, print the list and how to go on."""
    found = catalogue(lessons)
    for trouble in found.troubles:
        note(f"labrunner: {trouble}")
    listed = rows(found.entries, fold(store.attempts()))
    if around.interactive:
        return around.front.choose_lesson(listed)
    out(course_text(listed))
    return None


def course_text(listed: Sequence[LessonRow]) -> str:
    """The list as plain lines, with the command that goes on."""
    width = max((len(row.id) for row in listed), default=0)
    lines = ["The course:", ""]
    for row in listed:
        minutes = f"{row.minutes} min" if row.minutes is not None else ""
        counted = f"{row.steps_done} of {row.steps_total} steps" if row.steps_total is not None else ""
        state = {"done": "done", "begun": f"begun, {counted}".rstrip(", "), "new": "new"}[row.state]
        lines.append(f"  {row.id:<{width}}  {row.title} ({', '.join(filter(None, (minutes, state)))})")
        lines.append(f"  {'':<{width}}  {row.summary}")
    coming = next((row for row in listed if row.next), None)
    if coming is not None:
        lines += ["", f"Next: labrunner start {coming.id}"]
        lines.append(f"To watch it first: labrunner demo {coming.id}")
    return "\n".join(lines)
