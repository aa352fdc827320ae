"""Which statements say the same thing, over all labels of a medicine."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache

from usedfor.model import Statement, quote_hash

__all__ = ["groups", "key", "plain", "slug"]

SLUG_WORDS = 8  # no sentence of a label ships, in an id neither
# Kinds in which two wordings of one label are two things.
_APART = ("indication", "limitation", "contraindication")


@lru_cache(maxsize=1 << 15)  # labels of one medicine repeat each other's words
def plain(text: str) -> str:
    """A wording without case, punctuation and doubled spaces, to compare by."""
    return " ".join(re.sub(r"[\W_]+", " ", text.casefold()).split())


def slug(text: str) -> str:
    """A wording as part of an id: of a long one its first words, and eight digits of its SHA-256."""
    words = plain(text).split()
    if len(words) > SLUG_WORDS:
        words[SLUG_WORDS:] = [quote_hash(plain(text))[:8]]
    return "-".join(words)


def key(statement: Statement) -> str:
    """What a statement is about: its topic (no use has one of its own), else its condition, else its words.

    Prevention is apart from the rest: what a medicine prevents it need not treat.
    """
    topic = None if statement.kind in _APART else statement.topic
    about = topic or statement.condition or plain(statement.text) or statement.id
    return f"prevention {about}" if statement.relation == "prevent" else about


def groups(statements: Iterable[Statement]) -> dict[str, list[Statement]]:
    """The statements by what they are about; a label's own distinctions within one condition are kept.

    A label that names "relapsed leukemia" and "leukemia with a 17p deletion" means two uses, though both are
    linked to leukemia. A wording of another label goes to the one it is most like.
    """
    by_key: dict[str, list[Statement]] = defaultdict(list)
    for s in statements:
        by_key[key(s)].append(s)
    out: dict[str, list[Statement]] = {}
    for about, found in by_key.items():
        parts = _parts(found) if found[0].kind in _APART else [found]
        if len(parts) == 1:
            out[about] = parts[0]
            continue
        for part in parts:
            out[f"{about} {min(plain(s.text) for s in part)}"] = part
    return out


def _parts(group: Sequence[Statement]) -> list[list[Statement]]:
    """One condition's statements, by the wordings that some label keeps apart."""
    counted = Counter(plain(s.text) for s in group)
    apart = _kept_apart(group)
    if not apart:
        return [list(group)]
    homes: list[list[str]] = []
    place: dict[str, int] = {}
    for text in sorted(counted, key=lambda t: (-counted[t], len(t), t)):
        open_ = [n for n, home in enumerate(homes) if not any((text, other) in apart for other in home)]
        if open_:
            place[text] = max(open_, key=lambda n: (max(_alike(text, o) for o in homes[n]), -n))
            homes[place[text]].append(text)
        else:
            place[text] = len(homes)
            homes.append([text])
    return [[s for s in group if place[plain(s.text)] == n] for n in range(len(homes))]


def _kept_apart(group: Sequence[Statement]) -> set[tuple[str, str]]:
    """Pairs of wordings in one label, neither within the other, that share words: two kinds of one thing.

    Those that share none are two names of it.
    """
    texts: dict[str, set[str]] = defaultdict(set)
    for s in group:
        texts[s.span.document].add(plain(s.text))
    return {
        (one, other)
        for said in texts.values()
        for one in said
        for other in said
        if (a := set(one.split())) & (b := set(other.split())) and not a <= b and not b <= a
    }


def _alike(one: str, other: str) -> float:
    a, b = set(one.split()), set(other.split())
    return len(a & b) / len(a | b)
