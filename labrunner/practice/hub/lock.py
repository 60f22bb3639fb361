"""The lock: every name of the catalogue with its image's ID, digest and size, so that a change is seen.

`python -m labrunner.practice.hub.lock` writes it anew.
"""

import json

from labrunner.practice.hub.catalogue import LOCK, Catalogue


def compute(catalogue: Catalogue) -> str:
    """The lock's text, from the recipes alone."""
    names: dict[str, dict[str, str | int]] = {}
    for recipe in catalogue.recipes:
        made = catalogue.made(recipe)
        for tag in recipe.tags:
            names[f"{recipe.name}:{tag}"] = {
                "id": made.id,
                "digest": made.manifest.digest,
                "size": made.size,
            }
    rows = ",\n".join(f"  {json.dumps(name)}: {json.dumps(names[name])}" for name in sorted(names))
    return f"{{\n{rows}\n}}\n"


def main() -> None:
    catalogue = Catalogue.load()
    (catalogue.folder / LOCK).write_text(compute(catalogue), encoding="utf-8")


if __name__ == "__main__":
    main()
