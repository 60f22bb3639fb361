"""The check kind `asked`, and what requests a command line makes."""

from dataclasses import replace

import pytest

from labrunner.checks.asked import AskedCheck
from labrunner.checks.evidence import Asked
from labrunner.checks.finding import Finding
from labrunner.checks.requests import Topic, asked_of, topic
from labrunner.checks.verdict import Met, Unmet
from tests.checks.seeing import NGINX, NGINX_ID, container, seeing


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ("image history nginx", "docker history nginx:latest"),
        ("image history nginx", "docker image history --no-trunc docker.io/library/nginx"),
        ("image history *", "docker history anything"),
        ("image inspect nginx", "docker inspect nginx"),
        ("image inspect nginx", "docker image inspect --format '{{len .RootFS.Layers}}' nginx"),
        ("inspect web", "docker container inspect web"),
        ("image ls", "docker images"),
        ("image ls", "docker image ls nginx"),
        ("image ls nginx", "docker images --filter reference=nginx"),
        ("image ls --filter dangling=true", "docker images -f dangling=true -q"),
        ("container ls", "docker ps -a"),
        ("container ls --all", "docker container list -aq"),
        ("container logs web", "docker logs -f web"),
        ("container diff web", "docker diff web"),
        ("system df", "docker system df -v"),
        ("search nginx", "docker search --filter is-official=true nginx"),
        ("search *nginx", "docker search localhost:5002/nginx"),
        ("info", "docker system info"),
        ("version", "docker version"),
        ("image pull nginx", "docker pull nginx"),
        ("image tag nginx ana/nginx", "docker tag nginx ana/nginx:latest"),
    ],
)
def test_every_spelling_counts_where_there_is_no_gateway(about: str, line: str) -> None:
    assert isinstance(AskedCheck(about=about).judge(seeing(asked=asked_of(line))), Met)


@pytest.mark.parametrize(
    ("about", "line"),
    [
        ("image history nginx", "docker history httpd"),
        ("image history nginx", "docker history --help"),
        ("image history nginx", "echo docker history nginx"),
        ("image ls --filter dangling=true", "docker images"),
        ("container ls --all", "docker ps"),
        ("image ls", "docker ps"),
        ("search nginx", "docker search httpd"),
        ("image pull nginx:1.31", "docker pull nginx"),
    ],
)
def test_something_else_does_not_count(about: str, line: str) -> None:
    assert isinstance(AskedCheck(about=about).judge(seeing(asked=asked_of(line))), Unmet)


def test_what_the_gateway_saw_counts() -> None:
    check = AskedCheck(about="image history nginx:1.31-alpine")

    for path in (
        "/images/nginx:1.31-alpine/history",
        "/images/docker.io/library/nginx:1.31-alpine/history",
        f"/images/{NGINX_ID}/history",
        "/images/a1a1a1a1/history",
    ):
        verdict = check.judge(seeing(NGINX, asked=(Asked(method="GET", path=path),)))
        assert isinstance(verdict, Met), path


def test_a_push_is_about_the_name_and_not_about_the_image() -> None:
    check = AskedCheck(about="image push ana/nginx")
    image = replace(NGINX, names=("ana/nginx:latest", "bob/nginx:latest"))

    for name, verdict in (("ana/nginx", Met), ("bob/nginx", Unmet)):
        request = Asked(method="POST", path=f"/images/{name}/push")
        assert isinstance(check.judge(seeing(image, asked=(request,))), verdict)


def test_filters_are_understood_in_both_encodings() -> None:
    check = AskedCheck(about="image ls --filter dangling=true")

    for filters in ('{"dangling":{"true":true}}', '{"dangling":["true"]}'):
        request = Asked(method="GET", path="/images/json", query={"filters": filters, "all": "0"})
        assert isinstance(check.judge(seeing(asked=(request,))), Met)
    broken = Asked(method="GET", path="/images/json", query={"filters": "{"})
    assert isinstance(check.judge(seeing(asked=(broken,))), Unmet)


def test_a_container_may_be_asked_about_by_its_id() -> None:
    request = Asked(method="GET", path="/containers/id-of-web/logs")

    verdict = AskedCheck(about="container logs web").judge(seeing(container("web"), asked=(request,)))

    assert isinstance(verdict, Met)


def test_a_pull_is_known_however_the_client_splits_its_name() -> None:
    request = Asked(
        method="POST", path="/images/create", query={"fromImage": "docker.io/library/nginx", "tag": "1.31"}
    )

    assert topic(request) == Topic(
        method="POST", kind="/images/create", query=frozenset({("fromImage", "nginx:1.31")})
    )
    assert isinstance(AskedCheck(about="image pull nginx:1.31").judge(seeing(asked=(request,))), Met)


def test_the_same_question_about_something_else_is_told() -> None:
    verdict = AskedCheck(about="image history nginx").judge(seeing(asked=asked_of("docker history httpd")))

    assert verdict == Unmet(
        (
            Finding(
                field="about",
                expected="image history nginx",
                found="httpd:latest",
                subject="engine",
                remedy="docker image history nginx",
            ),
        )
    )


def test_what_asks_the_engine_nothing_is_refused() -> None:
    with pytest.raises(ValueError, match="use the kind `command`"):
        AskedCheck(about="image tag --help")


@pytest.mark.parametrize(
    ("line", "requests"),
    [
        ("docker inspect nginx", ["GET /containers/nginx/json", "GET /images/nginx/json"]),
        ("docker rm -f $(docker ps -aq)", ["DELETE /containers/$(docker ps -aq)", "GET /containers/json"]),
        ("docker rmi a b", ["DELETE /images/a:latest", "DELETE /images/b:latest"]),
        ("docker build -t web .", ["POST /build"]),
        ("docker run --name web nginx", ["POST /containers/create"]),
        ("ls -l | wc", []),
    ],
)
def test_the_requests_of_a_command_line(line: str, requests: list[str]) -> None:
    assert [f"{asked.method} {asked.path}" for asked in asked_of(line)] == requests
