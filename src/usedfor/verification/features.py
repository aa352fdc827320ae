"""What the comparison of a claim with its evidence shows, as figures: the input of rules and of the
combiner."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence

from usedfor.verification.acting import mechanism_figures, required, route_figures
from usedfor.verification.cues import has
from usedfor.verification.facts import Facts
from usedfor.verification.figures import ages
from usedfor.verification.groups import age_figures, younger
from usedfor.verification.lexicon import stems, tokens
from usedfor.verification.restricting import use_figures
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found, Hit
from usedfor.verification.stance import claim_stance, contrasts, stance_of
from usedfor.verification.timing import amount_figures, schedule_figures
from usedfor.verification.units import Unit

__all__ = ["compare", "speaking"]

TOP = 3


def compare(text: str, kind: Kind, found: Found, facts: Facts) -> dict[str, float]:
    """The figures of a claim against the best sentences, by name; 0 where something does not apply."""
    f: dict[str, float] = {}
    hits = found.hits
    top = hits[:TOP]
    low = text.lower()
    f["advice_lead"] = has("advice", "lead", low)
    f["advice_said"] = has("advice", "said", low)
    f["question"] = text.rstrip().endswith("?")
    f["units"] = min(len(found.units), 10) / 10
    entities = ("condition", "medicine", "phrase")
    strong = [n for n, u in enumerate(found.units) if u.kind in ("condition", "medicine") or u.disease]
    f["entities"] = min(len(strong), 3) / 3
    lost = [n for n in strong if not found.places[n]]
    f["entity_lost"] = len(lost) / len(strong) if strong else 0.0
    f["any_entity_lost"] = bool(lost)
    whole = sum(found.weights) or 1.0
    f["lost"] = sum(w for w, p in zip(found.weights, found.places, strict=True) if not p) / whole
    heavy = max(range(len(found.weights)), key=found.weights.__getitem__, default=None)
    f["heaviest_lost"] = float(heavy is not None and not found.places[heavy])
    best = top[0] if top else None
    f["cover_best"] = found.coverage(best.all) if best else 0.0
    union = frozenset().union(*(h.all for h in top)) if top else frozenset()
    f["cover_top"] = found.coverage(union)
    f["entity_best"] = max((found.coverage(h.all, entities) for h in top), default=0.0)
    f["no_hit"] = not top
    f["verbatim"] = any(_same_words(text, h) for h in top)
    sections = [h.passage.section for h in top]
    f["in_use"] = "indications_and_usage" in sections[:1]
    f["in_contra"] = "contraindications" in sections
    f["in_warning"] = any(s in ("warnings_and_cautions", "warnings", "boxed_warning") for s in sections[:1])
    f["in_dose"] = sections[:1] == ["dosage_and_administration"]
    _polarity(f, low, top)
    _stances(f, text, kind, found)
    route_figures(f, text, facts)
    f["required_denied"] = f["s_forbid"] < 1 and f["s_deny"] < 1 and required(text, found) is not None
    mechanism_figures(f, text, kind, found)
    _strength(f, low, top, found)
    use_figures(f, text, kind, found, top)
    amount_figures(f, text, kind, found)
    schedule_figures(f, low, kind, facts)
    f.update(age_figures(text, kind, found))
    for name in ("approved", "limited", "contraindicated", "withdrawn", "reaction"):
        f[f"fact_{name}"] = getattr(facts, name)
    for one in ("use", "approval", "caution", "reaction", "route", "mechanism", "onset", "interaction"):
        f[f"kind_{one}"] = kind == one
    return {name: float(value) for name, value in f.items()}


_SHORTEST = 6  # words from which on the same words are the same sentence
_TURNS = re.compile(r"\b(?:not|no|never|without|only|unless|except|cannot|nor)\b", re.I)


def _same_words(text: str, hit: Hit) -> bool:
    """Whether a sentence has all the claim's words, figures too, and turns none of them ("not", "only")."""
    said = [one for one, _, _ in tokens(text)]
    held = hit.passage.text
    if len(said) < _SHORTEST or not frozenset(said) <= hit.passage.stems:
        return False
    turns = Counter(m.group().lower() for m in _TURNS.finditer(text))
    return turns == Counter(m.group().lower() for m in _TURNS.finditer(held)) and _in_row(stems(text), stems(held))  # fmt: skip  # noqa: E501


def _in_row(words: tuple[str, ...], held: tuple[str, ...]) -> bool:
    """Whether words stand in this order in others, with others between."""
    rest = iter(held)
    return all(word in rest for word in words)


def _share(top: Sequence[Hit], test: Callable[[Hit], bool]) -> float:
    """The score-weighted share of the best sentences that pass a test."""
    whole = sum(h.score for h in top) or 1.0
    return sum(h.score for h in top if test(h)) / whole


def _cued(name: str) -> Callable[[Hit], bool]:
    def test(hit: Hit) -> bool:
        if name == "forbid" and hit.passage.section == "contraindications":
            return True
        if hit.passage.says(name):
            return True
        return (
            name in ("forbid", "not_established")
            and hit.passage.lead is not None
            and hit.passage.lead.says(name)
        )

    return test


def _polarity(f: dict[str, float], low: str, top: Sequence[Hit]) -> None:
    forbids = has("claim", "forbid", low)
    allows = has("claim", "allow", low) and not (
        forbids and re.search(r"\bnot (?:be )?(?:safe|suitable)", low)
    )
    negated = has("claim", "negated", low)
    says = {name: _share(top, _cued(name)) for name in ("forbid", "not_established", "allow", "caution", "may", "require", "only")}  # fmt: skip  # noqa: E501
    first = {name: float(bool(top) and _cued(name)(top[0])) for name in says}
    f["c_allow"], f["c_forbid"], f["c_negated"] = allows, forbids, negated
    f["p_forbid"], f["p_notest"], f["p_allow"] = says["forbid"], says["not_established"], says["allow"]
    f["p_may"], f["p_caution"] = says["may"], says["caution"]
    against = max(says["forbid"], says["not_established"])
    f["allow_x_forbid"] = allows and says["forbid"]
    f["allow_x_notest"] = allows and says["not_established"]
    f["allow_x_clear"] = allows and (1 - against)
    f["forbid_x_forbid"] = forbids and says["forbid"]
    f["forbid_x_notest"] = forbids and says["not_established"]
    f["forbid_x_clear"] = forbids and (1 - against)
    f["forbid_x_caution"] = forbids and says["caution"] and (1 - says["forbid"])
    f["forbid_x_allow"] = forbids and says["allow"]
    plain = not forbids and not allows and not negated
    f["plain_x_forbid1"] = plain and first["forbid"]
    f["plain_x_notest1"] = plain and first["not_established"]
    f["plain_x_allow1"] = plain and first["allow"]
    f["negated_x_against1"] = negated and max(first["forbid"], first["not_established"])
    f["negated_x_clear1"] = negated and not max(first["forbid"], first["not_established"])
    f["negated_match"] = (negated or forbids) == bool(first["forbid"] or first["not_established"])


_WITHIN = 0.55  # of the best score: a sentence that scores less speaks of something else


_THING = re.compile(
    r"pregnan|breast-?feed|lactat|nursing|kidney|liver|renal|hepatic|alcohol|grapefruit|driv|vaccin|contracept|birth control|unborn|addict|breathing|bowel|heart|food|meal",  # noqa: E501
    re.I,
)


def _thing(unit: Unit) -> bool:
    """Whether a unit is what a claim may be about, and not only what is done with it."""
    return unit.disease or unit.kind == "medicine" or _THING.search(unit.text) is not None


def speaking(found: Found) -> list[Hit]:
    """The sentences that share with the claim its rarest thing that the document has at all."""
    held = frozenset().union(*(h.units for h in found.hits)) if found.hits else frozenset()
    if not held:
        return []
    things = [n for n in held if _thing(found.units[n])]
    rarest = max(things or held, key=lambda n: (found.weights[n], -n))
    best = found.hits[0].score
    return [h for h in found.hits if rarest in h.all or h.score >= 0.9 * best]


def _stances(f: dict[str, float], text: str, kind: Kind, found: Found) -> None:
    """What the claim says of its thing against what each sentence on that thing says of it."""
    said = claim_stance(text)
    for mine in ("allow", "forbid", "unproven", "deny", "assert"):
        f[f"s_{mine}"] = said == mine
        for theirs in ("forbid", "unproven", "allow", "caution"):
            f[f"s_{mine}_{theirs}"] = 0.0
    about = speaking(found)
    whole = sum(h.score for h in about) or 1.0
    mine_from = min((a for a, _, _ in ages(text)), default=None)
    for hit in about:
        theirs = stance_of(found, hit)
        if theirs in ("forbid", "unproven") and mine_from is not None and younger(hit.passage, mine_from):
            continue  # what it leaves out are younger than those the claim speaks of
        if theirs != "none":
            f[f"s_{said}_{theirs}"] += hit.score / whole
    against = [contrasts(text, h.passage.text) for h in found.hits[:TOP]]
    f["contrast"] = float(bool(against and against[0]))
    f["contrast_any"] = float(any(against))


def _strength(f: dict[str, float], low: str, top: Sequence[Hit], found: Found) -> None:
    causes, hedged = has("claim", "causes", low), has("claim", "hedged", low)
    may = _share(top, _cued("may"))
    f["causes_x_may"] = causes and not hedged and may
    f["hedged_x_may"] = hedged and may
    f["hedged"] = hedged
    for name in ("wide", "tried", "effective", "approved", "first_ever", "compared"):
        f[f"c_{name}"] = has("claim", name, low)
    f["studied_only"] = f["c_tried"] and f["s_assert"] and not has("claim", "results", low)
    f["everyone_unkept"] = has("claim", "everyone", low) and not any(
        h.passage.says("universal") for h in top[:1]
    )
    f["compared_unkept"] = has("claim", "compared", low) and not any(
        re.search(r"\b(?:than|compared)\b", h.passage.text) and not re.search(r"placebo", h.passage.text)
        for h in top[:1]
    )
    about = speaking(found)
    whole = sum(h.score for h in about) or 1.0
    harms = sum(h.score for h in about if h.passage.says("harm")) / whole
    f["safe_x_harm"] = harms if has("claim", "safe", low) and f["s_allow"] else 0.0
    warned = sum(h.score for h in about if _warns(h)) / whole
    f["denied_warned"] = warned if has("claim", "denies", low) else 0.0
    f["cure_unkept"] = has("claim", "cure", low) and not any(h.passage.says("cure") for h in top)
    f["degree_denied"] = has("claim", "degree", low)
    f["some_excluded"] = has("claim", "some_excluded", low)
    only = has("claim", "only", low)
    p_only = float(bool(top) and any(h.passage.says("only") for h in top))
    f["c_only"] = only
    f["keeps_away"] = has("claim", "keeps_away", low)
    f["only_kept"] = only and p_only
    f["only_added"] = only and not p_only


_HARMS = ("adverse_reactions", "warnings_and_cautions", "warnings", "boxed_warning", "precautions")


def _warns(hit: Hit) -> bool:
    """Whether a sentence warns of the thing, or names it as a reaction."""
    passage = hit.passage
    return passage.section in _HARMS and not passage.says("allow") and not passage.says("not_established")
