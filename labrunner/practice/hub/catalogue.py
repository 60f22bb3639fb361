"""The stand-ins that `docker pull` finds: made from recipes when they are asked for, never before."""

import json
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from labrunner.practice.hub.making import Made, make
from labrunner.practice.hub.recipe import Cookbook, Recipe, RecipeError, Row, read_cookbook
from labrunner.practice.images.tree import Tree
from labrunner.reference import HUB, Reference, parse

LOCK = "catalogue.lock"
_PACKAGE = Path(__file__).parents[2]
_PLACES = (_PACKAGE / "_catalogue", _PACKAGE.parent / "assets" / "catalogue")
"""In the wheel, and in a checkout."""


class Catalogue:
    """All recipes of a folder; reading and making wait until the first question."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: dict[str, Made] = {}

    @classmethod
    def load(cls, folder: Path | None = None) -> "Catalogue":
        return cls(folder or next((place for place in _PLACES if place.is_dir()), _PLACES[0]))

    def find(self, reference: Reference) -> Recipe | None:
        """The stand-in of this name, where there is one; by tag, or by the digest of its manifest."""
        if reference.domain != HUB:
            return None
        if reference.digest:
            title = self._by_digest.get((reference.path, reference.digest))
            return self._names.get(title) if title else None
        return self._names.get((reference.path, reference.tag))

    def has_repository(self, path: str) -> bool:
        """Whether any stand-in lives at `library/nginx`."""
        return any(known == path for known, _tag in self._names)

    def tags(self, path: str) -> tuple[str, ...]:
        """Every tag of a repository, in the order of the recipes."""
        return tuple(tag for known, tag in self._names if known == path)

    @property
    def recipes(self) -> tuple[Recipe, ...]:
        return self._cookbook.recipes

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._cookbook.rows

    def made(self, recipe: Recipe) -> Made:
        """The stand-in itself; made once and kept."""
        if recipe.title not in self._made:
            base = None
            if recipe.base:
                found = self.find(parse(recipe.base))
                if found is None:
                    raise RecipeError(f"{recipe.title} stands on {recipe.base}, which has no recipe")
                base = self.made(found)
            self._made[recipe.title] = make(recipe, base)
        return self._made[recipe.title]

    def image_parts(self, recipe: Recipe) -> tuple[bytes, list[Tree]]:
        """The configuration's bytes, and the layers from the base up."""
        made = self.made(recipe)
        return made.config_bytes, [layer.tree for layer in made.layers]

    @cached_property
    def locked(self) -> Mapping[str, Mapping[str, str | int]]:
        """What the lock says of each name: `id`, `digest`, `size`."""
        try:
            read: Mapping[str, Mapping[str, str | int]] = json.loads(
                (self.folder / LOCK).read_text(encoding="utf-8")
            )
        except FileNotFoundError:
            return {}
        return read

    @cached_property
    def _cookbook(self) -> Cookbook:
        return read_cookbook(self.folder)

    @cached_property
    def _names(self) -> Mapping[tuple[str, str], Recipe]:
        names: dict[tuple[str, str], Recipe] = {}
        for recipe in self._cookbook.recipes:
            for tag in recipe.tags:
                reference = parse(f"{recipe.name}:{tag}")
                if (reference.path, tag) in names:
                    raise RecipeError(f"two recipes are named {recipe.name}:{tag}")
                names[(reference.path, tag)] = recipe
        return names

    @cached_property
    def _by_digest(self) -> Mapping[tuple[str, str], tuple[str, str]]:
        found: dict[tuple[str, str], tuple[str, str]] = {}
        for name, facts in self.locked.items():
            reference = parse(name)
            found[(reference.path, str(facts["digest"]))] = (reference.path, reference.tag)
        return found
