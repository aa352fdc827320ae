"""What changed, as text for people and as an Atom feed (RFC 4287)."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from usedfor.briefs.tidy import tidy
from usedfor.briefs.wording import capital, date_words, listed, table
from usedfor.knowledge.diff import Change, Cited, Difference
from usedfor.model import quote_hash

__all__ = ["as_atom", "as_text", "sentence"]

_SUMMED = ("change.medicine_added", "change.medicine_removed")  # told together, not one by one
_NAMED = 12  # medicines named of those


def sentence(change: Change) -> str:
    """One change in one plain sentence."""
    words = table("changes")["change"][change.rule.partition(".")[2]]
    said: str = words.format(text=_said(change.text), was=_said(change.was or ""))
    return said


def _said(text: str) -> str:
    return text if text.startswith("NCT") else tidy(text) or text


def as_text(difference: Difference, name: str | None = None) -> str:
    """The changes by medicine, each with where it stands before and after."""
    page = table("changes")["page"]
    lines = [_title(difference, name), ""]
    shown = [c for c in difference.changes if c.rule not in _SUMMED]
    if difference.compared:
        lines += [page["compared"].format(count=difference.compared), ""]
    for rule, words in zip(_SUMMED, ("added", "removed"), strict=True):
        names = [c.text for c in difference.changes if c.rule == rule]
        if names:
            lines += [page[words].format(count=f"{len(names):,}", names=listed(names, _NAMED)), ""]
    if not difference.changes:
        lines += [page["none"], ""]
    for medicine, changes in groupby(shown, key=lambda c: c.medicine):
        lines.append(capital(medicine))
        for change in changes:
            lines.append(f"  {'!' if change.grave else '-'} {sentence(change)} [{change.rule}]")
            for words, cited in (("before", change.before), ("after", change.after)):
                if cited:
                    lines.append(f"      {page[words].format(date=date_words(cited.date), url=cited.url)}")
                    lines += [f"        “{' '.join(cited.quote.split())[:300]}”"] if cited.quote else []
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def as_atom(difference: Difference, name: str | None = None, base: str = "") -> str:
    """An Atom feed (RFC 4287), one entry a change; dates are those of the documents, no clock is read.

    A medicine's feed has one id in every snapshot, and so has the feed of all; ``base``: where it is read.
    """
    shown = [c for c in difference.changes if c.rule not in _SUMMED]
    newest = max([_date(c) for c in shown], default="") or max(difference.as_of["new"].values(), default="")
    medicines = {c.medicine for c in difference.changes}
    of = f"/{quote(min(medicines) if len(medicines) == 1 else name.casefold(), safe='')}" if name else ""
    parts = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<feed xmlns="http://www.w3.org/2005/Atom">',
        f"  <title>{_escape(_title(difference, name))}</title>",
        f"  <id>tag:usedfor.example,2026:changes{of}</id>",
        f"  <updated>{_stamp(newest)}</updated>",
        "  <author><name>Used For, Information Services</name></author>",
        *([f'  <link rel="alternate" href={quoteattr(base)}/>'] if base else []),
    ]
    for change in shown:
        place = change.after or change.before
        key = "|".join(
            (change.medicine, change.rule, change.text, change.set_id or "", place.document if place else "",
             change.was or "", change.condition or "", *map(_where, (change.before, change.after)))
        )  # fmt: skip
        title = f"{capital(change.medicine)}: {sentence(change)}"
        parts += [
            "  <entry>",
            f"    <title>{_escape(title)}</title>",
            f"    <id>{_tag(_date(change), key)}</id>",
            f"    <updated>{_stamp(_date(change))}</updated>",
            f"    <category term={quoteattr(change.rule)}/>",
            *[f"    <link rel=\"related\" href={quoteattr(c.url)}/>" for c in _cited(change) if c.url],
            f"    <content type=\"text\">{_escape(_content(change))}</content>",
            "  </entry>",
        ]  # fmt: skip
    return "\n".join([*parts, "</feed>"]) + "\n"


def _content(change: Change) -> str:
    page = table("changes")["page"]
    lines = [sentence(change)]
    for words, cited in (("before", change.before), ("after", change.after)):
        if cited:
            quote = f": “{' '.join(cited.quote.split())[:300]}”" if cited.quote else ""
            lines.append(page[words].format(date=date_words(cited.date), url=cited.url) + quote)
    return "\n".join(lines)


def _cited(change: Change) -> Iterable[Cited]:
    return [c for c in (change.before, change.after) if c]


def _title(difference: Difference, name: str | None) -> str:
    old, new = (date_words(max(difference.as_of[side].values(), default="?")) for side in ("old", "new"))
    title: str = table("changes")["page"]["title_of" if name else "title"]
    return title.format(name=name, old=old, new=new)


def _date(change: Change) -> str:
    return max((c.date for c in _cited(change)), default="")


def _stamp(date: str) -> str:
    """RFC 3339's form of a day, a month or a year."""
    return f"{(date or '1970')[:10]}{'-01-01'[len(date or '1970') - 4 :] if len(date) < 10 else ''}T00:00:00Z"


def _where(cited: Cited | None) -> str:
    span = cited.span if cited else None
    return f"{span.document} {span.section} {span.start} {span.end}" if span else ""


def _escape(text: str) -> str:
    """For XML 1.0, which has no way to write most control characters."""
    return escape("".join(c for c in text if c in "\t\n\r" or (c >= " " and c not in "\ufffe\uffff")))


def _tag(date: str, key: str) -> str:
    """A tag URI (RFC 4151): the same change has the same id in every feed."""
    return f"tag:usedfor.example,{(date or '1970')[:4]}:change/{quote_hash(key)[:24]}"
