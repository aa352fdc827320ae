"""From a phrase of a label to a condition: exact, else by its normalised words, else with words set aside
that do not change which condition it is.

Each rule is a row of rules/set_aside.tsv: where the words stand, a pattern over the normalised words,
and of which conditions it holds ("HER2-positive" may be set aside before a cancer, nowhere else). What
is left must be the name of a condition. The fewest words that leave a name are set aside, so that the
most specific condition is found.
"""

from __future__ import annotations

import heapq
import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import NamedTuple

from usedfor.vocabulary.results import Link
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.text import fold, key, words

LONGEST = 300  # characters of a phrase; what is longer is no name


class Found(NamedTuple):
    """What a look-up of a key gives."""

    id: str
    name: str
    names: tuple[str, ...]


class _Rule(NamedTuple):
    id: str
    before: bool
    pattern: re.Pattern[str]
    kind: str
    reason: str


_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_KINDS = {
    "neoplasm": re.compile(
        r"cancer|carcinoma|lymphoma|leukemia|melanoma|sarcoma|tumor|neoplasm|myeloma|glioma|blastoma|cytoma|thelioma|"
        r"myelodysplas|macroglobulinemia|neoplasia|malignan|histiocytosis|mastocytosis|\bgist\b|fibromatosis|meningioma|"
        r"mycosis fungoides|polycythemia vera|myelofibrosis|dermatofibro|chordoma|thymoma|lymphoproliferative"
    ),
    "infection": re.compile(
        r"infect|pneumonia|sepsis|septicemia|bacteremia|mening|endocarditis|cystitis|nephritis|pharyngitis|tonsillitis|"
        r"sinusitis|bronchitis|otitis|osteomyelitis|gonorrhea|syphilis|tubercul|malaria|candid|herpes|influenza|hepatitis|"
        r"impetigo|cellulitis|abscess|prostatitis|urethritis|cervicitis|vaginitis|conjunctivitis|keratitis|diarrhea|"
        r"peritonitis|mycosis|tinea|aspergill|enteritis|arthritis|gangrene|anthrax|plague|tularemia|endometritis"
    ),
}
# Too wide to stand for a phrase from which an organism was set aside.
_WIDE = frozenset(
    ("infections", "infection", "infectious disease", "disease", "bacterial infection", "serious infections")
)


@lru_cache(maxsize=5_000)
def _folded(names: tuple[str, ...]) -> frozenset[str]:
    return frozenset(fold(name).text for name in names)


class Linker:
    """Links phrases by a look-up of keys."""

    def __init__(self, look: Callable[[str], Found | None]) -> None:
        self._look = look
        self._rules: list[_Rule] = []
        for id, where, phrase, kind, reason in rows("set_aside.tsv", 5):
            text = phrase.removeprefix("re:")
            if text == phrase:
                text = re.escape(" ".join(words(phrase)))
            pattern = f"^(?:{text}) " if where == "before" else f" (?:{text})$"
            self._rules.append(_Rule(id, where == "before", re.compile(pattern), kind, reason))

    def link(self, text: str) -> Link | None:
        """The condition the phrase means, or None."""
        phrase = " ".join(text.split()).strip(" .,;:")
        if not phrase or len(phrase) > LONGEST:
            return None
        if found := self._look(key(phrase)):
            if fold(phrase).text in _folded(found.names):
                return Link(found.id, found.name, "exact name", "link.exact", 1.0)
            return Link(found.id, found.name, "the same words", "link.normalised", 0.95)
        bare = _BRACKETS.sub("", phrase)
        if bare != phrase and bare.strip():
            if found := self._look(key(bare)):
                return Link(found.id, found.name, "words in brackets set aside", "link.brackets", 0.9)
            return self._reduced(bare, ["words in brackets"], ["link.brackets"])
        return self._reduced(phrase, [], [])

    def _reduced(self, phrase: str, reasons: list[str], rules: list[str]) -> Link | None:
        start = " ".join(words(fold(phrase).text))
        queue: list[tuple[int, str, tuple[_Rule, ...]]] = [(0, start, ())]
        seen = {start}
        while queue:
            _, left, applied = heapq.heappop(queue)
            if applied and (found := self._look(key(left))) and _fits(found, applied):
                why = list(dict.fromkeys([*reasons, *(r.reason for r in applied)]))
                return Link(
                    found.id,
                    found.name,
                    " and ".join(why) + " set aside",
                    "+".join([*rules, *(r.id for r in applied)]),
                    round(max(0.9 - 0.05 * len(applied), 0.5), 2),
                )
            if len(applied) < 5:
                for rule, rest in self._steps(left):
                    if rest not in seen:
                        seen.add(rest)
                        heapq.heappush(queue, (len(start) - len(rest), rest, (*applied, rule)))
        return None

    def _steps(self, left: str) -> Iterator[tuple[_Rule, str]]:
        """What is left after each rule, a word at a time: a pattern may also stop earlier than it could."""
        for rule in self._rules:
            if rule.before:
                found = rule.pattern.match(left)
                if found:
                    yield rule, left[found.end() :]
                    for cut in range(found.end() - 2, 0, -1):
                        if left[cut] == " " and rule.pattern.fullmatch(left, 0, cut + 1):
                            yield rule, left[cut + 1 :]
            else:
                for found in rule.pattern.finditer(left):
                    yield rule, left[: found.start()]


def _fits(found: Found, applied: tuple[_Rule, ...]) -> bool:
    low = found.name.lower()
    for rule in applied:
        if rule.kind != "any" and not _KINDS[rule.kind].search(low):
            return False
        if rule.id.startswith("organism") and low in _WIDE:
            return False
    return True
