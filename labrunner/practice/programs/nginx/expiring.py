"""What `expires` adds to an answer."""

import re
import time

from labrunner.practice.programs.serving import http_date


def expiry(text: str) -> list[tuple[str, str]]:
    if text == "off":
        return []
    if text == "epoch":
        return [("Expires", http_date(1)), ("Cache-Control", "no-cache")]
    if text == "max":
        return [("Expires", "Thu, 31 Dec 2037 23:55:55 GMT"), ("Cache-Control", "max-age=315360000")]
    units = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "M": 2592000, "y": 31536000}
    match = re.fullmatch(r"(-?)(\d{1,6})([smhdwMy]?)", text)
    if match is None:
        return []
    seconds = int(match[2]) * units[match[3]]
    if match[1]:
        return [("Expires", http_date(time.time() - seconds)), ("Cache-Control", "no-cache")]
    return [("Expires", http_date(time.time() + seconds)), ("Cache-Control", f"max-age={seconds}")]
