"""What the comparison of a claim with its evidence shows, as figures: the input of rules and of the
combiner."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache

from usedfor.verification.cues import data, has, restrictions
from usedfor.verification.figures import amounts, intervals
from usedfor.verification.groups import age_figures
from usedfor.verification.lexicon import tokens
from usedfor.verification.results import Kind
from usedfor.verification.retrieve import Found, Hit
from usedfor.verification.stance import claim_stance, contrasts, stance_of

__all__ = ["Facts", "compare", "names_route", "speaking"]

_SCHEDULE = re.compile(r"\b(?:schedule|class|c)[- ]?(i{1,3}v?|iv|v|[1-5]|one|two|three|four|five)\b", re.I)
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5}
_UNCONTROLLED = re.compile(r"\b(?:not|n't|never|isn't)\b[^.;]{0,40}\b(?:controlled|scheduled|narcotic)", re.I)
_CONTROLLED = re.compile(r"\b(?:controlled (?:substance|drug|medicine)|schedule[sd]?|narcotic)\b", re.I)
TOP = 3


@dataclass(slots=True)
class Facts:
    """What the snapshot holds of the medicine, as far as a sentence asks for it."""

    schedule: int | None = None  # 2 to 5; None: no document says
    uncontrolled: bool = False  # a document says that it is no controlled substance
    approved: float = 0.0  # share of the claim's conditions that a label lists as a use
    limited: float = 0.0  # ... that a label says it is not for
    contraindicated: float = 0.0
    reaction: float = 0.0  # ... that are known reactions
    withdrawn: float = 0.0  # 1: an earlier label listed it, the current ones do not
    routes: frozenset[str] = frozenset()  # FDA routes of administration of its products, lower case


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
    strong = [
        n
        for n, u in enumerate(found.units)
        if u.kind in ("condition", "medicine") or (u.kind == "phrase" and len(u.ways[0]) > 1)
    ]
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
    sections = [h.passage.section for h in top]
    f["in_use"] = "indications_and_usage" in sections[:1]
    f["in_contra"] = "contraindications" in sections
    f["in_warning"] = any(s in ("warnings_and_cautions", "warnings", "boxed_warning") for s in sections[:1])
    f["in_dose"] = sections[:1] == ["dosage_and_administration"]
    _polarity(f, low, top)
    _stances(f, text, kind, found)
    _routes(f, text, facts)
    _mechanism(f, kind, found)
    _strength(f, low, top, found)
    _use(f, text, kind, found, top)
    _figures(f, text, kind, found)
    _schedule(f, low, kind, facts)
    f.update(age_figures(text, kind, found))
    for name in ("approved", "limited", "contraindicated", "withdrawn", "reaction"):
        f[f"fact_{name}"] = getattr(facts, name)
    for one in ("use", "approval", "caution", "reaction", "route", "mechanism", "onset", "interaction"):
        f[f"kind_{one}"] = kind == one
    return {name: float(value) for name, value in f.items()}


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


def speaking(found: Found) -> list[Hit]:
    """The sentences that share with the claim its rarest thing that the document has at all."""
    held = frozenset().union(*(h.units for h in found.hits)) if found.hits else frozenset()
    if not held:
        return []
    rarest = max(held, key=lambda n: (found.weights[n], -n))
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
    for hit in about:
        theirs = stance_of(found, hit)
        if theirs != "none":
            f[f"s_{said}_{theirs}"] += hit.score / whole
    against = [contrasts(text, h.passage.text) for h in found.hits[:TOP]]
    f["contrast"] = float(bool(against and against[0]))
    f["contrast_any"] = float(any(against))


def _routes(f: dict[str, float], text: str, facts: Facts) -> None:
    f["route_met"] = f["route_other"] = 0.0
    if not facts.routes:
        return
    named = [row for row, pattern in _route_cues() if pattern.search(text)]
    if named:
        met = all(facts.routes & frozenset(row) for row in named)
        f["route_met" if met else "route_other"] = 1.0


def names_route(text: str) -> bool:
    """Whether a sentence names a way of giving a medicine."""
    return any(pattern.search(text) for _, pattern in _route_cues())


@cache
def _route_cues() -> tuple[tuple[tuple[str, ...], re.Pattern[str]], ...]:
    return tuple((tuple(row["codes"]), re.compile(row["claim"], re.I)) for row in data("contrasts")["route"])


_ACTION = ("mechanism_of_action", "clinical_pharmacology", "pharmacodynamics", "description", "indications_and_usage", "openfda")  # fmt: skip  # noqa: E501
_TARGET = re.compile(r"^(?:[A-Za-z]*[A-Z][A-Za-z-]*[A-Z0-9][\w-]*|[A-Z]+-?\d+\w*|[a-z]+-?\d+[a-z]*)$")


def _mechanism(f: dict[str, float], kind: Kind, found: Found) -> None:
    """Whether the targets and classes that a claim names stand where the label tells how the medicine
    acts."""
    f["action_cover"] = f["action_lost"] = 0.0
    if kind != "mechanism":
        return
    classes = data("contrasts")["classes"]
    targets = [
        n
        for n, u in enumerate(found.units)
        if _TARGET.match(u.text) or any(word in u.text.lower() for word in classes)
    ]
    if not targets:
        return
    index = found.index
    held = [
        n
        for n in targets
        if any(
            index.passages[at].section in _ACTION for way in found.units[n].ways for at in index.holding(way)
        )
    ]
    f["action_cover"] = len(held) / len(targets)
    f["action_lost"] = 1 - f["action_cover"]


def _strength(f: dict[str, float], low: str, top: Sequence[Hit], found: Found) -> None:
    causes, hedged = has("claim", "causes", low), has("claim", "hedged", low)
    may = _share(top, _cued("may"))
    f["causes_x_may"] = causes and not hedged and may
    f["hedged_x_may"] = hedged and may
    f["hedged"] = hedged
    for name in ("wide", "tried", "effective", "approved", "first_ever", "compared"):
        f[f"c_{name}"] = has("claim", name, low)
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
    f["cure_unkept"] = has("claim", "cure", low) and not any(h.passage.says("cure") for h in top)
    f["degree_denied"] = has("claim", "degree", low)
    f["some_excluded"] = has("claim", "some_excluded", low)
    only = has("claim", "only", low)
    p_only = float(bool(top) and any(h.passage.says("only") for h in top))
    f["c_only"] = only
    f["only_kept"] = only and p_only
    f["only_added"] = only and not p_only


def _use(f: dict[str, float], text: str, kind: Kind, found: Found, top: Sequence[Hit]) -> None:
    """Restrictions of the best matching use that the claim drops; the age of whom it is for."""
    listed = [h for h in found.hits if h.passage.section == "indications_and_usage" and h.all]
    dropped = 0
    for restriction in restrictions():
        f[f"drop_{restriction.id}"] = 0.0
        f[f"keep_{restriction.id}"] = 0.0
    if listed and kind in ("use", "approval", "onset", "route", "mechanism"):
        best = max(listed, key=lambda h: found.coverage(h.all))
        words = best.passage.text + (" " + best.passage.lead.text if best.passage.lead else "")
        for restriction in restrictions():
            narrowed = restriction.label.search(words) and not (
                restriction.unless and restriction.unless.search(words)
            )
            if narrowed:
                kept = bool(restriction.claim.search(text))
                f[f"{'keep' if kept else 'drop'}_{restriction.id}"] = 1.0
                dropped += not kept and restriction.id != "adults"
    f["dropped"] = min(dropped, 3) / 3
    conditions = [
        n
        for n, u in enumerate(found.units)
        if u.kind == "condition" or (u.kind == "phrase" and len(u.ways[0]) > 1)
    ]
    f["use_named"] = bool(conditions)
    there = set()
    for n in conditions:
        if any(
            found.index.passages[at].section == "indications_and_usage"
            for way in found.units[n].ways
            for at in found.index.holding(way)
        ):
            there.add(n)
    f["use_there"] = len(there) / len(conditions) if conditions else 0.0
    about = kind in ("use", "approval")
    f["about_use"] = about
    gone = [n for n in conditions if n not in there]
    f["use_many_gone"] = float(about and bool(there) and len(gone) > 1)
    f["use_part"] = float(about and bool(there) and bool(gone))
    f["absent_denied"] = float(about and any(_denied(found, n) for n in gone))
    strong = (f["c_approved"] or f["c_effective"]) and not f["c_tried"]
    f["c_strong"] = strong
    f["absent_strong"] = about and bool(conditions) and not there and strong
    f["absent_weak"] = about and bool(conditions) and not there and not strong
    f["affirms"] = f["s_assert"] or f["s_allow"]
    f["tried_x_absent"] = f["c_tried"] and bool(conditions) and not there
    f["wide_x_dropped"] = f["c_wide"] and dropped > 0


_NOT_FOR = re.compile(
    r"\b(?:not (?:used|indicated|approved|recommended|intended|effective|been (?:shown|established|demonstrated|studied|evaluated))|should not be used|"  # noqa: E501
    r"not for)\b", re.I
)  # fmt: skip
_DENYING = ("indications_and_usage", "warnings_and_cautions", "warnings", "boxed_warning", "spl_medguide", "precautions", "clinical_studies")  # fmt: skip  # noqa: E501


def _denied(found: Found, n: int) -> bool:
    """Whether a sentence says in one clause that the medicine is not for this condition."""
    index = found.index
    for way in found.units[n].ways:
        for at in index.holding(way)[:40]:
            passage = index.passages[at]
            if passage.section in _DENYING:
                for found_ in _NOT_FOR.finditer(passage.text):
                    near = {
                        s for s, _, _ in tokens(passage.text[found_.end() : found_.end() + 90].split(".")[0])
                    }
                    if all(part in near for part in way):
                        return True
    return False


def _figures(f: dict[str, float], text: str, kind: Kind, found: Found) -> None:
    top = found.hits[:TOP]
    claimed = amounts(text)
    met = clash = 0
    for amount in claimed:
        same = [a for h in top for a in h.passage.amounts if a.dimension == amount.dimension]
        if any(amount.meets(a) for a in same):
            met += 1
        elif same:
            clash += 1
    f["figure_met"], f["figure_clash"] = bool(met), bool(clash)
    f["figure_alone"] = bool(claimed) and not met and not clash
    often = intervals(text) if kind in ("route", "use", "approval", "onset") else ()
    known = found.index.intervals
    f["often_met"] = bool(often) and bool(known) and any(hours in known for hours in often)
    f["often_clash"] = bool(often) and bool(known) and not f["often_met"]
    first = [a for h in top[:1] for a in h.passage.amounts]
    f["figure_clash1"] = any(
        not any(amount.meets(a) for a in first) and any(a.dimension == amount.dimension for a in first)
        for amount in claimed
    )


def _schedule(f: dict[str, float], low: str, kind: Kind, facts: Facts) -> None:
    f["schedule_met"] = f["schedule_clash"] = f["schedule_unknown"] = 0.0
    if kind != "schedule" or not (_CONTROLLED.search(low) or _SCHEDULE.search(low)):
        return
    named = _SCHEDULE.search(low)
    said = (int(named[1]) if named[1].isdigit() else _ROMAN[named[1].lower()]) if named else None
    denied = bool(_UNCONTROLLED.search(low))
    if facts.schedule is None and not facts.uncontrolled:
        f["schedule_unknown"] = 1.0
    elif facts.schedule is not None:
        wrong = denied or (said is not None and said != facts.schedule)
        f["schedule_clash" if wrong else "schedule_met"] = 1.0
    else:
        f["schedule_met" if denied else "schedule_clash"] = 1.0
