"""From a phrase of a label to a condition: exact, else by its normalised words, else with words set aside that do not
change which condition it is. Each rule is a row of rules/set_aside.tsv."""

from __future__ import annotations

from collections.abc import Callable

from usedfor.vocabulary.results import Link
from usedfor.vocabulary.rules import rows
from usedfor.vocabulary.text import fold, key, words

Look = Callable[[str], "tuple[str, str, tuple[str, ...]] | None"]


class Linker:
    """Links phrases by a look-up of keys."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._aside: list[tuple[str, str, tuple[str, ...], str]] = []
        for id, where, phrase, reason in rows("set_aside.tsv", 4):
            self._aside.append((id, where, tuple(words(fold(phrase).text)), reason))
        self._aside.sort(key=lambda rule: -len(rule[2]))

    def link(self, text: str) -> Link | None:
        """The condition the phrase means, or None."""
        phrase = " ".join(text.split()).strip(" .,;:()[]")
        if not phrase or len(phrase) > 300:
            return None
        if found := self._look(key(phrase)):
            id, name, names = found
            low = fold(phrase).text
            if any(fold(n).text == low for n in names):
                return Link(condition=id, name=name, reason="exact name", rule="link.exact", score=1.0)
            return Link(condition=id, name=name, reason="the same words", rule="link.normalised", score=0.95)
        return self._reduced(words(fold(phrase).text))

    def _reduced(self, left: list[str]) -> Link | None:
        reasons: list[str] = []
        rules: list[str] = []
        score = 0.9
        while True:
            for id, where, phrase, reason in self._aside:
                size = len(phrase)
                if len(left) <= size:
                    continue
                if where == "before" and tuple(left[:size]) == phrase:
                    left = left[size:]
                elif where == "after" and tuple(left[-size:]) == phrase:
                    left = left[:-size]
                else:
                    continue
                if reason not in reasons:
                    reasons.append(reason)
                rules.append(id)
                score -= 0.05
                break
            else:
                return None
            if found := self._look(key(" ".join(left))):
                return Link(
                    condition=found[0],
                    name=found[1],
                    reason=" and ".join(reasons) + " set aside",
                    rule="+".join(rules),
                    score=round(max(score, 0.5), 2),
                )
