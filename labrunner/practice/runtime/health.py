"""The health checks of a running container: probes at their times, run as execs, and what is told when they change."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

from labrunner.practice.happenings import Happenings
from labrunner.practice.refusal import Refused
from labrunner.practice.runtime.container import Container
from labrunner.practice.runtime.events import tell
from labrunner.practice.runtime.execs import Execs
from labrunner.practice.runtime.healthcheck import Health, Healthcheck, Probe, wanted
from labrunner.practice.runtime.times import SECOND

_LONGEST_OUTPUT = 4096


class Monitor:
    def __init__(self, execs: Execs, happenings: Happenings, clock: Callable[[], int]) -> None:
        self._execs, self._happenings, self._clock = execs, happenings, clock

    def begin(self, container: Container) -> None:
        """At each start."""
        asked = wanted(container.config)
        if asked is None:
            container.health = None
            return
        container.health = replace(container.health or Health(), status="starting", streak=0)
        task = asyncio.create_task(self._watch(container, asked))
        container.tasks.add(task)
        task.add_done_callback(container.tasks.discard)

    def end(self, container: Container) -> None:
        """At each stop: Docker leaves a stopped container unhealthy."""
        for task in tuple(container.tasks):
            task.cancel()
        if container.health is not None:
            container.health = replace(container.health, status="unhealthy")

    async def _watch(self, container: Container, asked: Healthcheck) -> None:
        while container.health is not None:
            await asyncio.sleep(self._pause(container, asked) / SECOND)
            if container.life.status == "running":
                self._judge(container, asked, await self._probe(container, asked))

    def _pause(self, container: Container, asked: Healthcheck) -> int:
        early = self._clock() - container.life.started < asked.start_period
        starting = container.health is not None and container.health.status == "starting"
        return asked.start_interval if early and starting else asked.interval

    async def _probe(self, container: Container, asked: Healthcheck) -> Probe:
        start = self._clock()
        output = bytearray()
        status = -1
        try:
            made = self._execs.create(
                container, {"Cmd": list(asked.argv), "AttachStdout": True, "AttachStderr": True}
            )
            attachment = await self._execs.start(made)
            assert attachment is not None
            try:
                async with asyncio.timeout(asked.timeout / SECOND):
                    async for _, data in attachment:
                        output += data[: _LONGEST_OUTPUT - len(output)]
                if made.process is not None and made.exit_code is not None:
                    status = made.exit_code
            except TimeoutError:
                output[:] = f"Health check exceeded timeout ({_go(asked.timeout)})".encode()
            finally:
                attachment.close()
                if made.running and made.process is not None:
                    made.process.signal("KILL")
        except Refused as refused:
            output[:] = refused.message.encode()
        return Probe(start=start, end=self._clock(), exit_code=status, output=output.decode(errors="replace"))

    def _judge(self, container: Container, asked: Healthcheck, probe: Probe) -> None:
        before = container.health
        if before is None or container.life.status != "running":
            return
        container.health = before.after(probe, asked, started=container.life.started)
        if container.health.status != before.status:
            tell(self._happenings, container, f"health_status: {container.health.status}")


def _go(nanoseconds: int) -> str:
    """As Go writes a duration: `1s`, `1m30s`, `500ms`."""
    if nanoseconds < SECOND:
        return f"{nanoseconds / 1e6:g}ms"
    minutes, seconds = divmod(nanoseconds / SECOND, 60)
    hours, minutes = divmod(int(minutes), 60)
    text = f"{hours}h" if hours else ""
    text += f"{minutes}m" if hours or minutes else ""
    return f"{text}{seconds:g}s"
