"""What a registry holds, asked over the Distribution API (OCI distribution-spec v1.1), with basic or token login."""

import base64
import json
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from email.message import Message

from labrunner.checks.evidence import Failed, ManifestAnswer
from labrunner.reference import HUB, InvalidReference, Reference, parse

MEDIA_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
HUB_HOST = "registry-1.docker.io"
TIMEOUT = 5.0
LARGEST_ANSWER = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Reply:
    status: int
    headers: Message
    body: bytes


class Registry:
    """`credentials` maps a registry to base64 of `user:password`, as docker's configuration keeps it."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self._credentials = credentials
        self._tokens: dict[str, str] = {}

    def manifest(self, name: str) -> ManifestAnswer | Failed | None:
        """The manifest that a name points at, or None where the registry has none."""
        try:
            reference = parse(name)
        except InvalidReference as error:
            return Failed(str(error))
        reply = self._ask(reference, f"manifests/{reference.digest or reference.tag}", method="HEAD")
        if isinstance(reply, Failed):
            return reply
        if reply.status == 200:
            return ManifestAnswer(
                digest=reply.headers.get("Docker-Content-Digest", ""),
                media_type=reply.headers.get("Content-Type", ""),
            )
        return None if reply.status == 404 else Failed(_refusal(reference, reply.status))

    def tags(self, repository: str) -> tuple[str, ...] | Failed | None:
        """All tags of a repository, or None where the registry has no such repository."""
        try:
            reference = parse(repository)
        except InvalidReference as error:
            return Failed(str(error))
        reply = self._ask(reference, "tags/list")
        if isinstance(reply, Failed):
            return reply
        if reply.status == 404:
            return None
        if reply.status != 200:
            return Failed(_refusal(reference, reply.status))
        try:
            tags = json.loads(reply.body).get("tags") or []
        except (ValueError, AttributeError):
            return Failed(f"{reference.domain} did not answer as a registry does")
        return tuple(str(tag) for tag in tags)

    def _ask(self, reference: Reference, what: str, *, method: str = "GET") -> Reply | Failed:
        local = re.fullmatch(r"(localhost|127(\.\d+){3}|\[::1\])(:\d+)?", reference.domain)
        host = HUB_HOST if reference.domain == HUB else reference.domain
        url = f"{'http' if local else 'https'}://{host}/v2/{reference.path}/{what}"
        key = "https://index.docker.io/v1/" if reference.domain == HUB else reference.domain
        secret = self._credentials.get(key, "")
        headers = {"Accept": ", ".join(MEDIA_TYPES), "User-Agent": "labrunner"}
        try:
            reply = _send(url, headers, method, direct=bool(local))
            if reply.status != 401:
                return reply
            challenge = reply.headers.get("WWW-Authenticate", "")
            if challenge.lower().startswith("bearer"):
                headers["Authorization"] = f"Bearer {self._token(challenge, secret)}"
            elif secret:
                headers["Authorization"] = f"Basic {secret}"
            else:
                return reply
            return _send(url, headers, method, direct=bool(local))
        except (OSError, ValueError) as error:
            return Failed(f"the registry {reference.domain} could not be asked ({error})")

    def _token(self, challenge: str, secret: str) -> str:
        """A bearer token. Source: Distribution's token authentication specification."""
        wanted = dict(re.findall(r'(\w+)="([^"]*)"', challenge))
        realm = wanted.pop("realm", "")
        wanted.pop("error", None)
        url = f"{realm}?{urllib.parse.urlencode(wanted)}"
        if not realm.startswith(("https://", "http://")):
            raise ValueError("it asks for a token and does not say where")
        if url not in self._tokens:
            headers = {"Authorization": f"Basic {secret}"} if secret and _is_base64(secret) else {}
            reply = _send(url, headers, "GET", direct=False)
            answer = json.loads(reply.body)
            self._tokens[url] = str(answer.get("token") or answer.get("access_token") or "")
        return self._tokens[url]


def _refusal(reference: Reference, status: int) -> str:
    if status in (401, 403):
        return f"the registry {reference.domain} does not show {reference.path} without a login"
    return f"the registry {reference.domain} answered with status {status}"


def _is_base64(text: str) -> bool:
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return False
    return True


def _send(url: str, headers: Mapping[str, str], method: str, *, direct: bool) -> Reply:
    """One request; `direct` goes around any proxy, as docker does for a registry of this machine."""
    handlers = [urllib.request.ProxyHandler({})] if direct else []
    opener = urllib.request.build_opener(*handlers)
    request = urllib.request.Request(url, headers=dict(headers), method=method)
    try:
        with opener.open(request, timeout=TIMEOUT) as answer:
            return Reply(answer.status, answer.headers, answer.read(LARGEST_ANSWER))
    except urllib.error.HTTPError as refused:
        with refused:
            return Reply(refused.code, refused.headers, refused.read(LARGEST_ANSWER))
