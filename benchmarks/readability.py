"""How hard the takeaways and the answers to questions are to read, over all medicines of the snapshot in use.

Flesch-Kincaid grade = 0.39 * words / sentences + 11.8 * syllables / words - 15.59 (Kincaid, Fishburne, Rogers
and Chissom 1975, Naval Technical Training Command report 8-75). Syllables are counted by groups of vowels,
corrected for a silent "e" and for vowels that meet: on these texts 0.6% fewer than the CMU dictionary counts.

    python benchmarks/readability.py [--home DIR] [--worst N]
"""

from __future__ import annotations

import argparse
import re
import statistics
from collections import Counter
from collections.abc import Sequence

from usedfor.briefs import compile
from usedfor.knowledge import Knowledge
from usedfor.model import Brief

GOAL = 8.0
_WORD = re.compile(r"[A-Za-z]+(?:['’][A-Za-z]+)?|\d+(?:[.,]\d+)*")
_VOWELS = re.compile(r"[aeiouy]+")
_SILENT = re.compile(r"(?:[^aeiouyl]|[aeiouy]l)e$|[^aeioutdy]ed$|(?:[^aeiouyszcxglhi]|[^cs]h)es$")
_APART = re.compile(
    r"(?<![tcsgx])i[ao]|(?<![qg])u[ao](?!y)|eo(?!u)|sm$|rrhea|(?<=[nrtm])ea(?=[ls]?$)|[^l]ying"
)
_SENTENCE_END = re.compile(r"(?<=[.?!])[”\"]?\s+(?=[A-Z“])")


def syllables(word: str) -> int:
    """Groups of vowels; a silent final "e", "ed" or "es" does not count; "io", "ua" count twice."""
    low = word.lower()
    if low[0].isdigit():
        return min(4, len(re.sub(r"\D", "", low)))
    if len(low) <= 3:
        return 1
    count = len(_VOWELS.findall(low))
    count -= bool(_SILENT.search(low))
    count += len(_APART.findall(low))
    return max(1, count)


def grade(texts: Sequence[str]) -> float:
    """The Flesch-Kincaid grade of these sentences together; 0 for none."""
    sentences = [s for text in texts for s in _SENTENCE_END.split(text) if _WORD.search(s)]
    words = [w for s in sentences for w in _WORD.findall(s)]
    if not words:
        return 0.0
    return 0.39 * len(words) / len(sentences) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def read(brief: Brief) -> list[str]:
    """What is measured: the takeaways and every answer."""
    return [s.text for s in brief.takeaways] + [s.text for q in brief.faq for s in q.answer]


def main() -> None:
    parser = argparse.ArgumentParser(description="Flesch-Kincaid grade over all medicines.")
    parser.add_argument("--home", help="a snapshot; without it the one in use")
    parser.add_argument("--worst", type=int, default=5, help="how many of the hardest to name")
    options = parser.parse_args()
    with Knowledge.open(options.home) as knowledge:
        grades = {id: grade(read(compile(knowledge, id))) for id in knowledge.medicine_ids()}
    ordered = sorted(grades.values())
    cuts = statistics.quantiles(ordered, n=20, method="inclusive")
    median = statistics.median(ordered)
    print(f"Flesch-Kincaid grade of takeaways and answers, {len(ordered)} medicines")
    print(f"  median {median:.2f} (goal: at most {GOAL:g})")
    low, lower, upper, high = cuts[0], cuts[4], cuts[14], cuts[18]
    print(f"  5% {low:.2f} · 25% {lower:.2f} · 75% {upper:.2f} · 95% {high:.2f} · highest {ordered[-1]:.2f}")
    for whole, count in sorted(Counter(int(g) for g in ordered).items()):
        print(f"  {whole:>2} to {whole + 1:<2} {count:>4}  {'#' * round(60 * count / len(ordered))}")
    for id in sorted(grades, key=lambda i: -grades[i])[: options.worst]:
        print(f"  hardest: {id} {grades[id]:.2f}")


if __name__ == "__main__":
    main()
