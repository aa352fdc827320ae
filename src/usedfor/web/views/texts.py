"""Texts: about, how it decides, its rules, sources and licences, and the page for machines."""

from __future__ import annotations

import re
from functools import cache
from html import unescape
from importlib.metadata import PackageNotFoundError, distribution, version
from importlib.resources import files
from pathlib import Path

from markupsafe import Markup

from usedfor.briefs.wording import capital
from usedfor.web.problems import NotHereError
from usedfor.web.site import Page, Site
from usedfor.web.templating import render
from usedfor.web.words import words

__all__ = ["about", "api", "how", "rule_path", "rule_stages", "rule_words", "rules", "sources"]

_DOCS = {"rules.md": "/how-it-decides/rules", "how-it-decides.md": "/how-it-decides"}
_NAMES = {"rules.md": "rules", "how-it-decides.md": "how"}
_TABLE = re.compile(r"<table>.*?</table>", re.S)
_HEAD = re.compile(r"<th>(.*?)</th>")
_ROW = re.compile(r"<tr>\n<td>.*?</tr>", re.S)
_CODE_CELL = re.compile(r"<td><code>([a-z0-9_.-]+)</code></td>")
_CELLS = re.compile(r"<td><code>([a-z0-9_.-]+)</code></td>\s*<td[^>]*>(.*?)</td>", re.S)
_CODE = re.compile(r"<code>([a-z0-9_]+(?:[.-][a-z0-9_]+)+)</code>")
_HEADING = re.compile(r"<h([23])>(.*?)</h\1>")
_HEADING_TEXT = re.compile(r"<h2 [^>]*>(.*?)</h2>")
_TAG = re.compile(r"<[^>]+>")


@cache
def _html(name: str) -> tuple[str, str]:
    """A text of ``texts/`` as its title and HTML: headings have anchors, links lead to this site's pages."""
    from markdown_it import MarkdownIt

    source = files("usedfor.web").joinpath("texts", name).read_text("utf-8")
    reader = MarkdownIt("commonmark", {"html": False, "typographer": True}).enable(["table", "smartquotes"])
    html = reader.render(source)
    title, _, body = html.partition("</h1>")
    taken: set[str] = set()

    def anchored(m: re.Match[str]) -> str:
        base = anchor = re.sub(r"[^a-z0-9]+", "-", _TAG.sub("", m[2]).lower()).strip("-")
        n = 1
        while anchor in taken:
            n += 1
            anchor = f"{base}-{n}"
        taken.add(anchor)
        return f'<h{m[1]} id="{anchor}">{m[2]}</h{m[1]}>'

    body = _HEADING.sub(anchored, body)
    for file, path in _DOCS.items():
        body = body.replace(f'href="{file}', f'href="{path}')
    body = re.sub(r'<a href="(?!https?:|/|#)[^"]*">(.*?)</a>', r"\1", body)
    for file in _DOCS:
        body = body.replace(f">{file}</a>", f">{words('texts.' + _NAMES[file])}</a>")
    body = _TABLE.sub(_headed, body)
    body = body.replace("<table>", '<div class="scroll" tabindex="0"><table class="rows">')
    body = body.replace("</table>", "</table></div>").replace("<pre>", '<pre tabindex="0">')
    return _TAG.sub("", title).strip(), body


def _headed(m: re.Match[str]) -> str:
    """A table whose cells, after the first of each row, name their column, for narrow screens."""
    heads = [capital(_TAG.sub("", head)) for head in _HEAD.findall(m[0])]
    if len(heads) < 3:
        return m[0]  # the second column needs no name: it says what the first one is

    def row(found: re.Match[str]) -> str:
        first, *rest = found[0].split("<td>")[1:]
        named = "".join(f'<td data-of="{head}">{cell}' for head, cell in zip(heads[1:], rest, strict=False))
        return f"<tr>\n<td>{first}{named}"

    return _ROW.sub(row, m[0])


def _text(site: Site, path: str, title: str, body: str, description: str = "") -> Page:
    return render(
        site, "text.html.j2", path, title=title, description=description or title, body=Markup(body)
    )


def about(site: Site) -> Page:
    """What this is."""
    return _text(site, "/about", *_html("about.md"))


def how(site: Site) -> Page:
    """How it decides; every rule it names leads to that rule."""
    title, body = _html("how-it-decides.md")

    def linked(m: re.Match[str]) -> str:
        return f'<a href="{rule_path(m[1])}">{m[0]}</a>' if m[1] in _places() else m[0]

    return _text(site, "/how-it-decides", title, _CODE.sub(linked, body))


@cache
def _stages() -> dict[str, str]:
    """The rules' HTML, parted by the stage that applies them."""
    found: dict[str, str] = {}
    for part in re.split(r"(?=<h2 id=)", _html("rules.md")[1])[1:]:
        heading = _HEADING_TEXT.search(part)
        stage = (heading[1] if heading else "").partition("/")[0]
        found[stage] = found.get(stage, "") + part
    return found


@cache
def _places() -> dict[str, str]:
    return {rule: stage for stage, part in _stages().items() for rule in _CODE_CELL.findall(part)}


def rule_path(rule: str) -> str:
    """The address of a rule; of the list, where the rule is not in it."""
    stage = _places().get(rule)
    return f"/how-it-decides/rules/{stage}#{rule}" if stage else "/how-it-decides/rules"


@cache
def _meanings() -> dict[str, str]:
    return {
        rule: unescape(_TAG.sub("", said))
        for part in _stages().values()
        for rule, said in _CELLS.findall(part)
    }


def rule_words(rule: str) -> str:
    """What a rule says, in a sentence; "" where it is not in the list."""
    return _meanings().get(rule, "")


def rule_stages() -> tuple[str, ...]:
    """The stages that have rules."""
    return tuple(_stages())


def rules(site: Site, stage: str = "") -> Page:
    """The stages with their rules; or one stage's, each rule with an address of its own."""
    title, _ = _html("rules.md")
    if not stage:
        lists = [
            f'<h2><a href="/how-it-decides/rules/{name}">{name.capitalize()}</a></h2><ul class="ids">'
            + "".join(f'<li><a href="{rule_path(r)}">{r}</a></li>' for r in _CODE_CELL.findall(part))
            + "</ul>"
            for name, part in _stages().items()
        ]
        body = f"<p>{words('texts.rules_lead')}</p>" + "".join(lists)
        return _text(site, "/how-it-decides/rules", title, body)
    if stage not in _stages():
        raise NotHereError(words("site.not_found"))
    body = _CODE_CELL.sub(r'<td id="\1"><a href="#\1"><code>\1</code></a></td>', _stages()[stage])
    return _text(site, f"/how-it-decides/rules/{stage}", f"{title}: {stage}", body)


def sources(site: Site) -> Page:
    """What this edition was made of, and the licences."""
    manifest = site.manifest
    counts = {
        name: manifest.counts[name]
        for name in (
            "labels",
            "trials",
            "papers",
            "medicines",
            "conditions",
            "uses",
            "statements",
        )
        if manifest.counts.get(name)
    }
    return render(
        site,
        "sources.html.j2",
        "/sources",
        title=words("texts.sources"),
        description=words("texts.sources"),
        manifest=manifest,
        counts=counts,
        notice_text=_notice(),
        program=_version(),
    )


@cache
def _notice() -> str:
    """The NOTICE of the package: from its installed metadata, or from the checkout it is run from."""
    try:
        found = distribution("usedfor")
    except PackageNotFoundError:
        return ""
    for name in ("licenses/NOTICE", "NOTICE"):
        text = found.read_text(name)
        if text:
            return text
    beside = Path(str(files("usedfor"))).parent.parent / "NOTICE"
    return beside.read_text("utf-8") if beside.is_file() else ""


def _version() -> str:
    try:
        return version("usedfor")
    except PackageNotFoundError:
        return ""


def api(site: Site) -> Page:
    """The page for those who write programs."""
    from usedfor.web.api import operations

    return render(
        site,
        "api.html.j2",
        "/api",
        title=words("texts.api"),
        description=words("machines.lead"),
        operations=operations(),
        example=f"{site.settings.url}/api/v1/briefs/ketamine",
    )
