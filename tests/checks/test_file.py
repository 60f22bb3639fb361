"""The check kind `file`."""

import pytest

from labrunner.checks.evidence import Answer, Failed, Probe, ReadFile
from labrunner.checks.file import FileCheck
from labrunner.checks.finding import Finding, NearMiss
from labrunner.checks.pattern import Pattern
from labrunner.checks.verdict import Met, Unknown, Unmet
from tests.checks.seeing import seeing

IGNORED = FileCheck(path=".dockerignore", contains=(Pattern("node_modules"), Pattern("/^[.]git$/")))


def files(**contents: bytes | None) -> dict[Probe, Answer]:
    return {ReadFile(name.replace("_", ".")): content for name, content in contents.items()}


def test_a_file_that_says_what_it_should() -> None:
    assert isinstance(IGNORED.judge(seeing(answers=files(_dockerignore=b"node_modules\r\n.git\r\n"))), Met)


def test_each_pattern_that_is_not_found_is_told() -> None:
    verdict = IGNORED.judge(seeing(answers=files(_dockerignore=b".gitignore\n")))

    assert verdict == Unmet(
        (
            Finding(field="contains", expected="node_modules", subject="file .dockerignore"),
            Finding(field="contains", expected="/^[.]git$/", subject="file .dockerignore"),
        )
    )


def test_a_missing_file_is_looked_for_under_the_names_that_slip_in() -> None:
    check = FileCheck(path="app/Dockerfile")
    missing: dict[Probe, Answer] = {ReadFile("app/Dockerfile"): None}
    slips = (ReadFile("app/Dockerfile.txt"), ReadFile("app/dockerfile"))

    assert check.probes(seeing()) == (ReadFile("app/Dockerfile"),)
    assert check.probes(seeing(answers=missing)) == (ReadFile("app/Dockerfile"), *slips)
    verdict = check.judge(seeing(answers={**missing, slips[0]: b"FROM alpine\n", slips[1]: None}))
    assert verdict == Unmet(
        (Finding(field="path", expected="app/Dockerfile", subject="file app/Dockerfile"),),
        NearMiss(
            subject="file app/Dockerfile.txt",
            finding=Finding(
                field="path",
                expected="app/Dockerfile",
                found="app/Dockerfile.txt",
                subject="file app/Dockerfile.txt",
                remedy="mv app/Dockerfile.txt app/Dockerfile",
            ),
        ),
    )


def test_a_file_that_should_be_gone() -> None:
    check = FileCheck(path="secret.txt", exists=False)

    assert isinstance(check.judge(seeing(answers=files(secret_txt=None))), Met)
    assert check.judge(seeing(answers=files(secret_txt=b"x"))) == Unmet(
        (
            Finding(
                field="exists",
                expected="absent",
                found="present",
                subject="file secret.txt",
                remedy="rm secret.txt",
            ),
        )
    )
    assert check.probes(seeing(answers=files(secret_txt=None))) == (ReadFile("secret.txt"),)


def test_the_first_line_that_differs_from_another_file_is_told() -> None:
    check = FileCheck(path="a", equals_file="b")

    assert isinstance(check.judge(seeing(answers=files(a=b"1\r\n2\n\n", b=b"1\n2"))), Met)
    for ours, found in ((b"1\n3\n", "line 2: 3"), (b"1\n", "no line 2"), (b"1\n2\n3\n", "line 3: 3")):
        verdict = check.judge(seeing(answers=files(a=ours, b=b"1\n2\n")))
        assert isinstance(verdict, Unmet)
        assert verdict.findings[0].found == found
    assert isinstance(check.judge(seeing(answers=files(a=b"1", b=None))), Unmet)


def test_a_file_that_could_not_be_read_is_unknown() -> None:
    failed: dict[Probe, Answer] = {ReadFile("a"): Failed("It is larger than 1 MiB.")}

    assert FileCheck(path="a").judge(seeing(answers=failed)) == Unknown("It is larger than 1 MiB.")
    assert isinstance(FileCheck(path="a").judge(seeing()), Unknown)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "~/x", "", "C:/x", "..\\x"])
def test_a_path_cannot_leave_the_workspace(path: str) -> None:
    with pytest.raises(ValueError, match="is not a path inside the workspace"):
        FileCheck(path=path)


def test_what_is_gone_cannot_contain_anything() -> None:
    with pytest.raises(ValueError, match="cannot stand beside"):
        FileCheck(path="a", exists=False, contains=(Pattern("x"),))
