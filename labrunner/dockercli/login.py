"""`docker login` and `docker logout`."""

import base64
import getpass
import sys

from labrunner.dockercli.client import Engine
from labrunner.dockercli.command import Given
from labrunner.dockercli.credentials import HUB, file, keep, key_of, login_for, settings
from labrunner.dockercli.failure import Ended, Refused

WARNING = """
WARNING! Your credentials are stored unencrypted in '{file}'.
Configure a credential helper to remove this warning. See
https://docs.docker.com/go/credential-store/
"""


WELCOME = (
    "Log in with your Docker ID or email address to push and pull images from Docker Hub. "
    "If you don't have a Docker ID, head over to https://hub.docker.com/ to create one."
)
_INFO = "\x1b[1m\x1b[106m\x1b[30mi\x1b[0m\x1b[0m \x1b[96mInfo → \x1b[0m\x1b[0m"
TOKEN = f"""
{_INFO}\x1b[3mA Personal Access Token (PAT) can be used instead.\x1b[0m
         \x1b[3mTo create a PAT, visit \x1b[4mhttps://app.docker.com/settings\x1b[0m\x1b[0m
         \x1b[3m\x1b[0m
         \x1b[3m\x1b[0m
"""
AGAIN = f"""
{_INFO}\x1b[3mTo login with a different account, run 'docker logout' followed by 'docker login'\x1b[0m

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
    if not (user or password) and _again(engine, key):
        return 0
    if not (user and password):
        user, password = _asked(user, password, hub=key == HUB)
    told = engine.post("/auth", None, {"username": user, "password": password, "serveraddress": key})
    _keep(key, user, password)
    sys.stdout.write(f"{told.get('Status') or 'Login Succeeded'}\n")
    return 0


def _keep(key: str, user: str, password: str) -> None:
    kept = settings()
    auth = base64.b64encode(f"{user}:{password}".encode()).decode()
    accounts = kept.setdefault("auths", {})
    if accounts.get(key) == {"auth": auth}:
        return
    accounts[key] = {"auth": auth}
    keep(kept)
    sys.stderr.write(WARNING.format(file=file()) + "\n")
    sys.stderr.flush()


def _again(engine: Engine, key: str) -> bool:
    """Whether the login that is kept is still good."""
    known = login_for(key)
    if known is None:
        return False
    sys.stdout.write(f"Authenticating with existing credentials... [Username: {known[0]}]\n")
    if sys.stdout.isatty():
        sys.stdout.write(AGAIN)
    try:
        told = engine.post("/auth", None, {"username": known[0], "password": known[1], "serveraddress": key})
    except Refused as refused:
        sys.stdout.flush()
        sys.stderr.write(f"Login did not succeed, error: Error response from daemon: {refused.message}\n")
        return False
    sys.stdout.write(f"\n{told.get('Status') or 'Login Succeeded'}\n")
    return True


def _asked(user: str, password: str, *, hub: bool) -> tuple[str, str]:
    if not sys.stdin.isatty():
        raise Ended("Error: Cannot perform an interactive login from a non TTY device")
    if not user:
        if hub:
            sys.stdout.write(f"{WELCOME}\n")
        user = input("Username: ").strip()
        if not user:
            raise Ended("Error: Non-null Username Required")
    if not password:
        if hub:
            sys.stdout.write(TOKEN)
            sys.stdout.flush()
        password = getpass.getpass("Password: ")
        if not password:
            raise Ended("Error: Password Required")
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
