"""Group the statements of one medicine and say what each group amounts to."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from usedfor.appraisal.grouping import groups, key, plain, slug
from usedfor.appraisal.rules import Rule, rules, topical
from usedfor.appraisal.studied import studied_uses
from usedfor.appraisal.withdrawn import withdrawn_uses
from usedfor.model import (
    Age,
    Caution,
    Evidence,
    Figure,
    Medicine,
    Reaction,
    Restrictions,
    Statement,
    Study,
    Use,
)

MOST_EVIDENCE = 8  # statements kept with a reaction or caution; the count of labels is always whole
_SEVERITY = ("fatal", "life-threatening", "serious", "severe")  # gravest first


class Origin(msgspec.Struct, frozen=True, kw_only=True):
    """What appraisal needs to know of the document a statement stands in."""

    id: str
    set_id: str
    effective: str  # ISO date
    brands: tuple[str, ...] = ()
    routes: tuple[str, ...] = ()  # lower case


class Appraisal(msgspec.Struct, frozen=True, kw_only=True):
    """What the statements of one medicine amount to; each part sorted by id."""

    uses: tuple[Use, ...] = ()
    reactions: tuple[Reaction, ...] = ()
    cautions: tuple[Caution, ...] = ()


class Beyond(msgspec.Struct, frozen=True, kw_only=True):
    """What is known besides the current labels: studies by document, the conditions' parents and names, and
    older versions of labels with their indications."""

    studies: Mapping[str, Study] = {}
    above: Mapping[str, Sequence[str]] = {}
    names: Mapping[str, Sequence[str]] = {}
    older: Sequence[Statement] = ()  # indications of older versions of the labels
    current: str = ""  # what the indications of all current labels say, as one text


def appraise(
    medicine: Medicine,
    statements: Iterable[Statement],
    origins: Mapping[str, Origin],
    beyond: Beyond | None = None,
) -> Appraisal:
    """Weigh the statements of one medicine; ``origins`` has the :class:`Origin` of each document id."""
    statements = list(statements)
    by_rule: dict[str, list[Statement]] = defaultdict(list)
    for statement in sorted(statements, key=lambda s: s.id):
        if statement.kind in rules():
            by_rule[statement.kind].append(statement)
    uses: list[Use] = []
    reactions: list[Reaction] = []
    cautions: list[Caution] = []
    for kind, found in by_rule.items():
        rule = rules()[kind]
        for about, group in groups(found).items():
            if rule.part == "use":
                limits = by_rule.get("limitation", ()) if kind == "indication" else ()
                contrary = [s for s in limits if key(s) == key(group[0])]
                topics = {s.topic for s in group}
                own = topical().get((kind, topics.pop() or ""), rule) if len(topics) == 1 else rule
                uses.append(_use(medicine, own, about, group, contrary, origins))
            elif rule.part == "reaction":
                reactions.append(_reaction(medicine, rule, about, group, origins))
            else:
                cautions.append(_caution(medicine, rule, about, group, origins))
    if beyond is not None:
        effective = {id: origin.effective for id, origin in origins.items()}
        labelled = list(uses)
        uses += withdrawn_uses(
            medicine, labelled, statements, beyond.older, beyond.current, effective, beyond.above
        )
        uses += studied_uses(
            medicine, statements, list(uses), beyond.studies, effective, beyond.above, beyond.names,
            {r.condition for r in reactions if r.condition},
        )  # fmt: skip
    return Appraisal(
        uses=tuple(sorted(uses, key=lambda u: u.id)),
        reactions=tuple(sorted(reactions, key=lambda r: r.id)),
        cautions=tuple(sorted(cautions, key=lambda c: c.id)),
    )


def _wording(group: Sequence[Statement]) -> str:
    """The wording most labels use, in its quietest capitals; of equals the shorter."""
    if len(group) == 1:
        return group[0].text
    counted = Counter(plain(s.text) for s in group)
    most = min(counted, key=lambda words: (-counted[words], len(words), words))
    same = {s.text for s in group if plain(s.text) == most}
    return min(same, key=lambda text: (sum(map(str.isupper, text)), len(text), text))


def _condition(group: Sequence[Statement]) -> str | None:
    if len(group) == 1:
        return group[0].condition or None
    found = Counter(s.condition for s in group if s.condition)
    return min(found, key=lambda c: (-found[c], c)) if found else None


def _labels(group: Iterable[Statement], origins: Mapping[str, Origin]) -> list[Origin]:
    return [origins[d] for d in sorted({s.span.document for s in group})]


def _newest_first(group: Iterable[Statement], origins: Mapping[str, Origin]) -> list[Statement]:
    """Newest label first, a statement with a figure before one without, then by id."""
    group = list(group)
    if len(group) == 1:
        return group
    ordered = sorted(group, key=lambda s: (not s.figures, s.id))
    return sorted(ordered, key=lambda s: origins[s.span.document].effective, reverse=True)


def _one_each(group: Sequence[Statement]) -> list[Statement]:
    """The first statement of each document, in the order given, as many as are kept."""
    first: dict[str, Statement] = {}
    for s in group:
        first.setdefault(s.span.document, s)
    return list(first.values())[:MOST_EVIDENCE]


def _age(group: Iterable[Statement]) -> Age:
    """Ages add up: a label for adults and one for children make both; silence adds nothing."""
    said = {s.age for s in group if s.age and s.age != "unspecified"}
    if "both" in said or {"adult", "pediatric"} <= said:
        return "both"
    return next(iter(said)) if said else "unspecified"


def _restrictions(group: Sequence[Statement], origins: Mapping[str, Origin]) -> Restrictions:
    """A restriction holds over all labels only if every statement makes it."""
    populations = {s.population for s in group}
    routes = {r for s in group for r in (s.routes or origins[s.span.document].routes)}
    return Restrictions(
        age=_age(group),
        adjunct=all(s.adjunct for s in group),
        after_failure=all(s.after_failure for s in group),
        routes=tuple(sorted(routes)),
        population=populations.pop() if len(populations) == 1 else None,
    )


def _use(
    medicine: Medicine,
    rule: Rule,
    about: str,
    group: Sequence[Statement],
    contrary: Sequence[Statement],
    origins: Mapping[str, Origin],
) -> Use:
    assert rule.status is not None  # rules.toml gives each use its status
    labels = _labels(group, origins)
    relation = Counter(s.relation or "treat" for s in group)
    evidence = [Evidence(statement=s.id) for s in _newest_first(group, origins)]
    evidence += [Evidence(statement=s.id, direction="against") for s in _newest_first(contrary, origins)]
    return Use(
        id=f"{medicine.id}/{slug(about)}/{rule.status}",
        medicine=medicine.id,
        text=_wording(group),
        status=rule.status,
        rule=rule.id,
        as_of=max(label.effective for label in labels),
        condition=_condition(group),
        relation=min(relation, key=lambda r: (-relation[r], r)),
        restrictions=_restrictions(group, origins),
        products=tuple(sorted({b for label in labels for b in label.brands})),
        evidence=tuple(evidence),
    )


def _gravest(group: Iterable[Statement]) -> str | None:
    said = {s.severity for s in group if s.severity}
    known = [word for word in _SEVERITY if word in said]
    return known[0] if known else min(said, default=None)


def _figures(group: Sequence[Statement], origins: Mapping[str, Origin]) -> tuple[Figure, ...]:
    """The figures of one statement: they belong together (drug beside placebo), so they are not mixed."""
    with_figures = [s for s in _newest_first(group, origins) if s.figures]
    controlled = [s for s in with_figures if any(f.arm == "placebo" for f in s.figures)]
    best = (controlled or with_figures)[:1]
    return best[0].figures if best else ()


def _reaction(
    medicine: Medicine, rule: Rule, about: str, group: Sequence[Statement], origins: Mapping[str, Origin]
) -> Reaction:
    figures = _figures(group, origins)
    ordered = _newest_first(group, origins)
    ordered.sort(
        key=lambda s: s.figures != figures if figures else False
    )  # what carries the figures comes first
    return Reaction(
        id=f"{medicine.id}/{slug(about)}/reaction",
        medicine=medicine.id,
        text=_wording(group),
        rule=rule.id,
        condition=_condition(group),
        severity=_gravest(group),
        boxed=any(s.span.section == "boxed_warning" for s in group),
        labels=len(_labels(group, origins)),
        figures=figures,
        evidence=tuple(Evidence(statement=s.id) for s in _one_each(ordered)),
    )


def _caution(
    medicine: Medicine, rule: Rule, about: str, group: Sequence[Statement], origins: Mapping[str, Origin]
) -> Caution:
    return Caution(
        id=f"{medicine.id}/{slug(about)}/{rule.kind}",
        medicine=medicine.id,
        kind=rule.kind,
        text=_wording(group),
        rule=rule.id,
        topic=_topic(group),
        condition=_condition(group),
        labels=len(_labels(group, origins)),
        evidence=tuple(Evidence(statement=s.id) for s in _one_each(_newest_first(group, origins))),
    )


def _topic(group: Sequence[Statement]) -> str | None:
    found = Counter(s.topic for s in group if s.topic)
    return min(found, key=lambda t: (-found[t], t)) if found else None
