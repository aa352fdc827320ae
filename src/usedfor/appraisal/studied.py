"""Trials and papers on one medicine -> the uses beyond its labels, each with status, level and reasons.

A condition counts as within the labels where one of them lists it or a broader one; a broader condition than
the listed is not claimed either. Statuses are those of the rules in ``studied.toml``; levels follow Oxford
CEBM 2011 by the design of what was reported, lowered and raised by named rules.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any, Literal

import msgspec

from usedfor.appraisal.grouping import plain, slug
from usedfor.model import Evidence, Medicine, Restrictions, Statement, Status, Study, Use
from usedfor.vocabulary.conditions import broader as _broader

__all__ = ["Weight", "broader", "studied_uses", "weigh"]

_WORD = re.compile(r"[^\W\d_]{4,}")
_CONTROLLED = ("systematic_review", "randomised_trial")
_CONTRARY = ("no_benefit", "harm")
_PEOPLE = "people"  # the population of a statement whose titles do not say that the condition is treated


@cache
def _rules() -> dict[str, Any]:
    text = files("usedfor.appraisal").joinpath("studied.toml").read_text("utf-8")
    return tomllib.loads(text)


class Weight(msgspec.Struct, frozen=True, kw_only=True):
    """One study's statement, and which way it counts."""

    statement: Statement
    study: Study
    side: Literal["for", "against", "neutral"]


def weigh(statement: Statement, study: Study) -> Weight:
    """Which way a study counts: by its result, else by why it was stopped; a retracted one never supports."""
    side: Literal["for", "against", "neutral"] = "neutral"
    if not study.retracted:
        if statement.direction == "benefit":
            side = "for"
        elif statement.direction in _CONTRARY or study.why_stopped in ("efficacy", "safety"):
            side = "against"
    return Weight(statement=statement, study=study, side=side)


def broader(condition: str, above: Mapping[str, Sequence[str]]) -> frozenset[str]:
    """The condition and all that is above it; ``above`` has the parents of each."""
    return _broader(condition, lambda one: above.get(one, ()))


def studied_uses(
    medicine: Medicine,
    statements: Iterable[Statement],
    labelled: Sequence[Use],
    studies: Mapping[str, Study],
    effective: Mapping[str, str],
    above: Mapping[str, Sequence[str]],
    names: Mapping[str, Sequence[str]],
    reactions: Collection[str] = (),
) -> list[Use]:
    """The uses that trials and papers make, sorted by id.

    ``labelled``: what the labels list, limit or contraindicate. ``studies`` and ``effective`` (ISO dates) are
    by document; ``above`` has the parents and ``names`` the names of each condition. ``reactions``:
    conditions that the labels name as harms; papers on one of them alone are about the harm.
    """
    groups: dict[str, dict[str, Weight]] = defaultdict(dict)
    for s in sorted(statements, key=lambda s: s.id):
        study = studies.get(s.span.document)
        if s.kind != "studied" or s.topic != "experimental" or s.condition is None or study is None:
            continue
        watched = study.source == "clinicaltrials" and study.design == "cohort" and s.direction is None
        if study.design not in _rules()["no_use"]["designs"] and not watched:
            groups[s.condition].setdefault(study.document, weigh(s, study))
    uses = []
    for condition, by_document in sorted(groups.items()):
        weights = list(by_document.values())
        if condition in _rules()["no_use"]["conditions"] or not _open(
            condition, labelled, above, names.get(condition, ())
        ):
            continue
        if all(w.study.status == "WITHDRAWN" for w in weights):  # nobody was ever studied
            continue
        registered = any(w.study.source == "clinicaltrials" for w in weights)
        # One paper is enough where its title says that it is for this, and its summary what came of it.
        told = any(w.statement.population != _PEOPLE and w.side != "neutral" for w in weights)
        few = len(weights) < _rules()["limits"]["papers"] and not told
        if not registered and (condition in reactions or few):
            continue
        uses.append(_use(medicine, condition, weights, effective))
    return sorted(uses, key=lambda u: u.id)


def _open(
    condition: str, labelled: Sequence[Use], above: Mapping[str, Sequence[str]], names: Sequence[str]
) -> bool:
    """Whether no label says anything of this condition, of a broader or of a narrower one."""
    mine = broader(condition, above)
    words = [frozenset(_WORD.findall(plain(name))) for name in names]
    for use in labelled:
        if use.condition is not None:
            if use.condition in mine and use.condition not in _rules()["no_use"]["broad"]:
                return False
            if use.status == "approved" and condition in broader(use.condition, above):
                return False
        if use.status == "approved":
            listed = frozenset(_WORD.findall(plain(use.text)))
            if any(some and some <= listed for some in words):
                return False
    return True


def _use(medicine: Medicine, condition: str, weights: Sequence[Weight], effective: Mapping[str, str]) -> Use:
    status, rule = _status(weights)
    level, reasons = _level(status, weights)
    relation = Counter(w.statement.relation or "treat" for w in weights)
    texts = Counter(plain(w.statement.text) for w in weights)
    text = min(texts, key=lambda t: (-texts[t], len(t), t))
    ordered = sorted(
        weights, key=lambda w: (_SIDES.index(w.side), _rank(w), -(w.study.year or 0), w.study.document)
    )
    return Use(
        id=f"{medicine.id}/{slug(condition)}/{status}",
        medicine=medicine.id,
        text=text,
        status=status,
        rule=rule,
        as_of=max(effective.get(w.study.document, "") for w in weights),
        condition=condition,
        relation=min(relation, key=lambda r: (-relation[r], r != "treat")),
        level=level,
        restrictions=Restrictions(adjunct=all(w.statement.adjunct for w in weights)),
        evidence=tuple(Evidence(statement=w.statement.id, direction=w.side) for w in ordered),
        reasons=reasons,
    )


_SIDES = ("for", "against", "neutral")


def _rank(weight: Weight) -> int:
    levels: dict[str, int] = _rules()["levels"]
    return levels.get(weight.study.design or "", 6)


def _status(weights: Sequence[Weight]) -> tuple[Status, str]:
    """The first rule that holds, from the gravest evidence down."""
    limits = _rules()["limits"]
    pro = [w for w in weights if w.side == "for"]
    con = [w for w in weights if w.side == "against"]
    strong = [w for w in pro if w.study.design in _CONTROLLED]
    contrary = [w for w in con if w.study.design in _CONTROLLED and w.statement.direction in _CONTRARY]
    stopped = [w for w in con if w.study.why_stopped == "efficacy" and not w.statement.adjunct]
    under_way = any(w.study.status in _rules()["under_way"]["statuses"] for w in weights)
    if not pro:
        # One paper's abstract, read by a program, settles nothing by itself; posted results do.
        people = sum(w.study.enrolment or 0 for w in contrary if w.study.source == "clinicaltrials")
        reviewed = any(w.study.design == "systematic_review" for w in contrary)
        if len(contrary) >= limits["controlled"] or reviewed or people >= limits["people"]:
            return "not_effective", "not_effective.controlled"
        if stopped and not under_way and not any(w.statement.direction == "unclear" for w in weights):
            return "not_effective", "not_effective.stopped"
    sure = len(strong) > 1 or any(
        w.study.design == "systematic_review"
        or (w.study.source == "clinicaltrials" and (w.study.enrolment or 0) >= limits["tiny"])
        for w in strong
    )
    if sure:
        best = min(map(_rank, strong))
        higher = [w for w in contrary if _rank(w) < best]
        if not higher and len(contrary) < len(strong):
            return "off_label_supported", "off_label_supported.controlled"
    if pro and con:
        return "off_label_uncertain", "off_label_uncertain.mixed"
    if strong and not con:
        return "off_label_uncertain", "off_label_uncertain.one_study"
    if pro or con or any(w.statement.direction is not None for w in weights):
        return "off_label_uncertain", "off_label_uncertain.low"
    if any(w.study.source != "clinicaltrials" for w in weights):
        return "off_label_uncertain", "off_label_uncertain.unreported"
    return "investigational", "investigational.registered"


def _level(status: Status, weights: Sequence[Weight]) -> tuple[int | None, tuple[str, ...]]:
    """Oxford CEBM 2011 by the best design that reported, then each rule that lowers or raises it."""
    reported = [w for w in weights if w.statement.direction is not None and not w.study.retracted]
    if status == "off_label_supported":
        reported = [w for w in reported if w.side == "for"]
    known = [w for w in reported if w.study.design in _rules()["levels"]]
    # Named by every study only as what its people have: it may be tested for something else in them.
    people = ["level.people"] if all(w.statement.population == _PEOPLE for w in weights) else []
    if not known:
        return None, tuple(people + (["level.retracted"] if any(w.study.retracted for w in weights) else []))
    best = min(map(_rank, known))
    limits = _rules()["limits"]
    sizes = [w.study.enrolment for w in known if w.study.enrolment is not None]
    sides = {w.side for w in weights}
    controlled = [w for w in known if w.side == "for" and w.study.design in _CONTROLLED]
    change = 0
    reasons = [] if status == "off_label_supported" else people
    if len(sizes) == len(known) and sum(sizes) < limits["few"]:
        change += 1
        reasons.append("level.few_people")
    if {"for", "against"} <= sides:
        change += 1
        reasons.append("level.conflict")
    if all(w.side == "neutral" for w in known):
        change += 1
        reasons.append("level.unclear")
    if all(w.study.why_stopped for w in known):
        change += 1
        reasons.append("level.stopped")
    if status == "off_label_supported" and len(controlled) == 1 and best > 1:
        change += 1
        reasons.append("level.one_study")
    if all(w.statement.adjunct for w in weights):
        change += 1
        reasons.append("level.combination")
    if any(w.study.retracted for w in weights):
        reasons.append("level.retracted")
    if not change and len(controlled) >= limits["many"] and sum(sizes) >= limits["many_people"] and best > 1:
        change -= 1
        reasons.append("level.many")
    return min(5, max(1, best + change)), tuple(reasons)
