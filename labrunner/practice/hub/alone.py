"""The lab registry as a program of its own, beside a real engine: `python -m labrunner.practice.hub.registry`."""

import argparse
import asyncio
import os
import signal
import sys
from pathlib import Path

from labrunner.practice.hub.accounts import Accounts
from labrunner.practice.hub.catalogue import Catalogue
from labrunner.practice.hub.official import Official
from labrunner.practice.hub.registry import Policy, serve


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m labrunner.practice.hub.registry", description=__doc__)
    words.add_argument("--folder", type=Path, required=True, help="where the images and accounts are kept")
    words.add_argument("--host", default="127.0.0.1", help="a loopback address")
    words.add_argument("--port", type=int, default=5001)
    words.add_argument(
        "--account", action="append", default=[], metavar="NAME:PASSWORD", help="may be given again"
    )
    words.add_argument(
        "--until-eof", action="store_true", help="end when stdin does: with whoever started it"
    )
    words.add_argument("--anonymous", action="store_true", help="library/* may be pulled without login")
    words.add_argument("--catalogue", action="store_true", help="library/* holds labrunner's stand-ins")
    asked = words.parse_args()
    if asked.host not in ("127.0.0.1", "::1", "localhost"):
        words.error("the lab registry listens on loopback only")
    asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    accounts = Accounts(asked.folder / "accounts.json")
    for account in asked.account:
        name, colon, password = account.partition(":")
        if not colon or not password:
            words.error("--account takes NAME:PASSWORD")
        try:
            accounts.add(name, password)
        except ValueError as error:
            words.error(str(error))
    try:
        asyncio.run(_run(asked, accounts))
    except OSError as error:
        sys.exit(f"the lab registry cannot listen on {asked.host}:{asked.port}: {error.strerror or error}")


async def _run(asked: argparse.Namespace, accounts: Accounts) -> None:
    catalogue = Catalogue.load()
    server = await serve(
        asked.host,
        asked.port,
        asked.folder / "registry",
        accounts,
        rows=lambda: catalogue.rows,
        policy=Policy(anonymous=asked.anonymous, official=Official(catalogue) if asked.catalogue else None),
    )
    sys.stdout.write(f"lab registry on {asked.host}:{server.port}\n")
    sys.stdout.flush()
    ended = asyncio.Event()
    loop = asyncio.get_running_loop()
    for told in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(told, ended.set)
    if asked.until_eof:
        loop.add_reader(sys.stdin.fileno(), lambda: _look(ended))
    await ended.wait()
    await server.close()


def _look(ended: asyncio.Event) -> None:
    """Whoever started this has gone when its end of our stdin is closed."""
    if not os.read(sys.stdin.fileno(), 4096):
        ended.set()
