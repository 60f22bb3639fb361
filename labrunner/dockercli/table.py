"""Columns, three spaces apart, as docker prints its lists; and what `--format` makes of the same rows."""

import sys
from collections.abc import Callable, Mapping, Sequence

from labrunner.dockercli.failure import Ended

GAP, NARROWEST = 3, 10
"""Between two columns, and of a column with its gap."""
Row = Mapping[str, str | Callable[[str], str] | None]
"""Fields, and what a template calls with a word, as in `{{.Label "owner"}}`."""


def show(
    rows: Sequence[Row],
    headings: Row,
    form: str,
    columns: Sequence[str],
    *,
    of: str = "*formatter.SubContext",
) -> None:
    """`headings` has every field that a template may use; `columns` are those of the usual table; `of` is the Go
    type that docker names where a field is missing."""
    if form in ("", "table"):
        table = [[str(row[name]) for name in columns] for row in (headings, *rows)]
        sys.stdout.write(aligned(table))
        return
    if form in ("json", "{{json .}}"):
        sys.stdout.write("".join(f"{_json(row)}\n" for row in rows))
        return
    from labrunner.dockercli.template import Failed, Template  # 3 ms, for those who ask

    table_form = form.startswith("table ")
    try:
        template = Template(form.removeprefix("table ").replace("\\t", "\t").replace("\\n", "\n"))
    except Ended as ended:
        raise Ended(ended.text) from ended
    try:
        lines = [template.filled(row) for row in ((headings, *rows) if table_form else rows)]
    except Failed as failed:
        # docker's list of containers makes its template itself, and says so in its own words.
        prefix = "failed to execute template" if "ContainerContext" in of else "template parsing error"
        raise Ended(f"{prefix}: {failed.told(of=of)}") from failed
    if table_form:
        sys.stdout.write(aligned([line.split("\t") for line in lines]))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines))


def _json(row: Row) -> str:
    """As Go writes it: the letters of HTML are escaped."""
    from json import dumps

    fields = {name: value for name, value in row.items() if not callable(value)}
    text = dumps(fields, separators=(",", ":"), ensure_ascii=False, sort_keys=True)
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def labels(known: Mapping[str, str] | None) -> str:
    return ",".join(f"{name}={value}" for name, value in sorted((known or {}).items()))


def labelled(known: Mapping[str, str] | None) -> Callable[[str], str]:
    return lambda name: (known or {}).get(name, "")


def label_heading(name: str) -> str:
    """Of a column `{{.Label "org.example.owner"}}`"""
    return name.rpartition(".")[2].replace("-", " ").replace("_", " ")


def aligned(table: Sequence[Sequence[str]]) -> str:
    """Every cell but the last of a row is padded to its column."""
    widths = [max(NARROWEST, GAP + max(len(cell) for cell in column)) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        lines.append("".join(cells[:-1]) + row[-1])
    return "".join(f"{line}\n" for line in lines)
