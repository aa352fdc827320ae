"""For whom: ages and age groups of a claim against those of the uses and of the section on children."""

from __future__ import annotations

import re
from collections.abc import Iterable

from usedfor.verification.figures import ages
from usedfor.verification.index import Passage
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found
from usedfor.verification.stance import claim_stance
from usedfor.vocabulary import load

__all__ = ["age_figures", "deciding_passages", "group_passages", "younger"]

_YOUNG = re.compile(
    r"\b(?:child(?:ren)?|teen\w*|adolescen\w+|bab(?:y|ies)|infants?|newborns?|toddlers?|kids?|pa?ediatric|youngsters?|(?:boys|girls)|year-olds?)\b", re.I  # noqa: E501
)  # fmt: skip
_GROUPS = (
    ("bab", 0.5),
    ("infant", 0.5),
    ("newborn", 0.05),
    ("toddler", 2.0),
    ("teen", 13.0),
    ("adolescen", 13.0),
)
_LABEL_YOUNG = re.compile(r"\b(?:pediatric|children|adolescents?|neonates?|infants?|(?:1[0-7]|[1-9]) (?:years|months)[\w ]{0,8} (?:and|or|to|of))", re.I)  # fmt: skip  # noqa: E501
_FROM = re.compile(
    r"(?:(?:and|or) (?:older|over|above|up)|at least|from|aged|≥|years of age|older than)", re.I
)
_UNDER = re.compile(r"(?:less|younger) than|under|below|up to|<", re.I)
# sentences of the sections on people that speak of animals or of milk
_OTHERS = re.compile(r"\b(?:other than|except(?: for)?|apart from|indications? besides)\b", re.I)
_BESIDE = re.compile(r"\b(?:rats?|mice|mouse|rabbits?|monkeys?|dogs?|juvenile animals?|animals?|MRHD|milk|lactat\w+|breast-?fed|in utero|fetus\w*)\b", re.I)  # fmt: skip  # noqa: E501
_UNBORN = re.compile(r"\b(?:unborn|fetus|foetus|womb|birth defects?|pregnan\w+|breast-?f\w+|breast milk|nursing|while expecting|feed(?:ing)? (?:your|a|the|their) bab(?:y|ies))\b", re.I)  # fmt: skip  # noqa: E501
_ONLY_ADULTS = re.compile(
    r"\b(?:only (?:in|for|to|by)? ?(?:\w+ )?adults|adults[ -]only|(?:in|for) adults alone)\b", re.I
)
_SECTIONS = ("indications_and_usage", "pediatric_use", "use_in_specific_populations")
_ESTABLISHED = re.compile(
    r"\b(?:have|has) been (?:established|demonstrated)|similar to|is (?:supported|indicated)|are indicated",
    re.I,
)
_ADULTS = re.compile(r"\b(?:adults?|grown-?ups?)\b", re.I)


def deciding_passages(found: Found) -> list[tuple[Passage, bool]]:
    """The sentences on uses and on children that name the claim's condition (True), and those on children
    that name none (False); where nothing names it, all of them."""
    index = found.index
    held: set[int] = set()
    for unit in found.units:
        if unit.kind == "condition" and not _YOUNG.search(unit.text):
            for way in unit.ways:
                held.update(index.holding(way))
    rows: list[tuple[Passage, bool]] = []
    others: list[tuple[Passage, bool]] = []
    for section in _SECTIONS:
        for n in index.by_section(section):
            passage = index.passages[n]
            if _BESIDE.search(passage.text):
                continue
            if section == "use_in_specific_populations" and not _LABEL_YOUNG.search(passage.text):
                continue
            if n in held or (passage.lead is not None and passage.lead.n in held):
                rows.append((passage, True))
            elif section != "indications_and_usage" and _general(passage.text):
                rows.append((passage, False))
            else:
                others.append((passage, False))
    return rows if any(named for _, named in rows) else rows + others


def _general(text: str) -> bool:
    """Whether a sentence on children names no condition, so that it holds for every use."""
    return _LABEL_YOUNG.search(text) is not None and all(
        _YOUNG.search(m.name) for m in load().conditions.in_text(text)
    )


def age_figures(text: str, kind: Kind, found: Found) -> dict[str, float]:
    """Whether the group a claim speaks of is one that the label includes or leaves out.

    young: it speaks of children; young_denied, young_allowed: what the label says of them for this condition;
    age_met, age_below: a claimed age against the lowest one; adults_only: "only in adults", and children are
    included; unproven_but: it says that something is not shown in an age that the label includes.
    """
    f = dict.fromkeys(
        (
            "young",
            "young_denied",
            "young_allowed",
            "age_met",
            "age_below",
            "adults_only",
            "unproven_but",
            "unproven_and",
            "group_denied",
        ),
        0.0,
    )
    f["group_denied"] = _denied_group(text, found)
    claimed = [a for a, _, _ in ages(text)]
    low = text.lower()
    young = (bool(_YOUNG.search(low)) and not _UNBORN.search(low)) or any(a < 17.5 for a in claimed)
    only_adults = _ONLY_ADULTS.search(low) is not None
    if not (young or only_adults) or kind in ("reaction", "mechanism", "schedule", "interaction"):
        return f
    passages = deciding_passages(found)
    lowest, allowed, denied = _label_says(passages)
    stance = claim_stance(text)
    least = min(claimed) if claimed else next((a for word, a in _GROUPS if word in low), None)
    f["young"], f["young_allowed"], f["young_denied"] = float(young), float(allowed), float(denied)
    if claimed and least is not None and lowest is not None and lowest < 18 and least >= lowest - 0.5:
        f["young_denied"] = 0.0  # those left out are younger
    affirms = stance in ("assert", "allow")
    if least is not None and lowest is not None:
        f["age_met"] = float(abs(least - lowest) < 0.6)
        f["age_below"] = float(affirms and young and least < lowest - 0.5 and bool(claimed or denied))
    f["adults_only"] = float(only_adults and not young and allowed)
    if stance in ("unproven", "forbid") and young:
        below = least is not None and _UNDER.search(low) is not None  # "younger than one month"
        inside = allowed and not below and lowest is not None and least is not None and least >= lowest - 0.5
        f["unproven_but"] = float(inside or (allowed and not denied and not below))
        f["unproven_and"] = float(
            (denied and not inside)
            or (below and lowest is not None and least is not None and least <= lowest + 0.1)
        )
    return f


_WHOM = tuple(
    (
        re.compile(rf"\b(?:{said})\b", re.I),
        re.compile(
            rf"\b(?:not (?:been )?(?:indicated|approved|recommended|intended|for use|to be used)? ?(?:for|in)(?: use| treatment)?(?: in| by| of)? (?:\w+ ){{0,2}}|contraindicated (?:for use )?in )(?:{label})(?=\s*(?:[.,;(]|or\b|and\b|$))",  # noqa: E501
            re.I,
        ),
    )
    for said, label in (
        ("women|woman|females?|girls", "women|females"),
        ("men|man|males?|boys", "men|males"),
        ("adults?|grown-?ups?", "adults|adult patients"),
        (
            "elderly|older (?:people|adults|patients)|seniors?|over 65|pensioners?",
            "elderly(?: patients)?|geriatric patients",
        ),
    )
)
_EXPECTING = re.compile(r"pregnan|breast|nursing|lactat|expecting|unborn", re.I)
_SPEAKING = (
    "indications_and_usage",
    "contraindications",
    "boxed_warning",
    "warnings_and_cautions",
    "warnings",
    "use_in_specific_populations",
    "pregnancy",
)


def younger(passage: Passage, least: float) -> bool:
    """Whether all whom a sentence speaks of are younger than an age ("less than 2 years of age")."""
    words = passage.text
    bounds = [a for a, start, end in passage.ages if _UNDER.search(words[max(0, start - 16) : end])]
    return bool(bounds) and max(bounds) <= least + 0.1


def _denied_group(text: str, found: Found) -> float:
    """1 where a claim speaks of a group (women, men, adults, the old), and the label says in general that it
    is not for them."""
    if _EXPECTING.search(text):
        return 0.0
    for said, label in _WHOM:
        if said.search(text) and denying_group(label, found) is not None:
            return 1.0
    return 0.0


def denying_group(label: re.Pattern[str], found: Found) -> Passage | None:
    """The sentence that says it is not for the group."""
    index = found.index
    if label not in index.memo:
        numbers = (n for section in _SPEAKING for n in index.by_section(section))
        texts = (index.passages[n] for n in numbers)
        index.memo[label] = next((one for one in texts if label.search(one.text)), None)
    return index.memo[label]


def group_passages(text: str, found: Found) -> list[Passage]:
    """The sentences that leave out the groups a claim speaks of."""
    rows = (denying_group(label, found) for said, label in _WHOM if said.search(text))
    return [row for row in rows if row is not None]


def _label_says(passages: Iterable[tuple[Passage, bool]]) -> tuple[float | None, bool, bool]:
    """The lowest age included, whether children are, and whether they are left out."""
    lows: list[float] = []
    allowed = denied_here = denied_all = adults = False
    for passage, named in passages:
        words = passage.text
        told = passage.says("not_established")
        if passage.section == "indications_and_usage":
            adults = adults or bool(_ADULTS.search(words))
        for years, start, end in passage.ages:
            around = words[max(0, start - 16) : end + 14]
            under = _UNDER.search(around)
            if years <= 18 and ((told and under) or (not told and not under and _FROM.search(around))):
                lows.append(years)
        if _LABEL_YOUNG.search(words):
            if told and named and _OTHERS.search(words):
                allowed = True  # "in patients other than those with this": these are not left out
            elif told:
                bounded = any(_UNDER.search(words[max(0, a - 16) : b]) for _, a, b in passage.ages)
                denied_here = denied_here or (named and not bounded)
                denied_all = denied_all or (not named and not bounded)
            elif passage.section == "indications_and_usage" or _ESTABLISHED.search(words):
                allowed = True
    young = [a for a in lows if a < 18]
    if not allowed and not young and adults:
        denied_all = True
    denied = denied_here or (denied_all and not allowed)
    if young:
        return min(young), allowed, denied
    return (18.0 if denied else None), allowed, denied
