"""A lesson read from disk with its workspace."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from labrunner.errors import LessonError
from labrunner.lesson.loading import inspect, load
from labrunner.lesson.model import WorkspaceFile

PAGE = """\
---
format: 1
id: a
title: A
summary: S.
values: {name: {ask: "Name?", default: ann}}
---
# A

```text file from-page.txt
page
```

## Step
"""


@pytest.fixture
def page(tmp_path: Path) -> Path:
    (tmp_path / "workspace" / "site").mkdir(parents=True)
    (tmp_path / "lesson.md").write_text(PAGE)
    return tmp_path / "lesson.md"


def test_the_workspace_comes_with_its_folders_bits_and_values(page: Path) -> None:
    workspace = page.parent / "workspace"
    (workspace / "site" / "index.html").write_text("<h1>{{name}}</h1>\n")
    (workspace / "run.sh").write_text("#!/bin/sh\necho \\{{x}}\n")
    (workspace / "run.sh").chmod(0o755)
    (workspace / "logo.png").write_bytes(b"\x89PNG\x00{{name}}")
    (workspace / ".dockerignore").write_text("x\n")
    (workspace / ".DS_Store").write_bytes(b"\x00")

    lesson = load(page, values={"name": "bob"})

    assert lesson.workspace == (
        WorkspaceFile(path=".dockerignore", content=b"x\n"),
        WorkspaceFile(path="logo.png", content=b"\x89PNG\x00{{name}}"),
        WorkspaceFile(path="run.sh", content=b"#!/bin/sh\necho {{x}}\n", executable=True),
        WorkspaceFile(path="site/index.html", content=b"<h1>bob</h1>\n"),
        WorkspaceFile(path="from-page.txt", content=b"page\n"),
    )


def test_the_hash_changes_with_the_page_and_with_the_workspace_but_not_with_values(page: Path) -> None:
    file = page.parent / "workspace" / "a.txt"
    file.write_text("{{name}}")
    first = load(page).hash

    assert load(page, values={"name": "bob"}).hash == first
    file.chmod(0o755)
    second = load(page).hash
    file.write_text("b")
    third = load(page).hash
    page.write_text(PAGE + "More.\n")
    fourth = load(page).hash
    assert len({first, second, third, fourth}) == 4


def test_an_unknown_value_in_a_workspace_file_is_told_at_its_place(page: Path) -> None:
    (page.parent / "workspace" / "a.txt").write_text("one\n  {{nam}}\n")

    lesson, errors = inspect(page)

    assert lesson is None
    assert [str(error).removeprefix(f"{page.parent}/") for error in errors] == [
        (
            "workspace/a.txt:2:3: The lesson has no value `nam`. Did you mean `name`?"
            " There are `registry`, `workspace`, `lesson`, `name`; for the braces themselves write `\\{{`."
        )
    ]


def link_out(workspace: Path) -> None:
    (workspace / "passwd").symlink_to("/etc/passwd")


def link_nowhere(workspace: Path) -> None:
    (workspace / "passwd").symlink_to("nowhere")


def link_to_folder(workspace: Path) -> None:
    (workspace / "passwd").symlink_to("site")


def link_to_itself(workspace: Path) -> None:
    (workspace / "passwd").symlink_to("passwd")


def many(workspace: Path) -> None:
    for number in range(501):
        (workspace / f"{number:03}").write_text("")


def large(workspace: Path) -> None:
    for name in ("a", "b"):
        with (workspace / name).open("wb") as file:
            file.truncate(5 * 1024 * 1024)


def fifo(workspace: Path) -> None:
    os.mkfifo(workspace / "pipe")


def backslash(workspace: Path) -> None:
    (workspace / "a\\b").write_text("")


LINK = (
    "workspace/passwd:1:1: This link leads out of the workspace, or nowhere, or to a folder."
    " Put the file itself there."
)


@pytest.mark.parametrize(
    ("make", "error"),
    [
        (link_out, LINK),
        (link_nowhere, LINK),
        (link_to_folder, LINK),
        (link_to_itself, LINK),
        (many, "workspace/500:1:1: The workspace has more than 500 files. Leave some out."),
        (large, "workspace/b:1:1: The workspace is larger than 8 MiB. Leave something out."),
        (fifo, "workspace/pipe:1:1: This workspace file is not a regular file. Remove it."),
        (
            backslash,
            (
                "workspace/a\\b:1:1: The name of this workspace file holds a character that is not the same on every"
                " system. Rename it."
            ),
        ),
    ],
)
def test_what_cannot_be_copied_to_every_learner_is_refused(
    page: Path, make: Callable[[Path], None], error: str
) -> None:
    make(page.parent / "workspace")

    with pytest.raises(LessonError) as caught:
        load(page)

    assert str(caught.value).removeprefix(f"{page.parent}/") == error


def test_a_link_inside_the_workspace_is_the_file_it_leads_to(page: Path) -> None:
    (page.parent / "workspace" / "a.txt").write_text("a")
    (page.parent / "workspace" / "b.txt").symlink_to("a.txt")

    assert [(file.path, file.content) for file in load(page).workspace[:2]] == [
        ("a.txt", b"a"),
        ("b.txt", b"a"),
    ]


def test_mistakes_of_page_and_workspace_are_told_together(page: Path) -> None:
    page.write_text(PAGE + "\n{{unknown}}\n")
    link_out(page.parent / "workspace")

    assert [error.at.path.removeprefix(f"{page.parent}/") for error in inspect(page)[1]] == [
        "lesson.md",
        "workspace/passwd",
    ]
