"""Markdown in, Lesson out. Pages with mistakes are told of in `pages/NAME.errors.txt`."""

from dataclasses import replace
from pathlib import Path

import pytest

from labrunner.checks.answer import AnswerCheck
from labrunner.checks.image import ImageCheck
from labrunner.errors import LessonError, Location
from labrunner.lesson.markdown import examine, parse
from labrunner.lesson.model import (
    CommandPattern,
    Constant,
    Feedback,
    FrontMatter,
    Lesson,
    Option,
    Passage,
    Question,
    RandomWord,
    Reject,
    Script,
    WorkspaceFile,
)
from tests.lesson.fakes import KINDS

PAGES = Path(__file__).parent / "pages"
MISTAKES = sorted(PAGES.glob("*.errors.txt"))

HEAD = "---\nformat: 1\nid: a\ntitle: A\nsummary: S.\n---\n# A\n\n"


def page(name: str) -> Lesson:
    return parse((PAGES / f"{name}.md").read_text(), f"{name}.md", kinds=KINDS)


def step(text: str) -> Lesson:
    return parse(f"{HEAD}## Step\n\n{text}", "l.md", kinds=KINDS)


def errors(text: str) -> list[str]:
    return [str(error) for error in examine(text, "l.md", kinds=KINDS)[1]]


@pytest.mark.parametrize("expected", MISTAKES, ids=[file.stem for file in MISTAKES])
def test_every_mistake_of_a_page_is_told_in_one_run(expected: Path) -> None:
    name = f"{expected.name.removesuffix('.errors.txt')}.md"

    lesson, found = examine((PAGES / name).read_text(), name, kinds=KINDS)

    assert lesson is None
    assert "".join(f"{error}\n" for error in found) == expected.read_text()


def test_the_example_of_the_format_is_a_lesson() -> None:
    lesson = parse((PAGES / "example.md").read_text(), "example.md")

    assert lesson.front.title == "Tag and push images"
    assert [step.id for step in lesson.steps] == ["second-name", "how-many-copies-are-there-now"]
    assert [check.check for step in lesson.steps for check in step.checks if check.kind == "image"] == [
        ImageCheck(name="localhost:5001/student/nginx", same_image_as="nginx:1.31-alpine")
    ]
    assert isinstance(lesson.steps[1].checks[0].check, AnswerCheck)
    assert lesson.steps[1].question is not None
    assert lesson.steps[1].question.right == frozenset({2})


def test_the_front_matter_is_read() -> None:
    front = page("everything").front

    assert replace(front, values={}) == FrontMatter(
        id="everything",
        title="Everything in Oslo",
        summary="One of each.",
        minutes=7,
        after=("other",),
        needs=("port", "network"),
        images=("nginx:1.31", "busybox"),
        values={},
        language="en",
    )
    assert front.values["word"] == RandomWord()
    assert front.values["full"] == Constant(text="{{registry}}/{{base}}")


def test_what_stands_before_the_first_step_belongs_to_the_lesson() -> None:
    lesson = page("everything")

    assert lesson.intro == (
        Passage(
            markdown="What [comes][docs] at Oslo. <!-- a comment in a line -->\n\n"
            "```text\nPort 8080\n```\n\n[docs]: https://example.com/everything"
        ),
    )
    assert [script.text for script in lesson.setup] == ["mkdir -p amber"]
    assert [script.text for script in lesson.cleanup] == ["rm -r amber"]
    assert lesson.workspace == (WorkspaceFile(path="notes/intro.txt", content=b"Port 8080\n"),)


def test_the_prose_of_a_step_is_what_no_block_acts_upon() -> None:
    assert page("everything").steps[0].prose == (
        Passage(
            markdown="Plain **prose** with {{braces}} and `docker image ls --format '{{.ID}}'`.\n\n"
            "```console\n$ a fence that is only shown\n```"
        ),
        Passage(markdown="Only on the practice engine.", only="practice"),
        Passage(
            markdown="After the note, see [the docs][docs].\n\n"
            "```dockerfile\nFROM nginx:1.31\n```\n\n```sh\n#!/bin/sh\necho {{x}}\n```\n\n"
            "[docs]: https://example.com/everything"
        ),
    )


def test_every_role_has_its_place_in_a_step() -> None:
    build = page("everything").steps[0]

    assert (build.id, build.title) == ("build", "Build it, now")
    assert [(check.id, check.needs, check.only) for check in build.checks] == [
        ("it", "", None),
        ("box-2", "it", "practice"),
    ]
    assert build.hints == ("First, Oslo.", "Then.")
    assert build.solution == Script(
        text="docker build -t localhost:5001/nginx:1.31 .\n"
        "docker image inspect --format '{{json .Config}}' localhost:5001/nginx:1.31",
        at=Location(path="everything.md", line=71),
    )
    assert [script.text for script in build.accepts] == ["one", "two"]
    assert build.rejects == (
        Reject(run="docker build .", says="no name", at=Location(path="everything.md", line=81)),
    )
    assert build.feedback[0] == Feedback(
        when=CommandPattern(like="docker build *"),
        say="Give it a name.",
        at=Location(path="everything.md", line=86),
    )
    assert not isinstance(build.feedback[1].when, CommandPattern)
    assert build.feedback[1].when.kind == "box"
    assert [script.text for script in (*build.setup, *build.cleanup)] == ["touch a", "rm a"]
    assert build.files == (
        WorkspaceFile(path="Dockerfile", content=b"FROM nginx:1.31\n"),
        WorkspaceFile(path="run.sh", content=b"#!/bin/sh\necho {{x}}\n", executable=True),
    )


def test_a_task_list_is_a_question_and_indented_text_is_its_reply() -> None:
    why = page("everything").steps[1]

    assert why.question == Question(
        options=(
            Option(text="Because it *is*", right=True, reply="Yes, at Oslo.\n\n    code in a reply"),
            Option(text="Because it is not", right=False),
        )
    )
    assert why.prose == (Passage(markdown="Some text.\n\nAnd more prose after the question."),)


def test_a_step_with_neither_checks_nor_a_question_asks_nothing() -> None:
    assert [step.asks for step in page("everything").steps] == [True, True, False]


def test_the_values_of_a_started_lesson_are_filled_in() -> None:
    lesson = parse(
        (PAGES / "everything.md").read_text(),
        "l.md",
        values={"place": "Bergen", "word": "cedar"},
        kinds=KINDS,
    )

    assert lesson.front.title == "Everything in Bergen"
    assert lesson.setup[0].text == "mkdir -p cedar"
    assert lesson.workspace[0].content == b"Port 8080\n"


def test_the_hash_of_the_checks_does_not_depend_on_values_or_prose() -> None:
    text = (PAGES / "everything.md").read_text()
    first = parse(text, "l.md", kinds=KINDS)
    other = parse(text.replace("Plain", "Simple"), "l.md", values={"base": "x"}, kinds=KINDS)
    changed = parse(text.replace("name: again", "name: anew"), "l.md", kinds=KINDS)

    assert [step.checks_hash for step in other.steps] == [step.checks_hash for step in first.steps]
    assert changed.steps[0].checks_hash != first.steps[0].checks_hash
    assert changed.steps[1].checks_hash == first.steps[1].checks_hash


def test_a_heading_in_a_fence_a_list_or_a_quote_begins_no_step() -> None:
    lesson = step("```md\n## a\n```\n\n- ## b\n\n> ## c\n\n    ## d\n\n### e\n\n\\## f\n")

    assert [step.id for step in lesson.steps] == ["step"]


def test_an_id_is_made_of_the_words_of_a_heading() -> None:
    lesson = parse(
        f"{HEAD}## What `docker  ls` *shows*: Öl & {{{{lesson}}}} \\{{{{x}}}}\n", "l.md", kinds=KINDS
    )

    assert [(step.id, step.title) for step in lesson.steps] == [
        ("what-docker-ls-shows-öl-lesson-x", "What docker ls shows: Öl & a {{x}}")
    ]


@pytest.mark.parametrize("ends", ["\r\n", "\r"])
def test_line_ends_of_other_systems_make_no_difference(ends: str) -> None:
    text = (PAGES / "everything.md").read_text()

    assert parse(text.replace("\n", ends), "everything.md", kinds=KINDS) == page("everything")


def test_a_byte_order_mark_makes_no_difference() -> None:
    text = (PAGES / "everything.md").read_text()

    assert parse(f"\ufeff{text}", "everything.md", kinds=KINDS) == page("everything")


def test_a_fence_may_be_indented_by_up_to_three_spaces() -> None:
    lesson = step("   ```yaml check box\n   name: red\n   ```\n  ```sh solution\n  a\n    b\n  ```\n")

    assert len(lesson.steps[0].checks) == 1
    assert lesson.steps[0].solution == Script(text="a\n  b", at=Location(path="l.md", line=14, column=3))


def test_tildes_fence_as_well_as_backticks() -> None:
    assert step("~~~yaml check box\nname: red\n~~~\n").steps[0].checks[0].kind == "box"


def test_parse_raises_the_first_mistake() -> None:
    with pytest.raises(LessonError) as caught:
        parse((PAGES / "ids.md").read_text(), "ids.md", kinds=KINDS)

    assert caught.value.at == Location(path="ids.md", line=12)


def test_a_list_of_tasks_among_other_items_is_no_half_question() -> None:
    assert errors(f"{HEAD}## S\n\n- a\n- [x] b\n") == [
        (
            "l.md:11:1: Every line of a question begins with `- [ ]` or `- [x]` and the option's text."
            " Put other lists before the question, with some text between."
        )
    ]


def test_a_mistake_in_front_matter_does_not_hide_or_invent_others() -> None:
    text = (
        "---\nformat: 1\nid: a\ntitle: A\nvalues:\n  port: {free_port: no}\n---\n# A\n\n## S\n\n"
        '```yaml check box\nname: x\nsize: "{{port}}"\nweight: "{{prt}}"\n```\n'
    )

    assert errors(text) == [
        "l.md:1:1: `front matter` needs the key `summary`. Add `summary: …`.",
        "l.md:6:21: `free_port`: a port is a whole number from 1 to 65535.",
        (
            "l.md:15:10: The lesson has no value `prt`. Did you mean `port`?"
            " There are `registry`, `workspace`, `lesson`, `port`; for the braces themselves write `\\{{`."
        ),
    ]


def test_a_broken_front_matter_does_not_hide_mistakes_in_steps() -> None:
    text = "---\nformat: 1\nid: [a\n---\n# A\n\n## S {{any}}\n\n```yaml check bx\n```\n"

    assert errors(text) == [
        "l.md:3:5: The list that begins with `[` has no end. Close it with `]`.",
        "l.md:9:1: There is no check kind `bx`. Did you mean `box`? The kinds are `box`, `some`, `one`.",
    ]


def test_needs_are_not_complained_of_beside_a_check_that_cannot_be_read() -> None:
    text = f"{HEAD}## S\n\n```yaml check box\nid: a\n```\n```yaml check box\nname: b\nneeds: a\n```\n"

    assert errors(text) == ["l.md:11:1: `check box` needs the key `name`. Add `name: …`."]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (
            "# A\n",
            (
                "l.md:1:1: A lesson begins with front matter. Make `---` the first line, then `format: 1`, `id`,"
                " `title` and `summary`, then `---` again."
            ),
        ),
        ("---\nformat: 1\n", "l.md:1:1: The front matter is never closed. End it with a line `---`."),
        (
            HEAD.replace("format: 1", "format: 2") + "## S\n```nothing known here\n",
            (
                "l.md:2:9: This is a lesson of format 2, and this labrunner reads format 1."
                " Update labrunner, or write `format: 1`."
            ),
        ),
        (HEAD, "l.md:7:1: The lesson has no step. Begin one with a `##` heading."),
        (
            f"{HEAD}## S\n\n<!-- open\n\n## T\n",
            "l.md:11:1: This comment is never closed, so all that follows is part of it. End it with `-->`.",
        ),
        (
            f"{HEAD}## S\n\na\x1b[31mb\n",
            "l.md:11:2: Control character U+001B stands here. Delete it; a lesson is plain text.",
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nvalues: {lesson: x}") + "## S\n",
            "l.md:6:10: The value `lesson` is always there and cannot be declared. Choose another name.",
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nvalues: {A-b: x}") + "## S\n",
            (
                "l.md:6:10: The name of a value begins with a letter and has only lower-case letters, digits and `_`."
                " Choose such a name."
            ),
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nvalues:\n  a: '{{b}}'\n  b: x") + "## S\n",
            (
                "l.md:7:7: The lesson has no value `b`. There are `registry`, `workspace`, `lesson`;"
                " for the braces themselves write `\\{{`."
            ),
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nvalues: {a: {default: x}}") + "## S\n",
            "l.md:6:13: A value is a text, or has one of the keys `ask`, `free_port` and `random`.",
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nneeds: [buildkits]") + "## S\n",
            (
                "l.md:6:9: `needs` cannot be `buildkits`. Did you mean `buildkit`?"
                " It is one of `lab-registry`, `buildkit`, `network`, `port`."
            ),
        ),
        (
            HEAD.replace("summary: S.", "summary: S.\nminutes: soon") + "## S\n",
            "l.md:6:10: `minutes`: this is a whole number of minutes, from 1 to 999.",
        ),
    ],
)
def test_one_mistake_is_one_clear_sentence_at_its_place(text: str, error: str) -> None:
    assert errors(text) == [error]
