"""The real docker command with buildx against the front: what it sends is understood, what it shows is Docker's."""

import asyncio
import io
import json
import re
import signal
import tarfile
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from labrunner.practice.images.tree import Node
from tests.practice.buildkit.cli import Docker, Said
from tests.practice.buildkit.front import listening
from tests.practice.buildkit.standin import StandIn

pytestmark = pytest.mark.timeout(90)
Run = Callable[..., Awaitable[Said]]


def _with(place: Path, work: Callable[[Docker, StandIn], Awaitable[None]]) -> None:
    async def run() -> None:
        folder = place / "engine"
        folder.mkdir()
        daemon = StandIn(folder)
        async with listening(daemon, place / "sock") as host:
            await work(Docker(host, place), daemon)

    asyncio.run(run())


def _still(text: str) -> str:
    """Without what differs from run to run."""
    text = re.sub(r"sha256:[0-9a-f]{64}", "sha256:…", text)
    text = re.sub(r"\d+\.\d+s", "0.0s", re.sub(r"#(\d+) \d\.\d{3} ", r"#\1 0.000 ", text))
    return re.sub(r"^0\.\d{3} ", "0.000 ", re.sub(r" 0\.0s done", " done", text), flags=re.MULTILINE)


WHOLE = """\
#0 building with "default" instance using docker driver

#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 83B done
#1 DONE 0.0s

#2 [internal] load metadata for docker.io/library/alpine:3.24
#2 DONE 0.0s

#3 [internal] load .dockerignore
#3 transferring context: 2B done
#3 DONE 0.0s

#4 [1/3] FROM docker.io/library/alpine:3.24@sha256:…
#4 DONE 0.0s

#5 [internal] load build context
#5 transferring context: 42B done
#5 DONE 0.0s

#6 [2/3] COPY hello.txt /
#6 DONE 0.0s

#7 [3/3] RUN echo hi
#7 0.000 hi
#7 DONE 0.0s

#8 exporting to image
#8 exporting layers done
#8 writing image sha256:… done
#8 naming to docker.io/library/web:1 done
#8 naming to localhost:5000/student/web done
#8 DONE 0.0s
"""


def test_a_build_is_told_as_docker_tells_it(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        tags = ("-t", "web:1", "-t", "localhost:5000/student/web")
        said = await docker("build", "--progress=plain", *tags, ".", cwd=project)

        assert said.status == 0
        assert _still(said.err) == WHOLE
        assert said.out == ""
        assert set(daemon.store.references()) == {
            "docker.io/library/web:1",
            "localhost:5000/student/web:latest",
        }

    _with(place, work)


def test_files_that_have_not_changed_are_not_sent_again(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        await docker("build", ".", cwd=project)
        again = await docker("build", "--progress=plain", ".", cwd=project)
        (project / "hello.txt").write_text("hello again\n")
        changed = await docker("build", "--progress=plain", ".", cwd=project)

        assert "#5 transferring context: 30B done" in _still(again.err)
        assert "#7 CACHED" in _still(again.err)
        assert "#5 transferring context: 48B done" in _still(changed.err)
        assert daemon.context.read("hello.txt") == b"hello again\n"

    _with(place, work)


def test_a_terminal_shows_the_build_as_it_runs(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        shown = await asyncio.to_thread(docker.in_terminal, "build", "-t", "web", ".", cwd=project)

        assert "(8/8) FINISHED" in shown
        assert "docker:default" in shown
        assert "=> [3/3] RUN echo hi" in shown
        assert "=> => naming to docker.io/library/web " in shown

    _with(place, work)


def test_the_image_id_is_told_in_every_way(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        quiet = await docker("build", "-q", "-t", "web", ".", cwd=project)
        files = ("--iidfile", str(place / "iid"), "--metadata-file", str(place / "metadata"))
        await docker("buildx", "build", "-t", "web", *files, ".", cwd=project)

        (image,) = daemon.store.images()
        metadata = json.loads((place / "metadata").read_text())
        assert quiet == Said(0, image.id + "\n", "")
        assert (place / "iid").read_text() == image.id
        assert metadata.pop("buildx.build.ref").startswith("default/default/")
        assert metadata == {
            "containerimage.config.digest": image.id,
            "containerimage.digest": image.id,
            "image.name": "docker.io/library/web",
        }

    _with(place, work)


def test_what_is_asked_reaches_the_builder(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "other").mkdir()
        (project / "other" / "File").write_text("FROM alpine:3.24\nRUN echo other\n")
        asked = (
            "--build-arg",
            "A=1",
            "--build-arg",
            "B=x=y",
            "--label",
            "l=m",
            "--target",
            "t",
            "--no-cache",
        )
        more = ("--pull", "--add-host", "db:10.0.0.1", "--network", "none", "-f", "other/File")
        said = await docker("build", *asked, *more, ".", cwd=project)

        assert said.status == 0, said.err
        (options,) = daemon.asked
        assert options.dockerfile == "File"
        assert options.dockerfile_text == "FROM alpine:3.24\nRUN echo other\n"
        assert options.build_args == {"A": "1", "B": "x=y"}
        assert options.labels == {"l": "m"}
        assert (options.target, options.no_cache, options.pull) == ("t", True, True)
        assert options.extra_hosts == ("db=10.0.0.1",)
        assert options.network == "none"

    _with(place, work)


FAILED = """\
#6 [3/4] RUN exit 3
#6 ERROR: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
------
 > [3/4] RUN exit 3:
------
Dockerfile:3
--------------------
   1 |     FROM alpine:3.24
   2 |     RUN echo hi
   3 | >>> RUN exit 3
   4 |     CMD ["x"]
   5 |     {END}
--------------------
ERROR: failed to build: failed to solve: process "/bin/sh -c exit 3" did not complete successfully: exit code: 3
"""


def test_a_step_that_fails_is_shown_in_the_dockerfile(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text('FROM alpine:3.24\nRUN echo hi\nRUN exit 3\nCMD ["x"]\n')
        said = await docker("build", "--progress=plain", ".", cwd=project)

        assert said.status == 1
        assert _still(said.err).replace("|     \n", "|     {END}\n").endswith(FAILED)

    _with(place, work)


BROKEN = """\
#1 [internal] load build definition from Dockerfile
#1 transferring dockerfile: 62B done
#1 DONE 0.0s
Dockerfile:2
--------------------
   1 |     FROM alpine:3.24
   2 | >>> RUM foo
   3 |     {END}
--------------------
ERROR: failed to build: failed to solve: dockerfile parse error on line 2: unknown instruction: RUM (did you mean RUN?)
"""


def test_a_dockerfile_that_cannot_be_read_is_shown(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nRUM foo\n")
        said = await docker("build", "--progress=plain", ".", cwd=project)

        assert said.status == 1
        assert _still(said.err).replace("|     \n", "|     {END}\n").endswith(BROKEN)

    _with(place, work)


def test_a_missing_dockerfile_is_named(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        said = await docker("build", "--progress=plain", "-f", "Nofile", ".", cwd=project)

        assert said.status == 1
        assert said.err.endswith(
            "ERROR: failed to build: failed to solve: "
            "failed to read dockerfile: open Nofile: no such file or directory\n"
        )
        assert daemon.asked == []

    _with(place, work)


def test_the_context_is_what_the_dockerfile_needs_and_the_ignore_file_leaves(
    place: Path, project: Path
) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "src").mkdir(mode=0o750)
        (project / "src" / "link").symlink_to("../hello.txt")
        (project / "src" / "run.sh").write_text("#!/bin/sh\n")
        (project / "src" / "run.sh").chmod(0o751)
        (project / "src" / "notes.md").write_text("no\n")
        (project / "src" / "keep.md").write_text("yes\n")
        (project / "ümlaut").write_bytes(bytes(3_000_000) + b"end")
        (project / "secret.txt").write_text("no\n")
        (project / ".dockerignore").write_text("# comment\nsecret.txt\n**/*.md\n!src/keep.md\n")
        (project / "Dockerfile").write_text("FROM alpine:3.24\nCOPY . /all\n")
        said = await docker("build", ".", cwd=project)

        assert said.status == 0, said.err
        nodes = daemon.context.nodes
        assert sorted(nodes) == [
            *(".dockerignore", "Dockerfile", "hello.txt", "src", "src/keep.md", "src/link", "src/run.sh"),
            "ümlaut",
        ]
        assert nodes["src"].mode == 0o750
        assert nodes["src/run.sh"].mode == 0o751
        assert nodes["src/link"] == Node(
            kind="link", mode=0o777, link="../hello.txt", mtime=nodes["src/link"].mtime
        )
        assert nodes["ümlaut"].content.read() == bytes(3_000_000) + b"end"

        (project / "Dockerfile").write_text("FROM alpine:3.24\nCOPY ümlaut src/*.sh /all/\n")
        await docker("build", ".", cwd=project)
        assert sorted(daemon.context.nodes) == ["src", "src/run.sh", "ümlaut"]

    _with(place, work)


def test_a_dockerfile_has_an_ignore_file_of_its_own(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nCOPY . /all\n")
        (project / "Dockerfile.dockerignore").write_text("hello.txt\nDockerfile*\n")
        said = await docker("build", "--progress=plain", ".", cwd=project)

        assert sorted(daemon.context.nodes) == []
        assert "load .dockerignore" not in said.err

    _with(place, work)


def test_the_dockerfile_may_come_from_stdin(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        text = b"FROM alpine:3.24\nCOPY hello.txt /\nRUN echo from stdin\n"
        both = await docker("build", "--progress=plain", "-f", "-", ".", cwd=project, stdin=text)
        alone = await docker(
            "build", "--progress=plain", "-", cwd=place, stdin=b"FROM alpine:3.24\nRUN echo x\n"
        )

        assert (both.status, alone.status) == (0, 0)
        assert "from stdin\n" in both.err
        assert daemon.asked[0].dockerfile_text == text.decode()
        assert "[2/2] RUN echo x" in alone.err
        assert "load build context" not in alone.err

    _with(place, work)


def test_an_archive_may_come_from_stdin(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode="w:gz") as archive:
            archive.add(project / "Dockerfile", "docker/File")
            archive.add(project / "hello.txt", "hello.txt")
        said = await docker(
            "build", "--progress=plain", "-f", "docker/File", "-", cwd=place, stdin=packed.getvalue()
        )

        assert said.status == 0, said.err
        assert "#1 [internal] load remote build context\n#1 DONE 0.0s\n" in said.err
        assert "#2 copy /context /\n#2 DONE 0.0s\n" in said.err
        assert daemon.context.read("hello.txt") == b"hello\n"

    _with(place, work)


def test_secrets_come_from_the_client(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text(
            "FROM alpine:3.24\nRUN --mount=type=secret,id=token cat-secret token\n"
            "RUN --mount=type=secret,id=absent true\n"
        )
        said = await docker("build", "--secret", "id=token,src=hello.txt", ".", cwd=project)

        assert said.status == 0, said.err
        assert daemon.asked[0].secrets == {"token": b"hello\n"}

    _with(place, work)


def test_accounts_come_from_the_client(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        accounts = {"localhost:5000": {"auth": "c3R1ZGVudDpwdw=="}, "example.org": {"auth": "YTpi"}}
        (docker.config / "config.json").write_text(json.dumps({"auths": accounts}))
        (project / "Dockerfile").write_text("FROM localhost:5000/student/base\nRUN echo hi\n")
        await docker("build", ".", cwd=project)

        account = {"username": "student", "password": "pw", "serveraddress": "localhost:5000"}
        assert daemon.accounts == {"localhost:5000": account}

    _with(place, work)


def test_ctrl_c_ends_the_build(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nRUN wait\n")
        process = await docker.start("build", "--progress=plain", ".", cwd=project)
        await asyncio.wait_for(daemon.waiting.wait(), 20)
        process.send_signal(signal.SIGINT)
        _, err = await asyncio.wait_for(process.communicate(), 20)
        await asyncio.wait_for(daemon.cancelled.wait(), 20)

        assert process.returncode == 130
        assert b"context canceled" in err

    _with(place, work)


def test_a_client_that_is_killed_ends_the_build(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nRUN wait\n")
        process = await docker.start("build", ".", cwd=project)
        await asyncio.wait_for(daemon.waiting.wait(), 20)
        process.kill()
        await process.wait()
        await asyncio.wait_for(daemon.cancelled.wait(), 20)

    _with(place, work)


def test_output_beyond_every_window_arrives(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text("FROM alpine:3.24\nRUN lines 2500\n")
        said = await docker("build", "--progress=plain", ".", cwd=project)

        assert said.status == 0
        assert "000000000 xxx" in said.err
        assert "[output clipped, log limit 2MiB reached]" in said.err
        assert "000002499" not in said.err

    _with(place, work)


def test_files_may_be_given_to_the_client(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        folder = await docker("build", "--progress=plain", "-o", str(place / "out"), ".", cwd=project)
        archive = await docker(
            "build", "--progress=plain", "-o", f"type=tar,dest={place}/out.tar", ".", cwd=project
        )

        assert (folder.status, archive.status) == (0, 0), folder.err + archive.err
        assert "exporting to client directory\n" in folder.err
        assert (place / "out" / "hello.txt").read_text() == "hello\n"
        assert "exporting to client tarball\n" in archive.err
        with tarfile.open(place / "out.tar") as packed:
            assert packed.getnames() == ["hello.txt"]
        assert daemon.store.images() == ()

    _with(place, work)


def test_what_is_not_simulated_says_so(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        named = await docker("build", "--build-context", "x=.", ".", cwd=project)
        remote = await docker("build", "https://example.org/x.git", cwd=project)

        assert named.status == remote.status == 1
        assert "practice engine: the build context x=local:x is not simulated" in named.err
        assert "needs a network, which is not simulated; build from a folder" in remote.err
        assert daemon.asked == []

    _with(place, work)


def test_the_cache_is_shown_and_pruned(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        await docker("build", ".", cwd=project)
        shown = await docker("builder", "du", cwd=project)
        pruned = await docker("builder", "prune", "-f", cwd=project)
        empty = await docker("buildx", "du", cwd=project)

        assert shown.out.endswith("Reclaimable:\t36B\nTotal:\t\t36B\n")
        assert pruned.out.endswith("Total:\t36B\n")
        assert empty.out.endswith("Reclaimable:\t0B\nTotal:\t\t0B\n")

    _with(place, work)


def test_builders_and_their_history_are_listed(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        await docker("build", ".", cwd=project)
        listed = await docker("buildx", "ls", cwd=project)
        history = await docker("buildx", "history", "ls", cwd=project)
        await docker("buildx", "history", "rm", "--all", cwd=project)
        empty = await docker("buildx", "history", "ls", cwd=project)

        assert "running   v0.25.2+practice   linux/amd64" in listed.out
        assert history.out.splitlines()[1].split()[1:3] == ["project", "Completed"]
        assert len(empty.out.splitlines()) == 1

    _with(place, work)


def test_questions_about_a_dockerfile_are_answered(place: Path, project: Path) -> None:
    async def work(docker: Docker, daemon: StandIn) -> None:
        (project / "Dockerfile").write_text(
            "# WHO is greeted\nARG WHO=you\nFROM alpine:3.24 AS base\n# web is served\nFROM base AS web\nARG PORT=80\n"
        )
        targets = await docker("build", "--call=targets", ".", cwd=project)
        outline = await docker("build", "--call=outline", ".", cwd=project)

        assert targets.out == "TARGET        DESCRIPTION\nbase          \nweb (default) is served\n"
        assert outline.out == (
            "TARGET:      web\nDESCRIPTION: is served\n\n"
            "BUILD ARG   VALUE   DESCRIPTION\nWHO         you     is greeted\nPORT        80      \n\n"
        )
        assert daemon.asked == []

    _with(place, work)
