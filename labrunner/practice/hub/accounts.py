"""Learner accounts: who may push where. The practice hub and the lab registry know the same people."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

DEFAULT = ("student", "student")
LARGEST_AUTH = 16 * 1024
MOST_ACCOUNTS = 10_000
_NAME = re.compile(r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*")
_COST = {"n": 2**14, "r": 8, "p": 1, "dklen": 32}


@dataclass(frozen=True, slots=True, kw_only=True)
class Auth:
    """What the docker command sends along from its config.json."""

    username: str
    password: str = field(repr=False)
    server: str = ""


def read_auth(header: str) -> Auth | None:
    """The `X-Registry-Auth` header. Like Docker, a broken one counts as none."""
    if not header or len(header) > LARGEST_AUTH:
        return None
    try:
        said = json.loads(base64.urlsafe_b64decode(header + "=" * (-len(header) % 4)))
    except (ValueError, RecursionError):
        return None
    return auth_of(said)


def auth_of(said: object) -> Auth | None:
    """An AuthConfig of the Engine API: the body of POST /auth, or one entry of X-Registry-Config."""
    if not isinstance(said, Mapping):
        return None
    username, password, server = (said.get(key) or "" for key in ("username", "password", "serveraddress"))
    if not (isinstance(username, str) and isinstance(password, str) and isinstance(server, str)):
        return None
    if not username and isinstance(encoded := said.get("auth"), str):
        username, password = read_basic(f"Basic {encoded}") or ("", "")
    return Auth(username=username, password=password, server=server) if username else None


def read_basic(header: str) -> tuple[str, str] | None:
    """Name and password of an `Authorization: Basic` header."""
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic" or len(encoded) > LARGEST_AUTH:
        return None
    try:
        name, colon, password = base64.b64decode(encoded.strip()).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if colon else None


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


class Accounts:
    """Names and salted hashes in one small file; without the file there is the one default account."""

    def __init__(self, path: Path, default: tuple[str, str] | None = DEFAULT) -> None:
        self._path = path
        self._default = default
        self._read_at = 0
        self._hashes: Mapping[str, str] | None = None
        self._secret = secrets.token_bytes(32)
        self._known: set[bytes] = set()

    def check(self, username: str, password: str) -> bool:
        """Whether this person is who they say; slow the first time (30 ms), on purpose."""
        hashes = self._load()
        if hashes is None:
            return self._default is not None and _equal((username, password), self._default)
        kept = hashes.get(username)
        if kept is None:
            return False
        seen = hmac.digest(self._secret, f"{kept}\0{password}".encode("utf-8", "replace"), "sha256")
        if seen in self._known:
            return True
        salt, _, digest = kept.partition("$")
        if not hmac.compare_digest(_hash(password, salt), digest):
            return False
        self._known.add(seen)
        return True

    def add(self, username: str, password: str) -> None:
        """A new account, or a new password; raises ValueError for a name that is no namespace."""
        if len(username) > 64 or _NAME.fullmatch(username) is None:
            raise ValueError(f"not a name for an account: {username[:80]!r}")
        hashes = dict(self._load() or {})
        if len(hashes) >= MOST_ACCOUNTS and username not in hashes:
            raise ValueError("too many accounts")
        salt = secrets.token_hex(16)
        hashes[username] = f"{salt}${_hash(password, salt)}"
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary = self._path.with_name(f".{self._path.name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(hashes, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(self._path)

    def names(self) -> tuple[str, ...]:
        hashes = self._load()
        if hashes is None:
            return (self._default[0],) if self._default else ()
        return tuple(hashes)

    def _load(self) -> Mapping[str, str] | None:
        try:
            changed_at = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return None
        if changed_at != self._read_at or self._hashes is None:
            self._hashes = json.loads(self._path.read_text())
            self._read_at = changed_at
        return self._hashes


def _hash(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode("utf-8", "replace"), salt=salt.encode(), **_COST).hex()


def _equal(one: tuple[str, str], other: tuple[str, str]) -> bool:
    return hmac.compare_digest("\0".join(one).encode("utf-8", "replace"), "\0".join(other).encode())
