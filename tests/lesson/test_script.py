"""A script is cut into the commands that a person would type."""

import pytest

from labrunner.lesson.script import commands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker pull nginx\ndocker image ls\n", ("docker pull nginx", "docker image ls")),
        ("# a comment\n\ndocker image ls\n", ("docker image ls",)),
        ("docker run \\\n  --rm nginx\nls\n", ("docker run \\\n  --rm nginx", "ls")),
        ("cat > f <<'EOF'\na\n# b\nEOF\nls\n", ("cat > f <<'EOF'\na\n# b\nEOF", "ls")),
        ("cat <<-END | sort\n\ta\n\tEND\nls\n", ("cat <<-END | sort\n\ta\n\tEND", "ls")),
        ("echo 'two\nlines'\nls\n", ("echo 'two\nlines'", "ls")),
        ('echo "it\'s"\nls\n', ('echo "it\'s"', "ls")),
        ("for i in 1 2\ndo echo $i\ndone\nls\n", ("for i in 1 2\ndo echo $i\ndone", "ls")),
        ("for i in 1 2; do echo $i; done\nls\n", ("for i in 1 2; do echo $i; done", "ls")),
        ("docker ps |\n  wc -l\nls\n", ("docker ps |\n  wc -l", "ls")),
        ("true &&\nls\n", ("true &&\nls",)),
        ('answer "$(docker image ls | wc -l)"\n', ('answer "$(docker image ls | wc -l)"',)),
        ("", ()),
    ],
)
def test_each_command_is_whole(text: str, expected: tuple[str, ...]) -> None:
    assert commands(text) == expected
