"""The packages that can be installed: what each leaves on the filesystem, at a tenth of its real size."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Family = Literal["debian", "alpine"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    name: str
    version: str
    kilobytes: int
    """Installed size, at the catalogue's scale of 1:10."""
    about: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Absolute path of an executable -> the stand-in's words (program and version)."""
    texts: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    recommends: tuple[str, ...] = ()
    """Installed too by apt-get, unless `--no-install-recommends` is given."""


def _package(
    name: str,
    version: str,
    kilobytes: int,
    about: str,
    programs: str = "",
    *,
    needs: str = "",
    recommends: str = "",
    folder: str = "/usr/bin",
    program: str = "",
    texts: Mapping[str, str] | None = None,
) -> Package:
    files = {f"{folder}/{each}": program or each for each in programs.split()}
    return Package(
        name=name,
        version=version,
        kilobytes=kilobytes,
        about=about,
        files=files,
        texts=texts or {},
        needs=tuple(needs.split()),
        recommends=tuple(recommends.split()),
    )


_CERTIFICATES = {
    "/etc/ssl/certs/ca-certificates.crt": (
        "# A stand-in: labrunner's practice engine has no network, and so no certificates to trust.\n"
    )
}

_DEBIAN = (
    _package("bash", "5.2.37-2", 220, "the usual shell", "bash", program="coreutils"),
    _package("build-essential", "12.12", 2, "tools to compile with", needs="gcc g++ make"),
    _package(
        "ca-certificates",
        "20250419",
        38,
        "the usual authorities' certificates",
        texts=_CERTIFICATES,
        needs="openssl",
    ),
    _package(
        "curl",
        "8.14.1-2",
        52,
        "asks servers for things",
        "curl",
        needs="libcurl4t64",
        recommends="ca-certificates",
    ),
    _package("dumb-init", "1.2.5-3", 5, "a small init", "dumb-init", program="tini"),
    _package("g++", "4:14.2.0-1", 5200, "the C++ compiler", "g++"),
    _package("gcc", "4:14.2.0-1", 6100, "the C compiler", "gcc cc", program="gcc"),
    _package("gettext-base", "0.23.1-2", 70, "fills in templates", "envsubst"),
    _package(
        "git",
        "1:2.47.3-0",
        4700,
        "keeps versions",
        "git",
        needs="perl-stand-in",
        recommends="ca-certificates less",
    ),
    _package("gnupg", "2.4.7-21", 520, "signs and ciphers", "gpg", program="gpg"),
    _package("gnupg1", "1.4.23-3", 220, "signs and ciphers, in its old form", "gpg1", program="gpg"),
    _package("gosu", "1.17-3", 220, "runs as somebody else", "gosu"),
    _package("iproute2", "6.15.0-1", 380, "tells of network devices", "ip ss", program="ip"),
    _package("iputils-ping", "3:20240905-3", 14, "asks whether a machine is there", "ping"),
    _package("jq", "1.7.1-6", 15, "picks from JSON", "jq"),
    _package("less", "668-1", 35, "shows texts page by page", "less"),
    _package("libcurl4t64", "8.14.1-2", 88, "what curl is made of"),
    _package("make", "4.4.1-2", 190, "makes what is out of date", "make"),
    _package("nano", "8.4-1", 290, "a small editor", "nano"),
    _package(
        "net-tools",
        "2.10-1",
        100,
        "tells of network devices, in its old form",
        "netstat ifconfig",
        program="ip",
    ),
    _package("nginx", "1.26.3-3", 62, "a web server", "nginx", folder="/usr/sbin", program="nginx 1.26.3"),
    _package("openssl", "3.5.1-1", 240, "ciphers", "openssl"),
    _package("perl-stand-in", "5.40.1-6", 70, "what git needs of perl"),
    _package(
        "procps",
        "2:4.0.4-9",
        100,
        "tells of processes",
        "ps top free pgrep pkill uptime",
        program="coreutils",
    ),
    _package("python3", "3.13.5-1", 620, "runs Python", "python3", program="python"),
    _package("python3-pip", "25.1.1", 780, "fetches for Python", "pip3", program="pip", needs="python3"),
    _package("tini", "0.19.0-3", 3, "a small init", "tini"),
    _package("tree", "2.2.1-1", 12, "shows folders as a tree", "tree", program="coreutils"),
    _package("tzdata", "2025b-4", 140, "time zones"),
    _package("unzip", "6.0-29", 40, "unpacks .zip", "unzip"),
    _package("vim", "2:9.1.1230-2", 390, "an editor", "vim", needs="vim-common"),
    _package("vim-common", "2:9.1.1230-2", 160, "what vim needs"),
    _package("wget", "1.25.0-2", 380, "fetches", "wget", recommends="ca-certificates"),
    _package("xz-utils", "5.8.1-1", 130, "packs and unpacks .xz", "xz"),
    _package("zip", "3.0-15", 63, "packs .zip", "zip"),
)

_ALPINE = (
    _package("bash", "5.3.9-r1", 140, "the usual shell", "bash", folder="/bin", program="coreutils"),
    _package("binutils", "2.45.1-r0", 1200, "what compilers need", "ld as", program="gcc"),
    _package("build-base", "0.5-r4", 1, "tools to compile with", needs="gcc g++ make binutils"),
    _package(
        "ca-certificates", "20260611-r0", 60, "the usual authorities' certificates", texts=_CERTIFICATES
    ),
    _package("coreutils", "9.11-r0", 110, "the GNU forms of small tools"),
    _package("curl", "8.21.0-r0", 27, "asks servers for things", "curl", needs="libcurl"),
    _package("dumb-init", "1.2.5-r3", 3, "a small init", "dumb-init", program="tini"),
    _package("g++", "15.2.0-r2", 4900, "the C++ compiler", "g++"),
    _package("gcc", "15.2.0-r2", 14200, "the C compiler", "gcc cc", program="gcc"),
    _package("gettext-envsubst", "0.24.1-r1", 8, "fills in templates", "envsubst"),
    _package("git", "2.54.0-r0", 1200, "keeps versions", "git"),
    _package("gnupg", "2.4.9-r0", 680, "signs and ciphers", "gpg"),
    _package("jq", "1.8.2-r0", 66, "picks from JSON", "jq"),
    _package("libc6-compat", "1.1.0-r4", 1, "a bridge to programs made elsewhere"),
    _package("libcurl", "8.21.0-r0", 65, "what curl is made of"),
    _package("libstdc++", "15.2.0-r2", 280, "what programs in C++ need"),
    _package("make", "4.4.1-r3", 26, "makes what is out of date", "make"),
    _package("mc", "4.8.33-r2", 230, "shows folders in two halves", "mc"),
    _package("nano", "8.7-r0", 60, "a small editor", "nano"),
    _package("nginx", "1.30.4-r0", 120, "a web server", "nginx", folder="/usr/sbin", program="nginx 1.30.4"),
    _package("nodejs", "24.18.0-r0", 6200, "runs JavaScript", "node", program="node 24.18.0"),
    _package(
        "npm", "11.16.0-r0", 1100, "fetches for JavaScript", "npm", program="npm 11.16.0", needs="nodejs"
    ),
    _package("openssl", "3.5.7-r0", 80, "ciphers", "openssl"),
    _package("procps", "4.0.6-r0", 40, "tells of processes"),
    _package("py3-pip", "26.0-r0", 650, "fetches for Python", "pip3", program="pip", needs="python3"),
    _package("python3", "3.14.6-r0", 3400, "runs Python", "python3", program="python"),
    _package("su-exec", "0.3-r0", 2, "runs as somebody else", "su-exec", folder="/sbin"),
    _package("tini", "0.19.0-r3", 3, "a small init", "tini", folder="/sbin"),
    _package("tree", "2.3.2-r0", 7, "shows folders as a tree"),
    _package("tzdata", "2026b-r0", 130, "time zones"),
    _package("vim", "9.2.0-r0", 240, "an editor", "vim", needs="xxd"),
    _package("wget", "1.25.0-r2", 45, "fetches", "wget"),
    _package("xxd", "9.2.0-r0", 2, "shows bytes"),
    _package("yarn", "1.22.22-r1", 500, "fetches for JavaScript", "yarn", needs="nodejs"),
)

KNOWN: Mapping[Family, Mapping[str, Package]] = {
    "debian": {package.name: package for package in _DEBIAN},
    "alpine": {package.name: package for package in _ALPINE},
}


def with_needs(family: Family, names: tuple[str, ...], *, recommends: bool = False) -> tuple[Package, ...]:
    """The packages and what they need, each once, needs first; KeyError for a name that nobody knows."""
    found: dict[str, Package] = {}

    def add(name: str) -> None:
        package = KNOWN[family][name]
        if name in found:
            return
        for need in (*package.needs, *(package.recommends if recommends else ())):
            add(need)
        found[name] = package

    for name in names:
        add(name)
    return tuple(found.values())
