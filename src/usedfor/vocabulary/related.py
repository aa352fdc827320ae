"""Which medicines are easily taken for one another."""

from __future__ import annotations

import re
from collections import defaultdict

from rapidfuzz import fuzz, process

from usedfor.vocabulary.rules import rows

ALIKE = 90  # of 100 (rapidfuzz ratio): from here on two names are look-alikes
LARGEST = 30  # a first word that more medicines share says nothing

_WORD = re.compile(r"[a-z]{6,}")


def related(single: dict[str, str], approved: set[str]) -> dict[str, set[str]]:
    """Ids of related medicines, by id, by three rules: a prefix of rules/prefixes.tsv before the other's
    name; the same first word (a conjugate, another insulin); nine tenths of the letters alike.

    ``single``: name -> id of the medicines that are no combinations. ``approved``: ids; the second and third
    rule hold among these alone.
    """
    out: dict[str, set[str]] = defaultdict(set)

    def pair(a: str, b: str) -> None:
        if a != b:
            out[a].add(b)
            out[b].add(a)

    prefixes = [prefix for _, prefix in rows("prefixes.tsv", 2)]
    for name, id in single.items():
        for prefix in prefixes:
            rest = name.removeprefix(prefix)
            if rest != name and len(rest) >= 6 and rest in single:
                pair(id, single[rest])
    first: dict[str, list[str]] = defaultdict(list)
    for name, id in single.items():
        word = re.sub(r"^(?:ado|fam|tbo|ziv)-", "", name).split()[0]
        if _WORD.fullmatch(word) and id in approved and len(name.split()) < 3:
            first[word].append(id)
    loose = {w for (w,) in rows("elements.tsv", 1)}
    for word, ids in first.items():
        if 1 < len(ids) <= LARGEST and word not in loose:
            for a in ids:
                for b in ids:
                    pair(a, b)
    names = sorted(n for n, id in single.items() if id in approved and len(n) >= 7 and " " not in n)
    for i, name in enumerate(names):
        for other, _, _ in process.extract(
            name, names[i + 1 :], scorer=fuzz.ratio, score_cutoff=ALIKE, limit=None
        ):
            pair(single[name], single[other])
    return out
