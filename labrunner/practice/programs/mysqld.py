"""The stand-in of MySQL's server: it starts as the image's does, listens, and tells clients that it has no database."""

import asyncio
import errno
import struct
from datetime import UTC, datetime

from labrunner.practice.programs.process import Process, Reader, Writer

_PORT = 3306
_PASSWORDS = ("MYSQL_ROOT_PASSWORD", "MYSQL_ALLOW_EMPTY_PASSWORD", "MYSQL_RANDOM_ROOT_PASSWORD")
_NO_PASSWORD = """Database is uninitialized and password option is not specified
    You need to specify one of the following as an environment variable:
    - MYSQL_ROOT_PASSWORD
    - MYSQL_ALLOW_EMPTY_PASSWORD
    - MYSQL_RANDOM_ROOT_PASSWORD"""
_DATA = "/var/lib/mysql"
_SWITCHES = (
    "--user",
    "--port",
    "--datadir",
    "--character-set-server",
    "--collation-server",
    "--bind-address",
)


async def mysqld(process: Process) -> int:
    version = process.version or "9"
    words = process.argv[1:]
    if any(word in ("--version", "-V") for word in words):
        await process.stdout.write(
            f"mysqld  Ver {version}, simulated by labrunner's practice engine\n".encode()
        )
        return 0
    for word in words:
        if word.partition("=")[0] not in _SWITCHES:
            return await _aborting(
                process, version, f"unknown option '{word}', or one that practice does not simulate."
            )
    port = next((word.partition("=")[2] for word in words if word.startswith("--port=")), str(_PORT))
    if not (port.isdigit() and 0 < int(port[:6]) < 65536):
        return await _aborting(process, version, f"option 'port': '{port}' is no port.")
    await _say(process, "labrunner: this mysqld is a stand-in, simulated by labrunner's practice engine")
    try:
        fresh = not process.files.exists(f"{_DATA}/ibdata1")
        if fresh and not any(process.env.get(name) for name in _PASSWORDS):
            await _note(process, "ERROR", _NO_PASSWORD)
            return 1
        if fresh:
            process.files.mkdir(_DATA, parents=True)
            process.files.write(f"{_DATA}/ibdata1", bytes(12 * 1024), mode=0o640)
    except OSError as error:
        return await _aborting(process, version, f"cannot write {_DATA}: {error.strerror}.")
    ended = asyncio.Event()
    for name in ("TERM", "INT", "QUIT"):
        process.on_signal(name, ended.set)
    process.on_signal("HUP", lambda: None)
    try:
        listener = await process.machine.listen(int(port), _sorry)
    except OSError as error:
        words_of = "Address already in use" if error.errno == errno.EADDRINUSE else str(error.strerror)
        return await _aborting(process, version, f"Can't start server: Bind on TCP/IP port: {words_of}.")
    await _system(process, f"mysqld (mysqld {version}) starting as process {process.pid}")
    await _system(
        process,
        f"mysqld: ready for connections. Version: '{version}'  port: {port}  (simulated: there is no database)",
    )
    try:
        await ended.wait()
    finally:
        listener.close()
    await _system(process, f"mysqld: Shutdown complete (mysqld {version}).")
    return 0


async def _sorry(_reader: Reader, writer: Writer) -> None:
    """MySQL's own error packet instead of a greeting: any client shows the text."""
    text = b"labrunner's practice engine simulates this server: it has no database"
    body = b"\xff" + struct.pack("<H", 1040) + text
    try:
        writer.write(struct.pack("<I", len(body))[:3] + b"\0" + body)
        await writer.drain()
    finally:
        writer.close()


def _now() -> str:
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


async def _say(process: Process, text: str) -> None:
    await process.stderr.write(f"{text}\n".encode())


async def _system(process: Process, text: str) -> None:
    await _say(process, f"{_now()} 0 [System] [Server] {text}")


async def _note(process: Process, kind: str, text: str) -> None:
    when = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S+00:00")
    await _say(process, f"{when} [{kind}] [Entrypoint]: {text}")


async def _aborting(process: Process, version: str, why: str) -> int:
    await _say(process, f"{_now()} 0 [ERROR] [Server] {why}")
    await _say(process, f"{_now()} 0 [ERROR] [Server] Aborting (mysqld {version})")
    return 1
