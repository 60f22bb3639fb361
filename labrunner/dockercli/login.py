"""`docker login` and `docker logout`."""

import base64
import getpass
import sys

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Given
from labrunner.dockercli.credentials import HUB, file, keep, key_of, settings
from labrunner.dockercli.failure import Ended

WARNING = """
WARNING! Your credentials are stored unencrypted in '{file}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/
"""


def login(engine: Engine, given: Given) -> int:
    server = given.arguments[0] if given.arguments else ""
    server = server.removeprefix("https://").removeprefix("http://").rstrip("/")
    key = key_of(server)
    user, password = given.one("--username"), given.one("--password")
    if password and given.flag("--password-stdin"):
        raise Ended("conflicting options: cannot specify both --password and --password-stdin")
    if password:
        sys.stderr.write("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n")
    if given.flag("--password-stdin"):
        if not user:
            raise Ended("the --password-stdin option requires --username to be set")
        password = sys.stdin.read().rstrip("\r\n")
    if not (user and password):
        user, password = _asked(user, password)
    told = engine.post("/auth", None, {"username": user, "password": password, "serveraddress": key})
    kept = settings()
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    kept.setdefault("auths", {})[key] = {"auth": auth}
    keep(kept)
    sys.stderr.write(WARNING.format(file=file()) + "\n")
    sys.stdout.write(f"{told.get('Status') or 'Login Succeeded'}\n")
    return 0


def _asked(user: str, password: str) -> tuple[str, str]:
    if not sys.stdin.isatty():
        raise Ended("Error: Cannot perform an interactive login from a non TTY device")
    if not user:
        user = input("Username: ").strip()
        if not user:
            raise Ended("error: username is required")
    if not password:
        password = getpass.getpass("Password: ")
        if not password:
            raise Ended("error: password is required")
    return user, password


def logout(_engine: Engine, given: Given) -> int:
    server = given.arguments[0] if given.arguments else ""
    key = key_of(server.removeprefix("https://").removeprefix("http://").rstrip("/"))
    kept = settings()
    shown = HUB if key == HUB else key
    sys.stdout.write(f"Removing login credentials for {shown}\n")
    if key in (kept.get("auths") or {}):
        del kept["auths"][key]
        keep(kept)
    return 0
