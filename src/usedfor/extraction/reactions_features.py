"""The features of the reaction tagger, as names (to train on) and as tables (to tag with).

A linear-chain conditional random field (Lafferty, McCallum and Pereira, ICML 2001) scores a token by the sum
of the weights of its features. Nearly all features here belong to one word at a fixed distance, so their sum
can be kept per word and looked up for a whole text at once; ``names`` spells the same features out for
training. A test holds the two equal.
"""

from __future__ import annotations

from usedfor.extraction.reactions_tokens import CUES, Ints, Tokens, surroundings

__all__ = [
    "LEFT",
    "OFFSETS",
    "PAIRS",
    "RIGHT",
    "WORD_KINDS",
    "bag_features",
    "cue_features",
    "gap_features",
    "mark_features",
    "names",
    "shape",
    "word_features",
    "word_parts",
]

OFFSETS = (-4, -3, -2, -1, 0, 1, 2, 3, 4)
PAIRS = (-2, -1, 0, 1)  # a pair at p is the words at p and p + 1
LEFT = 12  # words of the same segment before the token that count as a bag
RIGHT = 8  # and behind it
WORD_KINDS = "wstpuh"  # features of one word at a distance: kind, distance, "=", value


def shape(raw: str) -> str:
    """a lower, A one capital, AA capitals, Aa title, 0 number, else the sign itself."""
    if raw == "0":
        return "0"
    if not raw.isalpha():
        return raw
    if raw.islower():
        return "a"
    if raw.isupper():
        return "A" if len(raw) == 1 else "AA"
    return "Aa" if raw[0].isupper() else "aA"


def word_parts(word: str) -> list[tuple[str, str]]:
    """The kinds of feature a word has, with their values: itself, then endings and beginning."""
    parts = [("w", word)]
    if len(word) > 3 and word.isalpha():
        parts += [("s", word[-3:]), ("t", word[-4:]), ("p", word[:4])]
        if len(word) > 5:
            parts.append(("u", word[-5:]))
    return parts


def word_features(offset: int, word: str) -> list[str]:
    """What the word ``offset`` tokens away tells; far from the token only the word itself counts."""
    parts = word_parts(word) if -1 <= offset <= 1 else [("w", word)]
    return [f"{kind}{offset}={value}" for kind, value in parts]


def shape_features(offset: int, raw: str) -> list[str]:
    """What the letters' case tells."""
    return [f"h{offset}={shape(raw)}"] if -1 <= offset <= 1 else []


def bag_features(side: str, word: str) -> list[str]:
    """What a word somewhere to the left ("l") or right ("r") tells."""
    return [f"{side}={word}"] if word.isalpha() and len(word) > 1 else []


def mark_features(before: int, here: int, after: int, kind: str) -> list[str]:
    """What the dictionary marks and the kind of passage tell."""
    return [f"d={before}{here}{after}", f"e={here}", f"k={kind}", f"ke={kind}{int(here > 0)}"]


def gap_features(before: int, after: int, mark: int) -> list[str]:
    """What the gaps before and behind the token tell."""
    return [f"g={before}{after}", f"gb={before}{int(mark > 0)}", f"ga={after}{int(mark > 0)}"]


def cue_features(last: int, following: int, present: int, mark: int) -> list[str]:
    """What the cues around the token tell."""
    marked = int(mark > 0)
    found = [f"cl={last}{marked}", f"cf={following}{marked}", f"cx={last // 4}.{following // 4}.{marked}"]
    return found + [f"cp={bit}{marked}" for bit in range(1, len(CUES) + 1) if present >> bit & 1]


def names(tokens: Tokens, marks: Ints, kind: str) -> list[list[str]]:
    """The features of every token by name, for training."""
    words, raw = tokens.words, tokens.raw
    count = len(words)
    out: list[list[str]] = []
    around = surroundings(tokens)
    for i in range(count):
        found: list[str] = []
        for offset in OFFSETS:
            j = i + offset
            if 0 <= j < count:
                found += word_features(offset, words[j])
                found += shape_features(offset, raw[j])
        for pair in PAIRS:
            j = i + pair
            if 0 <= j < count - 1:
                found.append(f"b{pair}={words[j]} {words[j + 1]}")
        low = max(int(tokens.segment_starts[i]), i - LEFT)
        high = min(int(tokens.segment_ends[i]), i + 1 + RIGHT)
        for j in range(low, i):
            found += bag_features("l", words[j])
        for j in range(i + 1, high):
            found += bag_features("r", words[j])
        before = int(marks[i - 1]) if i else 0
        after = int(marks[i + 1]) if i + 1 < count else 0
        found += mark_features(before, int(marks[i]), after, kind)
        found += cue_features(
            int(around.last[i]), int(around.following[i]), int(around.present[i]), int(marks[i])
        )
        behind = int(tokens.gaps[i + 1]) if i + 1 < count else 3
        found += gap_features(int(tokens.gaps[i]), behind, int(marks[i]))
        out.append(found)
    return out
