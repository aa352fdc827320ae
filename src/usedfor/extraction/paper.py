"""Papers: Paper -> design, how many people, what was compared with what, and what came of it for whom."""

from __future__ import annotations

import re
from functools import cache

from usedfor.extraction.cues import rules
from usedfor.extraction.directions import Prompt, decide
from usedfor.extraction.paper_design import design, sample_size
from usedfor.extraction.paper_uses import Tested, studied_uses, tested_medicines
from usedfor.extraction.sentences import sentences
from usedfor.studies import Comparison, Paper, PaperReading
from usedfor.vocabulary import Vocabulary

__all__ = ["COMPARED", "read_paper"]

COMPARED = ("randomised_trial", "trial", "systematic_review", "cohort", "case_control")
_SURE = 0.5  # how probable a direction must be to be told without being asked
_MOST = 6  # comparisons of one paper
_PLACEBO = re.compile(
    r"\b(?:placebo|sham|usual care|standard care|no treatment|vehicle|saline|controls?)\b", re.I
)
_BARE = re.compile(
    r"^(?:the|a|an|all|these|both|mean|median|significant|significantly|there|it|they|this)\b\s*", re.I
)
_NOT_FIRST = frozenset(
    [
        "and",
        "or",
        "but",
        "nor",
        "which",
        "that",
        "who",
        "we",
        "in",
        "to",
        "with",
        "no",
        "not",
        "than",
        "as",
        "by",
        "from",
        "at",
        "if",
    ]
)
_NOTHING = frozenset(  # words that name no outcome by themselves
    [
        "patients",
        "subjects",
        "participants",
        "women",
        "men",
        "children",
        "cases",
        "controls",
        "group",
        "groups",
        "results",
        "association",
        "difference",
        "differences",
        "effect",
        "effects",
        "treatment",
        "treatments",
        "therapy",
        "use",
        "number",
        "rate",
        "risk",
        "level",
        "levels",
        "values",
        "data",
        "study",
        "studies",
        "significant",
        "effective",
        "common",
        "frequent",
        "likely",
        "prominent",
        "pronounced",
        "important",
        "time",
        "dose",
        "doses",
        "none",
        "both",
    ]
)


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((one["id"], re.compile(one["pattern"], re.I)) for one in rules("paper_uses")["comparison"])


def read_paper(paper: Paper, vocabulary: Vocabulary) -> PaperReading:
    """Read one paper. The same paper gives the same reading.

    Work on animals or cells, reviews and notices study no medicine in people: they have no comparisons, and
    only a review of people's treatment has uses. Raises SnapshotError where the direction model is absent.
    """
    kind, rule = design(paper)
    size, size_rule = sample_size(paper)
    tested = tested_medicines(paper, vocabulary) if kind not in ("mechanism", "other") else ()
    compared = kind in COMPARED and paper.usable
    return PaperReading(
        id=paper.id,
        design=kind,
        design_rule=rule,
        sample_size=size,
        sample_rule=size_rule,
        comparisons=_comparisons(paper, tested, vocabulary) if compared and tested else (),
        uses=studied_uses(paper, tested, vocabulary),
    )


def _comparisons(paper: Paper, tested: tuple[Tested, ...], vocabulary: Vocabulary) -> tuple[Comparison, ...]:
    """What the abstract says that the first tested medicine did to outcomes that its sentences name."""
    text = paper.abstract_text
    first = next((one for one in tested if one.role == "experimental"), None)
    if first is None:
        return ()
    comparator = _comparator(text, paper.title or "", tested)
    made: list[Comparison] = []
    seen: set[str] = set()
    for start, end in sentences(text):
        for rule, outcome in _outcomes(text[start:end]):
            key = outcome.lower()
            if key in seen or len(made) == _MOST:
                continue
            seen.add(key)
            found = decide(Prompt(text, first.name, comparator or "control", outcome))
            if found.start == start and found.confidence >= _SURE and found.direction != "unknown":
                made.append(
                    Comparison(
                        intervention=first.name,
                        comparator=comparator,
                        outcome=outcome,
                        direction=found.direction,
                        confidence=found.confidence,
                        start=start,
                        end=end,
                        rule=rule,
                    )
                )
    return tuple(made)


def _comparator(text: str, title: str, tested: tuple[Tested, ...]) -> str | None:
    """The comparator that the title names; else the other tested medicine; else a placebo of the abstract."""
    named = next((one.name for one in tested if one.role == "comparator"), None)
    if named is None:
        others = [one.name for one in tested if one.role == "experimental"][1:]
        placebo = _PLACEBO.search(title) or _PLACEBO.search(text)
        named = placebo[0].lower() if placebo else others[0] if others else None
    return named


def _outcomes(sentence: str) -> list[tuple[str, str]]:
    found = []
    for id, pattern in _patterns():
        for match in pattern.finditer(sentence):
            outcome = _BARE.sub("", match["outcome"].strip()).strip()
            words = outcome.lower().split()
            if 1 <= len(words) <= 8 and words[0] not in _NOT_FIRST and not _NOTHING.issuperset(words):
                found.append((id, outcome))
    return found
