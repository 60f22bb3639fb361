"""A client and a program talk over a connection that was handed over: bytes in, frames out, each way closes alone."""

import asyncio

from labrunner.practice.api.frames import frame
from labrunner.practice.runtime.attach import Attachment

_PIECE = 1 << 16


async def converse(
    attachment: Attachment,
    reader: asyncio.StreamReader,
    writer: asyncio.StreamWriter,
    *,
    tty: bool,
) -> None:
    """Until the program has ended or either side lets go."""

    async def typed() -> None:
        try:
            while data := await reader.read(_PIECE):
                await attachment.write(data)
        except ConnectionError:
            attachment.close()
        else:
            attachment.close_stdin()

    typing = asyncio.create_task(typed())
    try:
        async for stream, data in attachment:
            writer.write(data if tty else frame(stream, data))
            await writer.drain()
    finally:
        typing.cancel()
        attachment.close()
        await asyncio.gather(typing, return_exceptions=True)
