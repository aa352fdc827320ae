"""The studies behind one use: counted, and placed in time. Pure: page, site and command share it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import msgspec

from usedfor.model import BriefStudy, Span, Statement, Study, Use

__all__ = ["STUDIED", "Item", "Tally", "items", "tally"]

STUDIED = ("off_label_supported", "off_label_uncertain", "not_effective", "investigational")
_UNDER_WAY = ("RECRUITING", "NOT_YET_RECRUITING", "ACTIVE_NOT_RECRUITING", "ENROLLING_BY_INVITATION")


class Item(BriefStudy, frozen=True, kw_only=True):
    """One study of a use, and where it names the condition."""

    span: Span


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """How many studies of which kind, and what they report."""

    trials: int
    papers: int
    phases: tuple[tuple[str, int], ...]
    benefit: int
    contrary: int  # no benefit, or harm
    unclear: int
    unreported: int
    people: int
    counted: int  # studies that give a number of people
    newest: int | None
    under_way: int
    stopped: int  # for lack of effect
    unsafe: int  # stopped for safety
    retracted: int


def items(use: Use, statements: Mapping[str, Statement], studies: Mapping[str, Study]) -> tuple[Item, ...]:
    """The studies of a use, newest first within for, against and neutral as the use lists them."""
    found = []
    for one in use.evidence:
        statement = statements.get(one.statement)
        study = studies.get(one.statement.rpartition("#")[0])
        if statement is None or study is None:
            continue
        found.append(
            Item(
                registry=study.registry,
                source=study.source,
                year=study.year,
                phase=study.phase,
                design=study.design,
                status=study.status,
                people=study.enrolment,
                direction=statement.direction,
                side=one.direction,
                stopped=study.why_stopped,
                retracted=study.retracted,
                url=study.url,
                span=statement.span,
            )
        )
    return tuple(found)


def tally(found: Sequence[Item]) -> Tally:
    """Count them. A retracted paper is counted as such and not in what is reported."""
    held = [i for i in found if not i.retracted]
    trials = [i for i in found if i.source == "clinicaltrials"]
    reported = Counter(i.direction for i in held)
    return Tally(
        trials=len(trials),
        papers=len(found) - len(trials),
        phases=tuple(sorted(Counter(i.phase for i in trials if i.phase and i.phase != "NA").items())),
        benefit=reported["benefit"],
        contrary=reported["no_benefit"] + reported["harm"],
        unclear=reported["unclear"],
        unreported=reported[None],
        people=sum(i.people or 0 for i in held),
        counted=sum(i.people is not None for i in held),
        newest=max((i.year for i in found if i.year), default=None),
        under_way=sum(i.status in _UNDER_WAY for i in trials),
        stopped=sum(i.stopped == "efficacy" for i in trials),
        unsafe=sum(i.stopped == "safety" for i in trials),
        retracted=len(found) - len(held),
    )
