"""A daemon that is killed at any moment leaves a store that opens, with every finished image whole."""

import random
import signal
import subprocess
import sys
from pathlib import Path

from labrunner.reference import parse
from tests.practice.images.stores import opened

WORK = """
import sys
from pathlib import Path
from labrunner.practice.images.tree import Tree
from labrunner.reference import parse
from tests.practice.images.stores import file, made, opened

folder = Path(sys.argv[1])
store = opened(folder)
print("open", flush=True)
for number in range(int(sys.argv[2]), 10_000):
    with store.keeping():
        made(store, "base", f"layer-{number}", tags=(f"web:{number}", "web:newest"))
    print(number, flush=True)
    if number % 3 == 0:
        store.remove(f"web:{number - 2}") if f"docker.io/library/web:{number - 2}" in store.references() else None
"""
TIMES = 24


def test_a_killed_store_opens_with_every_finished_image(tmp_path: Path) -> None:
    chance = random.Random(1714557600)
    finished = 0
    for _ in range(TIMES):
        child = subprocess.Popen(
            [sys.executable, "-c", WORK, str(tmp_path), str(finished + 1)], stdout=subprocess.PIPE, text=True
        )
        assert child.stdout is not None
        assert child.stdout.readline() == "open\n"
        for _ in range(chance.randrange(1, 5)):
            finished = int(child.stdout.readline())
        try:
            child.wait(chance.random() * 0.02)
        except subprocess.TimeoutExpired:
            child.send_signal(signal.SIGKILL)
        rest, _ = child.communicate()
        finished = max([finished, *map(int, rest.split())])

        store = opened(tmp_path)
        newest = store.image(store.references()[str(parse(f"web:{finished}"))])
        assert store.dropped == ()
        assert newest is not None
        assert store.tree(newest).read(f"layer-{finished}") == f"layer-{finished}".encode()
        for image in store.images():
            assert store.tree(image).read("base") == b"base"
        files = {path.name for path in (tmp_path / "store/layers").iterdir()}
        assert files == {f"{diff_id[7:]}.tar" for image in store.images() for diff_id in image.layers}
        finished = max(
            finished,
            *(
                int(name.tag)
                for image in store.images()
                for name in store.names(image.id)
                if name.tag.isdigit()
            ),
        )
