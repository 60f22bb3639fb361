"""Bad input gets one clear sentence, the documented exit status, and no traceback."""

import json
import os
import socket
import subprocess
from pathlib import Path

import pytest

from tests.cli.program import NOBODY, Home

LESSON = """\
---
format: 1
id: mine
title: Mine
summary: A lesson for tests.
minutes: 1
---
# Mine

## One step
<!-- id: one -->

Make an image called `mine`.

{block}
```sh solution
docker image tag alpine mine
```
"""
IMAGE = "```yaml check image\nname: mine\n```\n"


def lesson(folder: Path, block: str = IMAGE) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "lesson.md"
    page.write_text(LESSON.replace("{block}", block))
    return page


def one_sentence(ran: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    assert ran.returncode == status, ran.stderr
    assert "Traceback" not in ran.stderr + ran.stdout
    told = [line for line in ran.stderr.splitlines() if line.startswith("labrunner: ")]
    assert len(told) == 1, ran.stderr
    for word in words:
        assert word in told[0], told[0]


def test_an_unknown_command_is_named(home: Home) -> None:
    one_sentence(home.run("strat"), 2, "strat")


def test_an_unknown_option_is_named(home: Home) -> None:
    one_sentence(home.run("start", "--fast"), 2, "--fast")


def test_an_unknown_lesson_gets_a_suggestion(home: Home) -> None:
    one_sentence(home.run("start", "layer"), 2, "`layer`", "Did you mean `layers`?")


def test_an_unknown_engine_is_named(home: Home) -> None:
    one_sentence(home.run("start", "layers", "--engine", "doker"), 2, "doker", "docker")


def test_an_unknown_kind_has_no_manual(home: Home) -> None:
    one_sentence(home.run("kinds", "imge"), 2, "imge", "Did you mean `image`?")


def test_no_daemon(home: Home) -> None:
    one_sentence(home.run("start", "layers", "--engine", "docker"), 4, "/nowhere/docker.sock")


def test_something_that_is_no_engine(home: Home) -> None:
    ran = home.run("start", "layers", "--engine", "docker", more={"DOCKER_HOST": "not an address"})

    one_sentence(ran, 4, "not an address")


class Listening:
    """A socket that exists; its mode keeps others out."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.socket = socket.socket(socket.AF_UNIX)

    def __enter__(self) -> None:
        self.socket.bind(str(self.path))
        self.path.chmod(0o600)
        self.socket.listen()

    def __exit__(self, *_: object) -> None:
        self.socket.close()


@pytest.mark.usefixtures("root")
def test_no_permission_on_the_socket(home: Home) -> None:
    address = home.path / "engine.sock"
    with Listening(address):
        os.chown(address, NOBODY, NOBODY)
        ran = home.run(
            *("start", "layers", "--engine", "docker"),
            powers=False,
            more={"DOCKER_HOST": f"unix://{address}"},
        )

    one_sentence(ran, 4, "not allowed", "docker")


@pytest.mark.usefixtures("root")
def test_a_home_that_cannot_be_written(home: Home) -> None:
    home.path.chmod(0o555)
    os.chown(home.path, NOBODY, NOBODY)
    ran = home.run("start", "layers", powers=False)

    one_sentence(ran, 5, str(home.path / "data"), "LABRUNNER_DATA")


def test_a_data_folder_that_is_a_file(home: Home) -> None:
    (home.path / "data").write_text("")

    one_sentence(home.run("status"), 5, "LABRUNNER_DATA")


def test_a_broken_progress_file_is_left_alone(home: Home) -> None:
    kept = home.path / "data" / "progress.sqlite3"
    kept.parent.mkdir()
    kept.write_bytes(b"this is no database, but perhaps somebody's only copy of something" * 100)

    one_sentence(home.run("status"), 5, str(kept))
    assert kept.read_bytes().startswith(b"this is no database")


def test_a_folder_without_a_lesson(home: Home, tmp_path: Path) -> None:
    one_sentence(home.run("start", "mine", "--lessons", tmp_path), 3, "no lesson")


def test_a_folder_in_the_place_of_a_lesson_file(home: Home, tmp_path: Path) -> None:
    (tmp_path / "lesson.md").mkdir()

    one_sentence(home.run("start", "mine", "--lessons", tmp_path), 3, "lesson.md")


def test_a_lesson_that_is_not_there(home: Home, tmp_path: Path) -> None:
    one_sentence(home.run("start", "mine", "--lessons", tmp_path / "none.md"), 3, "none.md")


def test_a_lesson_that_is_not_utf_8(home: Home, tmp_path: Path) -> None:
    lesson(tmp_path).write_bytes(LESSON.encode() + b"\xff\xfe")

    one_sentence(home.run("start", "mine", "--lessons", tmp_path), 3, "UTF-8")


def test_a_lesson_of_50_megabytes(home: Home, tmp_path: Path) -> None:
    with lesson(tmp_path).open("ab") as page:
        page.truncate(50 * 1024 * 1024)

    one_sentence(home.run("start", "mine", "--lessons", tmp_path), 3, "1 MiB")


def test_anchors_that_multiply(home: Home, tmp_path: Path) -> None:
    bomb = "a: &a [x, x]\n" + "".join(
        f"{name}: &{name} [*{before}, *{before}]\n"
        for before, name in zip("abcdefgh", "bcdefghi", strict=True)
    )
    ran = home.run("lint", lesson(tmp_path, f"```yaml check image\n{bomb}```\n"))

    assert ran.returncode == 3
    assert "Traceback" not in ran.stderr
    assert "lesson.md:16:4:" in ran.stdout
    assert "anchor" in ran.stdout.lower()


def test_an_unknown_check_names_file_line_and_column(home: Home, tmp_path: Path) -> None:
    page = lesson(tmp_path, "```yaml check imge\nname: mine\n```\n")

    ran = home.run("start", "mine", "--lessons", page)

    one_sentence(ran, 3, f"{page}:15:1", "`imge`", "Did you mean `image`?")


def test_twelve_mistakes_are_twelve_errors_with_their_lines(home: Home, tmp_path: Path) -> None:
    page = tmp_path / "lesson.md"
    page.write_text(TEN)

    ran = home.run("lint", page, "--json")

    remarks = json.loads(ran.stdout)["remarks"]
    errors = [remark for remark in remarks if remark["severity"] == "error"]
    assert ran.returncode == 3
    assert [remark["line"] for remark in errors] == [6, 7, 15, 18, 22, 26, 30, 33, 39, 41, 49, 53]


TEN = """\
---
format: 1
id: ten
title: Ten
summary: Ten mistakes.
minuts: 5
needs: [network, grid]
---
# Ten

## Kinds
<!-- id: kinds -->
Make `a`.

```yaml check imge
name: a
```
```md hnt
An unknown role.
```
```yaml check image
nam: a
```
```yaml check container
name: a
state: runing
```
```yaml check image
name: a
name: b
```
```yaml check http
url: [1, 2]
```
```sh solution
docker image tag alpine a
```
## Values
Use `{{colour}}`.

```yaml check image
name: b
needs: nobody
```
```sh solution
docker image tag alpine b
```
## A question
- [ ] This
- [ ] That

## Files
```text file ../outside
no
```
"""


def test_nothing_is_asked_where_there_is_nobody(home: Home) -> None:
    made = home.run("reset", "layers", "--yes")

    one_sentence(made, 2, "layers", "not begun")


def test_the_course_list_is_printed_where_there_is_no_terminal(home: Home) -> None:
    ran = home.run()

    assert ran.returncode == 0, ran.stderr
    assert "layers" in ran.stdout
    assert "labrunner start" in ran.stdout


def test_every_command_has_help_with_an_example(home: Home) -> None:
    for command in (
        "start",
        "demo",
        "list",
        "status",
        "reset",
        "clean",
        "doctor",
        "lint",
        "prove",
        "new",
        "kinds",
    ):
        ran = home.run(command, "--help")
        assert ran.returncode == 0
        assert f"Example: labrunner {command}" in " ".join(ran.stdout.split())
