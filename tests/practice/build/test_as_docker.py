"""The same Dockerfile built here and by a real Docker Engine 28, in both dialects: layers, configuration, history."""

import asyncio
import io
import json
import os
import re
import subprocess
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from labrunner.practice.images.image import Image
from tests.engine import real
from tests.practice.build.yard import Yard

DOCKERFILE = """\
FROM alpine AS build
WORKDIR /src
COPY . .
RUN echo built > out && echo other > /other
FROM alpine
LABEL a="b c" d=e
ARG V=1
ENV X=1 Y=$V
COPY --from=build /src/out /other /app/
COPY --chown=7:8 data /data/
COPY data/one data/two /
WORKDIR /app/here
RUN echo run > /app/here/file
ADD data/one /etc/one
EXPOSE 80 53/udp
VOLUME /v
USER 7
HEALTHCHECK --interval=5s CMD true
STOPSIGNAL SIGQUIT
ENTRYPOINT ["sh", "-c"]
CMD echo hi
"""
HEREDOCS = """\
FROM alpine
RUN <<EOF
echo one > /one
echo two > /two
EOF
COPY <<first <<"second" /texts/
first $PATH
first
second $PATH
second
"""
FILES = {
    ".dockerignore": "*.md\n!keep.md\nhidden\n",
    "no.md": "",
    "keep.md": "kept\n",
    "hidden/x": "",
    "data/one": "1\n",
    "data/two": "22\n",
    "data/deep/three": "333\n",
}
Facts = dict[str, tuple[str, int, int, int, int | None]]
"""Kind, mode, owner, group and, where it is the context's, the time of each path of a layer."""
HERE = re.compile(r"^(?:proc|sys|dev|etc)(?:/|$)")
"""Where a real container is mounted, and what it touches."""


def _built(dialect: str, dockerfile: str, folder: Path) -> tuple[dict[str, Any], list[Facts]]:
    """The configuration and the layers that the real engine made."""
    told = real.started()
    address, command = told.get("LABRUNNER_DOCKER28"), told.get("LABRUNNER_DOCKER_CLI28")
    if not address or not command:
        pytest.skip("no Docker Engine 28 here; tests/engines/up starts one")
    context = folder / "real"
    for name, text in {**FILES, "Dockerfile": dockerfile}.items():
        path = context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o644)
        os.utime(path, (1577836800, 1577836800))
    config = folder / "config"
    (config / "cli-plugins").mkdir(parents=True)
    for plugin in Path(told["LABRUNNER_DOCKER_CLI28_PLUGINS"]).iterdir():
        (config / "cli-plugins" / plugin.name).symlink_to(plugin)
    environment = {
        **os.environ,
        "DOCKER_HOST": address,
        "DOCKER_CONFIG": str(config),
        "DOCKER_BUILDKIT": "1" if dialect == "buildkit" else "0",
    }

    def docker(*words: str) -> bytes:
        done = subprocess.run(
            [command, *words], env=environment, capture_output=True, timeout=100, check=False
        )
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout

    tag = f"labrunner-as-docker:{dialect}"
    with real.locked("docker28"):
        docker("build", "--no-cache", "-t", tag, str(context))
        saved = docker("save", tag)
        docker("rmi", tag)
    with tarfile.open(fileobj=io.BytesIO(saved)) as archive:
        read = {info.name: archive.extractfile(info) for info in archive if info.isfile()}
        contents = {name: file.read() for name, file in read.items() if file is not None}
    (manifest,) = json.loads(contents["manifest.json"])
    return json.loads(contents[manifest["Config"]]), [_facts(contents[name]) for name in manifest["Layers"]]


def _facts(layer: bytes) -> Facts:
    found: Facts = {}
    with tarfile.open(fileobj=io.BytesIO(layer)) as tar:
        for info in tar:
            if HERE.match(info.name) and info.name != "etc/one":
                continue
            kind = "folder" if info.isdir() else "link" if info.issym() else "file"
            old = info.mtime if info.mtime == 1577836800 else None
            found[info.name.rstrip("/")] = (kind, info.mode, info.uid, info.gid, int(old) if old else None)
    return found


def _rows(history: Sequence[Mapping[str, Any]]) -> list[tuple[str, bool, str]]:
    """Those of the build itself: the base's differ."""
    texts = [
        (str(row["created_by"]), bool(row.get("empty_layer")), str(row.get("comment", ""))) for row in history
    ]
    first = next(n for n, row in enumerate(texts) if re.search(r"a=b c|RUN|WORKDIR|/bin/sh -c <<", row[0]))
    return texts[first:]


@pytest.mark.parametrize("engine", [real.on("docker28")])
@pytest.mark.parametrize(
    ("dialect", "dockerfile"),
    [("classic", DOCKERFILE), ("buildkit", DOCKERFILE), ("buildkit", HEREDOCS)],
    ids=["classic", "buildkit", "here-documents"],
)
def test_the_image_is_dockers(site: Yard, tmp_path: Path, engine: str, dialect: str, dockerfile: str) -> None:
    config, layers = _built(dialect, dockerfile, tmp_path)
    build = site.classic if dialect == "classic" else site.buildkit
    image: Image = asyncio.run(build({**FILES, "Dockerfile": dockerfile}))[0]

    made = _rows(config["history"])
    assert _rows(image.history) == made
    count = sum(not empty for _, empty, _ in made)
    assert count >= 2
    ours = [site.store.layer_path(each).read_bytes() for each in image.layers[-count:]]
    assert [_facts(each) for each in ours] == layers[-count:]
    assert _run(image.run) == _run(config["config"])
    assert set(image.config) - {"author"} == set(config) - {"author"}


def _run(config: Mapping[str, Any]) -> dict[str, Any]:
    labels = {
        name: value
        for name, value in (config.get("Labels") or {}).items()
        if not name.startswith("org.labrunner")
    }
    kept = {name: value for name, value in config.items() if name not in ("Image", "Labels")}
    return {**kept, "Labels": labels}
