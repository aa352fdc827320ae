"""Features of a read text for the direction model: names and values, in views that are learned apart."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from functools import cache

from usedfor.extraction.cues import rules
from usedfor.extraction.directions_text import Prompt, Read, Sentence, stem

__all__ = ["PRESENCE", "VIEWS", "evidence", "features", "polarity", "presence"]

VIEWS = ("signs", "words", "prompt", "all")
_SECTION = {"R": 0.35, "C": 0.3, "T": 0.1, "": 0.2, "M": -0.35, "B": -0.4}
_VERDICTS = frozenset(("SAME", "UP", "DOWN", "BETTER", "WORSE", "SIG", "PSIG", "PNS", "NOT"))
_TOP, _SHARPNESS = 5, 2.0  # how many sentences count, and how far the best stands out
_TURNED = frozenset(("BETTER", "WORSE", "UP", "DOWN", "SAME"))
_SIGNS = frozenset(
    [
        "SAME",
        "SIG",
        "UP",
        "DOWN",
        "BETTER",
        "WORSE",
        "THAN",
        "COMP",
        "GROUPS",
        "WITHIN",
        "NOT",
        "BUT",
        "INT",
        "CMP",
        "OUT",
        "PSIG",
        "PNS",
        "FIG+",
        "FIG-",
        "FIG0",
    ]
)


def evidence(read: Read) -> list[tuple[float, Sentence]]:
    """The sentences that speak most of the question, best first, with weights of sum 1."""
    scored = []
    for one in read.sentences:
        signs = {t.sign for t in one.tokens if t.group}
        score = (
            1.8 * one.outcome
            + 0.35 * one.intervention
            + 0.25 * one.comparator
            + _SECTION.get(one.section, 0.0)
        )
        score += 0.25 * bool(signs & _VERDICTS) + 0.12 * bool({"PSIG", "PNS"} & signs) + 0.15 * one.place
        if one.section == "" and not signs & _VERDICTS:
            score -= 0.2
        scored.append((score, one))
    scored.sort(key=lambda pair: (-pair[0], pair[1].start))
    best = scored[:_TOP]
    if not best:
        return []
    top = best[0][0]
    raw = [math.exp(_SHARPNESS * (score - top)) for score, _ in best]
    total = sum(raw)
    return [(w / total, one) for w, (_, one) in zip(raw, best, strict=True)]


def features(prompt: Prompt, read: Read) -> dict[str, dict[str, float]]:
    """For each view its features."""
    chosen = evidence(read)
    signs: dict[str, float] = defaultdict(float)
    words: dict[str, float] = defaultdict(float)
    better = polarity(prompt.outcome)
    for rank, (weight, one) in enumerate(chosen):
        _of_signs(_line(one), one.figures, weight, signs)
        for clause in _clauses(one):
            _of_signs(clause, (), weight, signs, "k:")
            for verdict in _TURNED.intersection(clause):
                signs[f"k:{better}*{verdict}"] += weight
        for verdict in _TURNED.intersection(_line(one)):
            signs[f"{better}*{verdict}"] += weight
        _of_words(one, weight, words)
        if rank == 0:
            for name in ("outcome", "intervention", "comparator"):
                signs[f"best:{name}:{round(getattr(one, name) * 4)}"] = 1.0
            signs[f"best:{one.section}"] = 1.0
    ask = _of_prompt(prompt, read)
    every: dict[str, float] = defaultdict(float)
    for one in read.sentences:
        part = {"R": "R", "C": "C", "T": "T"}.get(one.section, "x")
        for token in one.tokens:
            if token.sign in _SIGNS:
                every[f"n:{token.sign}"] += 0.25
                every[f"n:{part}:{token.sign}"] += 0.25
        for figure in one.figures:
            every[f"f:{figure}"] += 0.25
        if part in "CT":
            _of_signs(_line(one), one.figures, 0.4, every, f"{part}:")
    every = {k: min(v, 2.0) for k, v in every.items()}
    outs = [f"o:{s}" for s in read.outcome]
    # How an outcome's own words turn the verdict: "improved" of pain is less, of function more.
    polar: dict[str, float] = {}
    for weight, one in chosen:
        for token in one.tokens:
            if token.sign in ("BETTER", "WORSE", "UP", "DOWN", "SAME"):
                for out in outs:
                    key = f"{out}*{token.sign}"
                    polar[key] = min(1.0, polar.get(key, 0.0) + weight)
    both = {**{f"p:{k}": v for k, v in ask.items()}, **polar}
    return {"signs": dict(signs), "words": dict(words), "prompt": both, "all": every}


@cache
def _better() -> tuple[tuple[str, re.Pattern[str]], ...]:
    found = rules("trial_results")["better"]
    return tuple(("more" if one["more"] else "less", re.compile(one["pattern"], re.I)) for one in found)


def polarity(outcome: str) -> str:
    """Whether "more" or "less" of an outcome is better for the patient; "open" where that is not known."""
    found = {name for name, pattern in _better() if pattern.search(outcome)}
    return found.pop() if len(found) == 1 else "open"


PRESENCE = (
    "best.outcome", "best.intervention", "best.comparator", "most", "next", "several", "significant", "not",
    "same", "named", "results", "conclusion", "sentences", "length", "stems", "outcome", "near.significant",
    "near.not", "whole",
)  # fmt: skip


def presence(prompt: Prompt, read: Read) -> tuple[float, ...]:
    """Marks, one for each of ``PRESENCE``, of whether the text says what became of the outcome at all: how
    much of the outcome its sentences name, and whether those bear a verdict or a p-value. Empty where the
    text has no sentence."""
    chosen = evidence(read)
    if not chosen:
        return ()
    best = chosen[0][1]
    signs = {t.sign for t in best.tokens}
    shares = sorted((s.outcome for s in read.sentences), reverse=True)
    near = {t.sign for _, one in chosen if one.outcome > 0.5 for t in one.tokens}
    return (
        best.outcome,
        best.intervention,
        best.comparator,
        shares[0],
        shares[1] if len(shares) > 1 else 0.0,
        min(8, sum(share > 0.5 for share in shares)),
        "PSIG" in signs,
        "PNS" in signs,
        "SAME" in signs,
        "OUT" in signs,
        best.section == "R",
        best.section == "C",
        min(30, len(read.sentences)) / 10,
        min(5_000, len(prompt.text)) / 1_000,
        min(12, len(read.outcome)),
        min(200, len(prompt.outcome)) / 50,
        "PSIG" in near,
        "PNS" in near,
        shares[0] >= 0.99,
    )


def _line(one: Sentence) -> list[str]:
    """The signs of a sentence that say something by themselves, no sign twice in a row."""
    kept: list[str] = []
    for token in one.tokens:
        if token.sign in _SIGNS and (not kept or kept[-1] != token.sign):
            kept.append(token.sign)
    return kept


def _clauses(one: Sentence) -> list[list[str]]:
    """The parts of a sentence, between its semicolons and turns ("but", "whereas"), that name the outcome."""
    parts: list[list[str]] = [[]]
    for token in one.tokens:
        if token.sign in ("BUT", ";"):
            parts.append([])
        elif token.sign in _SIGNS and (not parts[-1] or parts[-1][-1] != token.sign):
            parts[-1].append(token.sign)
    return [part for part in parts if "OUT" in part]


def _of_signs(
    kept: list[str], figures: tuple[str, ...], weight: float, into: dict[str, float], mark: str = ""
) -> None:
    for sign in set(kept):
        into[f"{mark}{sign}"] += weight
    for figure in set(figures):
        into[f"{mark}={figure}"] += weight
    for n in (2, 3, 4):
        for i in range(len(kept) - n + 1):
            into[f"{mark}{n}:{' '.join(kept[i : i + n])}"] += weight
    # Around the outcome: what stands first before and behind it.
    for i, sign in enumerate(kept):
        if sign == "OUT":
            for name, part in (("<", kept[:i][::-1][:5]), (">", kept[i + 1 : i + 6])):
                for distance, other in enumerate(part):
                    if other != "OUT":
                        into[f"{mark}OUT{name}{other}"] += weight / (1 + distance)
    verdicts = [s for s in kept if s in ("UP", "DOWN", "BETTER", "WORSE", "SAME", "FIG+", "FIG-", "FIG0")]
    order = "".join("i" if s == "INT" else "c" for s in kept if s in ("INT", "CMP"))[:2]
    if verdicts:
        into[f"{mark}v:{verdicts[0]}|{order}"] += weight
        into[f"{mark}v:{'+'.join(sorted(set(verdicts)))}|{order}"] += weight
        for verdict in set(verdicts):
            at = kept.index(verdict)
            before = "".join("i" if s == "INT" else "c" for s in kept[:at] if s in ("INT", "CMP"))[-1:]
            behind = "".join("i" if s == "INT" else "c" for s in kept[at:] if s in ("INT", "CMP"))[:1]
            into[f"{mark}w:{before}{verdict}{behind}"] += weight
            than = "THAN" in kept[at:] or "COMP" in kept[at:]
            into[f"{mark}w:{before}{verdict}{behind}{than}"] += weight


def _of_words(one: Sentence, weight: float, into: dict[str, float]) -> None:
    outs = [i for i, t in enumerate(one.tokens) if t.sign == "OUT"]
    line = [t.sign for t in one.tokens]
    for i, sign in enumerate(line):
        near = min((abs(i - o) for o in outs), default=9)
        share = weight * (1.0 if near <= 6 else 0.6)
        into[sign] += share
        if i + 1 < len(line):
            into[f"{sign} {line[i + 1]}"] += share
        if i + 2 < len(line):
            into[f"{sign} {line[i + 1]} {line[i + 2]}"] += share


def _of_prompt(prompt: Prompt, read: Read) -> dict[str, float]:
    made: dict[str, float] = {}
    for name, phrase in (("o", prompt.outcome), ("i", prompt.intervention), ("c", prompt.comparator)):
        line = [stem(w) for w in phrase.replace("/", " ").replace("-", " ").split()]
        for i, word in enumerate(line):
            made[f"{name}:{word}"] = 1.0
            if i + 1 < len(line):
                made[f"{name}:{word} {line[i + 1]}"] = 1.0
    made[f"len:{min(5, len(prompt.outcome.split()) // 3)}"] = 1.0
    made[f"has:{any(s.outcome > 0.6 for s in read.sentences)}"] = 1.0
    return made
