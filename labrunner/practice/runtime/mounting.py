"""What is mounted in a machine: what every container finds, and the mounts it was made with."""

from collections.abc import Mapping, Sequence

from labrunner.practice.images.tree import EMPTY
from labrunner.practice.runtime.backend import Mount
from labrunner.practice.runtime.inodes import Inode, folder
from labrunner.practice.runtime.overlay import Overlay
from labrunner.practice.runtime.provided import devices
from labrunner.practice.runtime.rootfs import SharedFiles
from labrunner.practice.runtime.space import Mounted, Space
from labrunner.practice.runtime.view import View


def mount_provided(space: Space, overlay: Overlay, proc: Inode, files: Mapping[str, Inode]) -> None:
    """`proc` stands at /proc; `files` are the engine's own, by absolute path."""
    space.mount("/proc", Mounted(inode=proc, read_only=True))
    space.mount("/dev", Mounted(inode=devices()))
    space.mount("/sys", Mounted(inode=folder({}, 0o555), read_only=True))
    space.mount("/dev/shm", Mounted(inode=(shm := Overlay(EMPTY)).root, overlay=shm))
    shm.root.mode = 0o1777
    for path, inode in files.items():
        space.mount(path, Mounted(inode=inode, overlay=overlay if inode.kind == "file" else None))


def mount_asked(space: Space, mount: Mount) -> None:
    source = mount.source
    if not isinstance(source, SharedFiles):
        raise TypeError("a mount's source must come from Backend.files")
    writing = View(space=Space(space.root.overlay or Overlay(EMPTY)))
    writing.space.mounts = space.mounts
    writing.mkdir(mount.target, parents=True)
    path = writing.resolve(mount.target)
    space.mount(path, Mounted(inode=source.overlay.root, overlay=source.overlay, read_only=mount.read_only))


def table(mounts: Sequence[Mount]) -> str:
    """/proc/mounts"""
    rows = ["overlay / overlay rw,relatime 0 0", "proc /proc proc rw,nosuid,nodev,noexec,relatime 0 0"]
    rows += ["tmpfs /dev tmpfs rw,nosuid,size=65536k,mode=755 0 0"]
    rows += [
        "sysfs /sys sysfs ro,nosuid,nodev,noexec,relatime 0 0",
        "shm /dev/shm tmpfs rw,nosuid,nodev 0 0",
    ]
    rows += [f"volume {m.target} ext4 {'ro' if m.read_only else 'rw'},relatime 0 0" for m in mounts]
    return "".join(f"{row}\n" for row in rows)
