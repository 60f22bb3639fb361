"""Dockerfiles that Docker refuses, and its words for each: recorded from Docker Engine 28.5.2 in both dialects."""

import asyncio

import pytest

from labrunner.practice.build.failure import BuildFailure
from tests.practice.build.yard import Yard

A = "FROM alpine\n"
LINE_2 = "dockerfile parse error on line 2: "

BOTH = [
    (A + "RUNN x\n", LINE_2 + "unknown instruction: RUNN (did you mean RUN?)"),
    (A + "XYZQQ x\n", LINE_2 + "unknown instruction: XYZQQ"),
    ("RUN x\n", "no build stage in current context"),
    (
        A + "COPY a\n",
        LINE_2 + "COPY requires at least two arguments, but only one was provided. "
        "Destination could not be determined",
    ),
    (A + "COPY --nope=1 a /x\n", LINE_2 + "unknown flag: --nope"),
    (A + "COPY --parents a /x\n", LINE_2 + "unknown flag: --parents"),
    (A + "WORKDIR\n", LINE_2 + "WORKDIR requires exactly one argument"),
    (A + "ENV\n", LINE_2 + "ENV requires at least one argument"),
    (A + "ENV =b\n", LINE_2 + "ENV names can not be blank"),
    (A + "SHELL /bin/sh\n", LINE_2 + "SHELL requires the arguments to be in JSON form"),
    (A + "HEALTHCHECK FOO x\n", LINE_2 + 'Unknown type "FOO" in HEALTHCHECK (try CMD)'),
    (A + "HEALTHCHECK --interval=abc CMD x\n", LINE_2 + 'time: invalid duration "abc"'),
    (A + "HEALTHCHECK --interval=1us CMD x\n", LINE_2 + 'Interval "interval" cannot be less than 1ms'),
    (A + "HEALTHCHECK NONE x\n", LINE_2 + "HEALTHCHECK NONE takes no arguments"),
    (A + "HEALTHCHECK CMD\n", LINE_2 + "Missing command after HEALTHCHECK CMD"),
    (A + "HEALTHCHECK --retries=-1 CMD x\n", LINE_2 + "--retries cannot be negative (-1)"),
    (A + "ONBUILD ONBUILD RUN x\n", LINE_2 + "Chaining ONBUILD via `ONBUILD ONBUILD` isn't allowed"),
    (A + "ONBUILD FROM x\n", LINE_2 + "FROM isn't allowed as an ONBUILD trigger"),
    ("FROM alpine foo\n", "dockerfile parse error on line 1: FROM requires either one or three arguments"),
    (
        "FROM alpine AS 1a\n",
        'dockerfile parse error on line 1: invalid name for build stage: "1a", '
        "name can't start with a number or contain symbols",
    ),
    ("ARG X\nFROM $X\n", "base name ($X) should not be blank"),
    (A + "ENV a=${X:?needed}\n", 'failed to process "${X:?needed}": X: needed'),
    (A + "STOPSIGNAL NOPE\n", "invalid signal: NOPE"),
    (A + 'VOLUME [""]\n', LINE_2 + "VOLUME specified can not be an empty string"),
    (A + "ARG\n", LINE_2 + "ARG requires at least one argument"),
]

CLASSIC = [
    ("", "the Dockerfile (Dockerfile) cannot be empty"),
    ("# x\n", "failed to parse Dockerfile: file with no instructions"),
    (A + "ENV a\n", "failed to parse Dockerfile: ENV must have two arguments"),
    (A + "RUN <<EOF\necho\n", "failed to parse Dockerfile: unterminated heredoc"),
    ("FROM Alpine:LATEST\n", "invalid reference format: repository name (library/Alpine) must be lowercase"),
    (
        A + "COPY nope /x\n",
        "COPY failed: file not found in build context or excluded by .dockerignore: "
        "stat nope: file does not exist",
    ),
    (A + "COPY nope* /x\n", "COPY failed: no source files were specified"),
    (A + "COPY ../a /x\n", "COPY failed: forbidden path outside the build context: ../a ()"),
    (
        A + "COPY a b /x\n",
        "When using COPY with more than one source file, the destination must be a directory and end with a /",
    ),
    (A + "COPY --from=3 /a /x\n", "invalid from flag value 3: index out of bounds"),
    ("FROM alpine AS s\nFROM alpine\nCOPY --from=s /no /x\n", "COPY failed: stat no: file does not exist"),
    ("FROM alpine AS a\nFROM alpine AS a\n", "a stage name already used"),
    (
        A + "COPY --chown=nox:nog a /x\n",
        "unable to convert uid/gid chown string to host mapping: can't find uid for user nox: no such user: nox",
    ),
    (
        A + "RUN --mount=type=cache,target=/c true\n",
        "the --mount option requires BuildKit. Refer to https://docs.docker.com/go/buildkit/ "
        "to learn how to build images with BuildKit enabled",
    ),
    (A + "EXPOSE 80/xyz\n", "Invalid proto: xyz"),
    (A + "EXPOSE 70000\n", "Invalid containerPort: 70000"),
    (A + "RUN false\n", "The command '/bin/sh -c false' returned a non-zero code: 1"),
    (
        "FROM scratch\nRUN x\n",
        "failed to create task for container: failed to create shim task: OCI runtime create failed: "
        "runc create failed: unable to start container process: error during container init: "
        'exec: "/bin/sh": stat /bin/sh: no such file or directory',
    ),
    ("FROM scratch\n", "No image was generated. Is your Dockerfile empty?"),
    (
        "FROM nosuchimage\n",
        "pull access denied for nosuchimage, repository does not exist or may require 'docker login'",
    ),
]

BUILDKIT = [
    ("", "the Dockerfile cannot be empty", None),
    ("# x\n", "file with no instructions", (1, 1)),
    ("ARG x\n", "dockerfile contains no stages to build", None),
    (A + "ENV a\n", "ENV must have two arguments", (2, 2)),
    (A + "RUN <<EOF\necho\n", "unterminated heredoc", (2, 3)),
    (
        "FROM Alpine:LATEST\n",
        'failed to parse stage name "Alpine:LATEST": invalid reference format: '
        "repository name (library/Alpine) must be lowercase",
        (1, 1),
    ),
    (
        A + "\n\n# c\nRUN exit \\\n  7\nRUN true\n",
        'process "/bin/sh -c exit   7" did not complete successfully: exit code: 7',
        (5, 6),
    ),
    (
        "FROM alpine AS s\nFROM alpine\nCOPY --from=s /no /x\n",
        "lstat /no: no such file or directory",
        (3, 3),
    ),
    ("FROM alpine AS s\nCOPY --from=s /a /x\n", "circular dependency detected on stage: s", (2, 2)),
    (A + "COPY --from=3 /a /x\n", "invalid stage index 3", None),
    (
        A + "COPY --chmod=9z9 a /x\n",
        "invalid chmod parameter: '9z9'. it should be octal string and between 0 and 07777",
        (2, 2),
    ),
    (A + "EXPOSE 80/xyz\n", 'invalid port: "80/xyz": invalid proto: xyz', (2, 2)),
    (A + "EXPOSE abc\n", "invalid containerPort: abc", (2, 2)),
    (
        A + "USER nosuch\nRUN id\n",
        'process "/bin/sh -c id" did not complete successfully: '
        "unable to find user nosuch: no matching entries in passwd file",
        (3, 3),
    ),
    (
        "FROM nosuchimage\n",
        "nosuchimage: failed to resolve source metadata for docker.io/library/nosuchimage:latest: "
        "pull access denied, repository does not exist or may require authorization: "
        "server message: insufficient_scope: authorization failed",
        (1, 1),
    ),
    (A + "COPY a /etc/passwd/\n", "mkdir /etc/passwd: not a directory", (2, 2)),
]


@pytest.mark.parametrize(("dockerfile", "message"), BOTH + CLASSIC)
def test_the_classic_builder_says(site: Yard, dockerfile: str, message: str) -> None:
    told = asyncio.run(site.classic_until_it_fails({"Dockerfile": dockerfile, "a": "1", "b": "2"}))

    assert told.endswith(message)


@pytest.mark.parametrize(("dockerfile", "message"), BOTH)
def test_buildkit_says_the_same(site: Yard, dockerfile: str, message: str) -> None:
    with pytest.raises(BuildFailure) as raised:
        asyncio.run(site.buildkit({"Dockerfile": dockerfile, "a": "1"}))

    assert raised.value.message == message


@pytest.mark.parametrize(("dockerfile", "message", "lines"), BUILDKIT)
def test_buildkit_says_it_with_the_lines(
    site: Yard, dockerfile: str, message: str, lines: tuple[int, int] | None
) -> None:
    with pytest.raises(BuildFailure) as raised:
        asyncio.run(site.buildkit({"Dockerfile": dockerfile, "a": "1"}))

    assert raised.value.message == message
    assert raised.value.location == lines


def test_a_source_that_is_not_in_the_context(site: Yard) -> None:
    with pytest.raises(BuildFailure) as raised:
        asyncio.run(site.buildkit({"Dockerfile": A + "COPY nope /x\n"}))

    why = raised.value.message.removeprefix(
        "failed to compute cache key: failed to calculate checksum of ref "
    )
    assert why.endswith(': "/nope": not found')
    assert raised.value.dockerfile == A + "COPY nope /x\n"


def test_the_exit_status_travels(site: Yard) -> None:
    with pytest.raises(BuildFailure) as raised:
        asyncio.run(site.buildkit({"Dockerfile": A + "RUN exit 7\n"}))

    assert raised.value.exit_code == 7


def test_a_target_that_is_not_there(site: Yard) -> None:
    files = {"Dockerfile": "FROM alpine AS build\n"}
    with pytest.raises(
        BuildFailure, match=r'^target stage "biuld" could not be found \(did you mean build\?\)$'
    ):
        asyncio.run(site.buildkit(files, target="biuld"))

    assert (
        asyncio.run(site.classic_until_it_fails(files, target="x")) == 'target stage "x" could not be found'
    )


def test_a_dockerfile_that_is_not_there(site: Yard) -> None:
    said = asyncio.run(site.classic_until_it_fails({"a": ""}, dockerfile="x"))

    assert said == "Cannot locate specified Dockerfile: x"


def test_a_url_is_refused_without_a_network(site: Yard) -> None:
    with pytest.raises(
        BuildFailure, match=r"^failed to load cache key: .*no such host \(practice engine: no network\)$"
    ):
        asyncio.run(site.buildkit({"Dockerfile": A + "ADD https://example.com/x /y\n"}))


def test_a_thousand_steps_are_enough(site: Yard) -> None:
    with pytest.raises(BuildFailure, match="more than 1000 instructions"):
        asyncio.run(site.buildkit({"Dockerfile": A + "ENV a=b\n" * 1000}))
