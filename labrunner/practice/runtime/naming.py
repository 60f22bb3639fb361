"""IDs and names of containers, and who is meant by a text."""

import random
import re
import secrets
from collections.abc import Callable, Collection, Iterable

from labrunner.practice.refusal import Refused

_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.-]+")
_LONGEST = 255
_TRIES = 6

_ADJECTIVES = (
    "amber ample avid bold brave breezy bright brisk calm candid careful cheery clear clever cosy "
    "curious dapper daring deft eager earnest fair fleet fond frank gentle glad golden hardy honest "
    "humble jolly keen kind lively lucid mellow merry mild modest neat nimble noble patient placid "
    "plucky polite proud quick quiet ready robust rosy sage serene silent spry steady sunny sturdy "
    "tidy upbeat vivid warm wise witty zesty"
)
_SURNAMES = (
    "abel ampere angstrom avogadro banach becquerel bernoulli berzelius boyle brahe bunsen cantor "
    "cassini cavendish celsius copernicus coulomb dalton daguerre diesel erdos eratosthenes euclid "
    "faraday foucault fourier fresnel galvani gauss halley hamilton henry herschel hilbert hubble "
    "huygens joule kelvin kepler kirchhoff lagrange laplace leibniz linnaeus lise lyell mach maxwell "
    "mendel mendeleev messier minkowski nobel ohm oersted penzias planck riemann rontgen rutherford "
    "somerville tesla torricelli volta watt weber"
)


def new_id() -> str:
    """64 hexadecimal digits whose first twelve are no number, as Docker's: `docker ps` shows those twelve."""
    while True:
        made = secrets.token_hex(32)
        if not made[:12].isdigit():
            return made


def random_name(taken: Callable[[str], bool], chance: random.Random | None = None) -> str:
    """`calm_kepler`; a digit is added where the names run out."""
    chance = chance or random.SystemRandom()
    for attempt in range(_TRIES):
        name = f"{chance.choice(_ADJECTIVES.split())}_{chance.choice(_SURNAMES.split())}"
        name = name if attempt == 0 else f"{name}{chance.randrange(10)}"
        if not taken(name):
            return name
    return new_id()[:12]


def checked(name: str, *, shown: str = "") -> str:
    """The name without its slash; raises Refused with Docker's text."""
    plain = name.removeprefix("/")
    if not _NAME.fullmatch(plain) or len(plain) > _LONGEST:
        shown = shown or name
        raise Refused(400, f"Invalid container name ({shown}), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
    return plain


def meant(
    text: str, ids: Collection[str], named: Callable[[str], str | None], what: str = "container"
) -> str:
    """The one ID that a full ID, a name or the beginning of an ID means; raises Refused."""
    if text in ids:
        return text
    if (found := named(text.removeprefix("/"))) is not None:
        return found
    matches = _beginning(text, ids)
    if len(matches) > 1:
        raise Refused(400, f"multiple IDs found with provided prefix: {text}")
    if not matches:
        raise Refused(404, f"No such {what}: {text}")
    return matches[0]


def _beginning(text: str, ids: Iterable[str]) -> list[str]:
    return [each for each in ids if each.startswith(text)] if text else []
