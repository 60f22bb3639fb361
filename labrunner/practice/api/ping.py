"""`/_ping`, by which clients find out whether an engine is there and what it speaks."""

import re

from labrunner.practice.api.message import Head
from labrunner.practice.api.reply import Answer

API_VERSION, OLDEST_API = "1.51", "1.24"
HEADERS = {
    "Api-Version": API_VERSION,
    "Docker-Experimental": "false",
    "Ostype": "linux",
    "Server": "labrunner-practice",
}
"""On every answer."""

PING = Answer(
    body=b"OK",
    kind="text/plain; charset=utf-8",
    headers={
        "Builder-Version": "2",
        "Cache-Control": "no-cache, no-store, must-revalidate",
        "Pragma": "no-cache",
        "Swarm": "inactive",
    },
)


def is_ping(head: Head) -> bool:
    return head.method in ("GET", "HEAD") and re.fullmatch(r"(/v\d+\.\d+)?/_ping", head.path) is not None
