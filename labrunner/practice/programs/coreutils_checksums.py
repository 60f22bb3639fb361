"""md5sum, sha256sum and their kin."""

import hashlib

from labrunner.practice.programs.applet import busybox, careful, complain, options, reason, say
from labrunner.practice.programs.inputs import cannot, pieces
from labrunner.practice.programs.process import Process, Program


def checksum(kind: str) -> Program:
    async def run(process: Process) -> int:
        chosen = options(
            process.argv[1:],
            flags="bctsw",
            long={"check": "c", "quiet": "q", "status": "s", "binary": "b", "text": "t"},
        )
        if "c" in chosen:
            return await _check(process, kind, chosen.words or ["-"], quiet="q" in chosen or "s" in chosen)
        status = 0
        for word in chosen.words or ["-"]:
            try:
                digest = await _digest(process, kind, word)
            except OSError as error:
                status = await cannot(
                    process, word, error, "{word}: {reason}", "can't open '{word}': {reason}"
                )
                continue
            await say(process, f"{digest}  {word}\n")
        return status

    return run


async def _digest(process: Process, kind: str, word: str) -> str:
    hashed = hashlib.new(kind, usedforsecurity=False)
    async for data in pieces(process, word):
        hashed.update(data)
    return hashed.hexdigest()


async def _check(process: Process, kind: str, words: list[str], *, quiet: bool) -> int:
    bad = 0
    for word in words:
        text = b"".join([data async for data in pieces(process, word)]).decode("utf-8", "replace")
        for line in text.splitlines():
            digest, _, name = line.partition(" ")
            name = name.lstrip(" *")
            if not name:
                continue
            try:
                right = await _digest(process, kind, name) == digest.lower()
            except OSError as error:
                await complain(process, f"{name}: {reason(error)}")
                bad += 1
                await say(process, f"{name}: FAILED open or read\n")
                continue
            bad += not right
            if not quiet or not right:
                await say(process, f"{name}: {'OK' if right else 'FAILED'}\n")
    if bad:
        mismatch = f"{bad} computed checksum{'s' if bad > 1 else ''} did NOT match"
        await complain(
            process, f"WARNING: {bad} of {bad} {mismatch}" if busybox(process) else f"WARNING: {mismatch}"
        )
    return int(bool(bad))


CHECKSUMS: dict[str, Program] = {
    name: careful(run)
    for name, run in {
        "md5sum": checksum("md5"),
        "sha1sum": checksum("sha1"),
        "sha224sum": checksum("sha224"),
        "sha256sum": checksum("sha256"),
        "sha384sum": checksum("sha384"),
        "sha512sum": checksum("sha512"),
    }.items()
}
