"""A machine's files: what differs from the image, mounts, what the engine itself provides."""

import asyncio
import time

import pytest

from labrunner.practice.images.tree import Bytes, Node, Tree, Zeros
from labrunner.practice.runtime.backend import Mount, Spec, Streams
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.space import Space
from labrunner.practice.runtime.view import View
from tests.practice.backend.world import BUSYBOX, Heard, backend, file, folder, link, machine, ran


@pytest.mark.parametrize(
    ("script", "changes"),
    [
        ("true", []),
        ("cat /etc/passwd > /dev/null; ls -R / > /dev/null", []),
        ("echo hi > /tmp/x", [("/tmp", "C"), ("/tmp/x", "A")]),
        ("echo hi >> /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("rm /etc/motd", [("/etc", "C"), ("/etc/motd", "D")]),
        ("rm -r /home", [("/home", "D")]),
        ("mkdir -p /a/b; touch /a/b/c", [("/a", "A"), ("/a/b", "A"), ("/a/b/c", "A")]),
        ("chmod 600 /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("chown node /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("chmod 700 /srv", [("/srv", "C")]),
        ("touch /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("m=$(cat /etc/motd); echo $m > /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("mv /etc/motd /tmp/m", [("/etc", "C"), ("/etc/motd", "D"), ("/tmp", "C"), ("/tmp/m", "A")]),
        ("mv /home/node /home/bob", [("/home", "C"), ("/home/bob", "A"), ("/home/node", "D")]),
        ("touch /x; rm /x", []),
        ("rm /etc/motd; echo new > /etc/motd", [("/etc", "C"), ("/etc/motd", "C")]),
        ("rm -r /var; mkdir /var", [("/var", "C"), ("/var/log", "D")]),
        ("echo x >> /etc/hosts; echo 127.0.0.1 x > /etc/resolv.conf", []),
        ("echo x > /dev/shm/x; touch /dev/x 2>/dev/null", []),
    ],
)
def test_changes_are_told_as_docker_diff_does(script: str, changes: list[tuple[str, str]]) -> None:
    done = asyncio.run(ran(script))

    assert done.machine.rootfs.changes() == changes


def test_a_layer_gives_the_files_again() -> None:
    began = time.time()
    script = "cd /srv; mkdir d; echo one > d/f; ln d/f d/g; ln -s f d/l; chmod 750 d; chown node:staff d/f; rm /etc/motd"
    done = asyncio.run(ran(script))

    layer = done.machine.rootfs.layer()
    whole = BUSYBOX.apply(layer)

    assert sorted(layer.nodes) == ["etc", "etc/motd", "srv", "srv/d", "srv/d/f", "srv/d/g", "srv/d/l"]
    assert layer.nodes["etc/motd"].kind == "whiteout"
    assert layer.nodes["srv/d/g"].kind == "hardlink"
    assert (layer.nodes["srv/d"].mode, layer.nodes["srv/d/l"].link) == (0o750, "f")
    assert (layer.nodes["srv/d/f"].uid, layer.nodes["srv/d/f"].gid) == (1000, 50)
    assert began - 2 <= layer.nodes["srv/d/f"].mtime <= time.time() + 1
    assert whole.read("srv/d/g") == b"one\n"
    assert whole.get("etc/motd") is None


def test_a_machine_goes_on_from_a_layer() -> None:
    first = asyncio.run(ran("rm /etc/motd; echo kept > /srv/f; truncate -s 5M /srv/big; chown node /srv/f"))
    layer = first.machine.rootfs.layer()
    again = backend().machine(BUSYBOX, hostname="h", name="n", image_id="i", layer=layer)

    done = asyncio.run(ran("cat /srv/f; stat -c '%U %s' /srv/f /srv/big; ls /etc/motd", on=again))

    assert done.out == "kept\nnode 5\nroot 5242880\n"
    assert again.rootfs.changes() == first.machine.rootfs.changes()


def test_volumes_are_shared_and_no_part_of_the_container() -> None:
    both = backend()
    volume = both.files()
    mounts = (Mount(target="/data/deep", source=volume),)
    one = both.machine(BUSYBOX, hostname="a", name="a", image_id="i", mounts=mounts)
    read_only = (Mount(target="/data", source=volume, read_only=True),)
    other = both.machine(BUSYBOX, hostname="b", name="b", image_id="i", mounts=read_only)

    asyncio.run(ran("echo shared > /data/deep/f; mv /etc/motd /data/deep/; rmdir /data/deep", on=one))
    done = asyncio.run(ran("cat /data/f /data/motd; touch /data/x; echo x > /data/f; ls -ld /data", on=other))

    assert done.out.startswith("shared\nwelcome\ndrwxr-xr-x    2 root     root ")
    assert (
        done.err == "touch: /data/x: Read-only file system\nsh: can't create /data/f: Read-only file system\n"
    )
    assert one.rootfs.changes() == [
        ("/data", "A"),
        ("/data/deep", "A"),
        ("/etc", "C"),
        ("/etc/motd", "D"),
    ]
    assert sorted(path for path in volume.tree().nodes if path) == ["f", "motd"]


def test_put_follows_links_and_mounts() -> None:
    both = backend()
    volume = both.files()
    tree = Tree({**BUSYBOX.nodes, "run": folder(), "var/run": link("/run")})
    world = both.machine(
        tree, hostname="a", name="a", image_id="i", mounts=(Mount(target="/data", source=volume),)
    )

    world.rootfs.put(Tree({"f": file("linked\n", uid=7)}), "/var/run")
    world.rootfs.put(Tree({"data": folder(), "data/v": file("in the volume\n")}))
    world.rootfs.put(Tree({"motd": Node(kind="whiteout")}), "etc")

    done = asyncio.run(ran("cat /run/f /data/v; stat -c %u /run/f; ls /etc/motd", on=world))
    assert done.out == "linked\nin the volume\n7\n"
    assert volume.tree().read("v") == b"in the volume\n"


def test_the_engines_own_files_are_there() -> None:
    script = "cat /etc/hostname; grep localhost /etc/hosts | head -1; ls /dev; "
    script += "cat /proc/1/cmdline | tr '\\0' ' '; echo; "
    script += (
        "ls -l /dev/stdout | sed 's/.*Z//' | grep -o '/dev/.*'; cat /proc/self/status | head -1; uname -n"
    )

    done = asyncio.run(ran(script))

    assert done.out.startswith("0123456789ab\n127.0.0.1\tlocalhost\n")
    assert (
        "fd\nfull\nmqueue\nnull\nptmx\npts\nrandom\nshm\nstderr\nstdin\nstdout\ntty\nurandom\nzero\n"
        in done.out
    )
    assert done.out.endswith("/dev/stdout -> /proc/self/fd/1\nName:\tcat\n0123456789ab\n")


def test_a_log_file_that_is_a_link_to_stdout_is_stdout() -> None:
    script = "ln -s /dev/stdout /var/log/a; ln -s /dev/stderr /var/log/e; "
    script += "echo out > /var/log/a; echo err >> /var/log/e; echo fd > /proc/self/fd/1; "
    script += "tee /dev/stderr < /etc/motd > /dev/null"

    done = asyncio.run(ran(script))

    assert (done.out, done.err) == ("out\nfd\n", "err\nwelcome\n")


def test_a_program_writes_to_stdout_by_its_name_without_waiting() -> None:
    from labrunner.practice.programs.process import Process
    from tests.practice.backend.world import standin

    async def logger(process: Process) -> int:
        for number in range(3):
            process.files.append("/var/log/access", f"line {number}\n".encode())
        return 0

    tree = Tree({**BUSYBOX.nodes, "bin/logger": standin("logger"), "var/log/access": link("/dev/stdout")})

    async def life() -> str:
        out = Heard()
        world = machine(tree, {"logger": logger})
        running = await backend({"logger": logger}).start(
            world, Spec(argv=("logger",)), Streams(stdout=out, stderr=out)
        )
        await running.wait()
        return await out.until("line 2\n")

    assert asyncio.run(life()) == "line 0\nline 1\nline 2\n"


def test_permissions_are_those_of_the_user() -> None:
    view = View(space=Space(Overlay(BUSYBOX)), uid=1000, gid=1000)

    with pytest.raises(PermissionError):
        view.read("/etc/secret")
    with pytest.raises(PermissionError):
        view.write("/etc/new", b"")
    with pytest.raises(PermissionError):
        view.remove("/etc/motd")
    with pytest.raises(PermissionError):
        view.chown("/home/node", 0, 0)
    view.write("/home/node/f", b"mine")
    assert view.stat("/home/node/f").uid == 1000


def test_paths_go_the_kernels_ways() -> None:
    tree = Tree(
        {
            "a": folder(),
            "a/loop": link("loop"),
            "a/up": link("../../../../b"),
            "b": folder(),
            "b/f": file("f"),
            "gone": link("b/new"),
        }
    )
    view = View(space=Space(Overlay(tree)))

    assert view.resolve("/a/up/f") == "/b/f"
    assert view.read("/a/../a/up/../b/f") == b"f"
    with pytest.raises(OSError, match="Too many levels"):
        view.read("/a/loop")
    with pytest.raises(NotADirectoryError):
        view.stat("/b/f/x")
    with pytest.raises(NotADirectoryError):
        view.stat("/b/f/")
    view.write("/gone", b"made behind the link")
    assert view.read("/b/new") == b"made behind the link"
    with pytest.raises(OSError, match="Directory not empty"):
        view.remove("/b")
    with pytest.raises(OSError, match="Invalid argument"):
        view.rename("/b", "/b/inside")


def test_hard_links_of_the_image_are_one_file() -> None:
    tree = Tree({"f": file("x"), "g": Node(kind="hardlink", link="f")})
    overlay = Overlay(tree)
    view = View(space=Space(overlay))

    view.write("/g", b"changed")

    assert view.read("/f") == b"changed"
    assert view.identity("/f")[1] == 2


def test_large_files_are_not_read_to_be_changed() -> None:
    tree = Tree({"big": Node(kind="file", content=Zeros(5_000_000_000))})
    overlay = Overlay(tree)
    view = View(space=Space(overlay))

    view.append("/big", b"the end")
    view.put_content("/copy", view.content("/big"))
    view.chmod("/big", 0o600)

    assert view.stat("/copy").size == 5_000_000_007
    assert overlay.held < 1000
    with pytest.raises(OSError, match="File too large"):
        view.read("/big")


def test_the_image_is_never_changed() -> None:
    tree = Tree({"f": Node(kind="file", content=Bytes(b"as it was"))})
    one, other = View(space=Space(Overlay(tree))), View(space=Space(Overlay(tree)))

    one.append("/f", b", and more")

    assert (one.read("/f"), other.read("/f"), tree.read("f")) == (
        b"as it was, and more",
        b"as it was",
        b"as it was",
    )
