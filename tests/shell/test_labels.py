"""Labels are added to a request, and nothing else in it changes."""

import json
from urllib.parse import parse_qs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labrunner.shell.labels import query_with_labels, with_labels

OURS = {"org.labrunner.lesson": "layers"}
OURS_JSON = '{"org.labrunner.lesson":"layers"}'


@pytest.mark.parametrize(
    ("body", "labelled"),
    [
        ("{}", '{"Labels":' + OURS_JSON + "}"),
        (' { "Image" : "nginx" }\n', ' {"Labels":' + OURS_JSON + ', "Image" : "nginx" }\n'),
        ('{"Labels":null,"Image":"nginx"}', '{"Labels":' + OURS_JSON + ',"Image":"nginx"}'),
        ('{"Labels":{},"N":1.50e3}', '{"Labels":' + OURS_JSON + ',"N":1.50e3}'),
        (
            '{"Env":["\\u00e9"],"Labels": {"a":"b"}, "HostConfig":{"Labels":1}}',
            '{"Env":["\\u00e9"],"Labels": {"a":"b","org.labrunner.lesson":"layers"}, "HostConfig":{"Labels":1}}',
        ),
        ('{"labels":{"a":"b"}}', '{"labels":{"a":"b","org.labrunner.lesson":"layers"}}'),
    ],
)
def test_the_labels_of_a_body(body: str, labelled: str) -> None:
    assert with_labels(body.encode(), OURS) == labelled.encode()


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[]", b"{", b'{"a":}', b"\xff", b'{"Labels":[1]}', b'{"a":1} x']
)
def test_a_body_that_is_not_understood_stays(body: bytes) -> None:
    assert with_labels(body, OURS) in (body, b'{"Labels":' + OURS_JSON.encode() + b',"a":1} x')


@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("", {}),
        ("t=a%3A1&rm=1", {}),
        ("labels=%7B%7D&t=a", {}),
        ("t=a&labels=%7B%22x%22%3A%22y+z%22%7D", {"x": "y z"}),
        ("labels=null", {}),
    ],
)
def test_the_labels_of_a_build(query: str, labels: dict[str, str]) -> None:
    labelled = parse_qs(query_with_labels(query, OURS), keep_blank_values=True)

    assert json.loads(labelled.pop("labels")[0]) == {**labels, **OURS}
    before = parse_qs(query, keep_blank_values=True)
    before.pop("labels", None)
    assert labelled == before


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text().filter(lambda name: name.lower() != "labels"), VALUES), st.booleans())
def test_any_object_keeps_its_members(body: dict[str, object], wide: bool) -> None:
    text = json.dumps(body, ensure_ascii=wide, indent=2 if wide else None)

    try:
        encoded = text.encode()
    except UnicodeEncodeError:
        return
    assert json.loads(with_labels(encoded, OURS)) == {**body, "Labels": OURS}
