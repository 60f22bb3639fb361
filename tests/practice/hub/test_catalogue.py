"""The stand-ins: like their namesakes from outside, honest inside, and the same on every machine."""

from pathlib import Path

import pytest

from labrunner.practice.hub.catalogue import LOCK, Catalogue
from labrunner.practice.hub.lock import compute
from labrunner.practice.hub.making import Made
from labrunner.practice.hub.recipe import RecipeError, read_cookbook
from labrunner.reference import parse

CATALOGUE = Catalogue.load()

_WANTED = """
    hello-world hello-world:linux busybox busybox:1 busybox:1.38 busybox:uclibc alpine alpine:3 alpine:3.24 alpine:3.10
    debian debian:13 debian:trixie debian:12 debian:bookworm debian:trixie-slim debian:bookworm-slim debian:12-slim
    ubuntu ubuntu:24.04 nginx nginx:1.31.6 nginx:1.31 nginx:1 nginx:mainline nginx:stable nginx:1.30.4 nginx:alpine
    nginx:1.31.6-alpine nginx:1.31-alpine nginx:mainline-alpine nginx:stable-alpine nginx:alpine-slim
    nginx:1.31-alpine-slim nginx:1.11.9 nginx:1.11 nginx:1.11.9-alpine httpd httpd:2.4 httpd:alpine node node:24
    node:24-alpine node:26 node:lts node:22 node:24-slim node:6-alpine mysql mysql:9.7 mysql:lts mysql:8.4
    mysql/mysql-server redis postgres python python:3.13-slim golang:alpine registry:3
"""
WANTED = _WANTED.split()


def made(name: str) -> Made:
    recipe = CATALOGUE.find(parse(name))
    assert recipe is not None, name
    return CATALOGUE.made(recipe)


@pytest.mark.parametrize("name", WANTED)
def test_every_image_of_the_lessons_and_the_seed_notes_is_there(name: str) -> None:
    assert CATALOGUE.find(parse(name)) is not None


def test_the_lock_is_what_the_recipes_give() -> None:
    assert (CATALOGUE.folder / LOCK).read_text() == compute(CATALOGUE), (
        "run `python -m labrunner.practice.hub.lock`"
    )


def test_an_unknown_name_tag_digest_or_registry_is_not_found() -> None:
    missing = ["nosuch", "nginx:9.99", "student/nginx", "localhost:5001/library/nginx"]

    assert [CATALOGUE.find(parse(name)) for name in missing] == [None] * 4
    assert CATALOGUE.find(parse("nginx@sha256:" + "1" * 64)) is None


def test_a_manifest_s_digest_finds_its_image() -> None:
    digest = made("nginx:1.31").manifest.digest

    assert CATALOGUE.find(parse(f"nginx@{digest}")) is CATALOGUE.find(parse("nginx:1.31"))
    assert CATALOGUE.find(parse(f"alpine@{digest}")) is None


def test_names_of_one_image_and_of_different_ones() -> None:
    assert made("nginx").id == made("nginx:mainline").id == made("nginx:1.31.6").id
    assert made("debian:13").id == made("debian:trixie").id == made("debian").id
    assert len({made(name).id for name in ("nginx", "nginx:stable", "nginx:alpine", "nginx:1.31.4")}) == 4


@pytest.mark.parametrize(
    ("name", "layers", "rows"),
    [
        ("hello-world", 1, 2),
        ("alpine:3.24", 1, 2),
        ("debian:trixie-slim", 1, 1),
        ("nginx", 7, 18),
        ("nginx:1.31-alpine-slim", 7, 16),
        ("nginx:1.31-alpine", 8, 20),
        ("nginx:1.11.9", 3, 8),
        ("nginx:1.11.9-alpine", 4, 9),
        ("node:24-alpine", 4, 9),
        ("node:24-slim", 5, 9),
        ("node:24", 8, 12),
        ("httpd", 6, 12),
        ("mysql", 11, 20),
        ("python:3.13-slim", 4, 7),
        ("registry:3", 5, 11),
    ],
)
def test_layers_and_history_are_as_many_as_the_namesake_s(name: str, layers: int, rows: int) -> None:
    image = made(name)
    history = image.config["history"]

    assert len(image.layers) == layers
    assert len(history) == rows
    assert sum(1 for row in history if not row.get("empty_layer")) == layers


def test_variants_stand_on_their_base_s_very_layers() -> None:
    assert made("nginx:1.31-alpine").layers[0] == made("alpine:3.24").layers[0]
    assert made("node:24-alpine").layers[0] == made("alpine:3.24").layers[0]
    assert made("nginx").layers[0] == made("debian:trixie-slim").layers[0]
    assert made("nginx:alpine").layers[:7] == made("nginx:alpine-slim").layers


@pytest.mark.parametrize(
    ("name", "megabytes"),
    [
        ("alpine:3.24", 0.8),
        ("debian:trixie-slim", 7.8),
        ("nginx", 15.9),
        ("nginx:1.31-alpine", 5.5),
        ("node:24-alpine", 16.0),
        ("mysql", 91.0),
    ],
)
def test_sizes_are_a_tenth_of_the_namesake_s(name: str, megabytes: float) -> None:
    assert made(name).size / 1e6 == pytest.approx(megabytes, abs=0.1)


def test_no_file_is_larger_than_eight_megabytes() -> None:
    largest = max(node.content.size for _, node in made("node:24").tree.under(""))

    assert largest == 8_000_000


def test_settings_are_the_namesake_s() -> None:
    nginx, node, mysql = made("nginx"), made("node:24-alpine"), made("mysql:9.7")
    settings = nginx.config["config"]

    assert settings["Cmd"] == ["nginx", "-g", "daemon off;"]
    assert settings["Entrypoint"] == ["/docker-entrypoint.sh"]
    assert settings["ExposedPorts"] == {"80/tcp": {}}
    assert settings["StopSignal"] == "SIGQUIT"
    assert settings["Env"][:2] == [
        "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
        "NGINX_VERSION=1.31.6",
    ]
    assert node.config["config"]["Entrypoint"] == ["docker-entrypoint.sh"]
    assert node.config["config"]["Cmd"] == ["node"]
    assert mysql.config["config"]["Volumes"] == {"/var/lib/mysql": {}}
    assert mysql.config["config"]["ExposedPorts"] == {"3306/tcp": {}, "33060/tcp": {}}


def test_history_reads_as_the_namesake_s() -> None:
    rows = [row["created_by"] for row in made("nginx").config["history"]]

    assert rows[-4:] == [
        'ENTRYPOINT ["/docker-entrypoint.sh"]',
        "EXPOSE map[80/tcp:{}]",
        "STOPSIGNAL SIGQUIT",
        'CMD ["nginx" "-g" "daemon off;"]',
    ]
    assert rows[-5] == "COPY 30-tune-worker-processes.sh /docker-entrypoint.d # buildkit"


@pytest.mark.parametrize("name", WANTED)
def test_every_image_says_what_it_is(name: str) -> None:
    labels = made(name).config["config"]["Labels"]

    assert labels["org.labrunner.standin"] == "true"
    assert labels["org.labrunner.scale"] == "1:10"


@pytest.mark.parametrize("name", WANTED)
def test_every_program_is_marked_as_a_stand_in_or_is_a_script_of_ours(name: str) -> None:
    tree = made(name).tree
    for path, node in tree.under(""):
        if node.kind != "file" or not node.mode & 0o111:
            continue
        first, second, *_ = tree.read(path).decode().split("\n")
        if first == "#!/bin/sh":
            continue
        assert first.startswith("#!/usr/libexec/labrunner-standin "), path
        assert second == "# A stand-in of labrunner's practice engine: not the program itself.", path


def test_links_of_an_image_lead_to_what_is_in_it() -> None:
    alpine, debian, node = made("alpine").tree, made("debian").tree, made("node:24-alpine").tree

    assert alpine.resolve("bin/ls") == "bin/busybox"
    assert alpine.resolve("usr/bin/wget") == "bin/busybox"
    assert debian.resolve("bin/sh") == "usr/bin/dash"
    assert node.resolve("usr/local/bin/npm") == "usr/local/lib/node_modules/npm/bin/npm"
    assert [debian.get(f"usr/bin/{name}") for name in ("curl", "wget", "ps", "vim")] == [None] * 4


def test_what_runs_inside_finds_its_files_and_users() -> None:
    tree = made("nginx").tree

    assert b"Welcome to nginx" in tree.read("usr/share/nginx/html/index.html")
    assert b"stand-in" in tree.read("usr/share/nginx/html/index.html")
    assert b"nginx:x:101:101:" in tree.read("etc/passwd")
    assert b"node:x:1000:1000:" in made("node:24-alpine").tree.read("etc/passwd")
    assert b"mysql:x:999:999:" in made("mysql").tree.read("etc/passwd")
    assert tree.nodes["var/log/nginx/access.log"].link == "/dev/stdout"
    assert b'VARIANT="labrunner stand-in"' in tree.read("etc/os-release")
    assert made("alpine:3.24").tree.read("etc/alpine-release") == b"3.24.1\n"


def test_a_second_reading_gives_the_same_image() -> None:
    other = Catalogue.load()
    recipe = other.find(parse("nginx:1.31-alpine"))
    assert recipe is not None

    again = other.made(recipe)

    assert (again.id, again.manifest.digest) == (
        made("nginx:1.31-alpine").id,
        made("nginx:1.31-alpine").manifest.digest,
    )
    assert other.image_parts(recipe)[0] == again.config_bytes


def test_official_names_are_searchable() -> None:
    official = {row.name for row in CATALOGUE.rows if row.official}
    library = {recipe.name for recipe in CATALOGUE.recipes if "/" not in recipe.name}

    assert library <= official


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('[[image]]\nname = "a"\ntags = ["1"]\ncreatd = 1\nsteps = []', "no recipe has creatd"),
        (
            '[[image]]\nname = "a"\ntags = ["1"]\ncreated = 2026-01-01T00:00:00Z\n[[image.steps]]\nruns = "x"',
            "no recipe has runs",
        ),
        ("[[image]\n", "Expected"),
    ],
)
def test_a_broken_recipe_is_named(tmp_path: Path, text: str, why: str) -> None:
    (tmp_path / "mine.toml").write_text(text)

    with pytest.raises(RecipeError, match=why) as caught:
        read_cookbook(tmp_path)
    assert str(caught.value).startswith("mine.toml: ")
