"""The JSON Schema accepts what the decoder accepts, and refuses its plain mistakes."""

import pytest
import yaml
from jsonschema import Draft202012Validator

from labrunner.authoring.schema import schema
from labrunner.checks.kinds import CHECK_KINDS
from tests.lesson.fakes import KINDS

BOX = {"$ref": "#/$defs/check-box"}


def fits(block: str, text: str) -> bool:
    whole = schema(KINDS)
    rooted = {"$defs": whole["$defs"], "$ref": f"#/$defs/{block}"}
    return bool(Draft202012Validator(rooted).is_valid(yaml.safe_load(text)))


def test_the_schema_is_one() -> None:
    Draft202012Validator.check_schema(schema())


@pytest.mark.parametrize("kind", CHECK_KINDS)
def test_the_example_of_every_kind_fits(kind: str) -> None:
    whole = schema()
    rooted = {"$defs": whole["$defs"], "$ref": f"#/$defs/check-{kind}"}

    Draft202012Validator(rooted).validate(yaml.safe_load(CHECK_KINDS[kind].example))


@pytest.mark.parametrize(
    ("block", "text", "does"),
    [
        ("check-box", "{name: red, size: 3, tags: [a, b], labels: {a: b}, lid: {colour: red}}", True),
        ("check-box", "{name: red, tags: a, because: x, not: true}", True),
        ("check-box", '{name: red, size: "{{port}}"}', True),
        ("check-box", "{name: red, from: 1.31}", True),
        ("check-box", "{size: 3}", False),
        ("check-box", "{name: red, colour: 3}", False),
        ("check-box", "{name: red, state: ajar}", False),
        ("check-box", "{name: red, lid: {}}", False),
        ("check-some", "[{box: {name: a}}, {some: []}]", True),
        ("check-some", "{checks: [{box: {name: a}}], because: x}", True),
        ("check-some", "[{bax: {name: a}}]", False),
        ("check-some", "[{box: {name: a}, one: {}}]", False),
        ("feedback", "{when: {command: docker *}, say: x}", True),
        ("feedback", "{when: {box: {name: a}}, say: x}", True),
        ("feedback", "{when: {box: {name: a}}}", False),
        ("reject", "{run: a, says: b}", True),
        ("reject", "{run: a}", False),
        (
            "front",
            "{format: 1, id: a, title: A, summary: S, after: [b], needs: [port], values: {a: b}}",
            True,
        ),
        ("front", "{format: 1, id: a, title: A, summary: S, values: {a: {ask: A, default: b}}}", True),
        ("front", "{format: 1, id: a, title: A, summary: S, values: {a: {asks: A}}}", False),
        ("front", "{format: 1, id: a, title: A}", False),
        ("front", "{format: 1, id: a, title: A, summary: S, needs: [ports]}", False),
    ],
)
def test_a_block_fits_or_does_not(block: str, text: str, does: bool) -> None:
    assert fits(block, text) == does


def test_descriptions_come_from_the_code() -> None:
    definitions = schema(KINDS)["$defs"]
    assert isinstance(definitions, dict)

    assert definitions["check-box"]["description"] == "A box is there. It may have a lid."
    assert definitions["check-box"]["properties"]["size"]["description"] == "In centimetres."
    assert definitions["check-box"]["properties"]["state"]["default"] == "closed"
