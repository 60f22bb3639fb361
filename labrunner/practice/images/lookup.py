"""Which image a text means, by Docker's rules and in its words where none is meant."""

import re

from labrunner.practice.images.image import Image, is_digest
from labrunner.practice.images.image_shelf import ImageShelf
from labrunner.practice.refusal import Refused
from labrunner.reference import InvalidReference, parse

_ID = re.compile(r"(?:sha256:)?([0-9a-f]{64})")
_BEGINNING = re.compile(r"(?:sha256:)?([0-9a-f]{1,64})")


def find(store: ImageShelf, text: str) -> Image:
    """A whole ID, else a name, else the beginning of exactly one ID."""
    if (whole := _ID.fullmatch(text)) is not None:
        image = store.image(f"sha256:{whole[1]}")
        if image is None:
            raise Refused(404, f"No such image: sha256:{whole[1]}")
        return image
    try:
        reference = parse(text)
    except InvalidReference as error:
        raise Refused(400, str(error)) from error
    name = f"{reference.repository}@{reference.digest}" if reference.digest else str(reference)
    named = store.image(store.references().get(name, ""))
    found = named or beginning_with(store, text)
    if found is None:
        raise Refused(404, f"No such image: {reference.familiar}")
    return found


def beginning_with(store: ImageShelf, text: str) -> Image | None:
    """The one image whose ID begins so; None where there are several."""
    matched = _BEGINNING.fullmatch(text)
    if matched is None:
        return None
    found = [image for image in store.images() if image.id.startswith(f"sha256:{matched[1]}")]
    return found[0] if len(found) == 1 else None


def is_whole_id(text: str) -> bool:
    """64 digits, with `sha256:` or without."""
    return _ID.fullmatch(text) is not None


def is_id_of(text: str, image_id: str) -> bool:
    """Whether a text is an image's ID, or its beginning with or without the algorithm."""
    return image_id.startswith(text) or (is_digest(image_id) and image_id[7:].startswith(text))
