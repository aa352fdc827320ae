"""Which words of a question are its medicine's name where no list has it, and by which names it is called."""

from __future__ import annotations

from collections.abc import Sequence

from usedfor.answers.intents import Model
from usedfor.answers.types import Named
from usedfor.answers.wording import content, stem, table

__all__ = ["called", "guess", "word_features"]

_SHOWN = 6


def word_features(words: Sequence[str], at: int, known: Sequence[bool]) -> list[str]:
    """What the ``at``-th word is judged by. ``known``: which words belong to a name that some list has."""

    def word(n: int) -> str:
        return words[n] if 0 <= n < len(words) else "^$"[n > 0]

    w = words[at]
    found = [f"content:{content(w)}", f"known:{known[at]}", f"w:{stem(w)}"]
    found += [f"end{n}:{w[-n:]}" for n in (2, 3, 4)] + [f"start:{w[:3]}", f"long:{min(len(w) // 3, 4)}"]
    for d in (-2, -1, 1, 2):
        found.append(f"{d}:{stem(word(at + d))}")
    for d in (-1, 1):
        n = at + d
        inside = 0 <= n < len(words)
        found.append(f"content{d}:{inside and content(words[n])}")
        found.append(f"known{d}:{inside and known[n]}")
    found.append(f"class:{w in str(table('forms')['classes']).split()}")
    found.append(f"digits:{any(c.isdigit() for c in w)}")
    found.append(f"last:{at == len(words) - 1}")
    found.append(f"any:{any(known)}")
    return found


def guess(
    words: Sequence[str], named: Sequence[Named], model: Model, fallback: bool = True
) -> list[tuple[int, int]]:
    """The runs of words that look like a medicine's name, the likeliest first; ends exclusive.

    ``fallback``: where none does, the word that looks most like one.
    """
    known = [any(one.start <= n < one.end for one in named) for n in range(len(words))]
    scores = []
    for n in range(len(words)):
        out, inside = model.scores(word_features(words, n, known))
        scores.append(inside - out)
    runs: list[tuple[float, int, int]] = []
    start = None
    for n, score in enumerate([*scores, -1.0]):
        if score > 0 and start is None:
            start = n
        elif score <= 0 and start is not None:
            runs.append((-max(scores[start:n]), start, n))
            start = None
    if not runs and scores and fallback:
        able = [n for n, w in enumerate(words) if content(w)]
        if able:
            best = max(able, key=lambda n: (scores[n], -n))
            runs = [(0.0, best, best + 1)]
    return [_whole(words, a, b) for _, a, b in sorted(runs)]


def _whole(words: Sequence[str], start: int, end: int) -> tuple[int, int]:
    """A run that is a form or a class alone, with the word before it: "zoster vaccine"."""
    general = set(str(table("forms")["after"]).split()) | set(str(table("forms")["classes"]).split())
    while start and all(w in general for w in words[start:end]) and content(words[start - 1]):
        start -= 1
    return start, end


def called(
    text: str, places: Sequence[tuple[int, int]], named: Sequence[Named], guessed: Sequence[tuple[int, int]]
) -> list[str]:
    """The names by which the question calls its medicine: its own words first, with and without the form.

    ``places``: where each word stands in ``text``.
    """
    words = [text[a:b].lower() for a, b in places]

    def cut(start: int, end: int) -> str:
        return text[places[start][0] : places[end - 1][1]]

    found: list[str] = []
    runs = [(one.start, one.end) for one in named]
    if runs:
        if len(runs) > 1:
            ordered = [cut(a, b) for a, b in sorted(runs)]
            found += [" and ".join(ordered), " ".join(ordered)]
        for a, b in runs:
            found.append(cut(a, b))
            c = b
            while c > a + 1 and words[c - 1][0].isdigit():
                c -= 1
            found.append(cut(a, c))
            wide = next((g for g in guessed if g[0] <= a and b <= g[1] and g != (a, b)), None)
            if wide:
                found.append(cut(*wide))
            c, d = _with_form(words, a, b)
            if (c, d) != (a, b):
                found.append(cut(c, d))
        found += [one.name for one in named]
    else:
        for a, b in guessed[:2]:
            found.append(cut(a, b))
            c, d = _with_form(words, a, b)
            if (c, d) != (a, b):
                found.append(cut(c, d))
    found += [name[:-1] for name in found if name.endswith("s") and len(name) > 5 and " " not in name]
    return list(dict.fromkeys(found))[:_SHOWN]


def _with_form(words: Sequence[str], start: int, end: int) -> tuple[int, int]:
    forms = table("forms")
    after, before = set(str(forms["after"]).split()), set(str(forms["before"]).split())
    while end < len(words) and words[end] in after:
        end += 1
    while start and words[start - 1] in before:
        start -= 1
    return start, end
