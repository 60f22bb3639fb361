"""Lists: columns, templates with and without a heading, JSON."""

import pytest

from labrunner.dockercli.failure import Ended
from labrunner.dockercli.table import Row, aligned, label_heading, labelled, labels, show

HEADINGS: Row = {"Name": "NAME", "Tag": "TAG", "Label": label_heading}
ROWS: tuple[Row, ...] = (
    {"Name": "nginx", "Tag": "1.31-alpine", "Label": labelled({"org.example.owner": "me"})},
    {"Name": "a-longer-name", "Tag": "<none>", "Label": labelled(None)},
)


def shown(form: str, capsys: pytest.CaptureFixture[str]) -> str:
    show(ROWS, HEADINGS, form, ("Name", "Tag"), of="*formatter.imageContext")
    return capsys.readouterr().out


def test_columns_are_three_apart_and_at_least_ten_wide_and_the_last_is_not_padded() -> None:
    assert aligned([["A", "BB", "C"], ["longer-name", "b", "c"]]) == (
        "A             BB        C\nlonger-name   b         c\n"
    )


def test_the_usual_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("", capsys) == "NAME            TAG\nnginx           1.31-alpine\na-longer-name   <none>\n"
    assert shown("table", capsys) == shown("", capsys)


def test_a_template_has_a_line_for_each_row(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("{{.Name}}:{{.Tag}}", capsys) == "nginx:1.31-alpine\na-longer-name:<none>\n"
    assert shown("{{.Name}}\\t{{.Tag}}", capsys) == "nginx\t1.31-alpine\na-longer-name\t<none>\n"


def test_a_table_of_one_s_own_has_headings_also_for_labels(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown('table {{.Tag}}\\t{{.Label "org.example.owner"}}', capsys) == (
        "TAG           owner\n1.31-alpine   me\n<none>        \n"
    )


def test_json_escapes_what_go_escapes(capsys: pytest.CaptureFixture[str]) -> None:
    assert shown("json", capsys).splitlines()[1] == '{"Name":"a-longer-name","Tag":"\\u003cnone\\u003e"}'
    assert shown("{{json .}}", capsys) == shown("json", capsys)


def test_a_field_that_no_row_has_ends_the_list() -> None:
    with pytest.raises(Ended) as ended:
        show(ROWS, HEADINGS, "{{.Nope}}", ("Name",), of="*formatter.imageContext")

    assert ended.value.status == 1
    assert ended.value.text == (
        'template parsing error: template: :1:2: executing "" at <.Nope>: '
        "can't evaluate field Nope in type *formatter.imageContext"
    )


def test_a_list_s_template_that_does_not_parse_ends_with_1() -> None:
    with pytest.raises(Ended) as ended:
        show(ROWS, HEADINGS, "{{.Name", ("Name",))

    assert ended.value.status == 1


def test_labels_are_in_order() -> None:
    assert labels({"b": "2", "a": "1"}) == "a=1,b=2"
    assert labels(None) == ""
