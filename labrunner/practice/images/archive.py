"""Images and root filesystems as one tar: `docker save`, `load`, `import` and `export`."""

from labrunner.practice.images.importing import import_
from labrunner.practice.images.layers import write_tree
from labrunner.practice.images.loading import load
from labrunner.practice.images.saving import save

__all__ = ["import_", "load", "save", "write_tree"]
