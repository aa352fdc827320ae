"""Names of medicines as keys: one rule for what is stored and what is asked, the vocabulary's."""

from __future__ import annotations

from collections.abc import Iterator

from usedfor.vocabulary.naming import candidates, plain, without_forms

__all__ = ["asked", "condition_key", "name_key"]


def name_key(name: str) -> str:
    """The key under which a name is stored: lower case, punctuation as single spaces."""
    return plain(name)


def condition_key(name: str) -> str:
    """The key under which a condition's name is stored and asked: whatever its case, hyphens, plural,
    British spelling or order of words."""
    from usedfor.vocabulary.text import key

    return key(name)


def asked(name: str) -> Iterator[str]:
    """The keys under which to look for a name, the most faithful first: whole, without salts, without
    strengths."""
    yield from candidates(name)
    bare = without_forms(name)
    if bare and bare != plain(name):
        yield from candidates(bare)
