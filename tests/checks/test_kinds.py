"""The table of check kinds, and the examples its manual prints."""

import inspect
from dataclasses import FrozenInstanceError

import pytest

from labrunner.checks.check import Check, PlacedCheck
from labrunner.checks.evidence import (
    Asked,
    Evidence,
    Fetch,
    HttpAnswer,
    ListTags,
    ManifestAnswer,
    ReadFile,
    ReadLogin,
    ReadManifest,
)
from labrunner.checks.judging import judged, probes_for
from labrunner.checks.kinds import CHECK_KINDS
from labrunner.checks.verdict import Met, Unmet
from labrunner.engine.facts import EngineEvent, Image
from labrunner.engine.protocol import InspectImage
from labrunner.errors import Location
from labrunner.lesson.decode import Decoder
from labrunner.lesson.kinds import EVERY_KIND
from labrunner.lesson.problems import Problems
from labrunner.lesson.yaml_nodes import read
from tests.checks.seeing import NGINX_ID, container, image, port, seeing

DOCKERFILE = b"""\
FROM node:24-alpine
WORKDIR /usr/src/app
COPY package.json ./
RUN npm ci
COPY . .
EXPOSE 3000
CMD ["node", "server.js"]
"""
_MANIFEST = ManifestAnswer(digest="sha256:1")
GOOD = seeing(
    image("nginx:latest", "nginx:1.31-alpine", "localhost:5001/student/nginx:latest", id=NGINX_ID),
    image("lab-web:latest"),
    container("lab-nginx", ports=(port(8080, 80),)),
    answers={
        ReadFile("Dockerfile"): DOCKERFILE,
        ReadFile(".dockerignore"): b"node_modules\n.git\n",
        Fetch("http://localhost:8080/", 5.0, 200, "Welcome to nginx"): HttpAnswer(
            status=200, body="<title>Welcome to nginx!</title>"
        ),
        ReadManifest("localhost:5001/student/nginx:latest"): _MANIFEST,
        ReadManifest("localhost:5001/student/nginx:testing"): _MANIFEST,
        ListTags("localhost:5001/student/nginx"): ("latest", "testing"),
        ReadLogin("localhost:5001"): True,
        InspectImage("nginx:latest"): Image(id=NGINX_ID, layers=("a", "b")),
    },
    ran=("docker tag --help",),
    asked=(Asked(method="GET", path="/images/nginx/history"),),
    happened=(
        EngineEvent(type="image", action="pull", id="nginx:1.31-alpine", name="nginx:1.31-alpine"),
        EngineEvent(type="container", action="die", id="c", attributes={"image": "hello-world"}),
    ),
    answer="2",
)
"""A world in which every example holds."""
BARE = seeing(
    image(id="sha256:1", labels={"labrunner": "1"}),
    answers=dict.fromkeys(GOOD.answers) | {ReadLogin("localhost:5001"): False},
)
"""A world in which none does."""


def example(kind: str) -> PlacedCheck:
    at = Location(path=kind)
    problems = Problems()
    decoder = Decoder(kinds=EVERY_KIND, problems=problems)
    placed = decoder.placed(kind, read(CHECK_KINDS[kind].example, at), number=1, at=at)
    assert placed is not None
    return placed


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_the_example_of_a_kind_is_met_in_a_good_world_and_not_in_a_bare_one(kind: str) -> None:
    check = example(kind)

    assert isinstance(judged(check, GOOD), Met)
    assert isinstance(judged(check, BARE), Unmet)


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_a_kind_is_a_documented_frozen_dataclass(kind: str) -> None:
    check = example(kind).check

    assert isinstance(check, Check)
    assert CHECK_KINDS[kind].__doc__
    assert not hasattr(check, "__dict__")
    with pytest.raises(FrozenInstanceError):
        setattr(check, next(iter(inspect.signature(CHECK_KINDS[kind]).parameters)), None)


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_three_rounds_of_probes_are_enough(kind: str) -> None:
    seen = Evidence(docker=GOOD.docker, answer="7")
    for _ in range(3):
        wanted = probes_for((example(kind),), seen)
        seen = Evidence(docker=GOOD.docker, answer="7", answers={**seen.answers, **dict.fromkeys(wanted)})

    assert probes_for((example(kind),), seen) == ()


def test_the_table_holds_the_kinds_of_the_lesson_format() -> None:
    assert list(CHECK_KINDS) == [
        "image",
        "container",
        "asked",
        "command",
        "file",
        "dockerfile",
        "http",
        "registry",
        "login",
        "engine",
        "answer",
        "event",
        "any",
        "all",
    ]
    assert "image" in CHECK_KINDS
    assert "images" not in CHECK_KINDS
    assert len(CHECK_KINDS) == 14
