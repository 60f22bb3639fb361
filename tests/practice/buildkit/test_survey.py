"""What a Dockerfile needs of its client, found without building it."""

import pytest

from labrunner.practice.api.buildkit.survey import Survey, survey

HUB = ("docker.io",)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("FROM alpine\nRUN true\n", Survey(context=False, registries=HUB)),
        ("FROM alpine\nCOPY a.txt /src/b/ /there/\n", Survey(follow=("a.txt", "src/b"), registries=HUB)),
        ("FROM alpine\nCOPY . /there/\n", Survey(registries=HUB)),
        ("FROM alpine\nCOPY a ../b ./c/../d /there/\n", Survey(follow=("a", "b", "d"), registries=HUB)),
        ('FROM alpine\nCOPY ["a b", "/there/"]\n', Survey(follow=("a b",), registries=HUB)),
        ("FROM alpine\nARG X=a\nCOPY $X b /there/\n", Survey(registries=HUB)),
        ("FROM alpine\nADD https://example.org/x a.tar /\n", Survey(follow=("a.tar",), registries=HUB)),
        ("FROM alpine\nADD https://example.org/x /\n", Survey(context=False, registries=HUB)),
        ("FROM alpine\nCOPY <<EOF /x\nhi\nEOF\n", Survey(context=False, registries=HUB)),
        (
            "FROM alpine\nRUN --mount=type=bind,source=x,target=/x ls /x\n",
            Survey(follow=("x",), registries=HUB),
        ),
        ("FROM alpine\nRUN --mount=target=/x ls /x\n", Survey(registries=HUB)),
        (
            "FROM alpine\nRUN --mount=type=secret,id=one --mount=type=secret,target=/run/two true\n",
            Survey(context=False, secrets=("one", "two"), registries=HUB),
        ),
        (
            "FROM localhost:5000/x AS a\nCOPY a /\nFROM scratch\nCOPY --from=a /a /\nCOPY b /\n",
            Survey(follow=("a", "b"), registries=("localhost:5000",)),
        ),
        (
            "FROM nginx AS a\nCOPY a /\nFROM a\nFROM scratch\nCOPY b /\n",
            Survey(follow=("b",), registries=HUB),
        ),
        ("FROM scratch\nCOPY --from=quay.io/x/y /a /\n", Survey(context=False, registries=("quay.io",))),
        ("FOO bar\n", Survey(context=False)),
    ],
)
def test_a_survey(text: str, found: Survey) -> None:
    assert survey(text, "") == found


@pytest.mark.parametrize(
    ("target", "follow"), [("one", ("a",)), ("TWO", ("b",)), ("0", ("a",)), ("", ("c",))]
)
def test_only_the_stages_of_the_target_count(target: str, follow: tuple[str, ...]) -> None:
    text = "FROM alpine AS one\nCOPY a /\nFROM alpine AS two\nCOPY b /\nFROM alpine\nCOPY c /\n"

    assert survey(text, target).follow == follow
