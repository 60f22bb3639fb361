"""`labrunner start`: a lesson, or the course list."""

from collections.abc import Sequence
from contextlib import closing

from labrunner.cli import bookmark
from labrunner.cli.arguments import Arguments, read
from labrunner.cli.beginning import Wish
from labrunner.cli.choosing import Chosen
from labrunner.cli.course import choose_lesson, find_lesson
from labrunner.cli.running import Ended, Started, run_lesson
from labrunner.cli.seat import Seat
from labrunner.cli.surroundings import Surroundings, columns, look_around
from labrunner.lesson.catalogue import Entry
from labrunner.progress.sqlite import data_folder, open_store
from labrunner.runner.jobs import Jobs
from labrunner.runner.protocols import Shell
from labrunner.session.effects import ShowLesson, ShowStep
from labrunner.shell.events import ShellEvent


def run(arguments: Arguments) -> int:
    around = look_around(plain=arguments.plain)
    with closing(open_store()) as store:
        wanted = arguments.lesson
        if wanted is None:
            wanted = choose_lesson(arguments.lessons, around, store)
            if wanted is None:
                return 0
        found = find_lesson(wanted, arguments.lessons)
        ended = run_lesson(found, wish_of(arguments), around, store)
    if arguments.lesson is not None and not (arguments.step or arguments.record):
        remember(arguments.words, found, ended, around)
    return ended.exit_status


def go_on(
    words: Sequence[str],
    mark: bookmark.Bookmark,
    seat: Seat,
    shell: Shell,
    pipe: tuple[int, int],
    heard: tuple[ShellEvent, ...],
) -> int:
    """The lesson whose screen of last time stands already (`labrunner.cli.quick`)."""
    arguments: Arguments = read(words)
    around = look_around(plain=False)
    chosen = Chosen(name="practice" if mark["engine"] == "practice" else "docker", address=mark["address"])
    jobs = Jobs(pipe)
    with closing(open_store()) as store, closing(chosen.open()) as engine:
        found = find_lesson(arguments.lesson, arguments.lessons)
        started = Started(
            seat=seat, shell=shell, jobs=jobs, chosen=chosen, engine=engine, heard=heard, shown=True
        )
        ended = run_lesson(found, wish_of(arguments), around, store, started)
        jobs.close()
    remember(words, found, ended, around)
    return ended.exit_status


def wish_of(arguments: Arguments) -> Wish:
    return Wish(
        engine=arguments.engine, step=arguments.step, registry=arguments.registry, record=arguments.record
    )


def remember(words: Sequence[str], found: Entry, ended: Ended, around: Surroundings) -> None:
    """Leave a bookmark where the learner will come back to."""
    session = ended.session
    if around.plain or ended.chosen.certificates or session.finished or not session.step.asks:
        return
    if session.phase != "open" or session.next_up != session.position:
        # The lesson is not taken up at the step that is on the screen.
        return
    width = columns()
    shows = (
        ShowLesson(lesson=session.lesson, engine=session.engine, resumed=True),
        ShowStep(
            step=session.step,
            lesson_title=session.lesson.front.title,
            place=session.place,
            engine=session.engine,
        ),
    )
    folder = str(data_folder())
    bookmark.write(
        words,
        folder,
        bookmark.Bookmark(
            stamps=bookmark.stamps(bookmark.depends_on(found.path, folder)),
            surroundings=bookmark.surroundings(width),
            words=list(words),
            lesson=session.lesson.id,
            engine=ended.chosen.name,
            address=ended.chosen.address,
            workspace=ended.opening.workspace,
            text="".join(around.front.draw(show, width) for show in shows),
        ),
    )
