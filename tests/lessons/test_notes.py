"""The course covers the notes that it grew from: lessons/README.md says where, and it is true."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from labrunner.checks.commandline import matches
from labrunner.lesson.catalogue import pages_at
from labrunner.lesson.loading import load
from labrunner.lesson.model import Lesson, Passage, Script
from labrunner.lesson.script import commands

LESSONS = Path(__file__).parents[2] / "lessons"
VALUES = {"registry": "localhost:5001", "user": "student"}
"""What the table's names are filled with."""
COURSE = {page.parent.name.partition("-")[2]: load(page, values=VALUES) for page in pages_at(LESSONS)}
README = (LESSONS / "README.md").read_text(encoding="utf-8")

NOTES = """
http://hub.docker.com
docker image ls
docker pull nginx
docker pull nginx:1.11.9
docker pull nginx:1.11
docker pull nginx:1.11.9-alpine
docker image ls

docker image ls
docker history nginx:latest
docker history mysql
docker image inspect nginx

docker image tag -- help
docker image ls
docker pull mysql/mysql-server
docker image ls
docker pull nginx:mainline
docker image ls
docker image tag nginx codersh/nginx
docker image tag --help
docker image ls
docker image push codersh/nginx
docker --help
docker login
cat .docker/config.json
docker image push codersh/nginx
docker image tag codersh/nginx bretfisher/nginx:testing
docker image push codersh/nginx:testing
docker image push codersh/nginx codersh/nginx:testing
docker image ls
docker image push codersh/nginx:testing
docker image ls

cd dockerfile-sample-1
vim Dockerfile

docker image build -t customnginx .
docker image ls
docker image build -t customnginx .

cd dockerfile-sample-2
vim Dockerfile
docker container run -p 80:80 --rm nginx
docker image build -t nginx-with-html .
docker container run -p 80:80 --rm nginx-with-html
docker image ls
docker image tag --help
docker image tag nginx-with-html:latest bretfisher/nginx-with-html:latest
docker image ls
docker push

cd dockerfile-assignment-1
vim Dockerfile
docker build cmd
docker build -t testnode .
docker container run --rm -p 80:3000 testnode
docker images
docker tag --help
docker tag testnode bretfisher/testing-node
docker push --help
docker push bretfisher/testing-node
docker image ls
docker image rm bretfisher/testing-node
docker container run --rm -p 80:3000 bretfisher/testing-node
"""
"""Every command of the notes as it is typed there, in order, a paragraph for each of their sections."""

IN_THE_NOTES = tuple(line for line in NOTES.splitlines() if line)


class Place(NamedTuple):
    lesson: str
    step: str
    """Empty for the lesson's beginning, before its first step."""


class Row(NamedTuple):
    typed: str
    taught: str
    places: tuple[Place, ...]


def table(heading: str) -> list[list[str]]:
    """The cells of the rows of the first table below a heading, without its head."""
    below = README.partition(f"\n### {heading}\n")[2].partition("\n#")[0]
    rows = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows[2:]]


def places_in(cell: str) -> tuple[Place, ...]:
    return tuple(Place(*(name.partition("/")[::2])) for name in re.findall(r"`([^`]+)`", cell))


def row_of(cells: list[str]) -> Row:
    typed, taught, where = cells
    typed = typed.strip("`")
    return Row(typed, typed if taught == "the same" else taught.strip("`"), places_in(where))


TOPICS = [(topic, places_in(where)) for topic, where in table("Topics")]
COMMANDS = [row_of(cells) for cells in table("Commands")]


def test_the_table_has_every_command_of_the_notes_once_and_in_their_order() -> None:
    assert [row.typed for row in COMMANDS] == list(dict.fromkeys(IN_THE_NOTES))


@pytest.mark.parametrize(
    "places", [pytest.param(places, id=topic) for topic, places in TOPICS + [(r[0], r[2]) for r in COMMANDS]]
)
def test_every_place_of_a_row_exists(places: tuple[Place, ...]) -> None:
    assert places != ()
    assert [place for place in places if not exists(place)] == []


@pytest.mark.parametrize(
    ("row", "place"),
    [pytest.param(row, place, id=f"{row.typed}-{place}") for row in COMMANDS for place in row.places],
)
def test_a_step_teaches_the_command_that_it_is_named_for(row: Row, place: Place) -> None:
    assert row.taught in words_of(place) or any(matches(row.taught, each) for each in commands_of(place))


def test_every_lesson_has_its_row_in_the_list_of_lessons() -> None:
    listed = re.findall(r"^\| \[([\w-]+)\]\(\1/lesson\.md\) \| `(\w+)` \|.*\| (\d+) \|", README, re.MULTILINE)

    assert listed == [
        (Path(lesson.path).parent.name, lesson.id, str(lesson.front.minutes)) for lesson in COURSE.values()
    ]


def test_no_lesson_is_left_out_of_the_notes_tables() -> None:
    named = {place.lesson for _, places in TOPICS for place in places}

    assert named == set(COURSE)


def exists(place: Place) -> bool:
    lesson = COURSE.get(place.lesson)
    return lesson is not None and (not place.step or lesson.place(place.step) is not None)


def words_of(place: Place) -> str:
    """All that a learner reads there before help is asked for, without questions' replies."""
    lesson = COURSE[place.lesson]
    read = [passage.markdown for passage in prose(lesson, place.step)]
    if (at := lesson.place(place.step)) is not None and (question := lesson.steps[at].question) is not None:
        read += [option.text for option in question.options]
    return " ".join(" ".join(read).split())


def commands_of(place: Place) -> Iterator[str]:
    """What stands as code in the step's text, and what its solution and its other right ways type."""
    lesson = COURSE[place.lesson]
    for passage in prose(lesson, place.step):
        yield from re.findall(r"(?<!`)`([^`\n]+)`(?!`)", passage.markdown)
        for fence in re.findall(r"^```sh\n(.*?)^```", passage.markdown, re.MULTILINE | re.DOTALL):
            yield from commands(fence)
    for script in scripts(lesson, place.step):
        yield from commands(script.text)


def prose(lesson: Lesson, step: str) -> tuple[Passage, ...]:
    at = lesson.place(step)
    return lesson.intro if at is None else lesson.steps[at].prose


def scripts(lesson: Lesson, step: str) -> tuple[Script, ...]:
    at = lesson.place(step)
    if at is None:
        return ()
    solution = lesson.steps[at].solution
    return (*(() if solution is None else (solution,)), *lesson.steps[at].accepts)
