"""What lint says of lessons that can be read, and of those that cannot."""

import json
from pathlib import Path

import pytest

from labrunner.authoring.lint import LintReport, Remark, lint
from labrunner.authoring.rules import RULES
from labrunner.errors import Location
from labrunner.lesson.catalogue import find

PAGES = Path(__file__).parent / "pages"
HEAD = "---\nformat: 1\nid: a\ntitle: A\nsummary: S.\nminutes: 1\nimages: [nginx, busybox]\n---\n# A\n\n"


def remarks(report: LintReport, folder: Path) -> list[str]:
    return [str(remark).replace(f"{folder}/", "") for remark in report.remarks]


def rules(folder: Path, text: str) -> list[str]:
    (folder / "lesson.md").write_text(HEAD + text)
    return [remark.rule for remark in lint([folder]).remarks]


def test_each_rule_finds_what_it_is_for_at_its_place() -> None:
    report = lint([PAGES / "poor.md"])

    assert remarks(report, PAGES) == (PAGES / "poor.remarks.txt").read_text().splitlines()
    assert {remark.rule for remark in report.remarks} == set(RULES)


def test_the_example_of_the_format_has_no_errors() -> None:
    example = Path(__file__).parents[1] / "lesson" / "pages" / "example.md"

    assert lint([example]).errors == ()


def test_mistakes_of_the_format_are_errors_of_the_rule_format(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text(HEAD + "## S\n\n```yaml check imge\n```\n")

    report = lint([tmp_path])

    assert [(remark.severity, remark.rule, remark.at.line) for remark in report.remarks] == [
        ("error", "format", 13)
    ]


def test_a_path_that_is_not_there_is_an_error_and_others_are_linted(tmp_path: Path) -> None:
    (tmp_path / "lesson.md").write_text(HEAD + "## S\n")

    report = lint([tmp_path / "missing", tmp_path])

    assert report.lessons == (str(tmp_path / "lesson.md"),)
    assert remarks(report, tmp_path) == [
        "missing:1:1: error: There is no such file. Check the path. [format]"
    ]


def test_an_image_whose_absence_is_checked_or_that_a_shell_names_need_not_be_listed(tmp_path: Path) -> None:
    check = "```yaml check image\nname: nginx:9.99\nexists: false\n```\n"
    pulls = "docker image pull nginx:9.99\ndocker image pull nginx@$(cat digest)\ndocker image pull node\n"

    found = rules(tmp_path, f"## S\n\nPull `nginx:9.99`.\n\n{check}```sh solution\n{pulls}```\n")

    assert found.count("unlisted-image") == 1


def test_two_lessons_with_one_id_are_an_error(tmp_path: Path) -> None:
    for name in ("01-a", "02-b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lesson.md").write_text(HEAD + "## S\n")

    assert remarks(lint([tmp_path]), tmp_path) == [
        "02-b/lesson.md:1:1: error: The lesson id `a` is taken by 01-a/lesson.md. Give one another id. [format]"
    ]


def test_a_lesson_that_comes_after_another_of_the_same_run_is_fine(tmp_path: Path) -> None:
    for name, lesson in (("01-a", "a"), ("02-b", "b")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "lesson.md").write_text(
            HEAD.replace("id: a", f"id: {lesson}\nafter: a") + "## S\n"
        )

    assert [remark.what for remark in lint([tmp_path / "02-b"]).remarks] == [
        "`after` names the lesson `a`, which is not here."
    ]
    assert lint([tmp_path]).remarks == ()


@pytest.mark.parametrize(
    ("prose", "check", "said"),
    [
        ("Make `web`.", "container\nname: web", True),
        ("Make it.", "container\nname: web", False),
        ("Make website.", "container\nname: web", False),
        ("Tag it as me/web, version 1.0.", "image\nname: me/web:1.0", True),
        ("Pull nginx.", "image\nname: docker.io/library/nginx:latest", True),
        ("Publish port 80 on 8080, name web.", "container\nname: web\npublishes: 8080:80", True),
        ("Publish port 80, name web.", "container\nname: web\npublishes: 8080:80", False),
        ("Look at the history of nginx.", "asked\nabout: image history nginx", True),
        ("Look at a history.", "asked\nabout: image history nginx", False),
        ("Write hello into a.txt.", "file\npath: a.txt\ncontains: hello", True),
        ("Write into a.txt.", "file\npath: a.txt\ncontains: hello", False),
        ("Write into a.txt.", "file\npath: a.txt\ncontains: /h.*o/", True),
        ("A Dockerfile on nginx, port 3000.", "dockerfile\nfrom: nginx\nhas: [EXPOSE 3000]", True),
        ("A Dockerfile on nginx.", "dockerfile\nfrom: nginx\nhas: [EXPOSE 3000]", False),
        ("Pull one of nginx and busybox.", "any\n- image: {name: nginx}\n- image: {name: secret}", True),
        ("Pull one.", "any\n- image: {name: nginx}\n- image: {name: secret}", False),
        ("Pull nginx.", "all\n- image: {name: nginx}\n- image: {name: secret}", False),
        ("Answer.", "answer\nnumber: 7", True),
    ],
)
def test_what_a_check_demands_has_to_be_said(tmp_path: Path, prose: str, check: str, said: bool) -> None:
    text = (
        f"## S\n\n{prose}\n\n```yaml check {check}\n```\n```md hint\nThink.\n```\n```sh solution\ntrue\n```\n"
    )

    assert rules(tmp_path, text) == ([] if said else ["unsaid-literal"])


def test_what_an_earlier_step_said_is_said(tmp_path: Path) -> None:
    text = (
        "The container is called `web`.\n\n## S\n\n```yaml check container\nname: web\n```\n"
        "```md hint\nThink.\n```\n```sh solution\ntrue\n```\n"
    )

    assert rules(tmp_path, text) == []


def test_an_image_that_the_lesson_makes_need_not_be_listed(tmp_path: Path) -> None:
    text = (
        "## S\n\nDo it.\n\n```sh setup\ndocker build -t mine .\n```\n```sh solution\n"
        "docker image tag nginx:latest other:1\ndocker run --rm mine && docker run other:1\n"
        "docker container commit web copy; docker run copy\n```\n"
    )

    assert rules(tmp_path, text) == []


def test_hidden_characters_in_workspace_files_are_found(tmp_path: Path) -> None:
    (tmp_path / "workspace").mkdir()
    (tmp_path / "workspace" / "app.js").write_text("if (admin\u202e) {}")

    assert rules(tmp_path, "## S\n") == ["hidden-text"]


def test_the_report_has_a_stable_form_for_programs(tmp_path: Path) -> None:
    at = Location(path="l.md", line=3, column=2)
    report = LintReport(
        lessons=("l.md",),
        remarks=(
            Remark(severity="error", rule="format", what="A.", remedy="B.", at=at),
            Remark(severity="warning", rule="no-hint", what="C.", at=at),
        ),
    )

    assert json.loads(json.dumps(report.to_json())) == {
        "version": 1,
        "lessons": ["l.md"],
        "errors": 1,
        "warnings": 1,
        "remarks": [
            {
                "severity": "error",
                "rule": "format",
                "path": "l.md",
                "line": 3,
                "column": 2,
                "what": "A.",
                "remedy": "B.",
            },
            {
                "severity": "warning",
                "rule": "no-hint",
                "path": "l.md",
                "line": 3,
                "column": 2,
                "what": "C.",
                "remedy": "",
            },
        ],
    }


def test_no_shipped_lesson_has_an_error() -> None:
    pages = [Path(entry.path) for entry in find().entries]

    assert [str(error) for error in lint(pages).errors] == []
    assert find().troubles == ()
