"""What learners read: verdicts in plain English."""

import inspect
import re
from typing import Any

import pytest

from labrunner.checks.amount import Amount
from labrunner.checks.answer import AnswerCheck
from labrunner.checks.asked import AskedCheck
from labrunner.checks.check import Check
from labrunner.checks.combined import AnyCheck
from labrunner.checks.command import CommandCheck
from labrunner.checks.computed import Computed
from labrunner.checks.config import ConfigExpectation
from labrunner.checks.container import ContainerCheck
from labrunner.checks.dockerfile import DockerfileCheck
from labrunner.checks.engine import EngineCheck
from labrunner.checks.event import EventCheck
from labrunner.checks.evidence import (
    Command,
    Evidence,
    Fetch,
    HttpAnswer,
    ListTags,
    ManifestAnswer,
    ReadFile,
    ReadLogin,
    ReadManifest,
)
from labrunner.checks.file import FileCheck
from labrunner.checks.finding import Finding
from labrunner.checks.http import HttpCheck
from labrunner.checks.image import ImageCheck
from labrunner.checks.inside import FileInside
from labrunner.checks.judging import WAITING, judged
from labrunner.checks.kinds import CHECK_KINDS
from labrunner.checks.login import LoginCheck
from labrunner.checks.met_words import MET
from labrunner.checks.pattern import Pattern
from labrunner.checks.registry import RegistryCheck
from labrunner.checks.requests import asked_of
from labrunner.checks.unmet_words import UNMET
from labrunner.checks.verdict import Met, Unknown, Unmet
from labrunner.checks.words import met_sentences, sentences
from labrunner.engine.facts import Change, Container, EngineEvent, Image, ImageConfig
from labrunner.engine.protocol import (
    ContainerChanges,
    FileInImage,
    ImageHistory,
    InspectContainer,
    InspectImage,
)
from tests.checks.seeing import ALPINE, NGINX, NGINX_ID, WEB_ID, container, image, placed, port, seeing

MINE = "localhost:5001/ana/nginx:latest"
WEB = container("web", ports=(port(8080, 80),))
LAB_WEB = image("lab-web:latest")
BELL = EngineEvent(
    type="container", action="die", id="abc", name="brave_bell", attributes={"image": "alpine"}
)


def said(kind: str, check: Check, seen: Evidence, *, with_remedy: bool = False, **common: Any) -> list[str]:
    where = placed(kind, check, **common)
    return list(sentences(where, judged(where, seen), with_remedy=with_remedy))


def inspected(name: str = "web", **facts: Any) -> Evidence:
    known: dict[str, Any] = {
        "id": name,
        "image": "nginx:1.31-alpine",
        "image_id": NGINX_ID,
        "state": "running",
    }
    answer = Container(name=name, **(known | facts))
    shown = container(name, state=answer.state, ports=answer.ports)
    return seeing(NGINX, shown, answers={InspectContainer(name): answer})


@pytest.mark.parametrize(
    ("kind", "check", "seen", "told"),
    [
        (
            "image",
            ImageCheck(name="nginx"),
            seeing(),
            ["There is no image nginx:latest on this engine."],
        ),
        (
            "image",
            ImageCheck(name="nginx:1.31"),
            seeing(image("nginx:latest")),
            [
                "There is no image nginx:1.31 on this engine.",
                "There is nginx:latest, but nginx:1.31 is expected.",
            ],
        ),
        (
            "image",
            ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine"),
            seeing(NGINX, ran=(f"docker tag {MINE} nginx:1.31-alpine",)),
            [
                f"There is no image {MINE} on this engine.",
                f"In `docker tag {MINE} nginx:1.31-alpine` the two names are swapped: the source comes first, then"
                " the new name.",
            ],
        ),
        (
            "image",
            ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine"),
            seeing(NGINX, image(MINE, "alpine:3.24", id=ALPINE.id)),
            [f"{MINE} stands for another image (alpine:3.24) than nginx:1.31-alpine."],
        ),
        (
            "image",
            ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine"),
            seeing(),
            [
                f"There is no image {MINE} on this engine.",
                "nginx:1.31-alpine is not on this engine, so nothing can be the same image.",
            ],
        ),
        (
            "image",
            ImageCheck(name="lab-web", shares_layers_with="alpine:3.24"),
            seeing(
                LAB_WEB,
                ALPINE,
                answers={
                    InspectImage("lab-web:latest"): Image(id="1", layers=("a",)),
                    InspectImage("alpine:3.24"): Image(id="2", layers=("b", "c")),
                },
            ),
            ["lab-web:latest shares 0 of 2 layers with alpine:3.24; it should be built on all of them."],
        ),
        (
            "image",
            ImageCheck(
                name="lab-web", config=ConfigExpectation(cmd=("node", "server.js"), user="node", form="exec")
            ),
            seeing(
                LAB_WEB,
                answers={
                    InspectImage("lab-web:latest"): Image(
                        id="1", config=ImageConfig(cmd=("/bin/sh", "-c", "node server.js"))
                    )
                },
            ),
            [
                'The CMD of lab-web:latest is ["/bin/sh", "-c", "node server.js"]; ["node", "server.js"] is expected.',
                "The command of lab-web:latest was written in shell form; exec form is expected.",
                "lab-web:latest names no user, so it runs as root; node is expected.",
            ],
        ),
        (
            "image",
            ImageCheck(name="lab-web", contains_file=FileInside(path="/x", text=Pattern("Ana"))),
            seeing(LAB_WEB, answers={FileInImage("lab-web:latest", "/x"): b"Welcome"}),
            ["/x in lab-web:latest begins with “Welcome”; “Ana” is expected in it."],
        ),
        (
            "image",
            ImageCheck(name="lab-web", exists=False),
            seeing(LAB_WEB),
            ["The image lab-web:latest is still on this engine."],
        ),
        (
            "container",
            ContainerCheck(name="web", of="nginx:1.31-alpine"),
            seeing(NGINX, container("web", of="httpd", image_id=WEB_ID)),
            ["web was made from httpd:latest; nginx:1.31-alpine is expected."],
        ),
        (
            "container",
            ContainerCheck(name="web", of="nginx:1.31-alpine", publishes=("8080:80",)),
            seeing(NGINX, container("web1", ports=(port(8080, 80),))),
            [
                "There is no container web, running or stopped.",
                "web1 is right but for its name; web is expected.",
            ],
        ),
        (
            "container",
            ContainerCheck(name="web", publishes=("8080:80",)),
            seeing(container("web", ports=(port(80, 8080),))),
            [
                "web publishes 80:8080; the port of the host comes first, then the container's: 8080:80.",
                "All else about web is as expected.",
            ],
        ),
        (
            "container",
            ContainerCheck(name="web", publishes=("8080:80",)),
            seeing(container("web")),
            ["web publishes no port; 8080:80 is expected.", "All else about web is as expected."],
        ),
        (
            "container",
            ContainerCheck(name="web", state="running"),
            inspected(state="exited", exit_status=1),
            ["web has exited, with exit status 1; it should be running."],
        ),
        (
            "container",
            ContainerCheck(name="web", state="running"),
            inspected(state="created", error="Bind for 0.0.0.0:8080 failed: port is already allocated"),
            [
                "web was created but has not started; it should be running.",
                "The engine could not start web. Port 8080 of this machine is taken by another container: stop that"
                " one, or publish another port.",
            ],
        ),
        (
            "container",
            ContainerCheck(name="web", state="absent"),
            seeing(WEB),
            ["web is still there: it is running."],
        ),
        (
            "container",
            ContainerCheck(name="web", health="healthy", state="running"),
            inspected(health="starting"),
            [
                "web is still starting, which is normal; its health shows after a moment.",
                "All else about web is as expected.",
            ],
        ),
        (
            "container",
            ContainerCheck(name="web", changes=("A /scratch", "C /etc/hosts")),
            seeing(WEB, answers={ContainerChanges("web"): (Change(kind="A", path="/etc/hosts"),)}),
            ["In web, /scratch has not been added.", "In web, /etc/hosts was added, not changed."],
        ),
        (
            "container",
            ContainerCheck(of="nginx:1.31-alpine", count=Amount.read(">= 2")),
            seeing(NGINX, WEB),
            ["The number of such containers is 1; at least 2 is expected."],
        ),
        (
            "asked",
            AskedCheck(about="image history nginx"),
            seeing(),
            ["The engine has not been asked for the history of the image nginx:latest yet."],
        ),
        (
            "asked",
            AskedCheck(about="image history nginx"),
            seeing(asked=asked_of("docker history httpd")),
            [
                "The engine was asked about httpd:latest; this step asks for the history of the image nginx:latest."
            ],
        ),
        (
            "command",
            CommandCheck(like="docker image tag --help"),
            seeing(),
            ["The command that this step asks for has not been run yet."],
        ),
        (
            "command",
            CommandCheck(like="docker push x", exit_status=Amount.read("!= 0")),
            seeing(ran=(Command(text="docker push x", exit_status=0),)),
            ["`docker push x` ended with exit status 0; other than 0 is expected."],
        ),
        (
            "file",
            FileCheck(path="index.html", contains=(Pattern("Ana"), Pattern("/a|b/"))),
            seeing(answers={ReadFile("index.html"): b"Hello"}),
            ["index.html does not contain “Ana”.", "index.html does not contain text like /a|b/."],
        ),
        (
            "file",
            FileCheck(path="index.html"),
            seeing(answers={ReadFile("index.html"): None}),
            ["There is no file index.html in the workspace."],
        ),
        (
            "dockerfile",
            DockerfileCheck(
                from_="nginx:1.31-alpine",
                has=("WORKDIR /app", "HEALTHCHECK"),
                lacks=("RUN cd",),
                form={"CMD": "exec"},
                order=("COPY package.json", "RUN npm"),
                stages=Amount.read("2"),
            ),
            seeing(
                answers={
                    ReadFile("Dockerfile"): b"FROM nginx\nWORKDIR /src\nRUN cd /x && npm ci\n"
                    b"COPY package.json .\nCMD node x\n"
                }
            ),
            [
                "Dockerfile line 1: it is built on nginx; nginx:1.31-alpine is expected.",
                "Dockerfile line 2 is `WORKDIR /src`; `WORKDIR /app` is expected.",
                "Dockerfile has no `HEALTHCHECK`.",
                "Dockerfile line 3 is `RUN cd /x && npm ci`, which should not be there.",
                "COPY package.json before RUN npm is expected; it is RUN cd /x && npm ci on line 3, COPY package.json ."
                " on line 4.",
                "Dockerfile line 5: CMD is in shell form; exec form is expected.",
                "The number of stages of Dockerfile is 1; 2 is expected.",
            ],
        ),
        (
            "dockerfile",
            DockerfileCheck(),
            seeing(answers={ReadFile("Dockerfile"): b"FORM nginx\n"}),
            ["Dockerfile line 1: Docker cannot read it: unknown instruction: FORM."],
        ),
        (
            "http",
            HttpCheck(url="http://localhost:8080/", contains=Pattern("Ana")),
            seeing(
                answers={
                    Fetch("http://localhost:8080/", 5.0, 200, "Ana"): HttpAnswer(
                        status=200, body="<title>Welcome to nginx!</title>"
                    )
                }
            ),
            ["http://localhost:8080/ shows “Welcome to nginx!”; “Ana” is expected in it."],
        ),
        (
            "http",
            HttpCheck(url="http://localhost:8080/"),
            seeing(
                container("web", ports=(port(80, 8080),)),
                answers={Fetch("http://localhost:8080/", 5.0, 200, ""): None},
            ),
            [
                "Nothing answers at http://localhost:8080/.",
                "web publishes 80:8080, and nothing publishes port 8080.",
            ],
        ),
        (
            "registry",
            RegistryCheck(name=MINE, tags=("testing",)),
            seeing(
                answers={
                    ReadManifest(MINE): ManifestAnswer(digest="sha256:1"),
                    ListTags("localhost:5001/ana/nginx"): ("latest",),
                }
            ),
            ["In the registry, localhost:5001/ana/nginx has the tags latest; testing is missing."],
        ),
        (
            "login",
            LoginCheck(registry="localhost:5001"),
            seeing(answers={ReadLogin("localhost:5001"): False}),
            ["You are not logged in to localhost:5001."],
        ),
        (
            "login",
            LoginCheck(registry="localhost:5001", logged_in=False),
            seeing(answers={ReadLogin("localhost:5001"): True}),
            ["You are still logged in to localhost:5001."],
        ),
        (
            "engine",
            EngineCheck(dangling_images=Amount.read(">= 1")),
            seeing(),
            ["The number of dangling images is 0; at least 1 is expected."],
        ),
        (
            "answer",
            AnswerCheck(of=Computed(images="names")),
            seeing(NGINX, answer="2"),
            ["2 counts the heading of the list as well."],
        ),
        (
            "answer",
            AnswerCheck(text=("/usr/share/nginx/html",)),
            seeing(answer="/var/www"),
            ["“/var/www” is not the answer."],
        ),
        (
            "answer",
            AnswerCheck(text=("/usr/share/nginx/html",)),
            seeing(),
            ["There is no answer yet: type `answer` and what you found."],
        ),
        (
            "event",
            EventCheck(type="image", action="pull", object="nginx"),
            seeing(),
            ["nginx has not been pulled since this step began."],
        ),
        (
            "event",
            EventCheck(type="image", action="pull", object="nginx"),
            seeing(happened=(EngineEvent(type="image", action="pull", id="alpine", name="alpine"),)),
            ["alpine was pulled; nginx is expected."],
        ),
        (
            "event",
            EventCheck(type="container", action="die", object="nginx"),
            seeing(),
            ["No container has ended since this step began; nginx is expected."],
        ),
        (
            "event",
            EventCheck(type="container", action="die", object="nginx"),
            seeing(happened=(BELL,)),
            ["A container has ended: brave_bell (alpine); nginx is expected."],
        ),
        (
            "event",
            EventCheck(type="volume", action="mount"),
            seeing(),
            ["No volume has reported mount since this step began."],
        ),
    ],
)
def test_what_is_said_of_a_check_that_is_not_met(
    kind: str, check: Check, seen: Evidence, told: list[str]
) -> None:
    assert said(kind, check, seen) == told


def test_of_an_answer_the_command_that_shows_it_is_told() -> None:
    check = AnswerCheck(of=Computed(images="names"))

    told = said("answer", check, seeing(NGINX, answer="eight"), with_remedy=True)
    assert told[-1].endswith(" shows it.")


def test_the_remedy_comes_last_and_only_on_request() -> None:
    check = ContainerCheck(name="web", of="nginx:1.31-alpine")
    seen = seeing(NGINX, container("web1"))

    assert "rename" not in " ".join(said("container", check, seen))
    assert said("container", check, seen, with_remedy=True)[-1] == (
        "`docker container rename web1 web` mends it."
    )


def test_a_remedy_that_is_no_command_is_said_as_it_is() -> None:
    seen = seeing(answers={ReadFile("Dockerfile"): b"FORM nginx\n"})

    assert said("dockerfile", DockerfileCheck(), seen, with_remedy=True)[-1] == "Did you mean FROM?"


def test_of_what_should_not_be_so_what_is_wrong_is_told_and_not_that_it_is_there() -> None:
    check = FileCheck(path="note.txt", contains=(Pattern("a b"),))
    seen = seeing(answers={ReadFile("note.txt"): b"a b\n"})

    assert said("file", check, seen, negated=True) == ["note.txt contains “a b”; that should not be so."]


def test_what_has_not_happened_is_said_once_where_the_author_says_it() -> None:
    told = said("asked", AskedCheck(about="image ls"), seeing(), because="Look at the list first.")

    assert told == ["Look at the list first."]


def test_the_authors_own_sentence_comes_first() -> None:
    told = said("image", ImageCheck(name="nginx"), seeing(), because="No tag means `latest`.")

    assert told == ["No tag means `latest`.", "There is no image nginx:latest on this engine."]


def test_a_right_answer_is_never_given_away() -> None:
    check = AnswerCheck(of=Computed(images="names"))

    for reply in ("17", "x", None):
        told = said("answer", check, seeing(NGINX, ALPINE, answer=reply), with_remedy=True)
        assert not re.search(r"\b2\b", " ".join(told))


def test_what_must_not_hold_is_told_as_it_is() -> None:
    told = said("image", ImageCheck(name="lab-web"), seeing(LAB_WEB), negated=True)

    assert told == ["lab-web:latest is on the engine; that should not be so."]


def test_checks_within_others_speak_in_their_own_words() -> None:
    inner = placed("container", ContainerCheck(name="web", publishes=("8080:80",)))
    either = AnyCheck(checks=(inner, placed("image", ImageCheck(name="a"), negated=True)))

    told = said("any", either, seeing(image("a:latest"), container("web")))

    assert told == ["web publishes no port; 8080:80 is expected.", "All else about web is as expected."]


def test_what_cannot_be_told_is_said_and_what_waits_is_not() -> None:
    where = placed("image", ImageCheck(name="a"))

    assert sentences(where, Unknown("The engine is gone."), with_remedy=True) == ("The engine is gone.",)
    assert sentences(where, WAITING, with_remedy=True) == ()
    assert sentences(where, Met(), with_remedy=True) == ()
    assert met_sentences(where, Unknown("x")) == ()


def test_a_kind_of_another_package_is_told_in_general_words() -> None:
    finding = Finding(field="colour", expected="red", found="blue", subject="flag a")

    assert sentences(placed("flag", ImageCheck(name="a")), Unmet((finding,)), with_remedy=False) == (
        "flag a: colour is blue; red is expected.",
    )


@pytest.mark.parametrize(
    ("kind", "check", "seen", "told"),
    [
        (
            "container",
            ContainerCheck(name="lab-web", publishes=("8080:80",)),
            seeing(container("lab-web", ports=(port(8080, 80),))),
            ["lab-web is running and publishes port 8080 to its port 80."],
        ),
        (
            "container",
            ContainerCheck(name="web", of="nginx:1.31-alpine", publishes=("8080:80",)),
            seeing(NGINX, WEB),
            ["web was made from nginx:1.31-alpine, is running and publishes port 8080 to its port 80."],
        ),
        ("container", ContainerCheck(name="web", state="absent"), seeing(), ["web is gone."]),
        (
            "image",
            ImageCheck(name="nginx:1.31-alpine"),
            seeing(NGINX),
            ["nginx:1.31-alpine is on the engine."],
        ),
        (
            "image",
            ImageCheck(name=MINE, same_image_as="nginx:1.31-alpine"),
            seeing(image("nginx:1.31-alpine", MINE, id=NGINX_ID)),
            [f"{MINE} is the same image as nginx:1.31-alpine."],
        ),
        ("image", ImageCheck(name="a", exists=False), seeing(), ["a:latest is not on the engine."]),
        (
            "dockerfile",
            DockerfileCheck(from_="nginx", has=("EXPOSE 80",)),
            seeing(answers={ReadFile("Dockerfile"): b"FROM nginx\nEXPOSE 80\n"}),
            ["Dockerfile is built on nginx and has `EXPOSE 80`."],
        ),
        (
            "login",
            LoginCheck(registry="localhost:5001"),
            seeing(answers={ReadLogin("localhost:5001"): True}),
            ["You are logged in to localhost:5001."],
        ),
        (
            "login",
            LoginCheck(registry="localhost:5001", logged_in=False),
            seeing(answers={ReadLogin("localhost:5001"): False}),
            ["You are not logged in to localhost:5001."],
        ),
        (
            "command",
            CommandCheck(like="docker tag --help"),
            seeing(ran=("docker image tag --help",)),
            ["`docker image tag --help` has been run."],
        ),
        ("answer", AnswerCheck(number=Amount.read("7")), seeing(answer="7"), ["7 is right."]),
        (
            "asked",
            AskedCheck(about="image ls"),
            seeing(asked=asked_of("docker images")),
            ["The engine was asked for its list of images."],
        ),
        (
            "event",
            EventCheck(type="image", action="pull", object="alp*"),
            seeing(happened=(EngineEvent(type="image", action="pull", id="alpine", name="alpine"),)),
            ["alp* was pulled."],
        ),
        (
            "event",
            EventCheck(type="container", action="die", object="alpine"),
            seeing(happened=(BELL,)),
            ["A container has ended: alpine."],
        ),
        (
            "any",
            AnyCheck(checks=(placed("image", ImageCheck(name="nginx:1.31-alpine")),)),
            seeing(NGINX),
            ["nginx:1.31-alpine is on the engine."],
        ),
        (
            "http",
            HttpCheck(url="http://localhost:8080/"),
            seeing(answers={Fetch("http://localhost:8080/", 5.0, 200, ""): HttpAnswer(status=200)}),
            ["http://localhost:8080/ answers with status 200."],
        ),
    ],
)
def test_what_is_said_of_a_check_that_is_met(
    kind: str, check: Check, seen: Evidence, told: list[str]
) -> None:
    where = placed(kind, check)

    assert list(met_sentences(where, judged(where, seen))) == told


def test_every_key_of_every_kind_has_words() -> None:
    """Keys that choose what is looked at, rather than say what it should be, appear in no finding."""
    choosing = {"http.within", "engine.label", "answer.within", "event.type", "any.checks", "all.checks"}
    keys = {
        f"{kind}.{name.rstrip('_')}"
        for kind, check in CHECK_KINDS.items()
        for name in inspect.signature(check).parameters
    } - choosing - {"login.registry", "image.config", "image.contains_file"}  # fmt: skip
    keys |= {f"image.config.{name}" for name in inspect.signature(ConfigExpectation).parameters}

    assert sorted(keys - set(UNMET)) == []
    assert sorted(set(MET) - set(UNMET)) == []


def test_no_sentence_blames_or_shouts() -> None:
    for words in (*UNMET.values(), *MET.values()):
        for text in (words,) if isinstance(words, str) else words if isinstance(words, tuple) else ():
            assert "!" not in text
            assert not re.search(r"\b(wrong|error|fail|mistake|invalid|please)", text, re.IGNORECASE)


def test_braces_in_what_was_found_do_no_harm() -> None:
    history = ImageCheck(name="lab-web", history=Pattern("{x}"))

    assert said("image", history, seeing(LAB_WEB, answers={ImageHistory("lab-web:latest"): ()})) == [
        "No step in the history of lab-web:latest contains {x}."
    ]
