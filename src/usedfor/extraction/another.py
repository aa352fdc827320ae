"""Text about another medicine than the label's own products, which records carry by mistake.

A sentence whose subject is another medicine ("X tablets are indicated ...") says nothing of this label's. A
record that never names its own products, and whose subject is always another medicine, is no label of theirs.
"""

from __future__ import annotations

import re

from usedfor.errors import DocumentError
from usedfor.model import Document, Medicine
from usedfor.vocabulary import Vocabulary
from usedfor.vocabulary.naming import salt_free, without_forms

__all__ = ["about_another", "refuse_another"]

_SUBJECT = re.compile(r"(?<=\s)(?:is|are) indicated\b")
_WORD = re.compile(r"[^\W_][^\s,;:()\[\]•]*")
_MOST = 8  # words of a subject
_REACH = 120  # characters before "is indicated" in which its subject stands
_SENTENCE = re.compile(r"[.!?](?=\s|$)(?!\s[a-z\d])")
_BEGINS = re.compile(rf"{_SENTENCE.pattern}|[•:]|\b\d{{1,2}}\.\d{{1,2}}(?=\s[A-Z])")  # "1.1 Hypertension"
_NAMED = re.compile(r"[a-z]{4,}")
_FIELDS = ("indications_and_usage", "description", "contraindications", "dosage_and_administration")


def about_another(
    document: Document, text: str, medicine: Medicine, vocabulary: Vocabulary
) -> list[tuple[int, int]]:
    """The stretches of ``text``, by first and last character, whose subject is a medicine that shares no
    ingredient with ``medicine`` or a product of ``document``, in a sentence that names none of them."""
    own: tuple[frozenset[str], frozenset[str]] | None = None
    out = []
    for cue in _SUBJECT.finditer(text):
        found = _subject(text, cue.start(), vocabulary)
        if found is None:
            continue
        start, names = found
        ids, words = own = _own(document, medicine, vocabulary) if own is None else own
        if not all(ids.isdisjoint(_ingredients(name)) for name in names):
            continue
        before = [m.end() for m in _BEGINS.finditer(text, max(0, start - _REACH), start)]
        after = _SENTENCE.search(text, cue.end())
        end = after.end() if after else len(text)
        if words.isdisjoint(
            _NAMED.findall(text[before[-1] if before else max(0, start - _REACH) : end].lower())
        ):
            out.append((start, end))
    return out


def _subject(text: str, end: int, vocabulary: Vocabulary) -> tuple[int, tuple[Medicine, ...]] | None:
    """Where the medicine begins that is named right before ``end``, and which medicines have the name."""
    low = max(0, end - _REACH)
    words = [m.start() for m in _WORD.finditer(text, low, end) if m.start() > low or not low]
    for start in words[-_MOST:]:
        if text[start].isupper() and (names := vocabulary.medicines.find(text[start:end].strip())):
            return start, names
    return None


def _ingredients(medicine: Medicine) -> frozenset[str]:
    return frozenset((medicine.id, *medicine.ingredients, *medicine.related))


def _own(
    document: Document, medicine: Medicine, vocabulary: Vocabulary
) -> tuple[frozenset[str], frozenset[str]]:
    """The ingredients of the label's own medicine and products, and the words of their names."""
    ids = set(_ingredients(medicine))
    words = set(_words(medicine.name))
    for product in document.products:
        for name in (product.brand, product.generic, *(i.name for i in product.ingredients)):
            words.update(_words(name or ""))
            for one in vocabulary.medicines.find(name) if name else ():
                ids |= _ingredients(one)
    return frozenset(ids), frozenset(words)


def _words(name: str) -> list[str]:
    """The words of a name, without those of its salt and form."""
    bare = without_forms(name)
    return _NAMED.findall([bare, *salt_free(bare)][-1].lower())


def refuse_another(document: Document, medicine: Medicine, vocabulary: Vocabulary) -> None:
    """:raises DocumentError: where the text is another medicine's: its uses are stated of others, and no word
    of its products' names stands in it."""
    section = document.section("indications_and_usage")
    others = about_another(document, section.text, medicine, vocabulary) if section else []
    if section is None or not others or not document.products:
        return
    words = _own(document, medicine, vocabulary)[1]
    texts = [found.text.lower() for field in _FIELDS if (found := document.section(field))]
    if not any(word in text for text in texts for word in words):
        said = section.text[others[0][0] : others[0][0] + 80].split(" indicated")[0]
        raise DocumentError(
            document.id, f"the label of {medicine.name} has another medicine's text: {said!r}"
        )
