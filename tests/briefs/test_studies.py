"""The studies of one use: counted, listed and drawn."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree

import msgspec

from usedfor.briefs.evidence import Item, items, tally
from usedfor.briefs.picture import rows, svg, table_html, text
from usedfor.briefs.render.html import to_html
from usedfor.model import Brief, BriefSection, Evidence, Span, Statement, Study, Use

SPAN = Span(document="d", section="conditions", start=0, end=4, sha256="")


def item(registry: str, side: str = "neutral", **given: Any) -> Item:
    """One study."""
    none = dict.fromkeys(("year", "phase", "design", "status", "people", "direction", "stopped"))
    whole: dict[str, Any] = {
        "source": "clinicaltrials",
        "retracted": False,
        "url": f"https://x/{registry}",
        **none,
    }
    return Item(registry=registry, side=side, span=SPAN, **(whole | given))


FOUND = (
    item("NCT1", "for", year=2019, phase="PHASE2", people=40, direction="benefit", status="COMPLETED"),
    item(
        "1",
        "against",
        source="pubmed",
        year=2015,
        design="randomised_trial",
        people=60,
        direction="no_benefit",
    ),
    item("NCT2", year=2021, phase="PHASE3", status="RECRUITING"),
    item("NCT3", "against", stopped="efficacy", status="TERMINATED", people=5),
    item("2", source="pubmed", year=2012, direction="benefit", people=900, retracted=True),
)


def test_what_is_counted() -> None:
    counted = tally(FOUND)
    assert (counted.trials, counted.papers) == (3, 2)
    assert counted.phases == (("PHASE2", 1), ("PHASE3", 1))
    assert (counted.benefit, counted.contrary, counted.unclear, counted.unreported) == (1, 1, 0, 2)
    assert (counted.people, counted.counted, counted.newest) == (105, 3, 2021)
    assert (counted.under_way, counted.stopped, counted.unsafe, counted.retracted) == (1, 1, 0, 1)


def test_the_rows_are_in_the_order_of_time() -> None:
    assert rows(FOUND) == [
        ("2012", "paper", "900", "retracted", "not known", "2"),
        ("2015", "randomised trial", "60", "no benefit", "not known", "1"),
        ("2019", "phase 2", "40", "benefit", "completed", "NCT1"),
        ("2021", "phase 3", "not known", "not reported", "recruiting", "NCT2"),
        ("not known", "no phase", "5", "not reported", "terminated", "NCT3"),
    ]
    assert next(iter(text(FOUND))).split() == ["year", "kind", "people", "result", "state", "record"]


def test_the_picture_has_a_mark_for_each_dated_study_and_needs_no_style() -> None:
    drawn = svg(FOUND, "Studies of x < y")
    root = ElementTree.fromstring(drawn)
    titles = [g[0].text for g in root.iter("{http://www.w3.org/2000/svg}g")]
    assert sorted(t or "" for t in titles) == [
        "1, 2015, against",
        "2, 2012, no clear result",
        "NCT1, 2019, for",
        "NCT2, 2021, no clear result",
        "NCT3, no year, against",
    ]
    assert "style" not in drawn
    assert "script" not in drawn
    assert " on" not in drawn.replace(" on ", "")
    assert svg(FOUND[3:4], "no years") == ""


def test_the_table_has_the_same_rows_and_links() -> None:
    root = ElementTree.fromstring(table_html(FOUND))
    assert [tuple("".join(td.itertext()) for td in tr) for tr in root[1]] == rows(FOUND)
    assert next(a.get("href") for a in root.iter("a")) == "https://x/2"


def test_the_items_of_a_use() -> None:
    use = Use(
        id="m/pain/off", medicine="m", text="pain", status="off_label_supported", rule="r", as_of="",
        evidence=(Evidence(statement="d#1"), Evidence(statement="other#1", direction="neutral")),
    )  # fmt: skip
    said = Statement(
        id="d#1", medicine="m", kind="studied", text="pain", span=SPAN, rule="r", direction="benefit"
    )
    study = Study(document="d", source="pubmed", registry="7", design="cohort", year=2001, enrolment=9)
    (found,) = items(use, {"d#1": said}, {"d": study})
    assert (found.registry, found.side, found.direction, found.people) == ("7", "for", "benefit", 9)


def test_a_page_draws_the_studies_and_gives_the_same_as_a_table(brief: Brief) -> None:
    use = BriefSection(id="off-label-uses-pain", title="Pain", studies=FOUND)
    one = BriefSection(id="off-label-uses-gout", title="Gout", studies=FOUND[3:])  # one study with a year
    section = BriefSection(id="off-label-uses", title="Off-label uses", sections=(use, one))
    page = to_html(msgspec.structs.replace(brief, sections=(section,)))
    assert page.count("<svg") == page.count('<figure class="studies">') == 1
    assert f"Studies of {brief.medicine.name} over time: Pain" in page
    picture = ElementTree.fromstring(page[page.index("<svg") : page.index("</svg>") + len("</svg>")])
    drawn = {one.text for one in picture.iter("{http://www.w3.org/2000/svg}title")}
    assert {"NCT1, 2019, for", "1, 2015, against", "NCT3, no year, against"} <= drawn
    table = ElementTree.fromstring(page[page.index("<table>") : page.index("</table>") + len("</table>")])
    assert [tuple("".join(cell.itertext()) for cell in row) for row in table.iter("tr")][1:] == rows(FOUND)
    assert "<script" not in page
    assert 'src="' not in page


def test_a_record_cannot_write_into_the_page() -> None:
    made = table_html([item("<b>NCT1</b>", year=2019, url="javascript:alert(1)")])
    assert "<b>" not in made
    assert "javascript" not in made
