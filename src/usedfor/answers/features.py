"""What the kind of a question is judged by: its cues, its words in order, what it names."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence
from functools import cache

from usedfor.answers.kinds import kinds
from usedfor.answers.types import Named
from usedfor.answers.wording import stem, table

_APART = 6  # words between which a pair is seen

__all__ = ["cues", "features", "masked"]


@cache
def _cues() -> tuple[tuple[str, str, re.Pattern[str]], ...]:
    return tuple((c["id"], c["intent"], re.compile(c["pattern"])) for c in table("cues")["cue"])


def cues(text: str) -> list[tuple[str, str, int]]:
    """The cues that stand in a question, by their place: id, intent, start."""
    low = text.lower().replace("’", "'")
    found = [(id, intent, m.start()) for id, intent, pattern in _cues() if (m := pattern.search(low))]
    return sorted(found, key=lambda c: (c[2], c[0]))


def masked(words: Sequence[str], named: Sequence[Named]) -> list[str]:
    """The words with "MED" for each name of a medicine and "NUM" for each number."""
    start = {one.start: one for one in named}
    out = []
    at = 0
    while at < len(words):
        one = start.get(at)
        if one:
            out.append("MED")
            at = one.end
        else:
            word = words[at]
            out.append("NUM" if word[0].isdigit() else word)
            at += 1
    return out


def features(text: str, words: Sequence[str], named: Sequence[Named], conditions: int) -> list[str]:
    """The features of a question, each a string, without repeats.

    ``conditions``: how many conditions it names.
    """
    seen = cues(text)
    found = [f"cue:{id}" for id, _, _ in seen]
    found += [f"says:{intent}" for _, intent, _ in seen]
    if seen:
        found.append(f"first:{seen[0][1]}")
    intents = sorted({intent for _, intent, _ in seen})
    found.append("only:" + intents[0] if len(intents) == 1 else f"intents:{min(len(intents), 4)}")
    found += [f"both:{a}+{b}" for n, a in enumerate(intents) for b in intents[n + 1 :]]
    line = ["^", *masked(words, named), "$"]
    stems = [w if w.isupper() or w in "^$" else stem(w) for w in line]
    found += [f"w:{w}" for w in stems]
    found += [f"2:{a} {b}" for a, b in itertools.pairwise(stems)]
    found += [f"3:{a} {b} {c}" for a, b, c in zip(stems, stems[1:], stems[2:], strict=False)]
    found += [f"s:{a} _ {c}" for a, c in zip(stems, stems[2:], strict=False)]
    for w in line[1:-1]:
        if not w.isupper():
            padded = f"<{w}>"
            found += [f"c:{padded[i : i + 4]}" for i in range(len(padded) - 3)]
    found += _by_kind(masked(words, named))
    found.append(f"meds:{min(sum(1 for w in line if w == 'MED'), 2)}")
    found.append(f"conditions:{min(conditions, 2)}")
    found.append(f"length:{min(len(words) // 3, 5)}")
    return list(dict.fromkeys(found))


def _by_kind(line: Sequence[str]) -> list[str]:
    """Words in order, those of a kind as that kind ("does MED cause <symptom>"), and pairs further apart."""
    full = ["^", *kinds(line), "$"]
    stems = [w if w[0] in "^$<" or w.isupper() else stem(w) for w in full]
    of_kind = sorted({w for w in stems if w[0] == "<"})
    found = [f"k:{w}" for w in of_kind] + [f"kk:{'+'.join(of_kind)}"]
    found += [f"k2:{a} {b}" for a, b in itertools.pairwise(stems) if "<" in a + b]
    threes = zip(stems, stems[1:], stems[2:], strict=False)
    found += [f"k3:{a} {b} {c}" for a, b, c in threes if "<" in a + b + c]
    found += [f"b3:{a} _ {c}" for a, c in zip(stems, stems[3:], strict=False)]
    found += [f"o:{a}..{c}" for n, a in enumerate(stems) for c in stems[n + 2 : n + _APART]]
    found += [f"p:{' '.join(stems[1:3])}", f"p3:{' '.join(stems[1:4])}", f"e:{' '.join(stems[-3:])}"]
    return found
