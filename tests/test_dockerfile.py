"""The one Dockerfile reader."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.dockerfile import Comment, Dockerfile, Heredoc, Instruction, Problem, read


def parsed(text: str) -> Dockerfile:
    found = read(text)
    assert isinstance(found, Dockerfile)
    return found


def only(instruction: str) -> Instruction:
    """The instruction after a FROM."""
    return parsed(f"FROM scratch\n{instruction}\n").instructions[1]


def test_stages_instructions_and_lines() -> None:
    found = parsed("ARG V=1\n\nFROM a:$V AS Build\nRUN x \\\n  && y\n\nFROM b\nCOPY --from=build /x /y\n")

    assert [(stage.base, stage.name, stage.line) for stage in found.stages] == [
        ("a:$V", "build", 3),
        ("b", "", 7),
    ]
    assert [(each.keyword, each.line, each.end) for each in found.instructions] == [
        ("ARG", 1, 1),
        ("FROM", 3, 3),
        ("RUN", 4, 5),
        ("FROM", 7, 7),
        ("COPY", 8, 8),
    ]
    assert found.globals[0].arguments == ("V=1",)


@pytest.mark.parametrize(
    ("text", "keyword", "flags", "arguments", "form"),
    [
        ("run npm ci && x", "RUN", (), ("npm ci && x",), "shell"),
        ('RUN ["npm", "ci"]', "RUN", (), ("npm", "ci"), "exec"),
        ("CMD ['a', 'b']", "CMD", (), ("['a', 'b']",), "shell"),
        ("COPY --chown=a:b --from=c x y /z", "COPY", ("--chown=a:b", "--from=c"), ("x", "y", "/z"), "shell"),
        ('COPY ["a b", "/c"]', "COPY", (), ("a b", "/c"), "exec"),
        ("ENV A=1 B=2", "ENV", (), ("A=1", "B=2"), "shell"),
        ("ENV A some text", "ENV", (), ("A=some text",), "shell"),
        ('LABEL a="b c" d=e', "LABEL", (), ('a="b c"', "d=e"), "shell"),
        ("EXPOSE 80 53/udp", "EXPOSE", (), ("80", "53/udp"), "shell"),
        (
            "HEALTHCHECK --interval=2s CMD wget x",
            "HEALTHCHECK",
            ("--interval=2s",),
            ("CMD", "wget x"),
            "shell",
        ),
        ('HEALTHCHECK CMD ["wget", "x"]', "HEALTHCHECK", (), ("CMD", "wget", "x"), "exec"),
        ("HEALTHCHECK NONE", "HEALTHCHECK", (), ("NONE",), "shell"),
        ("ONBUILD COPY . /app", "ONBUILD", (), ("COPY . /app",), "shell"),
        ("WORKDIR /a b", "WORKDIR", (), ("/a b",), "shell"),
        ("VOLUME /a /b", "VOLUME", (), ("/a", "/b"), "shell"),
        ('SHELL ["/bin/bash", "-c"]', "SHELL", (), ("/bin/bash", "-c"), "exec"),
        ("RUN echo $HOME ${X:-y}", "RUN", (), ("echo $HOME ${X:-y}",), "shell"),
    ],
)
def test_an_instruction_is_taken_apart(
    text: str, keyword: str, flags: tuple[str, ...], arguments: tuple[str, ...], form: str
) -> None:
    found = only(text)

    assert (found.keyword, found.flags, found.arguments, found.form) == (keyword, flags, arguments, form)


def test_here_documents_belong_to_their_instruction() -> None:
    found = parsed('FROM a\nRUN <<-EOF cat <<"END"\n\techo $X\n\tEOF\n# text\nEND\nCMD x\n')

    run, cmd = found.instructions[1:]
    assert run.heredocs == (
        Heredoc(name="EOF", text="\techo $X\n", expand=True, strip_tabs=True),
        Heredoc(name="END", text="# text\n", expand=False),
    )
    assert (run.line, run.end, cmd.line) == (2, 6, 7)
    assert found.comments == ()


def test_directives_and_comments() -> None:
    found = parsed("# syntax=docker/dockerfile:1\n# escape=`\n# mine\nFROM a\nRUN x `\n  # inside\n  y\n")

    assert found.syntax == "docker/dockerfile:1"
    assert found.escape == "`"
    assert found.comments == (Comment(text="mine", line=3), Comment(text="inside", line=6))
    assert found.instructions[1].arguments == ("x   y",)


def test_a_byte_order_mark_and_windows_line_ends_are_no_matter() -> None:
    found = parsed("\ufeff# escape=\\\r\nFROM a\r\nRUN x \\\r\n y\r\n")

    assert [each.arguments for each in found.instructions] == [("a",), ("x  y",)]


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("FROM nginx:1.31", "nginx:1.31"),
        ("ARG V=1.31\nFROM nginx:${V}-alpine", "nginx:1.31-alpine"),
        ('ARG V="1.31"\nFROM nginx:$V', "nginx:1.31"),
        ("ARG V\nFROM nginx:${V:-1.30}", "nginx:1.30"),
        ("ARG V\nFROM nginx:$V", "nginx:$V"),
        ("FROM node AS Base\nFROM base AS two\nFROM two", "node"),
        ("FROM nginx AS nginx", "nginx"),
    ],
)
def test_the_base_that_the_last_stage_is_built_on_in_the_end(text: str, base: str) -> None:
    found = parsed(text)

    assert found.base(found.stages[-1]) == base


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", Problem(what="the Dockerfile cannot be empty")),
        ("# only a comment\n", Problem(what="the Dockerfile cannot be empty")),
        ("\nFORM nginx\n", Problem(what="unknown instruction: FORM", line=2, hint="FROM")),
        ("FROM a\nxyzzy b\n", Problem(what="unknown instruction: xyzzy", line=2)),
        ("RUN x\nFROM a\n", Problem(what="no build stage in current context", line=1)),
        ("ARG x\n", Problem(what="dockerfile contains no stages to build")),
        ("FROM a b\n", Problem(what="FROM requires either one or three arguments", line=1)),
        ("FROM a\nRUN <<EOF\nx\n", Problem(what="unterminated heredoc", line=2)),
        ("FROM a\nENV x\n", Problem(what="ENV must have two arguments", line=2)),
    ],
)
def test_what_docker_refuses_comes_back_as_a_value(text: str, problem: Problem) -> None:
    assert read(text) == problem


@given(st.text(alphabet="FROM RUNCOPYENV=a\\\n\"'[]#<E`$ ", max_size=80))
def test_any_text_is_read_or_refused(text: str) -> None:
    found = read(f"FROM a\n{text}")

    if isinstance(found, Dockerfile):
        assert all(1 <= each.line <= each.end for each in found.instructions)
    else:
        assert found.what


def test_an_instruction_keeps_how_it_was_written_and_gaps_are_told() -> None:
    found = parsed("from  a\nrun   x \\\n\n  y\n")

    assert [each.original for each in found.instructions] == ["from  a", "run   x   y"]
    assert [(gap.text, gap.line) for gap in found.gaps] == [("run   x   y", 4)]
