"""The classic dialect: what it prints, what the images are, what it takes from its cache."""

import asyncio
import re

from tests.practice.build.yard import Yard

WEB = """\
ARG V=3.24
FROM alpine:$V AS Base
ARG A=1
ARG B
ENV X=1 Y=$X
ENV Z some text
LABEL l="a b" m=n
RUN echo hi
RUN echo hi > /f
WORKDIR /made
WORKDIR app
COPY index.html .
COPY --chown=1000:1000 index.html /two/
ADD index.html /add
EXPOSE 90 80/tcp 53/udp 100-102
VOLUME /data
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
PAGE = "file:b4883d1a3be40d1a7f9633489f9a211e39f5208f873546c1e4919afbdcbbff07"
"""What Docker 28.5.2 writes for a file index.html of `hi` and a newline, mode 0644."""


def test_the_history_is_dockers(site: Yard) -> None:
    image, _ = asyncio.run(
        site.classic({"Dockerfile": WEB, "index.html": "hi\n"}, build_args={"B": "5"}, tags=("web:1",))
    )

    assert [row["created_by"] for row in image.history[-23:]] == [
        "/bin/sh -c #(nop)  ARG A=1",
        "/bin/sh -c #(nop)  ARG B",
        "/bin/sh -c #(nop)  ENV X=1 Y=",
        "/bin/sh -c #(nop)  ENV Z=some text",
        "/bin/sh -c #(nop)  LABEL l=a b m=n",
        "|2 A=1 B=5 /bin/sh -c echo hi",
        "|2 A=1 B=5 /bin/sh -c echo hi > /f",
        "/bin/sh -c #(nop) WORKDIR /made",
        "/bin/sh -c #(nop) WORKDIR /made/app",
        f"/bin/sh -c #(nop) COPY {PAGE} in . ",
        f"/bin/sh -c #(nop) COPY --chown=1000:1000 {PAGE} in /two/ ",
        f"/bin/sh -c #(nop) ADD {PAGE} in /add ",
        "/bin/sh -c #(nop)  EXPOSE 100-102 53/udp 80/tcp 90",
        "/bin/sh -c #(nop)  VOLUME [/data]",
        "/bin/sh -c #(nop)  VOLUME [/d2 /d3]",
        "/bin/sh -c #(nop)  USER nobody",
        "/bin/sh -c #(nop)  STOPSIGNAL SIGQUIT",
        "/bin/ash -c #(nop)  SHELL [/bin/ash -c]",
        "/bin/ash -c #(nop)  HEALTHCHECK &{[CMD-SHELL wget x] 2s 3s 4s 0s 5}",
        "/bin/ash -c #(nop)  ONBUILD RUN echo trigger",
        "/bin/ash -c #(nop)  MAINTAINER me",
        '/bin/ash -c #(nop)  ENTRYPOINT ["a"]',
        '/bin/ash -c #(nop)  CMD ["/bin/ash" "-c" "b c"]',
    ]
    assert [row["created_by"] for row in image.history[-23:] if not row.get("empty_layer")][-6:] == [
        "|2 A=1 B=5 /bin/sh -c echo hi > /f",
        "/bin/sh -c #(nop) WORKDIR /made",
        "/bin/sh -c #(nop) WORKDIR /made/app",
        f"/bin/sh -c #(nop) COPY {PAGE} in . ",
        f"/bin/sh -c #(nop) COPY --chown=1000:1000 {PAGE} in /two/ ",
        f"/bin/sh -c #(nop) ADD {PAGE} in /add ",
    ]
    assert image.run["ExposedPorts"] == {
        "100/tcp": {},
        "101/tcp": {},
        "102/tcp": {},
        "53/udp": {},
        "80/tcp": {},
        "90/tcp": {},
    }
    assert image.config["author"] == "me"
    assert site.store.find("web:1").id == image.id


def test_what_is_printed(site: Yard) -> None:
    files = {"Dockerfile": "from alpine\nRUN echo   out\nLABEL a=b\nCOPY Dockerfile /x\n"}
    _, said = asyncio.run(site.classic(files, tags=("a", "b:2")))

    assert re.sub(r"\b[0-9a-f]{12}\b", "ID", said) == (
        "Step 1/4 : from alpine\n"
        " ---> ID\n"
        "Step 2/4 : RUN echo   out\n"
        " ---> Running in ID\n"
        "out\n"
        " ---> Removed intermediate container ID\n"
        " ---> ID\n"
        "Step 3/4 : LABEL a=b\n"
        " ---> Running in ID\n"
        " ---> Removed intermediate container ID\n"
        " ---> ID\n"
        "Step 4/4 : COPY Dockerfile /x\n"
        " ---> ID\n"
        "Successfully built ID\n"
        "Successfully tagged a:latest\n"
        "Successfully tagged b:2\n"
    )


def test_a_second_build_uses_the_cache_and_is_the_same_image(site: Yard) -> None:
    files = {"Dockerfile": "FROM alpine\nRUN echo x > /f\nENV a=b\nCOPY a /a\n", "a": "1"}

    async def twice() -> None:
        first, _ = await site.classic(files)
        second, said = await site.classic(files)
        assert said.count(" ---> Using cache\n") == 3
        assert first.id == second.id

    asyncio.run(twice())


def test_what_is_built_anew(site: Yard) -> None:
    """C: cached. Recorded from Docker Engine 28.5.2."""
    text = "FROM alpine\nARG V=1\nLABEL u=1\nRUN echo one\nARG W\nCOPY a /a\nRUN echo two\n"
    dockerfiles: tuple[tuple[dict[str, str], str], ...] = (
        ({}, "......"),
        ({"V": "2"}, "CC...."),
        ({"W": "2"}, "CCCCC."),
        ({}, "CCCCCC"),
    )

    async def build() -> None:
        for build_args, expected in dockerfiles:
            _, said = await site.classic({"Dockerfile": text, "a": "1"}, build_args=build_args)
            assert _pattern(said)[1:] == expected

    asyncio.run(build())


def test_proxies_are_not_in_the_image_but_change_the_run(site: Yard) -> None:
    files = {"Dockerfile": "FROM alpine\nRUN echo $HTTP_PROXY\n"}
    image, said = asyncio.run(site.classic(files, build_args={"HTTP_PROXY": "http://p"}))

    assert image.history[-1]["created_by"] == "|0 /bin/sh -c echo $HTTP_PROXY"
    assert "http://p\n" in said
    assert not any("PROXY" in each for each in image.run["Env"])


def test_times_do_not_count_but_modes_and_contents_do(site: Yard) -> None:
    def files(content: str) -> dict[str, str]:
        return {"Dockerfile": "FROM alpine\nCOPY a /a\nCOPY b /b\n", "a": content, "b": "1"}

    async def build() -> list[str]:
        return [_pattern((await site.classic(files(content)))[1])[1:] for content in "1121"]

    assert asyncio.run(build()) == ["..", "CC", "..", "CC"]


def test_all_stages_run_and_an_image_goes_with_its_cache(site: Yard) -> None:
    text = "FROM alpine AS b\nRUN echo x > /o\nFROM alpine AS unused\nRUN echo u\nFROM scratch\nCOPY --from=b /o /\n"

    async def build() -> None:
        image, said = await site.classic({"Dockerfile": text})
        assert "\nu\n" in said
        assert "Step 5/6 : FROM scratch\n ---> \n" in said
        assert site.tree(image).read("o") == b"x\n"
        site.store.remove(image.id)
        _, said = await site.classic({"Dockerfile": text})
        assert _pattern(said) == ".C.C.."

    asyncio.run(build())


def test_triggers_run_in_the_child(site: Yard) -> None:
    text = "FROM alpine AS base\nONBUILD RUN echo t > /t\nONBUILD COPY a /a\nFROM base\n"
    image, said = asyncio.run(site.classic({"Dockerfile": text, "a": "1"}))

    assert "Step 4/4 : FROM base\n# Executing 2 build triggers\n" in said
    assert site.tree(image).read("t") == b"t\n"
    assert site.tree(image).read("a") == b"1"
    assert not image.run.get("OnBuild")


def test_labels_of_the_command_line_are_steps(site: Yard) -> None:
    image, said = asyncio.run(
        site.classic({"Dockerfile": 'FROM alpine\nCMD ["x"]\n'}, labels={"z": "it's", "y": "$2"})
    )

    assert "Step 3/4 : LABEL y=$2\n" in said
    assert image.labels["z"] == "it's"
    assert image.labels["y"] == "$2"


def test_what_run_writes_in_a_volume_is_forgotten(site: Yard) -> None:
    text = "FROM scratch\nCOPY a /v/a\nVOLUME /v\nCOPY b /v/b\n"
    image, _ = asyncio.run(site.classic({"Dockerfile": text, "a": "1", "b": "1"}))
    assert site.tree(image).children("v") == ("a", "b")

    text = "FROM alpine\nVOLUME /v\nRUN echo x > /v/x; echo y > /y\n"
    image, _ = asyncio.run(site.classic({"Dockerfile": text}))
    assert site.tree(image).get("v/x") is None
    assert site.tree(image).get("y") is not None


def test_warnings_are_printed(site: Yard) -> None:
    text = "FROM alpine\nRUN echo a \\\n\n  b\n"
    _, said = asyncio.run(site.classic({"Dockerfile": text}, build_args={"NOPE": "1"}))

    assert "[WARNING]: Empty continuation line found in: RUN echo a   b\n" in said
    assert "[Warning] One or more build-args [NOPE] were not consumed\nSuccessfully built" in said


def test_quiet_says_the_id_alone(site: Yard) -> None:
    image, said = asyncio.run(site.classic({"Dockerfile": "FROM alpine\nRUN echo x\n"}, quiet=True))

    assert said == f"{image.id}\n"


def test_dockerignore_hides_files(site: Yard) -> None:
    files = {
        "Dockerfile": "FROM scratch\nCOPY . /\n",
        ".dockerignore": "# c\n*.md\n!README.md\nnode_modules\n**/*.log\n/d/e\nDockerfile\n",
        "a.md": "",
        "README.md": "",
        "node_modules/x": "",
        "d/e/f": "",
        "d/x.log": "",
        "d/y": "",
        "k": "",
    }
    image, _ = asyncio.run(site.classic(files))

    names = [path for path, node in site.tree(image).under("") if node.kind == "file"]
    assert names == [".dockerignore", "README.md", "d/y", "k"]


def _pattern(said: str) -> str:
    steps = re.split(r"^Step \d+/\d+ : ", said, flags=re.MULTILINE)[1:]
    return "".join("C" if "Using cache" in step else "." for step in steps)
