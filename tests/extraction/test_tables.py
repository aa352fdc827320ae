from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction.tables import Cell, columns, is_value, read_tables

TABLE = (
    '<table width="9"><caption>Table 1: Reactions<sup>a</sup></caption><thead><tr><th'
    ' rowspan="2">Reaction</th>'
    '<th colspan="2">Examplib</th><th>Placebo N = 1,520</th></tr><tr><th>Any %</th><th>Severe'
    " %</th><th>%</th></tr>"
    "</thead><tfoot><tr><td>a note"
    " 5</td></tr></tfoot><tbody><tr><td><paragraph>Nausea<sup>b</sup></paragraph></td>"
    "<td>12</td><td>&lt;1</td><td>3</td></tr></tbody></table>"
)


def texts(cells: tuple[Cell, ...]) -> list[tuple[str, int, int]]:
    return [(c.text, c.column, c.colspan) for c in cells]


def test_rows_spans_and_notes() -> None:
    (table,) = read_tables(TABLE)
    assert table.caption == "Table 1: Reactions a"
    assert [row.part for row in table.rows] == ["head", "head", "foot", "body"]
    assert texts(table.rows[0].cells) == [("Reaction", 0, 1), ("Examplib", 1, 2), ("Placebo N = 1,520", 3, 1)]
    assert texts(table.rows[1].cells) == [("Any %", 1, 1), ("Severe %", 2, 1), ("%", 3, 1)]
    assert texts(table.rows[1].above) == [("Reaction", 0, 1)]
    assert texts(table.rows[3].cells) == [("Nausea", 0, 1), ("12", 1, 1), ("<1", 2, 1), ("3", 3, 1)]
    ((start, end),) = table.rows[3].cells[0].runs
    assert TABLE[start:end] == "Nausea"


def test_headings_of_columns() -> None:
    (table,) = read_tables(TABLE)
    found = columns(table.rows[:2])
    assert {c: (one.label, one.n) for c, one in found.items()} == {
        0: ("Reaction", None),
        1: ("Examplib Any %", None),
        2: ("Examplib Severe %", None),
        3: ("Placebo N = 1,520 %", 1520),
    }


def test_values() -> None:
    assert all(is_value(v) for v in ("12", "<1", "63 (21)", "63 (21.5%)", "28%", "-", " 3.4 ", "0.5"))
    assert not any(is_value(v) for v in ("", "Nausea", "N = 20", "10 mg", "12 to 15"))


def test_broken_markup_is_read_as_far_as_it_goes() -> None:
    (table,) = read_tables("<table><tr><td>Rash<td>5<tr><td colspan='x'>Cough<td colspan=0>6")
    assert [texts(row.cells) for row in table.rows] == [
        [("Rash", 0, 1), ("5", 1, 1)],
        [("Cough", 0, 1), ("6", 1, 1)],
    ]
    assert read_tables("</td></table><td>5") == []
    assert read_tables("<table") == []


def test_many_cells_take_linear_time() -> None:
    def seconds(rows: int) -> float:
        html = "<table>" + "<tr><td rowspan=999 colspan=20>a</td><td>5</td></tr><tr></tr>" * rows + "</table>"
        begin = time.process_time()
        assert len(read_tables(html)[0].rows) >= 2
        return time.process_time() - begin

    seconds(100)
    assert seconds(20_000) < 40 * max(seconds(2_000), 0.005)


@given(st.text(alphabet=st.sampled_from("<>/tabletrdh 12\"'=colspanİ&;\u0301"), max_size=300))
def test_any_markup_gives_runs_that_hold_the_cells_text(html: str) -> None:
    for table in read_tables("<table><tr><td>" + html):
        for row in table.rows:
            for cell in row.cells:
                assert all(0 <= a < b for a, b in cell.runs)
