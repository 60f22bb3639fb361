"""The stand-in of hello-world: it tells what the engine has just done."""

from labrunner.practice.programs.process import Process

TEXT = """
Hello from labrunner's practice engine!
That you can read this means that your docker command and the engine understand each other.

What happened before these lines:
 1. Your docker command asked the engine, over its API, to run the image "hello-world".
 2. The engine looked among its images. Where it had none of that name, it pulled one from the practice hub.
 3. The engine made a container from the image: the image's layers, and a thin layer on top to write in.
 4. The engine ran the image's command in it. Its words went back over the API to your terminal.

The image, its layers and the container are real. This program is simulated: no process was started.

To look further, try:
 $ docker ps --all
 $ docker image history hello-world
"""


async def hello(process: Process) -> int:
    await process.stdout.write(TEXT.encode() + b"\n")
    return 0
