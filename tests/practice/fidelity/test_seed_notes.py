"""Every command of the notes that the course grew from, as typed there, in their order, on the practice engine.

The notes mix two people's names: up to the building of images the learner is `codersh`, after it `bretfisher`.
"""

import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pexpect
import pytest

from tests.practice.place import Place, opened

PASSWORDS = {"codersh": "hub-codersh", "bretfisher": "hub-bretfisher"}

SAMPLE_1 = """\
FROM debian:bookworm-slim
ENV NGINX_VERSION=1.29.0
RUN apt-get update \\
    && apt-get install --no-install-recommends --no-install-suggests -y ca-certificates \\
    && rm -rf /var/lib/apt/lists/*
EXPOSE 80 443
STOPSIGNAL SIGTERM
CMD ["sleep", "1"]
"""
SAMPLE_2 = "FROM nginx:latest\nWORKDIR /usr/share/nginx/html\nCOPY index.html index.html\n"
ASSIGNMENT = """\
FROM node:6-alpine
EXPOSE 3000
RUN apk add --no-cache tini
RUN mkdir -p /usr/src/app
WORKDIR /usr/src/app
COPY package.json package.json
RUN npm install && npm cache clean --force
COPY . .
CMD ["/sbin/tini", "--", "node", "./bin/www"]
"""
APP = """\
const http = require('http');
http.createServer((request, response) => {
  response.writeHead(200, {'Content-Type': 'text/html'});
  response.end('<h1>Express</h1><p>It Worked!</p>\\n');
}).listen(process.env.PORT || 3000);
"""


@pytest.fixture(params=["real docker command", "built-in docker command"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    with opened(tmp_path, built_in=request.param.startswith("built-in"), accounts=PASSWORDS) as made:
        yield made


@pytest.mark.timeout(300)
def test_the_commands_of_the_notes(place: Place) -> None:
    _finding(place)
    _layers(place)
    _tagging(place)
    _building(place)
    _extending(place)
    _assignment(place)


def _finding(place: Place) -> None:
    _ok(place, "docker image ls")
    _ok(place, "docker pull nginx")
    assert "nginx:latest" in _names(place)
    _ok(place, "docker pull nginx:1.11.9")
    _ok(place, "docker pull nginx:1.11")
    assert _id(place, "nginx:1.11") == _id(place, "nginx:1.11.9")
    _ok(place, "docker pull nginx:1.11.9-alpine")
    assert _size(place, "nginx:1.11.9-alpine") < _size(place, "nginx:1.11.9")
    listed = _ok(place, "docker image ls")
    assert {line.split()[1] for line in listed.splitlines()[1:]} == {
        "latest",
        "1.11.9",
        "1.11",
        "1.11.9-alpine",
    }


def _layers(place: Place) -> None:
    _ok(place, "docker image ls")
    assert "EXPOSE" in _ok(place, "docker history nginx:latest")
    refused = place.run("docker history mysql")
    assert refused.returncode == 1
    assert "No such image: mysql:latest" in refused.stderr
    _ok(place, "docker pull mysql")
    assert "mysqld" in _ok(place, "docker history mysql")
    told = json.loads(_ok(place, "docker image inspect nginx"))
    assert "80/tcp" in told[0]["Config"]["ExposedPorts"]
    assert len(told[0]["RootFS"]["Layers"]) >= 3


def _tagging(place: Place) -> None:
    typo = place.run("docker image tag -- help")
    assert typo.returncode == 1
    assert re.search(r"requires 2 arguments", typo.stderr)
    _ok(place, "docker image ls")
    _ok(place, "docker pull mysql/mysql-server")
    assert "mysql/mysql-server" in _ok(place, "docker image ls")
    _ok(place, "docker pull nginx:mainline")
    assert _id(place, "nginx:mainline") == _id(place, "nginx:latest")
    _ok(place, "docker image ls")
    _ok(place, "docker image tag nginx codersh/nginx")
    assert _id(place, "codersh/nginx:latest") == _id(place, "nginx:latest")
    assert "SOURCE_IMAGE[:TAG] TARGET_IMAGE[:TAG]" in _ok(place, "docker image tag --help")
    _ok(place, "docker image ls")
    early = place.run("docker image push codersh/nginx")
    assert early.returncode == 1
    assert "denied: requested access to the resource is denied" in early.stderr + early.stdout
    assert "Management Commands" in _ok(place, "docker --help")
    _login(place, "codersh")
    kept = _ok(place, "cat .docker/config.json")
    assert "https://index.docker.io/v1/" in json.loads(kept)["auths"]
    assert "latest: digest: sha256:" in _ok(place, "docker image push codersh/nginx")
    _ok(place, "docker image tag codersh/nginx bretfisher/nginx:testing")
    absent = place.run("docker image push codersh/nginx:testing")
    assert absent.returncode == 1
    assert "tag does not exist: codersh/nginx:testing" in absent.stderr + absent.stdout
    two = place.run("docker image push codersh/nginx codersh/nginx:testing")
    assert two.returncode == 1
    assert "requires 1 argument" in two.stderr
    _ok(place, "docker image ls")
    # What the notes' line above was meant to be; without it the next command fails as it did before.
    _ok(place, "docker image tag codersh/nginx codersh/nginx:testing")
    assert "Layer already exists" in _ok(place, "docker image push codersh/nginx:testing")
    _ok(place, "docker image ls")


def _building(place: Place) -> None:
    place.write("dockerfile-sample-1/Dockerfile", SAMPLE_1)
    _ok(place, "docker image build -t customnginx .", folder="dockerfile-sample-1")
    first = _id(place, "customnginx")
    assert "customnginx" in _ok(place, "docker image ls")
    again = place.run("docker image build -t customnginx .", folder="dockerfile-sample-1")
    assert again.returncode == 0
    assert "CACHED" in again.stderr + again.stdout or "Using cache" in again.stdout
    assert _id(place, "customnginx") == first


def _extending(place: Place) -> None:
    place.write("dockerfile-sample-2/Dockerfile", SAMPLE_2)
    place.write("dockerfile-sample-2/index.html", "<h1>from the notes</h1>\n")
    _served(place, "docker container run -p 80:80 --rm nginx", "Welcome to nginx")
    _ok(place, "docker image build -t nginx-with-html .", folder="dockerfile-sample-2")
    _served(place, "docker container run -p 80:80 --rm nginx-with-html", "from the notes")
    _ok(place, "docker image ls")
    _ok(place, "docker image tag --help")
    _ok(place, "docker image tag nginx-with-html:latest bretfisher/nginx-with-html:latest")
    assert _id(place, "bretfisher/nginx-with-html") == _id(place, "nginx-with-html")
    _ok(place, "docker image ls")
    bare = place.run("docker push")
    assert bare.returncode == 1
    assert "requires 1 argument" in bare.stderr


def _assignment(place: Place) -> None:
    folder = "dockerfile-assignment-1"
    place.write(f"{folder}/Dockerfile", ASSIGNMENT)
    place.write(f"{folder}/package.json", '{"name": "assignment", "version": "1.0.0"}\n')
    place.write(f"{folder}/bin/www", APP)
    literal = place.run("docker build cmd", folder=folder)
    assert literal.returncode == 1
    assert 'path "cmd" not found' in literal.stderr
    _ok(place, "docker build -t testnode .", folder=folder)
    _served(place, "docker container run --rm -p 80:3000 testnode", "It Worked!")
    _ok(place, "docker images")
    _ok(place, "docker tag --help")
    _ok(place, "docker tag testnode bretfisher/testing-node")
    _ok(place, "docker push --help")
    _login(place, "bretfisher")
    _ok(place, "docker push bretfisher/testing-node")
    _ok(place, "docker image ls")
    removed = _ok(place, "docker image rm bretfisher/testing-node")
    assert "Untagged: bretfisher/testing-node:latest" in removed
    assert "testnode:latest" in _names(place)
    assert "bretfisher/testing-node:latest" not in _names(place)
    _served(place, "docker container run --rm -p 80:3000 bretfisher/testing-node", "It Worked!")
    assert "bretfisher/testing-node:latest" in _names(place)


def _ok(place: Place, command: str, *, folder: str = "") -> str:
    ran = place.run(command, folder=folder)
    assert ran.returncode == 0, f"{command}\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


def _names(place: Place) -> Sequence[str]:
    return place.run("docker image ls --format '{{.Repository}}:{{.Tag}}'").stdout.split()


def _id(place: Place, image: str) -> str:
    return _ok(place, f"docker image inspect --format '{{{{.Id}}}}' {image}")


def _size(place: Place, image: str) -> int:
    return int(_ok(place, f"docker image inspect --format '{{{{.Size}}}}' {image}"))


def _login(place: Place, user: str) -> None:
    """Typed at the two prompts, as a learner does."""
    place.run("docker logout")
    child = pexpect.spawn(
        "docker", ["login"], env=place.environment, cwd=str(place.home), timeout=20, encoding="utf-8"
    )
    child.expect("Username")
    child.sendline(user)
    child.expect("Password")
    child.sendline(PASSWORDS[user])
    child.expect("Login Succeeded")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def _served(place: Place, command: str, marker: str) -> None:
    """In the foreground until its page was read, then Ctrl-C."""
    child = pexpect.spawn(
        "sh", ["-c", f"exec {command}"], env=place.environment, cwd=str(place.home), timeout=30
    )
    try:
        assert marker in place.page("http://localhost:80/", child)
        child.sendintr()
        child.expect(pexpect.EOF)
        child.close()
        assert child.exitstatus in (0, 130)
    finally:
        child.close(force=True)
