"""Where a server's log lines go: a file of the container, or the streams that `docker logs` shows."""

from dataclasses import dataclass

from labrunner.practice.programs.process import Files, Process

_STREAMS = {
    "/dev/stdout": "stdout",
    "/dev/fd/1": "stdout",
    "/proc/self/fd/1": "stdout",
    "/proc/1/fd/1": "stdout",
    "/dev/stderr": "stderr",
    "/dev/fd/2": "stderr",
    "/proc/self/fd/2": "stderr",
    "/proc/1/fd/2": "stderr",
    "/dev/null": "null",
}
_HOPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLines:
    """Writes lines to the path that a configuration names, links followed: nginx's logs are links to streams."""

    process: Process

    async def write(self, path: str, line: str) -> None:
        """Raises OSError where the file cannot be written."""
        data = line.encode("utf-8", "surrogateescape") + b"\n"
        real = behind_links(self.process.files, path)
        match _STREAMS.get(real):
            case "stdout":
                await self.process.stdout.write(data)
            case "stderr":
                await self.process.stderr.write(data)
            case "null":
                return
            case _:
                self.process.files.append(real, data)


def behind_links(files: Files, path: str) -> str:
    """Follows the links of the last part only as far as a stream's name, which need not exist as a file."""
    for _ in range(_HOPS):
        if path in _STREAMS:
            return path
        try:
            if files.lstat(path).kind != "link":
                return path
            link = files.readlink(path)
        except OSError:
            return path
        path = link if link.startswith("/") else f"{path.rpartition('/')[0]}/{link}"
    return path


def is_stream(path: str) -> bool:
    return path in _STREAMS
