"""Image names are read as Docker reads them; the cases come from distribution/reference."""

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from labrunner.reference import InvalidReference, Reference, familiar, parse, same

DIGEST = "sha256:" + "ab" * 32

READ = {
    "nginx": Reference(domain="docker.io", path="library/nginx", tag="latest"),
    "nginx:1.31-alpine": Reference(domain="docker.io", path="library/nginx", tag="1.31-alpine"),
    "docker.io/library/nginx:latest": Reference(domain="docker.io", path="library/nginx", tag="latest"),
    "docker.io/nginx": Reference(domain="docker.io", path="library/nginx", tag="latest"),
    "index.docker.io/library/nginx": Reference(domain="docker.io", path="library/nginx", tag="latest"),
    "index.docker.io/nginx": Reference(domain="docker.io", path="library/nginx", tag="latest"),
    "student/nginx": Reference(domain="docker.io", path="student/nginx", tag="latest"),
    "localhost/nginx": Reference(domain="localhost", path="nginx", tag="latest"),
    "localhost:5001/student/nginx:1.0": Reference(domain="localhost:5001", path="student/nginx", tag="1.0"),
    "ghcr.io/a/b/c": Reference(domain="ghcr.io", path="a/b/c", tag="latest"),
    "Capital/x": Reference(domain="Capital", path="x", tag="latest"),
    "[::1]:5000/x": Reference(domain="[::1]:5000", path="x", tag="latest"),
    "127.0.0.1:5000/x": Reference(domain="127.0.0.1:5000", path="x", tag="latest"),
    f"nginx@{DIGEST}": Reference(domain="docker.io", path="library/nginx", digest=DIGEST),
    f"nginx:1@{DIGEST}": Reference(domain="docker.io", path="library/nginx", tag="1", digest=DIGEST),
    "a__b-c.d---e": Reference(domain="docker.io", path="library/a__b-c.d---e", tag="latest"),
    "x:_T.-1": Reference(domain="docker.io", path="library/x", tag="_T.-1"),
    # A number after a colon is a tag where no slash follows.
    "localhost:5000": Reference(domain="docker.io", path="library/localhost", tag="5000"),
}

REFUSED = {
    "": "invalid reference format",
    "Nginx": "repository name (library/Nginx) must be lowercase",
    "student/Nginx": "repository name (student/Nginx) must be lowercase",
    "nginx:": "invalid reference format",
    "nginx:-1": "invalid reference format",
    "nginx:" + "x" * 129: "invalid reference format",
    ":latest": "invalid reference format",
    "-nginx": "invalid reference format",
    "a___b": "invalid reference format",
    "a..b": "invalid reference format",
    "nginx latest": "invalid reference format",
    "nginx\n": "invalid reference format",
    "https://nginx": "invalid reference format",
    "a//b": "invalid reference format",
    "/nginx": "invalid reference format",
    "-host.io/x": "invalid reference format",
    "nginx:١": "invalid reference format",
    "ab" * 32: "cannot specify 64-byte hexadecimal strings",
    "x" * 256: "repository name must not be more than 255 characters",
    "nginx@sha256:" + "a" * 40: "invalid checksum digest length",
    "nginx@sha256:" + "A" * 64: "invalid checksum digest format",
    "nginx@md6:" + "a" * 64: "unsupported digest algorithm",
    "nginx@sha256:short": "invalid reference format",
}

FAMILIAR = {
    "nginx": "nginx:latest",
    "docker.io/library/nginx:1": "nginx:1",
    "docker.io/student/nginx": "student/nginx:latest",
    "docker.io/library/a/b": "library/a/b:latest",
    "localhost:5001/student/nginx:1.0": "localhost:5001/student/nginx:1.0",
    "localhost/nginx": "localhost/nginx:latest",
    f"docker.io/library/nginx@{DIGEST}": f"nginx@{DIGEST}",
}


@pytest.mark.parametrize(("name", "read"), READ.items(), ids=READ)
def test_a_name_is_read_in_full(name: str, read: Reference) -> None:
    assert parse(name) == read


@pytest.mark.parametrize(("name", "words"), REFUSED.items(), ids=repr)
def test_what_is_no_name_is_refused_in_docker_s_words(name: str, words: str) -> None:
    with pytest.raises(InvalidReference) as refusal:
        parse(name)

    assert words in str(refusal.value)


@pytest.mark.parametrize(("name", "short"), FAMILIAR.items(), ids=FAMILIAR)
def test_a_name_is_shown_as_short_as_docker_shows_it(name: str, short: str) -> None:
    assert familiar(name) == short


@pytest.mark.parametrize(
    "other",
    ["nginx:latest", "docker.io/library/nginx:latest", "index.docker.io/library/nginx", "docker.io/nginx"],
)
def test_every_spelling_of_a_name_is_the_same_name(other: str) -> None:
    assert same("nginx", other)


@pytest.mark.parametrize(
    "other", ["nginx:1", "localhost/nginx", "student/nginx", "nginx.org/nginx", "Nginx", ""]
)
def test_other_names_are_not_the_same(other: str) -> None:
    assert not same("nginx", other)


def test_a_text_that_is_no_name_equals_only_itself() -> None:
    assert same("Nginx", "Nginx")
    assert not same("Nginx", "NGINX")


@settings(max_examples=30, deadline=None)
@given(
    domain=st.sampled_from(["", "docker.io/", "localhost/", "localhost:5001/", "ghcr.io/", "Capital/"]),
    path=st.lists(st.from_regex(r"[a-z0-9]+(?:[._-][a-z0-9]+)?", fullmatch=True), min_size=1, max_size=3),
    tag=st.from_regex(r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,20})?", fullmatch=True),
)
def test_the_short_and_the_full_name_mean_what_was_written(domain: str, path: list[str], tag: str) -> None:
    # Docker shortens docker.io/a.b/c as well, to a name that it would read as one of the registry a.b.
    assume(not (domain.startswith("docker.io") and len(path) > 1 and "." in path[0]))
    name = domain + "/".join(path) + tag
    read = parse(name)

    assert parse(read.familiar) == parse(str(read)) == read
