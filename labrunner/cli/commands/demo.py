"""`labrunner demo`: a lesson done by somebody who knows the answers, and makes a mistake or two."""

from labrunner.cli.arguments import Arguments
from labrunner.cli.beginning import Wish
from labrunner.cli.course import find_lesson, first_lesson
from labrunner.cli.running import run_lesson
from labrunner.cli.surroundings import look_around
from labrunner.progress.sqlite import open_store


def run(arguments: Arguments) -> int:
    around = look_around(plain=arguments.plain)
    store = open_store()
    try:
        wanted = arguments.lesson or first_lesson(arguments.lessons)
        wish = Wish(
            engine=arguments.engine,
            registry=arguments.registry,
            demo=True,
            speed=arguments.speed if around.interactive else "instant",
        )
        return run_lesson(find_lesson(wanted, arguments.lessons), wish, around, store).exit_status
    finally:
        store.close()
