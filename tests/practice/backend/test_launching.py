"""Programs that cannot be started, in runc's words as Docker 28.5 hands them on."""

import asyncio

import pytest

from labrunner.practice.images.tree import Node, Tree
from labrunner.practice.refusal import Refused
from tests.practice.backend.world import BUSYBOX, DEBIAN, begin, file, link, ran, standin

CREATE = (
    "failed to create task for container: failed to create shim task: OCI runtime create failed: "
    "runc create failed: unable to start container process: error during container init: "
)
EXEC = "OCI runtime exec failed: exec failed: unable to start container process: "
ODD = Tree(
    {
        **BUSYBOX.nodes,
        "run-me": file('#!/bin/sh\necho "$0" "$@"\n', 0o755),
        "plain": file("echo hi\n", 0o755),
        "lost": file("#!/nope\n", 0o755),
        "tool": file("#!/usr/bin/env sh\necho by env\n", 0o755),
        "bin/unknown": standin("nothing-like-it"),
        "bin/again": link("real-echo"),
        "bin/real-echo": standin("busybox"),
        "data": Node(kind="folder", mode=0o755),
    }
)


@pytest.mark.parametrize(
    ("argv", "text"),
    [
        (("nope",), 'exec: "nope": executable file not found in $PATH'),
        (("/nope",), 'exec: "/nope": stat /nope: no such file or directory'),
        (("/etc/motd",), 'exec: "/etc/motd": permission denied'),
        (("/etc",), 'exec: "/etc": is a directory: permission denied'),
        (("./nope",), 'exec: "./nope": stat ./nope: no such file or directory'),
        (("",), 'exec: "": executable file not found in $PATH'),
    ],
)
def test_what_cannot_be_run_is_refused(argv: tuple[str, ...], text: str) -> None:
    with pytest.raises(Refused) as created:
        asyncio.run(begin(argv))
    with pytest.raises(Refused) as executed:
        asyncio.run(begin(argv, main=False))

    assert (created.value.status, created.value.message) == (400, CREATE + text)
    assert (executed.value.status, executed.value.message) == (400, EXEC + text)


@pytest.mark.parametrize(
    ("user", "text"),
    [
        ("bob", "unable to find user bob: no matching entries in passwd file"),
        ("bob:xx", "unable to find user bob: no matching entries in passwd file"),
        ("1000:grp", "unable to find group grp: no matching entries in group file"),
    ],
)
def test_an_unknown_user_is_refused(user: str, text: str) -> None:
    with pytest.raises(Refused) as refused:
        asyncio.run(begin("true", user=user))

    assert (refused.value.status, refused.value.message) == (500, text)


def test_the_working_directory_is_made_for_a_container_and_demanded_of_an_exec() -> None:
    done = asyncio.run(ran("pwd", cwd="/no/such"))
    with pytest.raises(Refused) as on_file:
        asyncio.run(begin("pwd", cwd="/etc/motd"))
    with pytest.raises(Refused) as in_exec:
        asyncio.run(begin("pwd", cwd="/no/such", main=False))

    assert done.out == "/no/such\n"
    assert done.machine.rootfs.changes() == [("/no", "A"), ("/no/such", "A")]
    assert (on_file.value.status, on_file.value.message) == (
        500,
        "Cannot mkdir: /etc/motd is not a directory",
    )
    assert in_exec.value.message == (
        f'{EXEC}chdir to cwd ("/no/such") set in config.json failed: no such file or directory'
    )


@pytest.mark.parametrize(
    ("argv", "out", "err", "status"),
    [
        (("/run-me", "a b", "c"), "/run-me a b c\n", "", 0),
        (("/tool",), "by env\n", "", 0),
        (("/plain",), "", "exec /plain: exec format error\n", 255),
        (("/lost",), "", "exec /lost: no such file or directory\n", 255),
        (("/usr/bin/real",), "", "practice engine: '/usr/bin/real' is not simulated\n", 127),
        (("unknown",), "", "practice engine: 'unknown' is not simulated\n", 127),
        (("busybox", "echo", "applet"), "applet\n", "", 0),
        (("env", "busybox", "basename", "/a/b"), "b\n", "", 0),
    ],
)
def test_what_is_in_the_file_decides(argv: tuple[str, ...], out: str, err: str, status: int) -> None:
    done = asyncio.run(ran(argv, tree=ODD))

    assert (done.out, done.err, done.status) == (out, err, status)


@pytest.mark.parametrize(
    ("shell", "tree", "err"),
    [
        (("/bin/sh", "-c"), BUSYBOX, "/bin/sh: curl: not found\n"),
        (("sh", "-c"), DEBIAN, "sh: 1: curl: not found\n"),
        (("bash", "-c"), DEBIAN, "bash: line 1: curl: command not found\n"),
    ],
)
def test_a_command_that_the_image_has_not_is_not_found(shell: tuple[str, ...], tree: Tree, err: str) -> None:
    done = asyncio.run(ran((*shell, "curl http://localhost"), tree=tree))

    assert (done.out, done.err, done.status) == ("", err, 127)


def test_a_command_works_as_soon_as_its_file_is_there() -> None:
    make = "printf '#!/usr/libexec/labrunner-standin coreutils\\n' > /usr/bin/rev; chmod 755 /usr/bin/rev"
    script = f"rev x; {make}; echo abc | rev"
    bare = Tree({path: node for path, node in DEBIAN.nodes.items() if path != "bin/rev"})

    done = asyncio.run(ran(script, tree=bare))

    assert (done.out, done.err) == ("cba\n", "sh: 1: rev: not found\n")


def test_the_environment_is_completed_as_docker_does_it() -> None:
    done = asyncio.run(ran(("env",), env={"A": "1"}))
    as_node = asyncio.run(ran(("env",), user="node"))
    as_number = asyncio.run(ran(("id",), user="1234"))

    assert done.out == (
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\nHOSTNAME=0123456789ab\nA=1\nHOME=/root\n"
    )
    assert "HOME=/home/node\n" in as_node.out
    assert as_number.out == "uid=1234 gid=0(root) groups=0(root)\n"


def test_a_user_is_kept_from_what_is_not_his() -> None:
    done = asyncio.run(
        ran(
            "whoami; touch /x; cat /etc/secret; echo mine > /tmp/f; ls -l /tmp | tail -1 | cut -c1-32",
            user="node",
        )
    )

    assert done.out == "node\n-rw-r--r--    1 node     node   \n"
    assert done.err == "touch: /x: Permission denied\ncat: can't open '/etc/secret': Permission denied\n"


def test_busybox_alone_needs_no_other_file() -> None:
    tree = Tree({"bin/busybox": standin("busybox"), "bin/sh": link("busybox")})

    assert asyncio.run(ran("echo hi", tree=tree)).out == "hi\n"
    assert asyncio.run(ran("ls /bin", tree=tree)).err == "sh: ls: not found\n"
