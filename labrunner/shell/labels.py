"""Labels woven into what a client asks the engine to make; every other byte stays as the client wrote it."""

import json
import re
from collections.abc import Mapping
from urllib.parse import quote, unquote_plus

_BLANK = re.compile(r"[ \t\r\n]*")


def with_labels(body: bytes, labels: Mapping[str, str]) -> bytes:
    """A JSON object with `labels` added to its `Labels`; as it was if it is no such thing."""
    try:
        text = body.decode()
        start = _after_blanks(text, 0)
        if text[start : start + 1] != "{":
            return body
        members = _members(text, start + 1)
        # Go reads names of fields in any case.
        for begin, end in [span for name, span in members.items() if name.lower() == "labels"]:
            own = json.loads(text[begin:end]) or {}
            return (text[:begin] + _json({**own, **labels}) + text[end:]).encode()
    except (ValueError, TypeError):
        return body
    added = f'"Labels":{_json(labels)}' + ("," if members else "")
    return (text[: start + 1] + added + text[start + 1 :]).encode()


def query_with_labels(query: str, labels: Mapping[str, str]) -> str:
    """A query string with `labels` added to the JSON object in its `labels`."""
    pieces = query.split("&") if query else []
    for index, piece in enumerate(pieces):
        name, _, value = piece.partition("=")
        if name == "labels":
            try:
                own = json.loads(unquote_plus(value) or "{}") or {}
                pieces[index] = f"labels={_quoted({**own, **labels})}"
            except (ValueError, TypeError):
                return query
            return "&".join(pieces)
    return "&".join((*pieces, f"labels={_quoted(labels)}"))


def _members(text: str, at: int) -> dict[str, tuple[int, int]]:
    """Where each value of the object lies whose `{` stands before `at`; ValueError if it is no object."""
    decoder = json.JSONDecoder()
    members: dict[str, tuple[int, int]] = {}
    at = _after_blanks(text, at)
    while text[at : at + 1] == '"':
        name, at = decoder.raw_decode(text, at)
        begin = _after_blanks(text, _after_blanks(text, at) + 1)
        _, end = decoder.raw_decode(text, begin)
        members[name] = (begin, end)
        at = _after_blanks(text, end)
        if text[at : at + 1] == ",":
            at = _after_blanks(text, at + 1)
    if text[at : at + 1] != "}":
        raise ValueError(text)
    return members


def _after_blanks(text: str, at: int) -> int:
    found = _BLANK.match(text, at)
    return found.end() if found else at


def _json(value: object) -> str:
    return json.dumps(value, separators=(",", ":"))


def _quoted(value: object) -> str:
    return quote(_json(value), safe="")
