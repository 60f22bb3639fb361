"""Command lines compared by what they say."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.checks.commandline import docker_commands, matches, normal_form, spelling_equal
from labrunner.checks.dockercommand import DockerCommand
from labrunner.checks.shellwords import simple_commands


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("docker images", "docker image ls"),
        ("docker images", "docker image list"),
        ("docker rmi nginx", "docker image remove nginx:latest"),
        ("docker rmi -f nginx", "docker image rm --force nginx"),
        ("docker ps", "docker container list"),
        ("docker ps", "docker container ps"),
        ("docker run nginx", "docker container run docker.io/library/nginx:latest"),
        ("docker build -t web .", "docker image build --tag=web:latest ."),
        ("docker build -t web .", "docker buildx build . -t web"),
        ("docker build -t web .", "docker builder build -tweb ."),
        ("docker tag a b", "docker image tag a:latest b:latest"),
        ("docker pull nginx", "docker image pull nginx"),
        ("docker push ana/web", "docker image push docker.io/ana/web"),
        ("docker save -o x.tar nginx", "docker image save nginx --output x.tar"),
        ("docker history nginx", "docker image history nginx"),
        ("docker logs -f web", "docker container logs --follow web"),
        ("docker exec -it web sh", "docker container exec -t -i web sh"),
        ("docker stop -t 3 web", "docker container stop --time=3 web"),
        ("docker run -dp8080:80 nginx", "docker run -p 8080:80 -d nginx"),
        ("docker run -p 8080:80 nginx", "docker run --publish=8080:80/tcp nginx"),
        ("docker run --rm=true nginx", "docker run --rm nginx"),
        ("docker run --rm=false nginx", "docker run nginx"),
        ("docker run --net host nginx", "docker run --network=host nginx"),
        ("docker run --name 'my web' nginx", 'docker run --name "my web" nginx'),
        ("docker -H unix:///x --context y images", "docker images"),
        ("docker --config=/x login -u ana localhost:5001", "docker login localhost:5001 --username ana"),
        ("sudo docker images", "docker images"),
        ("sudo -u root docker images", "/usr/bin/docker images"),
        ("DOCKER_HOST=x docker images", "env DOCKER_HOST=y docker images"),
        ("docker image tag --help", "docker tag --help"),
        ("docker help image tag", "docker image tag --help"),
        ("docker image ls -h", "docker images --help"),
        ("docker system info", "docker info"),
        ("docker builder prune -af", "docker buildx prune --all --force"),
        ("docker run \\\n  -d \\\n  nginx", "docker run -d nginx"),
        ("docker images  # what is there", "docker images"),
        ("docker images > list.txt 2>&1", "docker images"),
    ],
)
def test_two_spellings_of_one_command(a: str, b: str) -> None:
    assert spelling_equal(a, b)
    assert normal_form(a) == normal_form(b)


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("docker tag a b", "docker tag b a"),
        ("docker run nginx --rm", "docker run --rm nginx"),
        ("docker run -p 8080:80 nginx", "docker run -p 80:8080 nginx"),
        ("docker run -h host nginx", "docker run --help nginx"),
        ("docker image ls", "docker container ls"),
        ("docker image tag -- help", "docker image tag --help"),
        ("docker pull nginx", "docker pull nginx:1.31"),
        ("docker exec web ls -a", "docker exec web ls"),
    ],
)
def test_two_commands(a: str, b: str) -> None:
    assert not spelling_equal(a, b)


def test_the_normal_form_is_the_long_one() -> None:
    assert normal_form("sudo docker run -dp8080:80 --name=web nginx && docker ps") == (
        "docker container run --detach --name=web --publish=8080:80 nginx:latest; docker container ls"
    )


def test_a_docker_command_is_taken_apart() -> None:
    assert docker_commands("echo x | docker run -e A=1 -e B -itp 80 nginx sh -c 'a b'") == (
        DockerCommand(
            path=("container", "run"),
            options=(
                ("env", "A=1"),
                ("env", "B"),
                ("interactive", "true"),
                ("publish", "80"),
                ("tty", "true"),
            ),
            arguments=("nginx:latest", "sh", "-c", "a b"),
        ),
    )


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("docker image tag --help", "docker tag --help"),
        ("docker image ls", "docker images --digests | head"),
        ("docker image ls *", "docker images --digests nginx | head"),
        ("docker build --no-cache *", "docker build . -t web --no-cache"),
        ("docker run * hello-world", "docker run --rm hello-world"),
        ("docker run * uname -r", "docker run --rm alpine uname -r"),
        ("docker run *alpine* uname *", "docker run --rm alpine uname -r"),
        ("docker push localhost:5001/*", "docker image push localhost:5001/ana/web"),
        ("docker push", "docker image push"),
        ("docker push * *", "docker push a b"),
        ("docker run --publish 80:*", "docker run -p 80:8080"),
        ("docker * nginx*", "docker history nginx"),
        ("cat *config.json", "cat ~/.docker/config.json"),
        ("echo * | docker login *", "echo pw | docker login -u ana --password-stdin localhost:5001"),
        ("docker pull nginx", "for i in 1 2; do docker pull nginx; done"),
        ("docker ps *", "docker rm -f $(docker ps -aq)"),
        ("curl *", "curl -s http://localhost:8080 | grep Welcome"),
    ],
)
def test_a_pattern_that_fits(pattern: str, line: str) -> None:
    assert matches(pattern, line)


@pytest.mark.parametrize(
    ("pattern", "line"),
    [
        ("docker image ls", "docker image ls --help"),
        ("docker image tag --help", "docker image tag a b"),
        ("docker push", "docker push nginx"),
        ("docker push *", "docker pull nginx"),
        ("docker build --no-cache *", "docker build ."),
        ("docker run --publish 80:*", "docker run -p 8080:80"),
        ("cat *config.json", "less config.json"),
        ("docker pull nginx", "echo docker pull nginx"),
        ("docker pull nginx", "# docker pull nginx"),
        ("docker pull nginx", "cat <<EOF\ndocker pull nginx\nEOF"),
        ("docker pull nginx", ""),
        ("", "docker pull nginx"),
    ],
)
def test_a_pattern_that_does_not_fit(pattern: str, line: str) -> None:
    assert not matches(pattern, line)


@pytest.mark.parametrize(
    ("line", "commands"),
    [
        ("a 'b c' \"d $e\" f\\ g", [("a", "b c", "d $e", "f g")]),
        ("a;b&&c||d|e &", [("a",), ("b",), ("c",), ("d",), ("e",)]),
        ("if true; then a; else b; fi", [("true",), ("a",), ("b",)]),
        ("while a; do b; done", [("a",), ("b",)]),
        ("(cd x && a)", [("cd", "x"), ("a",)]),
        ("X=1 Y=2 a", [("a",)]),
        ("X=1", []),
        ("a >x 2>>y <z 3<&1 b", [("a", "b")]),
        ("a &> x", [("a",)]),
        ("a `b c`", [("a", "`b c`"), ("b", "c")]),
        ("a \"$(b 'c d')\"", [("a", "$(b 'c d')"), ("b", "c d")]),
        ("a <<-E b\n\ttext; x\n\tE\nc", [("a", "b"), ("c",)]),
        ("a <<< 'x y'", [("a",)]),
        ("a ''", [("a", "")]),
        ("a#b #c", [("a#b",)]),
        ("time ! a", [("a",)]),
        ("sudo -E env X=1 nohup a -u", [("a", "-u")]),
        ("'unfinished", [("unfinished",)]),
        ("a $(b", [("a", "$(b"), ("b",)]),
        ("a 2>&1|b", [("a",), ("b",)]),
        ("a1>x", [("a1",)]),
    ],
)
def test_a_line_is_taken_apart_into_simple_commands(line: str, commands: list[tuple[str, ...]]) -> None:
    assert list(simple_commands(line)) == commands


_USUAL = """
docker image ls images run -d -it -p8080:80 --name web --name=web nginx nginx:1 --help help -h -- -x -= --rm --rm=false
build -t . tag exec sudo X=1 if done | ; && > 'a b' "c $d" $(docker ps) # * history -H --version -v compose ps --filter
a=b = -
"""
_WORD = st.one_of(st.sampled_from(_USUAL.split()), st.text(alphabet="abA1-=*/:'\"\\$` ;", max_size=5))


@given(st.lists(_WORD, max_size=9).map(" ".join))
def test_the_normal_form_of_a_normal_form_is_itself(line: str) -> None:
    once = normal_form(line)

    assert normal_form(once) == once


@given(st.text(max_size=60))
def test_any_line_can_be_read(line: str) -> None:
    assert isinstance(normal_form(line), str)
    assert matches(line, line) or not simple_commands(line)
