"""Image names as Docker reads them: `nginx` and `docker.io/library/nginx:latest` are one name.

The grammar and the rules come from the CNCF Distribution project (`distribution/reference`: regexp.go,
normalize.go), which Docker and podman both use.
"""

import re
from dataclasses import dataclass

HUB = "docker.io"
_OLD_HUB = "index.docker.io"
_OFFICIAL = "library/"
_LONGEST_PATH = 255

_DOMAIN_PART = r"(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])"
_DOMAIN = rf"(?:{_DOMAIN_PART}(?:\.{_DOMAIN_PART})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_PATH_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_TAG = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}"
_REFERENCE = re.compile(
    rf"(?P<domain>{_DOMAIN})/(?P<path>{_PATH_PART}(?:/{_PATH_PART})*)(?::(?P<tag>{_TAG}))?(?:@(?P<digest>{_DIGEST}))?"
)
_BARE_ID = re.compile(r"[a-f0-9]{64}")
_DIGEST_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


class InvalidReference(ValueError):
    """A text is not an image name; the message is Docker's own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reference:
    """A name in full: two references are equal where Docker takes them for the same name."""

    domain: str
    """`docker.io`, `localhost:5001`"""
    path: str
    """`library/nginx`, `student/nginx`"""
    tag: str = ""
    """`latest` where neither a tag nor a digest was written; empty beside a digest alone."""
    digest: str = ""
    """`sha256:…`"""

    def __str__(self) -> str:
        return f"{self.repository}{self._suffix}"

    @property
    def repository(self) -> str:
        """`docker.io/library/nginx`"""
        return f"{self.domain}/{self.path}"

    @property
    def familiar_repository(self) -> str:
        """`nginx`: the repository as Docker shows it to people."""
        if self.domain != HUB:
            return self.repository
        name = self.path.removeprefix(_OFFICIAL)
        return self.path if "/" in name else name

    @property
    def familiar(self) -> str:
        """`nginx:latest`, `localhost:5001/student/nginx:1.0`"""
        return f"{self.familiar_repository}{self._suffix}"

    @property
    def _suffix(self) -> str:
        return (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def parse(name: str) -> Reference:
    """The name in full; raises `InvalidReference` with the words that Docker uses."""
    if _BARE_ID.fullmatch(name):
        raise InvalidReference(
            f"invalid repository name ({name}), cannot specify 64-byte hexadecimal strings"
        )
    domain, rest = _split_domain(name)
    remote = rest.partition(":")[0]
    if remote.lower() != remote:
        raise InvalidReference(f"invalid reference format: repository name ({remote}) must be lowercase")
    matched = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if matched is None:
        raise InvalidReference("invalid reference format")
    path, tag, digest = matched["path"], matched["tag"] or "", matched["digest"] or ""
    if len(path) > _LONGEST_PATH:
        raise InvalidReference(f"repository name must not be more than {_LONGEST_PATH} characters")
    if digest:
        _check_digest(digest)
    elif not tag:
        tag = "latest"
    return Reference(domain=domain, path=path, tag=tag, digest=digest)


def familiar(name: str) -> str:
    """The shortest name that means the same, with its tag: `docker.io/library/nginx` is `nginx:latest`."""
    return parse(name).familiar


def same(a: str, b: str) -> bool:
    """Whether Docker takes two texts for the same name. A text that is no image name equals only itself."""
    try:
        return a == b or parse(a) == parse(b)
    except InvalidReference:
        return False


def _split_domain(name: str) -> tuple[str, str]:
    """Before the first slash stands a registry if it has a dot, a colon or a capital, or is `localhost`."""
    first, slash, rest = name.partition("/")
    if not slash:
        return HUB, _OFFICIAL + name
    if first == _OLD_HUB:
        first = HUB
    elif not (first == "localhost" or "." in first or ":" in first or first.lower() != first):
        return HUB, name
    if first == HUB and "/" not in rest:
        rest = _OFFICIAL + rest
    return first, rest


def _check_digest(digest: str) -> None:
    algorithm, _, digits = digest.partition(":")
    if algorithm not in _DIGEST_LENGTHS:
        raise InvalidReference("unsupported digest algorithm")
    if len(digits) != _DIGEST_LENGTHS[algorithm]:
        raise InvalidReference("invalid checksum digest length")
    if digits.lower() != digits:
        raise InvalidReference("invalid checksum digest format")
