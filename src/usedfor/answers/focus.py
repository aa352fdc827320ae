"""Which words of a question are its medicine's name where no list has it, and by which names it is called.

Two linear models: one weighs each word (is it part of the name?), the other each run of words with what the
first says of them (is it the whole name?). Both see a word's letters and its neighbours and no list of
questions; a name that no list has is found by how people ask: "what is ... used for".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from usedfor.answers.intents import Model
from usedfor.answers.kinds import kind_of
from usedfor.answers.types import Named
from usedfor.answers.wording import content, stem, table

__all__ = ["Run", "called", "guess", "run_features", "runs", "word_features", "word_scores"]

_SHOWN = 6
_LONGEST = 5  # words of a name
_UNLIKELY = -6.0
_JOINED = -1.0  # how likely two names together must be, to stand there in both ways
_PAIRED = -1.0  # how likely both of two names must be, each alone
_PLURAL = 5  # letters of a word that may be more than one
_JOINS = frozenset(("and", "with", "or", "plus", "versus", "vs", "to", "from", "while", "when", "on"))


def word_features(words: Sequence[str], at: int, known: Sequence[bool]) -> list[str]:
    """What the ``at``-th word is judged by. ``known``: which words belong to a name that some list has."""

    def word(n: int) -> str:
        return words[n] if 0 <= n < len(words) else "^$"[n > 0]

    w = words[at]
    found = [f"content:{content(w)}", f"known:{known[at]}", f"w:{stem(w)}", f"kind:{kind_of(w)}"]
    found += [f"end{n}:{w[-n:]}" for n in (2, 3, 4)] + [f"start:{w[:3]}", f"long:{min(len(w) // 3, 4)}"]
    for d in (-2, -1, 1, 2):
        found.append(f"{d}:{stem(word(at + d))}")
        found.append(f"kind{d}:{kind_of(word(at + d))}")
    found.append(f"-21:{stem(word(at - 2))} {stem(word(at - 1))}")
    found.append(f"12:{stem(word(at + 1))} {stem(word(at + 2))}")
    for d in (-1, 1):
        n = at + d
        inside = 0 <= n < len(words)
        found.append(f"content{d}:{inside and content(words[n])}")
        found.append(f"known{d}:{inside and known[n]}")
    found.append(f"class:{w in _classes()}")
    found.append(f"form:{w in _after()}")
    found.append(f"digits:{any(c.isdigit() for c in w)}")
    found.append(f"first:{at == 0}")
    found.append(f"last:{at == len(words) - 1}")
    found.append(f"any:{any(known)}")
    found.append(f"content:{content(w)} known:{known[at]} any:{any(known)}")
    return found


@cache
def _classes() -> frozenset[str]:
    return frozenset(str(table("forms")["classes"]).split())


@cache
def _after() -> frozenset[str]:
    return frozenset(str(table("forms")["after"]).split())


def word_scores(words: Sequence[str], named: Sequence[Named], model: Model) -> list[float]:
    """For each word, how likely it is part of the medicine's name (log odds)."""
    known = [any(one.start <= n < one.end for one in named) for n in range(len(words))]
    scores = []
    for n in range(len(words)):
        out, inside = model.scores(word_features(words, n, known))
        scores.append(inside - out)
    return scores


def guess(
    words: Sequence[str], named: Sequence[Named], model: Model, fallback: bool = True
) -> list[tuple[int, int]]:
    """The runs of words that look like a medicine's name, the likeliest first; ends exclusive.

    ``fallback``: where none does, the word that looks most like one.
    """
    scores = word_scores(words, named, model)
    found: list[tuple[float, int, int]] = []
    start = None
    for n, score in enumerate([*scores, -1.0]):
        if score > 0 and start is None:
            start = n
        elif score <= 0 and start is not None:
            found.append((-max(scores[start:n]), start, n))
            start = None
    if not found and scores and fallback:
        able = [n for n, w in enumerate(words) if content(w)]
        if able:
            best = max(able, key=lambda n: (scores[n], -n))
            found = [(0.0, best, best + 1)]
    return [_whole(words, a, b) for _, a, b in sorted(found)]


def _whole(words: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """A run that is a form or a class alone, with the word before it: "zoster vaccine"."""
    general = _after() | _classes()
    while start and all(w in general for w in words[start:end]) and content(words[start - 1]):
        start -= 1
    return start, end


def _edge(word: str) -> bool:
    """Whether a name may begin or end with it."""
    return content(word) or word in _after() or word in _general()


@cache
def _general() -> frozenset[str]:
    return frozenset(
        ("medicine", "medication", "pill", "pills", "shot", "shots", "drug", "drugs", "level", "c", "d", "k")
    )


class Run(NamedTuple):
    """Some words of a question that may be how it calls its medicine."""

    text: str
    features: list[str]
    also: str = ""  # the same, joined in another way


def runs(
    text: str,
    places: Sequence[tuple[int, int]],
    named: Sequence[Named],
    scores: Sequence[float],
    spelt: Callable[[str], str | None],
) -> list[Run]:
    """Every run of words that may be the name, alone, put right (``spelt``) or two of them together."""
    words = [text[a:b].lower().replace("’", "'") for a, b in places]
    known = {(one.start, one.end): one for one in named}
    found = []
    likely: list[tuple[float, int, int]] = []
    for a in range(len(words)):
        for b in range(a + 1, min(a + _LONGEST, len(words)) + 1):
            inside = scores[a:b]
            if (a, b) not in known and max(inside) < -2.5:
                continue
            if (a, b) not in known and not (_edge(words[a]) and _edge(words[b - 1])):
                continue
            said = text[places[a][0] : places[b - 1][1]]
            features = run_features(words, a, b, named, scores)
            found.append(Run(said, features))
            likely.append((sum(inside) / len(inside) if (a, b) not in known else 3.0, a, b))
            one = known.get((a, b))
            free = not any(c < b and a < d for c, d in known) and not kind_of(words[a])
            other = (
                one.name if one else (spelt(" ".join(words[a:b])) if free and min(inside) > -0.5 else None)
            )
            if other and other != " ".join(words[a:b]):
                found.append(Run(other, [*features, "as:put right", f"as:{bool(one)}"]))
            c = b
            while c > a + 1 and words[c - 1][0].isdigit():
                c -= 1
            if c < b and words[a : a + 1] and (a, c) not in known:
                found.append(Run(text[places[a][0] : places[c - 1][1]], [*features, "as:no number"]))
            if words[b - 1].endswith("s") and len(words[b - 1]) > _PLURAL:
                found.append(Run(said[:-1], [*features, "as:one"]))
            elif kind_of(words[b - 1]):
                found.append(Run(said + "s", [*features, "as:many"]))
    found += _pairs(text, places, words, likely, known, spelt)
    return found


def _pairs(
    text: str,
    places: Sequence[tuple[int, int]],
    words: Sequence[str],
    likely: list[tuple[float, int, int]],
    known: dict[tuple[int, int], Named],
    spelt: Callable[[str], str | None],
) -> list[Run]:
    """Two names that stand apart, together: in their own words and put right."""
    best: list[tuple[float, int, int]] = []
    for score, a, b in sorted(likely, key=lambda one: (-one[0], one[1], -one[2])):
        if score > _PAIRED and all(b <= c or d <= a for _, c, d in best):
            best.append((score, a, b))
    found: list[Run] = []
    best = sorted(best[:3], key=lambda one: one[1])
    if len(best) > 2:
        said = " ".join(text[places[a][0] : places[b - 1][1]] for _, a, b in best)
        scored = [
            f"three score:{_step(min(s for s, _, _ in best))}",
            f"three known:{sum((a, b) in known for _, a, b in best)}",
        ]
        found.append(Run(said, ["three", *scored]))
    for n, (s, a, b) in enumerate(best):
        for t, c, d in best[n + 1 :]:
            between = words[b:c]
            features = [
                "pair",
                f"pair known:{((a, b) in known) + ((c, d) in known)}",
                f"pair gap:{min(len(between), 4)}",
                f"pair score:{_step(min(s, t))}",
                f"pair names:{len(best)}",
                *(f"pair by:{w}" for w in between if w in _JOINS),
                f"pair next:{between == ['and'] or not between}",
            ]
            one, two = (text[places[x][0] : places[y - 1][1]] for x, y in ((a, b), (c, d)))
            right = [_right(words, x, y, known, spelt) for x, y in ((a, b), (c, d))]
            found.append(Run(f"{one} {two}", [*features, "way:own"], f"{one} and {two}"))
            if right != [one.lower(), two.lower()]:
                found.append(Run(" ".join(right), [*features, "way:right"], " and ".join(right)))
    return found


def _right(
    words: Sequence[str],
    a: int,
    b: int,
    known: dict[tuple[int, int], Named],
    spelt: Callable[[str], str | None],
) -> str:
    one = known.get((a, b))
    said = " ".join(words[a:b])
    return (one.name if one else spelt(said)) or said


def _step(score: float) -> int:
    return max(-4, min(6, round(score)))


def run_features(
    words: Sequence[str], a: int, b: int, named: Sequence[Named], scores: Sequence[float]
) -> list[str]:
    """What a run of words is judged by."""
    inside = scores[a:b]
    before = words[a - 1] if a else "^"
    after = words[b] if b < len(words) else "$"
    out_before = scores[a - 1] if a else -4.0
    out_after = scores[b] if b < len(words) else -4.0
    whole = any((one.start, one.end) == (a, b) for one in named)
    within = sum(a <= one.start and one.end <= b for one in named)
    part = any(one.start < b and a < one.end and not (a <= one.start and one.end <= b) for one in named)
    first = min((one.start for one in named), default=-1)
    return [
        f"n:{b - a}",
        f"whole:{whole}",
        f"within:{min(within, 2)} {b - a}",
        f"part:{part}",
        f"none:{not named}",
        f"others:{min(len(named) - within, 2)}",
        f"is first:{first == a}",
        f"low:{_step(min(inside))}",
        f"mean:{_step(sum(inside) / len(inside))}",
        f"high:{_step(max(inside))}",
        f"before:{_step(out_before)}",
        f"after:{_step(out_after)}",
        f"low:{_step(min(inside))} before:{_step(out_before) > 0} after:{_step(out_after) > 0}",
        f"b:{before}",
        f"a:{after}",
        f"a form:{after in _after()}",
        f"b content:{content(before) if len(before) > 1 else before}",
        f"a content:{content(after) if len(after) > 1 else after}",
        f"f:{words[a]}",
        f"l:{words[b - 1]}",
        f"f content:{content(words[a])}",
        f"l content:{content(words[b - 1])}",
        f"l form:{words[b - 1] in _after()} whole:{whole} {within}",
        f"l class:{words[b - 1] in _classes()}",
        f"kinds:{kind_of(words[b - 1])} {within}",
        f"kind:{kind_of(' '.join(words[a:b]))}",
        f"digits:{any(w[0].isdigit() for w in words[a:b])} {words[b - 1][0].isdigit()}",
        f"joins:{any(w in _JOINS for w in words[a:b])} {within}",
        f"all:{a == 0 and b == len(words)}",
    ]


def called(found: Sequence[Run], model: Model) -> list[str]:
    """The names by which the question calls its medicine, the likeliest first."""
    ranked = []
    for n, run in enumerate(found):
        out, inside = model.scores(run.features)
        ranked.append((inside - out, n, run))
    ranked.sort(key=lambda one: (-one[0], one[1]))
    names: dict[str, str] = {}
    for score, _, run in ranked:
        if names and (score < _UNLIKELY or len(names) == _SHOWN):
            break
        for name in (run.text, run.also if score > _JOINED else ""):
            if name and len(names) < _SHOWN:
                names.setdefault(name.lower(), name)
    return list(names.values())
