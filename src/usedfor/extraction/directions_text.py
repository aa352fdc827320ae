"""An abstract and a question about it, as signs: what the direction model's features are made of.

A sentence becomes a line of signs: the outcome's words OUT, the intervention's INT, the comparator's CMP,
cue words by their group (``rules/directions.toml``), significant p-values PSIG, others PNS, other figures
NUM; what is left keeps its stem. The outcome is looked for with what the abstract's own brackets say that its
short forms stand for.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable
from functools import cache, lru_cache

import msgspec

from usedfor.extraction.cues import rules
from usedfor.extraction.sentences import sentences

__all__ = ["Prompt", "Read", "Sentence", "Token", "read", "stem"]

_ENDINGS = (
    "ization", "isation", "ations", "ation", "ingly", "ments", "ment", "ities", "ity", "ness", "ally",
    "ing", "ies", "ied", "ive", "ed", "es", "ly", "al", "ic", "s", "e", "y",
)  # fmt: skip
_TOKEN = re.compile(r"[A-Za-zα-ω][\w]*(?:[-'.][\w]+)*|\d+(?:[.,·]\d+)*|[<>=≤≥%±;:,()/+&−–-]")
_LABEL = re.compile(r"^(?:ABSTRACT\.)?\s*([A-Z][A-Za-z/& ,-]{3,60}?)\s*:+", re.M)


@cache
def _figure(name: str) -> re.Pattern[str]:
    return re.compile(rules("directions")["figures"][name], re.I)


@cache
def _words() -> tuple[frozenset[str], dict[str, str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """The words of a question that say nothing, words for one thing by stem, and the labels of sections."""
    data = rules("directions")
    headings = tuple((kind, re.compile(pattern, re.I)) for kind, pattern in data["headings"].items())
    return frozenset(data["stop"].split()), data["like"], headings


class Prompt(msgspec.Struct, frozen=True):
    """What is asked: what ``intervention`` did to ``outcome`` against ``comparator``."""

    text: str
    intervention: str
    comparator: str
    outcome: str


class Token(msgspec.Struct):
    """One word or sign: ``sign`` is its group or its stem, ``group`` whether it is a group's."""

    sign: str
    group: bool
    start: int


class Sentence(msgspec.Struct):
    """A sentence at ``text[start:end]``: its signs, and how much of the question stands in it (0 to 1)."""

    start: int
    end: int
    section: str  # T, B, M, R, C or "" where no label says it
    tokens: list[Token]
    place: float  # 0 first, 1 last of the text
    outcome: float = 0.0
    intervention: float = 0.0
    comparator: float = 0.0
    figures: tuple[str, ...] = ()


class Read(msgspec.Struct):
    """A text read for one question."""

    sentences: list[Sentence]
    outcome: frozenset[str]
    intervention: frozenset[str]
    comparator: frozenset[str]


def stem(word: str) -> str:
    """A rough stem: what is left without the commonest endings, and one word of some that mean the same."""
    return _stem(word.lower())


@lru_cache(maxsize=50_000)
def _stem(w: str) -> str:
    for end in _ENDINGS:
        if w.endswith(end) and len(w) - len(end) >= 4:
            w = w[: -len(end)]
            break
    return _words()[1].get(w, w)


@cache
def _signs() -> tuple[dict[str, str], tuple[tuple[str, str], ...], re.Pattern[str], dict[str, str]]:
    """Single words, beginnings of words, the pattern of all phrases, and each phrase's sign."""
    single: dict[str, str] = {}
    begins: list[tuple[str, str]] = []
    phrases: dict[str, str] = {}
    for symbol in rules("directions")["symbol"]:
        for word in symbol["words"]:
            if " " in word:
                phrases[word] = symbol["sign"]
            elif word.endswith("*"):
                begins.append((word[:-1], symbol["sign"]))
            else:
                single[word] = symbol["sign"]
    begins.sort(key=lambda pair: -len(pair[0]))
    ordered = sorted(phrases, key=lambda p: -len(p))
    pattern = "|".join(re.escape(p[:-1]) + r"\w*" if p.endswith("*") else re.escape(p) for p in ordered)
    keys = {p.rstrip("*"): s for p, s in phrases.items()}
    return single, tuple(begins), re.compile(rf"\b(?:{pattern})\b", re.I), keys


@lru_cache(maxsize=50_000)
def _sign(word: str) -> str | None:
    single, begins, _, _ = _signs()
    if word in single:
        return single[word]
    return next((sign for start, sign in begins if word.startswith(start)), None)


def _phrase(found: str) -> str:
    keys = _signs()[3]
    low = found.lower()
    while low not in keys and low:
        low = low[:-1]
    return keys.get(low, "NOT")


def _abbreviations(text: str) -> dict[str, tuple[str, ...]]:
    """Stems of the words that each short form stands for: "flow mediated vasodilation (FMD)"."""
    found: dict[str, tuple[str, ...]] = {}
    for match in re.finditer(r"\(\s?([A-Za-z][\w-]{1,9})(?:[);,]|\s\))", text):
        short = match[1]
        letters = [c for c in short.lower() if c.isalpha()]
        if sum(c.isupper() for c in short) < 2 or len(letters) < 2 or short.lower() in found:
            continue
        words = re.findall(r"\w+", text[max(0, match.start() - 120) : match.start()])[-len(letters) - 4 :]
        at = len(words)
        # The nearest word that begins with the first letter, as far back as there are letters.
        for back in range(1, len(words) + 1):
            if (
                words[-back][:1].lower() == letters[0]
                and back >= min(2, len(letters))
                and back <= len(letters) + 2
            ):
                at = len(words) - back
                if back >= len(letters) - 1:
                    break
        long = tuple(stem(w) for w in words[at:] if w.lower() not in _words()[0])
        if long:
            found[short.lower()] = long
    return found


def _stems(phrase: str, short: dict[str, tuple[str, ...]]) -> frozenset[str]:
    words = [w.lower() for w in re.findall(r"[A-Za-zα-ω0-9][\w]*(?:[-'.]\w+)*", phrase)]
    made: set[str] = set()
    for word in words:
        for part in {word, *word.split("-")}:
            if part in _words()[0] or (part.isdigit() and len(part) < 2):
                continue
            made.add(stem(part))
            made.update(short.get(part, ()))
    for key, long in short.items():
        if long and set(long) <= made:
            made.add(stem(key))
    if not made:
        made = {stem(w) for w in words}
    return frozenset(made)


def _sections(text: str) -> list[tuple[int, int, str]]:
    """The labels at the beginnings of lines: where each starts and ends, and which section it opens."""
    made = []
    for match in _LABEL.finditer(text):
        label = match[1]
        kind = next((k for k, pattern in _words()[2] if pattern.search(label)), None)
        if kind:
            made.append((match.start(), match.end(), kind))
    return made


def read(prompt: Prompt) -> Read:
    """The sentences of the text with their signs and how much of the question stands in each."""
    text = prompt.text
    short = _abbreviations(text)
    outcome = _stems(prompt.outcome, short)
    intervention = _stems(prompt.intervention, short)
    comparator = _stems(prompt.comparator, short)
    shared = intervention & comparator
    intervention, comparator = intervention - shared or intervention, comparator - shared or comparator
    labels = _sections(text)
    found: list[Sentence] = []
    size = max(1, len(text))
    for start, end in _pieces(text, labels):
        section = next((kind for at, _, kind in reversed(labels) if at <= start), "")
        tokens, figures = _tokens(text, start, end, outcome, intervention, comparator)
        if tokens:
            found.append(Sentence(start, end, section, tokens, start / size, figures=figures))
    _weigh(found, text, outcome, intervention, comparator)
    return Read(found, outcome, intervention, comparator)


def _pieces(text: str, labels: list[tuple[int, int, str]]) -> Iterable[tuple[int, int]]:
    """Sentences, cut at labels, which belong to none."""
    bounds = [0, *(b for start, end, _ in labels for b in (start, end)), len(text)]
    for a, b in zip(bounds[::2], bounds[1::2], strict=True):
        for start, end in sentences(text[a:b]):
            yield a + start, a + end


def _weigh(found: list[Sentence], text: str, *asked: frozenset[str]) -> None:
    count: Counter[str] = Counter()
    stems = []
    for one in found:
        words = {
            stem(p)
            for w in re.findall(r"[A-Za-zα-ω0-9]\w*(?:[-'.]\w+)*", text[one.start : one.end])
            for p in (w, *w.split("-"))
        }
        stems.append(words)
        count.update(words)
    n = len(found) + 1
    for one, words in zip(found, stems, strict=True):
        shares = []
        for wanted in asked:
            weight = {w: math.log(n / (0.5 + count[w])) + 0.3 for w in wanted if count[w]}
            missing = sum(1.5 for w in wanted if not count[w])
            total = sum(weight.values()) + missing
            shares.append(sum(v for w, v in weight.items() if w in words) / total if total else 0.0)
        one.outcome, one.intervention, one.comparator = shares


def _tokens(
    text: str,
    start: int,
    end: int,
    outcome: frozenset[str],
    intervention: frozenset[str],
    comparator: frozenset[str],
) -> tuple[list[Token], tuple[str, ...]]:
    piece = text[start:end]
    taken: list[tuple[int, int, str]] = []
    figures: list[str] = []
    for match in _figure("p").finditer(piece):
        sign = "PSIG" if _significant(match["rel"], match["v"]) else "PNS"
        taken.append((match.start(), match.end(), sign))
        figures.append(sign)
    for match in _figure("interval").finditer(piece):
        low, high = _number(match["a"]), _number(match["b"])
        ratio = _figure("ratio").search(piece)
        if low is not None and high is not None and low <= high:
            null = 1.0 if ratio else 0.0
            figures.append(f"CI{'r' if ratio else 'd'}{'+' if low > null else '-' if high < null else '0'}")
    for match in _figure("ratio").finditer(piece):
        value = _number(match["v"])
        if value is not None and value < 20:
            figures.append("RATIO+" if value > 1.05 else "RATIO-" if value < 0.95 else "RATIO0")
    for match in _figure("versus").finditer(piece):
        a, b = _number(match["a"]), _number(match["b"])
        if a is not None and b is not None and not (a == 95 or a > 1900):
            sign = "FIG+" if a > b * 1.03 else "FIG-" if a < b * 0.97 else "FIG0"
            taken.append((match.start(), match.end(), sign))
            figures.append(sign)
    for match in _signs()[2].finditer(piece):
        taken.append((match.start(), match.end(), _phrase(match[0])))
    taken.sort()
    made: list[Token] = []
    at = 0
    next_ = 0
    for match in _TOKEN.finditer(piece):
        while next_ < len(taken) and taken[next_][0] <= match.start():
            if taken[next_][0] >= at:
                made.append(Token(taken[next_][2], True, start + taken[next_][0]))
                at = taken[next_][1]
            next_ += 1
        if match.start() < at:
            continue
        word = match[0]
        folded = word.lower()
        if word[0].isdigit():
            sign, group = "NUM", True
        elif not word[0].isalpha():
            sign, group = word, False
        else:
            own = stem(folded)
            parts = {own, *(stem(p) for p in folded.split("-"))}
            if parts & outcome:
                sign, group = "OUT", True
            elif parts & intervention:
                sign, group = "INT", True
            elif parts & comparator:
                sign, group = "CMP", True
            else:
                cue = _sign(folded)
                sign, group = (cue, True) if cue else (own, False)
        if group and made and made[-1].sign == sign and sign in ("OUT", "INT", "CMP", "NUM"):
            continue
        made.append(Token(sign, group, start + match.start()))
    return made, tuple(figures)


def _number(text: str) -> float | None:
    try:
        return float(
            text.replace("·", ".").replace(",", ".").replace("−", "-").replace("–", "-").replace(" ", "")
        )
    except ValueError:
        return None


def _significant(relation: str, value: str) -> bool:
    number = _number(value)
    if number is None:
        return False
    return number <= 0.05 and relation != ">" if number != 0.05 else relation in ("<", "≤", "less than")
