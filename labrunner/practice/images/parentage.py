"""Whether one image can have been made from another by one step, as archives claim it of their images."""

from labrunner.practice.images.image import Image


def fits(image: Image, parent: Image) -> bool:
    """Docker's test: the parent's history with exactly one row more, or no history at all."""
    rows, older = list(image.history), list(parent.history)
    return (not rows and not older) or (len(rows) == len(older) + 1 and rows[:-1] == older)
