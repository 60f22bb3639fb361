"""`docker search`, on the practice hub and on the lab registry."""

import asyncio
from pathlib import Path

import pytest

from labrunner.practice.hub.recipe import Row
from labrunner.practice.hub.search import search
from labrunner.practice.refusal import Refused
from tests.practice.hub.corner import STUDENT, Corner, refusal_of

ROWS = (
    Row(name="nginx", description="web server", stars=100, official=True),
    Row(name="bitnami/nginx", description="", stars=20, official=False),
    Row(name="nginx/ingress", description="", stars=50, official=False),
    Row(name="caddy", description="not nginx", stars=500, official=True),
    Row(name="mysql", description="database", stars=90, official=True),
)


def names(term: str, **filters: list[str]) -> list[str]:
    found = search(
        ROWS, ("student/nginx",), term, filters={key.replace("_", "-"): filters[key] for key in filters}
    )
    return [row["name"] for row in found]


def test_the_name_itself_comes_first_then_the_starred() -> None:
    assert names("nginx") == ["nginx", "nginx/ingress", "bitnami/nginx", "student/nginx", "caddy"]
    assert names("NGINX")[0] == names("library/nginx")[0] == "nginx"
    assert names("nosuch") == []


def test_filters() -> None:
    assert names("nginx", is_official=["true"]) == ["nginx", "caddy"]
    assert names("nginx", is_official=["false"], stars=["20"]) == ["nginx/ingress", "bitnami/nginx"]
    assert names("nginx", is_automated=["true"]) == []


def test_a_row_has_what_clients_read() -> None:
    assert search(ROWS, (), "mysql") == [
        {
            "star_count": 90,
            "is_official": True,
            "name": "mysql",
            "is_automated": False,
            "description": "database",
        }
    ]


@pytest.mark.parametrize(
    ("limit", "filters", "message"),
    [
        (300, {}, "limit 300 is outside the range of [1, 100]"),
        (-1, {}, "limit -1 is outside the range of [1, 100]"),
        (25, {"foo": ["bar"]}, "invalid filter 'foo'"),
        (25, {"is-official": ["bar"]}, "invalid filter 'is-official=[bar]'"),
        (25, {"stars": ["bar"]}, "invalid filter 'stars=bar': strconv.Atoi: parsing \"bar\": invalid syntax"),
    ],
)
def test_refusals_are_docker_s(limit: int, filters: dict[str, list[str]], message: str) -> None:
    with pytest.raises(Refused) as caught:
        search(ROWS, (), "nginx", limit=limit, filters=filters)
    assert (caught.value.status, caught.value.message) == (400, message)


def test_what_a_learner_pushed_is_found(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> list[str]:
        await corner.pull("hello-world")
        corner.tag("hello-world", "student/greeting")
        await corner.push("student/greeting", auth=STUDENT)
        return [row["name"] for row in await corner.hub.search("greeting")]

    assert asyncio.run(work()) == ["student/greeting"]


def test_a_term_with_a_host_asks_that_registry(tmp_path: Path) -> None:
    corner = Corner(tmp_path)

    async def work() -> tuple[list[str], tuple[int, str]]:
        server = await corner.hub.serve_registry(0)
        term = f"localhost:{server.port}/nginx"
        found = await corner.hub.search(term, 3, {"is-official": ["true"]})
        await server.close()
        return [row["name"] for row in found], await refusal_of(corner.hub.search(term))

    found, refused = asyncio.run(work())

    assert found == ["nginx"]
    assert refused[1].endswith("connect: connection refused")
