"""One program in a machine of its own, run to its end: what the builder's RUN needs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from labrunner.practice.images.tree import Tree
from labrunner.practice.runtime.backend import Backend, Mount, Spec, Streams
from labrunner.practice.runtime.limits import RUN_SECONDS

Write = Callable[[str, bytes], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class _Named:
    name: str
    say: Write

    async def write(self, data: bytes) -> None:
        await self.say(self.name, data)


async def run_once(
    backend: Backend,
    tree: Tree,
    spec: Spec,
    write: Write,
    *,
    mounts: Iterable[Mount] = (),
    timeout: float = RUN_SECONDS,
    hostname: str = "buildkitsandbox",
    extra_hosts: Iterable[str] = (),
) -> tuple[int, Tree]:
    """The exit status and the layer; `write` gets ("stdout" or "stderr", bytes) as they come.

    Raises Refused where the program cannot be started. What runs longer than `timeout` seconds is ended, which the
    output says, with status 137.
    """
    machine = backend.machine(
        tree, hostname=hostname, name=hostname, image_id="", mounts=mounts, extra_hosts=tuple(extra_hosts)
    )
    try:
        running = await backend.start(
            machine, spec, Streams(stdout=_Named("stdout", write), stderr=_Named("stderr", write))
        )
        try:
            async with asyncio.timeout(timeout):
                status = await running.wait()
        except TimeoutError:
            running.signal("KILL")
            status = await running.wait()
            await write(
                "stderr", f"practice engine: the command was ended after {timeout:g} seconds\n".encode()
            )
    finally:
        await machine.close()
    return status, machine.rootfs.layer()
