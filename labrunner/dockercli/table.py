"""Columns, three spaces apart, as docker prints its lists; and what `--format` makes of the same rows."""

import sys
from collections.abc import Mapping, Sequence

from labrunner.dockercli.failure import Ended

GAP = 3
Row = Mapping[str, str]


def show(rows: Sequence[Row], headings: Mapping[str, str], form: str, columns: Sequence[str]) -> None:
    """`headings` has every field that a template may use; `columns` are those of the usual table."""
    if form in ("", "table"):
        table = [[headings[name] for name in columns]]
        table += [[row[name] for name in columns] for row in rows]
        sys.stdout.write(aligned(table))
        return
    if form == "json":
        from json import dumps

        form = "{{json .}}"
        for row in rows:
            sys.stdout.write(
                dumps(dict(row), separators=(",", ":"), ensure_ascii=False, sort_keys=True) + "\n"
            )
        return
    from labrunner.dockercli.template import Template  # 3 ms, for those who ask

    table_form = form.startswith("table ")
    template = Template(form.removeprefix("table ").replace("\\t", "\t").replace("\\n", "\n"))
    lines = [template.filled(headings)] if table_form else []
    try:
        lines += [template.filled(row) for row in rows]
    except KeyError as error:
        raise Ended(
            f'template: :1:2: executing "" at <.{error.args[0]}>: can\'t evaluate field {error.args[0]}'
        ) from error
    if table_form:
        sys.stdout.write(aligned([line.split("\t") for line in lines]))
    else:
        sys.stdout.write("".join(f"{line}\n" for line in lines))


def aligned(table: Sequence[Sequence[str]]) -> str:
    """Every cell but the last of a row is padded to its column."""
    widths = [max(len(cell) for cell in column) for column in zip(*table, strict=True)]
    lines = []
    for row in table:
        cells = [cell.ljust(width + GAP) for cell, width in zip(row, widths, strict=True)]
        lines.append("".join(cells[:-1]) + row[-1])
    return "".join(f"{line}\n" for line in lines)
