"""The names under which a record speaks of an intervention, and where a text names it."""

from __future__ import annotations

import re
from functools import cache, lru_cache

import msgspec

from usedfor.extraction.cues import rules
from usedfor.studies import Intervention
from usedfor.vocabulary import Vocabulary

__all__ = ["Named", "name_all"]

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_ALIKE = 4  # letters that two names of one medicine in two doses begin with
_SHORTEST = 3  # letters and digits of a name that is looked for in text


@cache
def _words(kind: str) -> re.Pattern[str]:
    return re.compile(rules("trial_roles")["names"][kind], re.I)


class Named(msgspec.Struct, frozen=True):
    """An intervention's own names, folded, and the medicines that its name holds."""

    bare: str  # the whole name without brackets, dose and form
    aliases: tuple[str, ...]
    medicines: tuple[str, ...]

    def alike(self, other: Named) -> bool:
        """Whether both names begin alike."""
        return len(self.bare) >= _ALIKE and self.bare[:_ALIKE] == other.bare[:_ALIKE]

    def same(self, other: Named) -> bool:
        """Whether both are the same medicine, in doses or forms that may differ."""
        if not self.alike(other):  # a brand beside its generic is a reference, not a dose
            return False
        if self.medicines or other.medicines:
            return self.medicines == other.medicines
        return self.bare == other.bare

    def found(self, folded: str) -> list[int]:
        """Where ``folded`` (see ``fold_text``) names it."""
        return sorted({at for alias in self.aliases for at in _places(folded, alias)})


def fold_text(text: str) -> str:
    """Lower case with single blanks for hyphens, so that "PD-1" and "PD 1" are one; between blanks."""
    return f" {re.sub(r'[^a-z0-9αβγδ]+', ' ', text.lower()).strip()} "


def _places(folded: str, alias: str) -> list[int]:
    """Where the words of ``alias`` stand, the last of them perhaps in the plural."""
    places = []
    stem = alias[:-1]
    at = folded.find(stem)
    while at >= 0:
        end = at + len(stem)
        if folded.startswith((" ", "s "), end):
            places.append(at)
        at = folded.find(stem, at + 1)
    return places


def name_all(one: Intervention, vocabulary: Vocabulary) -> Named:
    """Its names: as given, without brackets, dose and form, each part of a list, and its medicines' names."""
    return _named(one.name, one.other_names, vocabulary)


@lru_cache(maxsize=20_000)
def _named(name: str, others: tuple[str, ...], vocabulary: Vocabulary) -> Named:
    medicines = _medicines(name, vocabulary)
    if not medicines:
        for other in (*_BRACKETS.findall(name), *others):
            found = vocabulary.medicines.find(other)
            if len(found) == 1:
                medicines = (found[0].id,)
                break
    aliases: dict[str, None] = {}
    for given in (name, *others):
        for part in (_BRACKETS.sub(" ", given), *_BRACKETS.findall(given)):
            for piece in (part, *_words("cut").split(part)):
                aliases.setdefault(fold_text(_bare(piece)))
                aliases.setdefault(fold_text(piece))
    for id in medicines:
        medicine = vocabulary.medicines.get(id)
        if medicine is not None:
            aliases.setdefault(fold_text(medicine.name))
            for known in medicine.names:
                if known.kind == "brand":
                    aliases.setdefault(fold_text(known.name))
    kept = tuple(
        a
        for a in aliases
        if len(a.replace(" ", "")) >= _SHORTEST and not _words("forms").fullmatch(a.strip())
    )
    return Named(fold_text(_bare(name)).strip(), kept, medicines)


def _bare(text: str) -> str:
    return _words("forms").sub(" ", _words("dose").sub(" ", _BRACKETS.sub(" ", text)))


def _medicines(name: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    found = vocabulary.medicines.find(name)
    if len(found) == 1:
        return (found[0].id,)
    ids = list(dict.fromkeys(mention.id for mention in vocabulary.medicines.in_text(name)))
    parts = {
        part for id in ids if (one := vocabulary.medicines.get(id)) is not None for part in one.ingredients
    }
    return tuple(id for id in ids if id not in parts)
