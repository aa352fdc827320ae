"""Pages over HTTP: what they say, their headers, what they weigh, and that their links lead somewhere."""

from __future__ import annotations

import gzip
import json
import re
from typing import Any

import msgspec
import pytest
from starlette.testclient import TestClient

from usedfor.knowledge.diff_shape import Change, Cited, Difference
from usedfor.web.site import Site
from usedfor.web.views.cards import use_path
from usedfor.web.views.changes import changes as changes_page
from usedfor.web.views.changes import feed as changes_feed

USE = "/medicines/ketamine/uses/sole-anesthetic-agent/approved"
PAGES = [
    "/",
    "/medicines",
    "/medicines/ketamine",
    "/medicines/ketamine/label-words",
    "/conditions",
    "/conditions/hypertension",
    "/compare",
    "/compare?m=amlodipine&m=valsartan&condition=high+blood+pressure",
    "/ask",
    "/ask?q=What+is+ketamine+used+for%3F",
    "/ask?q=ketamine+or+esketamine+for+depression%3F",
    "/check",
    "/changes",
    "/about",
    "/how-it-decides",
    "/how-it-decides/rules",
    "/how-it-decides/rules/appraisal",
    "/how-it-decides/rules/extraction",
    "/sources",
    "/api",
    "/search?q=ketamin",
    "/search?q=ketamene",
]
HEAVIEST = 100_000  # bytes sent for a page with its style and scripts


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html.split('<main id="main">', 1)[1].split("</main>")[0]).split())


@pytest.mark.parametrize("path", PAGES)
def test_every_page_says_of_when_it_is_and_that_it_does_not_advise(client: TestClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "As of: labels" in page.text
    assert "It does not give advice" in page.text
    assert "1-800-222-1222" in page.text
    assert page.text.count("<h1>") == 1
    assert '<html lang="en">' in page.text


@pytest.mark.parametrize("path", PAGES)
def test_a_page_weighs_less_than_100_kb_with_its_style_and_scripts(client: TestClient, path: str) -> None:
    page = client.get(path)
    sent = len(gzip.compress(page.content, 6))
    for asset in re.findall(r'(?:src|href)="(/static/[^"]+)"', page.text):
        sent += len(gzip.compress(client.get(asset).content, 6))
    assert sent < HEAVIEST


def test_the_heaviest_brief_weighs_less_too(client: TestClient, site: Site) -> None:
    most = max(site.index.medicines, key=lambda id_: len(site.index.statuses[id_]))
    page = client.get(f"/medicines/{most}", headers={"accept-encoding": "gzip"})
    assert page.headers["content-encoding"] == "gzip"
    assert int(page.headers["content-length"]) < 70_000


def test_a_medicine_s_page_is_its_brief(client: TestClient) -> None:
    page = client.get("/medicines/ketamine")
    said = words(page.text)
    assert said.startswith("What is ketamine used for?")
    assert "Uses at a glance" in said
    assert "Schedule III" in said
    assert "esketamine are different medicines" in said
    ids = re.findall(r'<section id="([\w-]+)"', page.text)
    assert ids.index("what-is") < ids.index("approved-uses") < ids.index("not-for") < ids.index("references")
    assert "Cite this page" in said
    assert "We have not checked what they say" in said


def test_every_citation_leads_to_a_reference(client: TestClient) -> None:
    for path in ("/medicines/ketamine", "/medicines/carvedilol/label-words"):
        page = client.get(path).text
        cited = set(re.findall(r'class="cite"[^>]*href="#(ref-\d+)"', page))
        assert len(cited) > 10
        assert cited <= set(re.findall(r'<li id="(ref-\d+)"', page))


def test_the_professional_page_is_aligned_sentence_by_sentence(client: TestClient) -> None:
    plain, own = (client.get(f"/medicines/carvedilol{rest}").text for rest in ("", "/label-words"))
    sentence = re.compile(r'<span class="(?:fact|advice|unknown)">(.*?)</span>(?= |</li>|</p>)')
    refs = re.compile(r'aria-label="Reference (\d+)"')
    assert refs.findall(plain) == refs.findall(own)
    assert len(sentence.findall(plain)) == len(sentence.findall(own)) > 40
    assert "high blood pressure (hypertension)" in plain
    assert "high blood pressure (hypertension)" not in own.split('id="uses-at-a-glance"')[0]
    assert '<span class="own"><q>' in own
    assert '<span class="own">' not in plain


def test_a_use_has_its_evidence_on_a_page_of_its_own(client: TestClient, site: Site) -> None:
    use_id = next(u for u in site.index.uses if u.startswith("adalimumab/") and u.endswith("/approved"))
    page = client.get(use_path(use_id))
    assert page.status_code == 200
    assert '<a href="/how-it-decides/rules/appraisal#approved.label">' in page.text
    use = next(u for u in site.knowledge.uses("adalimumab") if u.id == use_id)
    assert page.text.count("<tr id=") == len(use.evidence)


def test_a_use_that_is_only_registered_is_not_said_to_rest_on_labels(client: TestClient, site: Site) -> None:
    use_id = next(u for u in sorted(site.index.uses) if u.endswith("/investigational"))
    page = words(client.get(use_path(use_id)).text)
    assert "Not graded. No result was read that could be." in page
    assert "this status rests on labels" not in page
    card = client.get(f"/medicines/{use_id.split('/')[0]}").text
    assert re.search(r"\d+ stud(?:y|ies), no results read here", card)
    assert "0 current US labels" not in card


def test_a_condition_s_page_keeps_statuses_apart(client: TestClient) -> None:
    page = client.get("/conditions/hypertension").text
    assert page.index('<section id="approved"') < page.index('<section id="contraindicated"')
    assert "not a recommendation" in page


def test_names_that_are_not_known_are_offered_and_not_replaced(client: TestClient) -> None:
    missing = client.get("/medicines/ketamin")
    assert missing.status_code == 404
    assert '<a href="/medicines/ketamine">ketamine</a>' in missing.text
    found = client.get("/search?q=ketamene")
    assert "No medicine or condition here is called “ketamene”" in found.text
    assert '<a href="/medicines/ketamine">ketamine</a>' in found.text
    compared = client.get("/compare?m=ketamene&m=amlodipine")
    assert "No medicine here is called “ketamene”" in compared.text
    assert "<table" not in compared.text


def test_medicines_stand_side_by_side(client: TestClient) -> None:
    page = client.get("/compare?m=amlodipine&m=Diovan&condition=hypertension").text
    if "No medicine here is called" in page:
        page = client.get("/compare?m=amlodipine&m=valsartan&condition=hypertension").text
    table = page.split("<table", 1)[1].split("</table>")[0]
    assert table.count('<th scope="col"') == 2
    assert table.count("status-approved") == 2
    cited = set(re.findall(r'href="#(ref-\d+)"', table))
    assert cited
    assert cited <= set(re.findall(r'<li id="(ref-\d+)"', page))


def test_an_answer_compares_in_a_table_whose_cells_are_cited(client: TestClient) -> None:
    page = client.get("/ask?q=difference+between+ketamine+and+esketamine").text
    table = page[page.index("<table") : page.index("</table>")]
    assert '<th scope="col" role="columnheader">Esketamine</th>' in table
    assert 'data-of="Ketamine"' in table
    for cell in table.split("<td")[2:]:
        assert "href=" in cell or "Not found" in cell


def test_an_overdose_question_shows_the_help_line_first(client: TestClient) -> None:
    said = words(client.get("/ask?q=What+happens+if+I+take+too+much+ketamine%3F").text)
    assert said.index("1-800-222-1222") < said.index("Ask another question")
    assert "If someone may have taken too much" in said


def test_a_text_is_checked_and_not_stored(client: TestClient) -> None:
    sent = {"text": "Ketamine is a controlled substance. It is given by inhalation.", "medicine": "ketamine"}
    page = client.post("/check", data=sent)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.text.count('<li class="verdict-') == 2
    uploaded = client.post(
        "/check", files={"file": ("a.txt", b"Ketamine is given into a vein.", "text/plain")}
    )
    assert uploaded.text.count('<li class="verdict-') == 1


@pytest.mark.parametrize("sent", [{"text": ""}, {"text": "x" * 200_001}, {"text": "a", "medicine": "zzqq"}])
def test_what_cannot_be_checked_is_said(client: TestClient, sent: dict[str, str]) -> None:
    page = client.post("/check", data=sent)
    assert page.status_code == 400
    assert 'role="alert"' in page.text


def test_every_rule_has_an_address(client: TestClient, site: Site) -> None:
    index = client.get("/how-it-decides/rules").text
    links = re.findall(r'href="/how-it-decides/rules/(\w+)#([\w.-]+)"', index)
    assert len(links) > 100
    assert ("appraisal", "approved.label") in links
    for stage in {stage for stage, _ in links}:
        page = client.get(f"/how-it-decides/rules/{stage}").text
        wanted = {rule for s, rule in links if s == stage}
        assert wanted <= set(re.findall(r'<td id="([\w.-]+)">', page))


def test_inner_links_lead_somewhere(client: TestClient) -> None:
    links: set[str] = set()
    for path in (*PAGES, USE):
        page = client.get(path)
        links |= set(re.findall(r'href="(/[^"#?]*)', page.text))
    heads = sorted(links)[:: max(1, len(links) // 150)]
    for link in heads:
        assert client.head(link).status_code == 200, link


# --- for machines -------------------------------------------------------------------------------------------


def linked(page: str) -> Any:
    (found,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.S)
    return json.loads(found)


def test_json_ld_names_the_medicine(client: TestClient) -> None:
    data = linked(client.get("/medicines/ketamine").text)
    assert (data["@context"], data["@type"]) == ("https://schema.org", "MedicalWebPage")
    drug = data["mainEntity"]
    assert (drug["@type"], drug["nonProprietaryName"]) == ("Drug", "ketamine")
    assert drug["@id"] == data["about"]["@id"]
    assert data["dateModified"].startswith("20")
    other = linked(client.get("/conditions/hypertension").text)
    assert other["mainEntity"]["@type"] == "MedicalCondition"


def changed(count: int) -> Difference:
    before = Cited(
        document="openfda:a", title="Ketamine", version="7", date="2026-06-01", url="https://example.org/7"
    )
    after = msgspec.structs.replace(before, version="8", date="2026-07-06", url="https://example.org/8")
    rule = {"medicine": "ketamine", "before": before, "after": after}
    changes = [Change(rule="change.indication_withdrawn", text="<b>pain</b>", **rule)]  # type: ignore[arg-type]
    changes += [Change(rule="change.indication_added", text=f"use {n}", **rule) for n in range(count)]  # type: ignore[arg-type]
    changes += [Change(medicine="nowhere", rule="change.indication_added", text="another", after=after)]
    return Difference(old="a", new="b", as_of={"old": {}, "new": {}}, compared=1, changes=tuple(changes))


def test_what_changed_is_told_by_medicine_grave_changes_first(
    client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(site, "changes", lambda: changed(20))
    page = changes_page(site).body.decode()
    assert page.index('class="grave"') < page.index("use 0")
    assert '<a href="/medicines/ketamine">Ketamine</a>' in page
    assert 'href="/medicines/nowhere"' not in page  # it has no page here
    assert '<a href="https://example.org/8" rel="noopener noreferrer">6 July 2026</a>' in page
    assert "&lt;b&gt;pain&lt;/b&gt;" in page.casefold()
    assert "9 more changes are in the feed." in page  # of 21, twelve are shown
    feed = changes_feed(site).body.decode()
    assert feed.count("<entry>") == 22
    monkeypatch.setattr(site, "changes", lambda: msgspec.structs.replace(changed(0), changes=()))
    assert "Nothing changed since the edition before this one." in changes_page(site).body.decode()


# Of each type of schema.org, the properties that it or a type above it has (schema.org, version 29), where
# these pages use them; and the types that a property may hold.
SCHEMA = {
    "WebSite": {"name": str, "url": str, "potentialAction": "SearchAction"},
    "SearchAction": {"target": str, "query-input": str},
    "MedicalWebPage": {
        "name": str, "url": str, "inLanguage": str, "dateModified": str, "audience": "PeopleAudience",
        "publisher": "Organization", "about": "", "mainEntity": ("Drug", "MedicalCondition"),
    },
    "PeopleAudience": {"audienceType": str},
    "Organization": {"name": str, "url": str},
    "Drug": {
        "name": str, "url": str, "nonProprietaryName": str, "proprietaryName": str, "drugClass": "DrugClass",
        "administrationRoute": str, "rxcui": str, "legalStatus": str,
    },
    "DrugClass": {"name": str},
    "MedicalCondition": {"name": str, "alternateName": str},
}  # fmt: skip


def faults(data: Any, types: Any = tuple(SCHEMA)) -> list[str]:
    """What schema.org does not know, or that is empty, in JSON-LD."""
    if set(data) == {"@id"}:
        return []
    if data.get("@type") not in types:
        return [f"{data.get('@type')} is none of {types}"]
    found = []
    for name, value in data.items():
        if name.startswith("@"):
            continue
        wanted = SCHEMA[data["@type"]].get(name)
        for one in value if isinstance(value, list) else [value]:
            if wanted is None or one in ("", None, {}):
                found.append(f"{data['@type']}.{name}: {one!r}")
            elif wanted is str:
                found += [] if isinstance(one, str) else [f"{data['@type']}.{name} is no text"]
            else:
                found += faults(one, (wanted,) if isinstance(wanted, str) else wanted)
    return found


def test_json_ld_is_what_schema_org_knows(client: TestClient, site: Site) -> None:
    paths = ["/", *(f"/medicines/{id_}" for id_ in sorted(site.index.medicines)[::60])]
    paths += [f"/conditions/{part}" for part in sorted(site.index.conditions)[::400]]
    for path in paths:
        data = linked(client.get(path).text)
        assert data["@context"] == "https://schema.org"
        assert faults(data) == [], path
        assert re.fullmatch(r"\d{4}(-\d\d){0,2}", data.get("dateModified", "2026"))
    assert faults({"@type": "Drug", "dosage": "x", "name": ""}) == ["Drug.dosage: 'x'", "Drug.name: ''"]


def test_a_page_is_cited_with_the_hash_of_its_sources(client: TestClient, site: Site) -> None:
    page = client.get("/medicines/ketamine").text
    cite = page.split('id="cite"')[1].split("</section>")[0]
    assert site.digest[:16] in cite
    assert f"{site.settings.url}/medicines/ketamine" in cite
    assert site.as_of in cite


def test_pages_elsewhere_are_marked_as_outside(client: TestClient) -> None:
    part = client.get("/medicines/ketamine").text.split('id="further-reading"')[1].split("</section>")[0]
    for name in ("MedlinePlus", "DailyMed", "NHS", "WebMD", "Mayo Clinic", "Medical News Today"):
        assert f">{name}" in part
    assert part.count('rel="noopener noreferrer nofollow"') == part.count("<a ") == 6
    assert "We have not checked what they say" in part


def test_sitemap_robots_and_feed(client: TestClient, site: Site) -> None:
    from lxml import etree

    robots = client.get("/robots.txt").text
    assert f"Sitemap: {site.settings.url}/sitemap.xml" in robots
    tree = etree.fromstring(client.get("/sitemap.xml").content)
    places = [e.text or "" for e in tree.iter("{http://www.sitemaps.org/schemas/sitemap/0.9}loc")]
    assert len(places) == len(set(places)) > len(site.index.medicines)
    assert f"{site.settings.url}/medicines/ketamine" in places
    feed = etree.fromstring(client.get("/changes.atom").content)
    atom = "{http://www.w3.org/2005/Atom}"
    assert feed.tag == f"{atom}feed"
    for required in ("id", "title", "updated"):
        assert feed.findtext(f"{atom}{required}")
        assert feed.find(f"{atom}entry") is None or feed.find(f"{atom}entry/{atom}{required}") is not None


def test_open_graph(client: TestClient, site: Site) -> None:
    page = client.get("/medicines/ketamine").text
    assert '<meta property="og:title" content="What is ketamine used for?">' in page
    assert f'<meta property="og:url" content="{site.settings.url}/medicines/ketamine">' in page


def test_a_reader_who_has_a_page_is_told_so_without_its_being_made(
    client: TestClient, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def made(*_: object) -> None:
        raise AssertionError("made")

    monkeypatch.setattr(site.pages, "get", lambda path: None)
    monkeypatch.setattr(site, "cached", made)
    tag = {"if-none-match": f'W/"{site.version}"'}
    assert client.get("/medicines/amlodipine", headers=tag).status_code == 304
    monkeypatch.undo()
    assert client.get("/medicines/amlodipina", headers=tag).status_code == 404


@pytest.mark.parametrize("direction", ["for", "against", "neutral"])
def test_every_way_that_evidence_can_point_has_words(direction: str) -> None:
    from typing import get_args, get_type_hints

    from usedfor.model import Evidence
    from usedfor.web.words import words as said

    assert direction in get_args(get_type_hints(Evidence)["direction"])
    assert said(f"use.{direction}")


@pytest.mark.parametrize("path", ["/", "/medicines/ketamine", "/api/v1/briefs/ketamine", "/sitemap.xml"])
def test_an_entity_tag_saves_the_body(client: TestClient, site: Site, path: str) -> None:
    page = client.get(path)
    assert site.digest[:16] in page.headers["etag"]
    assert page.headers["last-modified"].endswith("GMT")
    again = client.get(path, headers={"if-none-match": f'"other", {page.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == page.headers["etag"]
    assert client.get(path, headers={"if-none-match": '"other"'}).status_code == 200
    head = client.head(path)
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) > 100


def test_the_cards_of_a_status_begin_with_what_was_studied_most(client: TestClient) -> None:
    page = client.get("/medicines/ketamine").text
    counts = [int(n) for n in re.findall(r"(\d+) stud(?:y|ies), no results read here", page)]
    assert len(counts) > 6
    assert counts == sorted(counts, reverse=True)


def test_a_checked_sentence_shows_its_claims_one_by_one(client: TestClient) -> None:
    sent = {"text": "Ketamine is a Schedule III drug, and it is a Schedule II drug.", "medicine": "ketamine"}
    page = client.post("/check", data=sent).text
    assert page.count('<li class="verdict-') == 1
    assert "<q>Ketamine is a Schedule III drug</q>" in page
    assert "<q>it is a Schedule II drug.</q>" in page
    assert "Only facts are here" in page
