"""The BuildKit dialect: its steps' names, its images, and what it takes from its cache."""

import asyncio

import pytest

from labrunner.practice.refusal import Refused
from tests.practice.build.yard import Yard

A = "FROM alpine\n"
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
EMPTY_LAYER = "sha256:5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"


def test_the_history_is_dockers(site: Yard) -> None:
    text = """\
FROM alpine
ARG A=1
ARG B
ARG N
ENV X=1 Y=$X
ENV X=2 Y=$X
LABEL l="a b" m=n
RUN echo hi > /f
WORKDIR /made
WORKDIR app
COPY index.html .
COPY --chown=1000:1000 --chmod=600 index.html /two/
ADD index.html /add
EXPOSE 90 80/tcp 53/udp 100-102
VOLUME ["/d2", "/d3"]
USER nobody
STOPSIGNAL SIGQUIT
SHELL ["/bin/ash", "-c"]
HEALTHCHECK --interval=2s --timeout=3s --start-period=4s --retries=5 CMD wget x
ONBUILD RUN echo trigger
MAINTAINER me
ENTRYPOINT ["a"]
CMD b c
"""
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text, "index.html": "hi\n"}, build_args={"B": "5"}))

    assert [row["created_by"] for row in image.history[-21:]] == [
        "ARG A=1",
        "ARG B=5",
        "ARG N",
        "ENV X=1 Y=",
        "ENV X=2 Y=1",
        "LABEL l=a b m=n",
        "RUN |3 A=1 B=5 N= /bin/sh -c echo hi > /f # buildkit",
        "WORKDIR /made",
        "WORKDIR /made/app",
        "COPY index.html . # buildkit",
        "COPY --chown=1000:1000 --chmod=600 index.html /two/ # buildkit",
        "ADD index.html /add # buildkit",
        "EXPOSE [100/tcp 101/tcp 102/tcp 53/udp 80/tcp 90/tcp]",
        "VOLUME [/d2 /d3]",
        "USER nobody",
        "STOPSIGNAL SIGQUIT",
        "SHELL [/bin/ash -c]",
        'HEALTHCHECK &{["CMD-SHELL" "wget x"] "2s" "3s" "4s" "0s" \'\\x05\'}',
        "MAINTAINER me",
        'ENTRYPOINT ["a"]',
        'CMD ["/bin/ash" "-c" "b c"]',
    ]
    assert {row["comment"] for row in image.history[-21:]} == {"buildkit.dockerfile.v0"}
    assert image.run["ArgsEscaped"] is True
    assert image.run["OnBuild"] == ["RUN echo trigger"]
    assert "Hostname" not in image.run


def test_scratch(site: Yard) -> None:
    image, told = asyncio.run(
        site.buildkit({"Dockerfile": 'FROM scratch\nCOPY a /x\nCMD ["/x"]\n', "a": "1"})
    )

    assert image.run == {"ArgsEscaped": True, "Cmd": ["/x"], "Env": [PATH], "WorkingDir": "/"}
    assert told.planned_names == ["[1/1] COPY a /x"]
    assert [row["created_by"] for row in image.history] == ["COPY a /x # buildkit", 'CMD ["/x"]']


def test_only_what_is_needed_runs(site: Yard) -> None:
    text = (
        "FROM alpine AS build\nRUN echo built > /out\nFROM alpine AS unused\nRUN false\n"
        "FROM build AS test\nRUN false\nFROM scratch\nCOPY --from=build /out /out\nCOPY --from=0 /out /o2\n"
    )
    image, told = asyncio.run(site.buildkit({"Dockerfile": text}))

    assert told.planned_names == [
        "[build 1/2] FROM docker.io/library/alpine:latest",
        "[build 2/2] RUN echo built > /out",
        "[stage-3 1/2] COPY --from=build /out /out",
        "[stage-3 2/2] COPY --from=0 /out /o2",
    ]
    assert site.tree(image).read("o2") == b"built\n"
    with pytest.raises(Refused):
        asyncio.run(site.buildkit({"Dockerfile": text}, target="unused"))


def test_names_of_steps_have_their_variables_replaced(site: Yard) -> None:
    text = A + "ARG D=x\nENV W=/w\nrun   echo $D $HOME\nWORKDIR $W\nCOPY ${D} .\n"
    _, told = asyncio.run(site.buildkit({"Dockerfile": text, "x": ""}))

    assert told.planned_names[1:] == ["[2/4] RUN   echo x $HOME", "[3/4] WORKDIR /w", "[4/4] COPY x ."]


def test_here_documents(site: Yard) -> None:
    text = (
        A + "RUN <<EOF\necho one > /r\necho $HOME >> /r\nEOF\n"
        'ENV N=name\nCOPY <<one <<"two" /h/\nhello $N\none\nraw $N\ntwo\nCOPY <<-T /t\n\ttab ${N}\nT\n'
    )
    image, told = asyncio.run(site.buildkit({"Dockerfile": text}))
    tree = site.tree(image)

    assert told.planned_names[1:] == [
        "[2/4] RUN <<EOF (echo one > /r...)",
        "[3/4] COPY <<one <<two /h/",
        "[4/4] COPY <<-T /t",
    ]
    assert tree.read("r") == b"one\n/root\n"
    assert (tree.read("h/one"), tree.read("h/two"), tree.read("t")) == (
        b"hello name\n",
        b"raw $N\n",
        b"tab name\n",
    )
    assert image.history[-2]["created_by"] == "COPY <<one <<two /h/ # buildkit"


def test_a_script_as_a_here_document(site: Yard) -> None:
    image, _ = asyncio.run(site.buildkit({"Dockerfile": A + "RUN <<EOF\n#!/bin/sh\necho s > /s\nEOF\n"}))

    assert image.history[-1]["created_by"] == "RUN /bin/sh -c /dev/pipes/EOF # buildkit"
    assert site.tree(image).read("s") == b"s\n"
    assert site.tree(image).get("dev/pipes/EOF") is None


def test_an_empty_run_and_a_workdir_that_is_there_are_empty_layers(site: Yard) -> None:
    image, _ = asyncio.run(site.buildkit({"Dockerfile": A + "RUN true\nWORKDIR /etc\n"}))

    assert image.layers[-2:] == (EMPTY_LAYER, EMPTY_LAYER)
    assert not any(row.get("empty_layer") for row in image.history[-2:])


def test_metadata_alone_gives_the_same_image_every_time(site: Yard) -> None:
    async def build(no_cache: bool) -> str:
        return (await site.buildkit({"Dockerfile": A + "ENV a=b\n"}, no_cache=no_cache))[0].id

    async def twice() -> None:
        assert await build(False) == await build(True)

    asyncio.run(twice())


def test_a_cached_build_gives_the_same_image(site: Yard) -> None:
    files = {"Dockerfile": A + "RUN echo x > /f\nWORKDIR /w\nCOPY a .\n", "a": "1"}

    async def twice() -> None:
        first, told = await site.buildkit(files)
        assert told.pattern == "C..."
        second, told = await site.buildkit(files)
        assert told.pattern == "CCCC"
        assert first.id == second.id

    asyncio.run(twice())


CACHE = {
    "an ARG changes every RUN after it": (
        ("FROM alpine\nRUN echo one\nARG W={}\nCOPY a /a\nRUN echo two\n", ("1", "2")),
        ["...", "CC."],
    ),
    "ENV changes RUN, not COPY": (
        ("FROM alpine\nENV E={}\nCOPY a /a\nRUN echo\n", ("1", "2", "1")),
        ["..", "C.", "CC"],
    ),
    "LABEL, EXPOSE and CMD change nothing": (
        ('FROM alpine\nLABEL E={0}\nEXPOSE 8{0}\nCMD ["{0}"]\nCOPY a /a\nRUN echo\n', ("1", "2")),
        ["..", "CC"],
    ),
    "WORKDIR changes what follows": (
        ("FROM alpine\nWORKDIR /{}\nCOPY a /a\nRUN echo\n", ("a", "b")),
        ["...", "..."],
    ),
    "USER changes RUN, not COPY": (
        ("FROM alpine\nUSER {}\nCOPY a /a\nRUN echo\n", ("0", "1")),
        ["..", "C."],
    ),
    "the name of a source counts": (("FROM alpine\nCOPY {} /x\nRUN echo\n", ("a", "b")), ["..", ".."]),
    "an owner counts": (("FROM alpine\nCOPY --chown={} a /a\n", ("1", "2", "1")), [".", ".", "C"]),
    "spaces count": (("FROM alpine\nRUN echo{}x\n", (" ", "  ")), [".", "."]),
    "another stage's files count, not how they came about": (
        (
            "FROM alpine AS b\nRUN echo {}\nRUN echo x > /o\nFROM alpine\nCOPY --from=b /o /x\nRUN echo\n",
            ("1", "2"),
        ),
        ["....", "..CC"],
    ),
    "SHELL counts by what it runs": (
        ("FROM alpine\nSHELL {}\nRUN echo\n", ('["/bin/sh","-c"]', '["/bin/sh","-ec"]')),
        [".", "."],
    ),
}


@pytest.mark.parametrize(("asked", "expected"), CACHE.values(), ids=CACHE)
def test_what_is_cached(site: Yard, asked: tuple[str, tuple[str, ...]], expected: list[str]) -> None:
    """The same as Docker Engine 28.5.2 showed for each."""
    text, values = asked

    async def build() -> list[str]:
        return [
            (await site.buildkit({"Dockerfile": text.format(value), "a": "1", "b": "1"}))[1].pattern[1:]
            for value in values
        ]

    assert asyncio.run(build()) == expected


def test_no_cache_is_written_nevertheless(site: Yard) -> None:
    files = {"Dockerfile": A + "RUN echo x\n"}

    async def build() -> list[str]:
        asked = (False, True, False)
        return [(await site.buildkit(files, no_cache=each))[1].pattern[1:] for each in asked]

    assert asyncio.run(build()) == [".", ".", "C"]


def test_no_cache_for_one_stage(site: Yard) -> None:
    files = {"Dockerfile": "FROM alpine AS a\nRUN echo x > /o\nFROM alpine\nRUN echo y\nCOPY --from=a /o /\n"}

    async def build() -> str:
        await site.buildkit(files)
        return (await site.buildkit(files, no_cache_stages=frozenset({"a"})))[1].pattern

    assert asyncio.run(build()) == "CC.C"


def test_the_cache_outlives_images_and_the_engine(site: Yard) -> None:
    files = {"Dockerfile": A + "RUN echo x > /f\n"}

    async def first() -> None:
        image, _ = await site.buildkit(files)
        site.store.remove(image.id)

    async def second() -> None:
        again = site.reopened()
        assert [row["Description"] for row in again.builder.usage()] == [
            "mount / from exec /bin/sh -c echo x > /f"
        ]
        image, told = await again.buildkit(files)
        assert told.pattern == "CC"
        assert again.tree(image).read("f") == b"x\n"

    asyncio.run(first())
    asyncio.run(second())


def test_pruning(site: Yard) -> None:
    async def build() -> None:
        image, _ = await site.buildkit({"Dockerfile": A + "RUN echo x > /f\n"})
        assert [(row["Shared"], row["Size"]) for row in site.builder.usage()] == [(True, 2)]
        assert site.builder.prune() == ([], 0)
        site.store.remove(image.id)
        (row,) = site.builder.usage()
        assert site.builder.prune({"until": ["24h"]}) == ([], 0)
        assert site.builder.prune() == ([row["ID"]], 2)
        assert site.builder.usage() == []
        _, told = await site.buildkit({"Dockerfile": A + "RUN echo x > /f\n"})
        assert told.pattern == "C."

    asyncio.run(build())


def test_mounts(site: Yard) -> None:
    text = (
        "FROM alpine AS src\nRUN echo s > /s\nFROM alpine\n"
        "RUN --mount=type=cache,target=/c echo kept > /c/f\n"
        "RUN --mount=type=cache,target=/c --mount=type=tmpfs,target=/tmp2 "
        "read line < /c/f; echo $line > /out; echo > /tmp2/x\n"
        "RUN --mount=from=src,source=/s,target=/m/s --mount=type=bind,target=/ctx "
        "read line < /ctx/a; echo $line >> /out\n"
        "RUN --mount=type=secret,id=token,env=TOKEN echo $TOKEN >> /out\n"
    )
    image, told = asyncio.run(
        site.buildkit(
            {"Dockerfile": text.replace("--mount=from=src,source=/s,target=/m/s ", ""), "a": "ctx\n"},
            secrets={"token": b"secret"},
        )
    )
    tree = site.tree(image)

    assert tree.read("out") == b"kept\nctx\nsecret\n"
    assert tree.get("c/f") is None
    assert tree.get("tmp2/x") is None
    assert not any("secret" in str(row) for row in image.history if "echo" not in str(row))
    assert told.planned_names[-1].startswith("[stage-1 5/5] RUN --mount=type=secret")


def test_labels_and_platforms(site: Yard) -> None:
    text = "FROM --platform=$BUILDPLATFORM alpine\nARG TARGETARCH\nRUN echo $TARGETARCH > /a\n"
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text}, labels={"a": "b"}))

    assert site.tree(image).read("a") == b"amd64\n"
    assert image.labels["a"] == "b"
    assert image.history[-2]["created_by"] == "ARG TARGETARCH=amd64"


def test_a_child_stage_has_its_parents_arguments(site: Yard) -> None:
    text = "FROM alpine AS a\nARG V=1\nFROM a\nRUN echo $V > /v\n"
    image, _ = asyncio.run(site.buildkit({"Dockerfile": text}))

    assert site.tree(image).read("v") == b"1\n"


def test_a_command_that_is_not_there(site: Yard) -> None:
    with pytest.raises(Refused) as raised:
        asyncio.run(site.buildkit({"Dockerfile": A + 'RUN ["nosuch"]\n'}))

    assert raised.value.message == 'process "nosuch" did not complete successfully: exit code: 1'
