"""What a label, or a sentence, says a medicine is used for, and what it is not for."""

from __future__ import annotations

import re
from typing import Literal

import msgspec

from usedfor.extraction.borders import bordered, separated
from usedfor.extraction.context import attributes, by_rule, population, routes, scope
from usedfor.extraction.features import Encoded
from usedfor.extraction.leads import fallen_back, led
from usedfor.extraction.limits import NO_USE, limited
from usedfor.extraction.lists import abbreviated, expanded, listed, plausible
from usedfor.extraction.mentions import Found, encoded, find
from usedfor.extraction.ranges import Within
from usedfor.extraction.runs import parts
from usedfor.extraction.screens import is_test, joined, of_people, screened, without_background
from usedfor.extraction.tokens import words_of
from usedfor.model import Age, Document, Relation, Statement, StatementKind
from usedfor.vocabulary import Vocabulary

__all__ = ["Style", "UseFound", "read", "statements"]

Style = Literal["label", "lines", "sentence"]
FIELDS = ("indications_and_usage", "purpose")
_MODEL = {"label": "indications", "lines": "lines", "sentence": "sentence"}
_BOILERPLATE = re.compile(
    r"lower(?:ing|s) blood pressure (?:lowers|reduces)|cardiovascular outcome benefit|development of drug"
    r".{1,3}resistant bacteria|Numerous antihypertensive|Elevated systolic",
    re.I,
)
_NO_USE = frozenset(
    {("improve", "glycemic", "control"), ("glycemic", "control")}
)  # an effect: the disease is the use
_WORD = re.compile(r"[^\W_]+")
_PLACES = 8  # mentions of a use whose clauses are read
_EDGE = " \t\r\n,;:.-–—•"


class UseFound(msgspec.Struct, frozen=True):
    """A use: ``text[start:end]``, with its attributes and the rule that read it."""

    start: int
    end: int
    status: Literal["indicated", "not_indicated", "contraindicated"]
    relation: Relation
    age: Age
    adjunct: bool
    after_failure: bool
    rule: str
    routes: tuple[str, ...] = ()
    population: str | None = None


def read(text: str, vocabulary: Vocabulary, style: Style = "label") -> list[UseFound]:
    """The uses ``text`` names, in order of place, each once.

    ``style``: "label" follows the label annotation (a use once, in its most specific wording), "lines" names
    each disease as it stands (labels laid out in lines), "sentence" is for sentences by themselves.
    """
    seen = encoded(text, vocabulary)
    spans = [s for s in (_trim(seen, f) for f in _joined(seen, find(_MODEL[style], seen))) if s is not None]
    if style == "label":
        spans = [s for s in (_trim(seen, f) for f in bordered(seen, spans)) if s is not None]
    elif style == "lines":
        spans = sorted(abbreviated(seen, separated(seen, spans)))
    tagged = {(s.start, s.end, s.label) for s in spans}
    if style != "lines":
        spans = limited(seen, spans, seen.matches, style)
    if style == "label":
        spans = screened(text, joined(text, plausible(seen, listed(seen, spans))), "N")
    if style == "label":
        spans = sorted(spans + led(seen, spans))
        if not any(s.label == "I" for s in spans):
            plain = fallen_back(seen)
            named = [set(words_of(text[s.start : s.end])) for s in plain]
            spans = [s for s in spans if not any(set(words_of(text[s.start : s.end])) <= w for w in named)]
            spans = sorted([*spans, *plain])
    spans = [s for s in spans if s.label != NO_USE]
    if style == "label":
        spans = screened(text, joined(text, spans), "N")
    spans = [s for s in spans if words_of(text[s.start : s.end]) not in _NO_USE]
    groups = _merge(text, spans, style, vocabulary)
    out = []
    for group in groups:
        best = group[0]
        scopes = [scope(seen, f) for f in group[:_PLACES]]
        about = attributes(scopes, "I" if best.label == "F" else best.label, text)
        status, relation, rule = _status(best.label, about.relation, style)
        if best.label == "F":
            own = by_rule([one._replace(before="", lead="") for one in scopes]).relation
            rule, relation = "indication.plain", by_rule(scopes).relation if own == "treat" else own
        elif not tagged & {(f.start, f.end, f.label) for f in group}:
            rule = "indication.lead" if status == "indicated" else "limitation.stated"
        if relation == "treat" and style == "label" and is_test(text[best.start : best.end]):
            relation = "diagnose"
        out.append(
            UseFound(
                start=best.start,
                end=best.end,
                status=status,
                relation=relation,
                age=about.age,
                adjunct=about.adjunct,
                after_failure=about.after_failure,
                rule=rule,
                routes=routes(scopes),
                population=population(scopes),
            )
        )
    if style == "label":
        out = without_background(text, out, lambda use: use.status == "indicated")
    return sorted(out, key=lambda use: (use.start, use.end))


def _status(
    label: str, relation: Relation, style: Style
) -> tuple[Literal["indicated", "not_indicated"], Relation, str]:
    if label in ("N", "A"):
        return "not_indicated", relation, "limitation.tagged"
    if style == "sentence":
        relation = "prevent" if label == "P" else "treat"
    return "indicated", relation, "indication.tagged"


_LOOSE_END = re.compile(
    r"[\s,;:.\-–—•]+(?:and|or|with|of|the|in|for|to|by|an?|as|who|which|that|due|from|and/or)$", re.I
)
_LOOSE_START = re.compile(r"^(?:and|or|of|the|an?|with|in|for|by|as|from|any)\s+", re.I)


def _trim(seen: Encoded, found: Found) -> Found | None:
    """The span without loose words and signs at its ends, its brackets closed; None when nothing is left."""
    start, end = found.start, found.end
    text = seen.text
    before = (-1, -1)
    while before != (start, end):
        before = (start, end)
        while start < end and text[start] in _EDGE:
            start += 1
        while start < end and text[end - 1] in _EDGE:
            end -= 1
        piece = text[start:end]
        loose = _LOOSE_END.search(piece, max(0, len(piece) - 12))
        if loose:
            end = start + loose.start()
            continue
        lead = _LOOSE_START.match(piece)
        if lead:
            start += lead.end()
            continue
        opened, closed = piece.count("("), piece.count(")")
        if opened > closed:
            end = start + piece.rindex("(")
        elif closed > opened:
            end = _unopened(text, start, end)
    return found._replace(start=start, end=end) if _WORD.search(text, start, end) else None


def _unopened(text: str, start: int, end: int) -> int:
    """Where the first closing bracket stands that nothing in ``text[start:end]`` opened."""
    depth = 0
    for place in range(start, end):
        depth += (text[place] == "(") - (text[place] == ")")
        if depth < 0:
            return place
    return end


def _joined(seen: Encoded, spans: list[Found]) -> list[Found]:
    """Two spans that an opening bracket parts, "X (Y) with Z", are one."""
    out: list[Found] = []
    for span in spans:
        last = out[-1] if out else None
        piece = seen.text[span.start : span.end]
        if (
            last is not None
            and last.label == span.label
            and seen.text[last.end : span.start].strip() == "("
            and 0 <= piece.find(")") < len(piece) - 1
        ):
            out[-1] = last._replace(end=span.end, last=span.last)
        else:
            out.append(span)
    return out


def _merge(text: str, spans: list[Found], style: Style, vocabulary: Vocabulary) -> list[list[Found]]:
    """The spans by use; of each use the wording to keep first. A wording within another is the same use."""
    by_words: dict[tuple[str, tuple[str, ...]], list[Found]] = {}
    full = expanded(text, spans) if style == "label" else {}
    for span in spans:
        said = text[span.start : span.end]
        words = words_of(full.get(said.lower(), said))
        if full:
            words = tuple(w for word in words for w in (words_of(full[word]) if word in full else (word,)))
        by_words.setdefault((span.label, words), []).append(span)
    if style != "label":
        if style == "sentence":
            return [[span] for span in spans]
        return list(by_words.values())
    kept: list[list[Found]] = []
    homes: dict[str, Within] = {}
    for key, group in sorted(by_words.items(), key=lambda item: (-len(item[0][1]), item[1][0].start)):
        label, words = key
        group.sort(key=lambda span: (span.start - span.end, span.start))
        known = homes.setdefault(label, Within())
        home = known.home(words)
        if home is not None and _apart(group[0], kept[home][0], text, vocabulary):
            home = None
        if home is None:
            known.add(words, len(kept))
            kept.append(list(group))
        else:
            kept[home] += group
    return kept


def _apart(short: Found, long: Found, text: str, vocabulary: Vocabulary) -> bool:
    """Whether the longer wording names another condition than the shorter one within it."""
    one = vocabulary.conditions.link(text[short.start : short.end])
    other = vocabulary.conditions.link(text[long.start : long.end])
    return one is not None and other is not None and one.condition != other.condition


def statements(document: Document, medicine: str, vocabulary: Vocabulary) -> list[Statement]:
    """The indications and limitations of use of a label. A use that two sections name is given once."""
    out: list[Statement] = []
    known: set[tuple[str, str]] = set()
    for field in FIELDS:
        section = document.section(field)
        if section is None:
            continue
        uses = read(section.text, vocabulary)
        if document.product_type == "otc":
            uses = [
                msgspec.structs.replace(use, start=start, end=end)
                for use in uses
                for start, end in parts(section.text, use.start, use.end, vocabulary)
            ]
        ends = [use.end for use in uses if use.status == "indicated"]
        for use in uses:
            text = section.text[use.start : use.end]
            kind: StatementKind = "indication" if use.status == "indicated" else "limitation"
            key = (kind, " ".join(words_of(text)))
            if key in known:
                continue
            known.add(key)
            link = vocabulary.conditions.link(text)
            treats = kind == "indication" and use.relation == "treat"
            people = treats and of_people(section.text, use.start, ends)
            out.append(
                Statement(
                    id="",
                    medicine=medicine,
                    kind=kind,
                    text=text,
                    span=document.span(section, use.start, use.end),
                    rule=use.rule,
                    condition=link.condition if link else None,
                    relation=use.relation,
                    age=use.age,
                    adjunct=use.adjunct,
                    after_failure=use.after_failure,
                    routes=use.routes,
                    population=use.population,
                    topic="people" if people else None,
                )
            )
    return out
