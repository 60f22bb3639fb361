"""The small rules: Go's texts, ports, changes of a configuration, contexts, warnings."""

import asyncio
import gzip
import io
import tarfile
from pathlib import Path

import pytest

from labrunner.practice.build.context import Context
from labrunner.practice.build.golang import duration, duration_text, quoted
from labrunner.practice.build.ignore import patterns
from labrunner.practice.build.metadata import apply_changes, joined, ports
from labrunner.practice.build.warnings import directive, environment_of, find
from labrunner.practice.refusal import Refused
from tests.practice.build.yard import Yard


@pytest.mark.parametrize(
    ("text", "expected"),
    [('a"b\\', '"a\\"b\\\\"'), ("\x05\n\t\x7f", '"\\x05\\n\\t\\x7f"'), ("é\u200b", '"é\\u200b"')],
)
def test_quoting(text: str, expected: str) -> None:
    assert quoted(text) == expected


@pytest.mark.parametrize(
    ("text", "nanoseconds", "written"),
    [
        ("1h", 3_600_000_000_000, "1h0m0s"),
        ("1m30s", 90_000_000_000, "1m30s"),
        ("1.5s", 1_500_000_000, "1.5s"),
        ("250ms", 250_000_000, "250ms"),
        ("1us", 1_000, "1µs"),
        ("0", 0, "0s"),
    ],
)
def test_durations(text: str, nanoseconds: int, written: str) -> None:
    assert duration(text) == nanoseconds
    assert duration_text(nanoseconds) == written


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'time: invalid duration ""'),
        ("x", 'time: invalid duration "x"'),
        ("5", 'time: missing unit in duration "5"'),
        ("9" * 5000 + "s", 'time: invalid duration "' + "9" * 5000 + 's"'),
    ],
)
def test_wrong_durations(text: str, message: str) -> None:
    with pytest.raises(ValueError) as raised:
        duration(text)

    assert str(raised.value) == message


def test_ports() -> None:
    assert ports(["90", "80/TCP", "53/udp", "100-101"]) == [
        "100/tcp",
        "101/tcp",
        "53/udp",
        "80/tcp",
        "90/tcp",
    ]


def test_working_folders() -> None:
    assert joined("app", "/srv") == "/srv/app"
    assert joined("../../..", "/srv") == "/"
    assert joined("/a//b/", "/srv") == "/a/b"


def test_changes_of_commit_and_import() -> None:
    config = apply_changes(
        {"Env": ["PATH=/bin", "A=1"], "Cmd": ["sh"]},
        ["ENV A=$A-2 B=3", 'ENTRYPOINT ["x"]', "EXPOSE 80", "CMD y", "LABEL l='a b'", "WORKDIR /w", "USER u"],
    )

    assert config == {
        "Env": ["PATH=/bin", "A=1-2", "B=3"],
        "Entrypoint": ["x"],
        "Cmd": ["/bin/sh", "-c", "y"],
        "ExposedPorts": {"80/tcp": {}},
        "Labels": {"l": "a b"},
        "WorkingDir": "/w",
        "User": "u",
    }


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("RUN x", "run is not a valid change command"),
        ("NOPE x", "unknown instruction: NOPE"),
        ("STOPSIGNAL x", "invalid signal: x"),
        ("ENV", "dockerfile parse error on line 1: ENV requires at least one argument"),
    ],
)
def test_changes_that_are_refused(change: str, message: str) -> None:
    with pytest.raises(Refused) as raised:
        apply_changes({}, [change])

    assert raised.value.message == message


def test_patterns_of_dockerignore() -> None:
    text = "\ufeff# comment\n  \n /a/../b/ \n! c\n !/d\n.\n"

    assert patterns(text) == ["b", "!c", "!d", "."]


def _tar(folder: Path, *entries: tuple[tarfile.TarInfo, bytes]) -> Path:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as tar:
        for info, data in entries:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    path = folder / "upload"
    path.write_bytes(out.getvalue())
    return path


def test_a_context_belongs_to_root(tmp_path: Path) -> None:
    info = tarfile.TarInfo("./a")
    info.uid, info.mode, info.mtime = 1000, 0o755, 77
    upload = _tar(tmp_path, (info, b"x"))
    upload.write_bytes(gzip.compress(upload.read_bytes()))

    node = Context.of_tar(upload, tmp_path).files.get("a")

    assert node is not None
    assert (node.uid, node.mode, node.mtime, node.content.read()) == (0, 0o755, 77, b"x")


def test_devices_do_not_come_along(tmp_path: Path) -> None:
    info = tarfile.TarInfo("dev")
    info.type = tarfile.CHRTYPE
    upload = _tar(tmp_path, (info, b""))

    assert list(Context.of_tar(upload, tmp_path).files.nodes) == []


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/../../x"])
def test_a_context_that_leaves_its_folder(tmp_path: Path, name: str) -> None:
    upload = _tar(tmp_path, (tarfile.TarInfo(name), b"x"))

    with pytest.raises(Refused):
        Context.of_tar(upload, tmp_path)


def test_a_broken_gzip(tmp_path: Path) -> None:
    upload = tmp_path / "upload"
    upload.write_bytes(gzip.compress(b"x" * 5000)[:30])

    with pytest.raises(Refused, match="^Error processing tar file"):
        Context.of_tar(upload, tmp_path)


def test_a_context_that_is_larger_than_it_says(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "upload", "wb", compresslevel=1) as bomb:
        for _ in range(405):
            bomb.write(bytes(1024 * 1024))

    with pytest.raises(Refused, match="larger than 200 MB"):
        Context.of_tar(tmp_path / "upload", tmp_path)


WARNINGS = [
    ("FROM alpine AS Foo\n", ["StageNameCasing: Stage name 'Foo' should be lowercase (1)"]),
    ("from alpine AS foo\n", ["FromAsCasing: 'AS' and 'from' keywords' casing do not match (1)"]),
    (
        "FROM alpine\nCMD a\nMAINTAINER x\n",
        [
            "MaintainerDeprecated: Maintainer instruction is deprecated in favor of using label (3)",
            "JSONArgsRecommended: JSON arguments recommended for CMD to prevent unintended behavior "
            "related to OS signals (2)",
        ],
    ),
    (
        "FROM alpine\nENV PATH=$PAHT:/x\nRUN echo $bar\nARG baz\nENV q=$baz\n",
        ["UndefinedVar: Usage of undefined variable '$PAHT' (did you mean $PATH?) (2)"],
    ),
    (
        "FROM alpine\nWORKDIR a\n",
        [
            'WorkdirRelativePath: Relative workdir "a" can have unexpected results if the base image changes (2)'
        ],
    ),
    ("FROM alpine\nWORKDIR /a\nWORKDIR b\n", []),
    (
        "FROM alpine\nENV a b\n",
        ['LegacyKeyValueFormat: "ENV key=value" should be used instead of legacy "ENV key value" format (2)'],
    ),
    ("FROM alpine\nRUN a && \\\n\n  b || true\n", ["NoEmptyContinuation: Empty continuation line (4)"]),
    (
        "FROM alpine AS a\nFROM alpine AS a\n",
        ['DuplicateStageName: Duplicate stage name "a", stage names should be unique (2)'],
    ),
    (
        "FROM alpine\nrun true\nRUN true\n",
        [
            "ConsistentInstructionCasing: Command 'run' should match the case of the command majority "
            "(uppercase) (2)"
        ],
    ),
    (
        "FROM alpine\nARG MY_PASSWORD\nENV PUBLIC_KEY=1\n",
        [
            "SecretsUsedInArgOrEnv: Do not use ARG or ENV instructions for sensitive data "
            '(ARG "MY_PASSWORD") (2)'
        ],
    ),
    (
        "ARG V=latest\nFROM alpine:${VV:-latest}\n",
        ["UndefinedArgInFrom: FROM argument 'VV' is not declared (did you mean V?) (2)"],
    ),
    ("# check=skip=JSONArgsRecommended\nFROM alpine\nCMD a\n", []),
    ("FROM alpine\nRUNN x\n", []),
]


@pytest.mark.parametrize(("text", "expected"), WARNINGS)
def test_warnings(text: str, expected: list[str]) -> None:
    """Recorded from buildx 0.29 with Docker Engine 28.5.2."""
    found = find(text, environment=lambda _: {"PATH": "/bin"})

    assert [f"{each.rule}: {each.detail} ({each.lines[0]})" for each in found] == expected


def test_a_rule_has_its_page() -> None:
    (warning,) = find("FROM alpine\nCMD a\n")

    assert warning.url == "https://docs.docker.com/go/dockerfile/rule/json-args-recommended/"
    assert warning.description.startswith("JSON arguments recommended for ENTRYPOINT/CMD")


def test_the_check_directive() -> None:
    found = directive("# syntax=x\n# check=skip=A,B;error=true\nFROM a\n")

    assert (found.skip, found.error) == (frozenset({"A", "B"}), True)


def test_variables_of_a_base_image_that_is_here(site: Yard) -> None:
    asyncio.run(site.buildkit({"Dockerfile": "FROM alpine\nENV VERSION=1\n"}, tags=("mine",)))
    look = environment_of(site.store)

    assert [each.detail for each in find("FROM mine\nENV a=$VERSION b=$OTHER\n", environment=look)] == [
        "Usage of undefined variable '$OTHER'"
    ]
    assert find("FROM elsewhere\nENV a=$VERSION\n", environment=look) == ()
