"""Which medicines a paper studies for which conditions, in which role, and what came of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec

from usedfor.extraction.cues import rules
from usedfor.extraction.sentences import sentences
from usedfor.extraction.study_titles import read_title
from usedfor.studies import Effect, Paper, Role, StudiedUse
from usedfor.vocabulary import Mention, Vocabulary

__all__ = ["Tested", "effect", "studied_uses", "tested_medicines"]

_REACH = 120  # characters of the title looked at before and behind a name
_ASIDE = ("people", "aside", "harm")  # places of a title that make no use
_THERAPY = frozenset(("drug therapy", "prevention & control", "therapy"))
_GIVEN = _THERAPY | {"therapeutic use", "administration & dosage"}
_CONCLUSION = re.compile(
    r"^(?:[A-Z/& ]*(?:CONCLU|INTERPRET|DISCUSS|IMPLICATION|SIGNIFICANCE)[A-Z/& ]*):", re.I
)
_LAST = 2  # sentences of an abstract without labels that count as its conclusion


class Tested(msgspec.Struct, frozen=True):
    """A medicine of the title or of the main headings, with its role by the rule that gave it."""

    medicine: str
    role: Role
    rule: str
    name: str


@cache
def _compiled(kind: str) -> tuple[dict[str, Any], ...]:
    made = []
    for one in rules("paper_uses")[kind]:
        made.append(
            {
                k: re.compile(v, re.I) if k in ("before", "behind", "pattern", "none") else v
                for k, v in one.items()
            }
        )
    return tuple(made)


def tested_medicines(paper: Paper, vocabulary: Vocabulary) -> tuple[Tested, ...]:
    """The medicines of the title with their roles; where it names none, those that main headings name."""
    title = paper.title or ""
    found: dict[str, Tested] = {}
    for mention in vocabulary.medicines.in_text(title):
        if mention.id not in found:
            role, rule = _role(title, mention)
            found[mention.id] = Tested(mention.id, role, rule, mention.name)
    if not found:
        abstract = paper.abstract_text
        named = {m.id: m.name for m in vocabulary.medicines.in_text(abstract)}
        for heading in paper.mesh:
            if heading.major and "therapeutic use" in heading.qualifiers:
                for medicine in vocabulary.medicines.find(heading.descriptor):
                    if medicine.id in named:
                        found[medicine.id] = Tested(
                            medicine.id, "experimental", "paper_role.heading", named[medicine.id]
                        )
    return tuple(found.values())


def _role(title: str, mention: Mention) -> tuple[Role, str]:
    before, behind = title[max(0, mention.start - _REACH) : mention.start], title[mention.end :][:_REACH]
    for rule in _compiled("role"):
        if ("before" in rule and rule["before"].search(before)) or (
            "behind" in rule and rule["behind"].search(behind)
        ):
            return rule["role"], rule["id"]
    return "experimental", "paper_role.experimental"


def studied_uses(paper: Paper, tested: tuple[Tested, ...], vocabulary: Vocabulary) -> tuple[StudiedUse, ...]:
    """Each tested medicine with each condition that it is studied for, in the order of the title.

    A medicine that is the comparator, the background or the cause of a harm is not studied for the condition.
    """
    subjects = [one for one in tested if one.role == "experimental"]
    if not subjects or not paper.title or not _of_therapy(paper):
        return ()
    conditions = list(_conditions(paper, [one.medicine for one in subjects], vocabulary))
    if not conditions:
        return ()
    outcome, rule, section, start, end = effect(paper, [one.name for one in subjects])
    made = []
    for one in subjects:
        for mention, where, place in conditions:
            known = vocabulary.conditions.get(mention.id)
            made.append(
                StudiedUse(
                    medicine=one.medicine,
                    role=one.role,
                    text=mention.name,
                    condition=mention.id,
                    name=known.name if known else None,
                    condition_section=where,
                    place=place,
                    condition_start=mention.start,
                    condition_end=mention.end,
                    effect=outcome,
                    rule=rule,
                    section=section,
                    start=start,
                    end=end,
                )
            )
    return tuple(made)


def _conditions(
    paper: Paper, medicines: list[str], vocabulary: Vocabulary
) -> Iterator[tuple[Mention, str, str | None]]:
    """The conditions of the title that the medicine is for; MeSH, where it says so, must agree."""
    title = paper.title or ""
    treated = _treated(paper, vocabulary)
    named = [one for one in read_title(title, medicines, vocabulary) if one.place not in _ASIDE]
    if treated:
        agreed = [one.mention for one in named if one.mention.id in treated]
        if agreed:
            yield from ((m, "title", None) for m in _once(agreed))
            return
    for rule in _compiled("condition"):
        found = [one.mention for one in named if one.place == rule.get("place")]
        if found:
            yield from ((m, "title", rule["place"]) for m in _once(found))
            return
    if treated:
        abstract = paper.abstract_text
        yield from (
            (m, "abstract", None) for m in _once(vocabulary.conditions.in_text(abstract)) if m.id in treated
        )


def _of_therapy(paper: Paper) -> bool:
    """Whether the headings, where qualifiers are given, say that something was given to treat."""
    qualifiers = {q for heading in paper.mesh for q in heading.qualifiers}
    return not qualifiers or not qualifiers.isdisjoint(_GIVEN)


def _treated(paper: Paper, vocabulary: Vocabulary) -> set[str]:
    """The conditions whose drug therapy or prevention is a heading."""
    found = set()
    for heading in paper.mesh:
        if not _THERAPY.isdisjoint(heading.qualifiers):
            condition = vocabulary.conditions.find(heading.descriptor)
            if condition is not None:
                found.add(condition.id)
    return found


def _once(mentions: list[Mention] | tuple[Mention, ...]) -> list[Mention]:
    seen: dict[str, Mention] = {}
    for mention in mentions:
        seen.setdefault(mention.id, mention)
    return list(seen.values())


def effect(paper: Paper, names: list[str]) -> tuple[Effect, str, str, int, int]:
    """What the conclusion says came of the medicines: effect, rule, and the deciding sentence's place.

    The first sentence of the conclusion that says anything decides; another that says the opposite makes it
    unclear. Of a paper that supports nothing the effect is unclear.
    """
    places = list(_conclusion(paper))
    default = places[0] if places else ("title", 0, len(paper.title or ""))
    if not paper.usable:
        return "unclear", "paper_effect.retracted", *default
    texts = {"title": paper.title or "", "abstract": paper.abstract_text}
    said: list[tuple[Effect, str, str, int, int]] = []
    for section, start, end in places:
        found = _says(texts[section][start:end])
        if found:
            said.append((*found, section, start, end))
    if not said:
        return "unclear", "paper_effect.unclear", *default
    named = [one for one in said if _names(texts[one[2]][one[3] : one[4]], names)] or said
    first = named[0]
    opposite = {"benefit": ("no_benefit", "harm"), "no_benefit": ("benefit",), "harm": ("benefit",)}
    if any(one[0] in opposite[first[0]] for one in named):
        return "unclear", "paper_effect.unclear", *first[2:]
    return first


def _names(sentence: str, names: list[str]) -> bool:
    low = sentence.lower()
    return any(name.lower() in low for name in names)


def _says(sentence: str) -> tuple[Effect, str] | None:
    for rule in _compiled("effect"):
        if "pattern" in rule and rule["pattern"].search(sentence):
            cleaned = rule["none"].sub(" ", sentence) if "none" in rule else sentence
            if rule["pattern"].search(cleaned):
                return rule["effect"], rule["id"]
    return None


def _conclusion(paper: Paper) -> Iterator[tuple[str, int, int]]:
    """The sentences of the conclusion: of the section that is called so, else the last of the abstract."""
    text = paper.abstract_text
    at = 0
    labelled: list[tuple[int, int]] = []
    for line in text.split("\n"):
        head = _CONCLUSION.match(line)
        if head:
            labelled += [(at + head.end() + a, at + head.end() + b) for a, b in sentences(line[head.end() :])]
        at += len(line) + 1
    for start, end in labelled or sentences(text)[-_LAST:]:
        yield "abstract", start, end
