"""The role of each intervention of a trial: marks of the record, and the first rule that they meet.

The rules, the cues and what each mark means stand in ``rules/trial_roles.toml``.
"""

from __future__ import annotations

import re
from functools import cache, cached_property

import msgspec

from usedfor.extraction.cues import rules
from usedfor.extraction.sentences import sentences
from usedfor.extraction.trial_arms import Side, members, sides
from usedfor.extraction.trial_names import Named, fold_text, name_all
from usedfor.studies import Intervention, Role, Trial
from usedfor.vocabulary import Vocabulary

__all__ = ["Judged", "judge"]

_START = 80  # characters of a description in which it says what the thing is


_SUMMARY, _SENTENCES = 4_000, 12  # characters and sentences of a summary in which the aim is looked for


class _Cue(msgspec.Struct, frozen=True):
    mark: str
    places: tuple[str, ...]
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None


class _Rule(msgspec.Struct, frozen=True):
    id: str
    role: Role
    all: tuple[str, ...] = ()
    none: tuple[str, ...] = ()


class Judged(msgspec.Struct, frozen=True):
    """An intervention with its role, the rule's id, and its names."""

    intervention: Intervention
    role: Role
    rule: str
    named: Named


@cache
def _cues() -> dict[str, _Cue]:
    return {
        cue["mark"]: _Cue(
            cue["mark"],
            tuple(cue["in"]),
            re.compile(cue["pattern"], re.I),
            re.compile(cue["unless"], re.I) if "unless" in cue else None,
        )
        for cue in rules("trial_roles")["cue"]
    }


@cache
def _tests() -> tuple[tuple[_Rule, tuple[tuple[str, bool], ...]], ...]:
    """Each rule with its marks and whether they must hold, what is quickly looked up first."""

    def cost(test: tuple[str, bool]) -> int:
        cue = _cues().get(test[0])
        return 0 if cue is None else 1 if cue.places == ("name",) else 2

    found = (msgspec.convert(rule, _Rule) for rule in rules("trial_roles")["role"])
    return tuple(
        (rule, tuple(sorted([(m, True) for m in rule.all] + [(m, False) for m in rule.none], key=cost)))
        for rule in found
    )


def _stands(mark: str, text: str) -> bool:
    cue = _cues()[mark]
    return cue.pattern.search(text) is not None and not (cue.unless and cue.unless.search(text))


def judge(trial: Trial, vocabulary: Vocabulary) -> tuple[Judged, ...]:
    """Every intervention of the trial with its role, in the record's order.

    Where the record lists none, those medicines that its title names are judged by the title's words; where
    it names none either, those whose effect the aim of the summary says is studied.
    """
    if not trial.interventions:
        named = _titled(trial.title or "", vocabulary)
        whole = msgspec.structs.replace(trial, interventions=named)
        judged = _judged(_Study(whole, vocabulary, title_only=True)) if named else ()
        if any(one.role != "other" for one in judged):
            return judged
        # "Cocaine Dependence" names no treatment: where the title does not, the aim may.
        aimed = _aimed(trial.summary or "", vocabulary)
        taken = {id for one in judged for id in one.named.medicines}
        whole = msgspec.structs.replace(trial, interventions=aimed)
        found = _judged(_Study(whole, vocabulary, title_only=True, summary_only=True)) if aimed else ()
        return judged + tuple(one for one in found if taken.isdisjoint(one.named.medicines))
    return _judged(_Study(trial, vocabulary))


def _judged(study: _Study) -> tuple[Judged, ...]:
    out = []
    for n, one in enumerate(study.trial.interventions):
        marks = _Marks(study, n)
        rule = next(rule for rule, tests in _tests() if all(marks.hold(m) is wanted for m, wanted in tests))
        out.append(Judged(one, rule.role, rule.id, study.named[n]))
    return tuple(out)


def _titled(title: str, vocabulary: Vocabulary) -> tuple[Intervention, ...]:
    # "Cocaine Dependence" names a condition and no medicine.
    conditions = [(m.start, m.end) for m in vocabulary.conditions.in_text(title)]
    names = {
        m.id: m.name
        for m in reversed(vocabulary.medicines.in_text(title))
        if not any(a <= m.start and m.end <= b and (a, b) != (m.start, m.end) for a, b in conditions)
    }
    return tuple(Intervention(name=name) for name in dict.fromkeys(reversed(names.values())))


def _aimed(summary: str, vocabulary: Vocabulary) -> tuple[Intervention, ...]:
    """The medicines of the first sentence that says that their effect is studied, up to "versus"."""
    for start, end in sentences(summary[:_SUMMARY])[:_SENTENCES]:
        sentence = summary[start:end]
        if not _stands("aim", sentence):
            continue
        against = _cues()["versus"].pattern.search(sentence)
        cut = against.start() if against else len(sentence)
        aim = _cues()["aim_of"]
        names = [
            m.name
            for m in vocabulary.medicines.in_text(sentence)
            if m.end <= cut
            and aim.pattern.search(sentence[: m.start])
            and not (aim.unless and aim.unless.search(sentence[: m.start] + "@" + sentence[m.end :]))
        ]
        if names:
            return tuple(Intervention(name=name) for name in dict.fromkeys(names))
    return ()


class _Study:
    """One trial: which of its interventions can be under test, and which of them its texts name."""

    def __init__(
        self, trial: Trial, vocabulary: Vocabulary, title_only: bool = False, summary_only: bool = False
    ) -> None:
        self.trial = trial
        self.title_only = title_only
        self.summary_only = summary_only
        self.names = [one.name for one in trial.interventions]
        self.named = [name_all(one, vocabulary) for one in trial.interventions]
        self.placebo = [_stands("placebo_name", name) for name in self.names]
        self.arms = members(trial)
        self.sides: list[Side] = sides(trial, self.arms, self.placebo)
        self.controls = [k for k, side in enumerate(self.sides) if side != "test"]
        titles = [text for text in (trial.title, trial.official_title) if text]
        self.title = " ".join(titles)
        self.titles = [(fold_text(text), _behind("versus", text)) for text in titles]
        self.titled = [any(named.found(text) for text, _ in self.titles) for named in self.named]
        self.candidates = [
            n
            for n, name in enumerate(self.names)
            if not self.placebo[n]
            and not self._inert(n)
            and not any(_stands(mark, name) for mark in ("measure_name", "control_name", "supportive_name"))
        ]
        under_test = {n for k, side in enumerate(self.sides) if side == "test" for n in self.arms[k]}
        self.tested = [n for n in self.candidates if n in under_test]
        self.differing = [
            n for n in self.tested if self.controls and not any(n in self.arms[k] for k in self.controls)
        ]

    def _inert(self, n: int) -> bool:
        own = [side for side, inside in zip(self.sides, self.arms, strict=True) if n in inside]
        return bool(own) and all(side in ("inert", "none") for side in own)

    @cached_property
    def aims(self) -> list[tuple[str, int | None]]:
        """The first sentences of the summary that state an aim, folded, and where "added to" ends in each."""
        text = self.trial.summary or ""
        found = [text[a:b] for a, b in sentences(text[:_SUMMARY])][:_SENTENCES]
        return [(fold_text(s), _behind("added_to", s)) for s in found if _stands("aim", s)]


def _behind(mark: str, text: str) -> int | None:
    """Where in the folded text the cue ends, or None."""
    match = _cues()[mark].pattern.search(text)
    return len(fold_text(text[: match.end()])) - 1 if match else None


class _Marks:
    """The marks of one intervention, each looked for when a rule first asks for it."""

    def __init__(self, study: _Study, n: int) -> None:
        self._study = study
        self._n = n
        self._own = [k for k, inside in enumerate(study.arms) if n in inside]
        self._sides = [study.sides[k] for k in self._own]
        self._known: dict[str, bool] = {}

    def hold(self, mark: str) -> bool:
        """Whether the mark holds (see the rule file)."""
        known = self._known.get(mark)
        if known is None:
            test = getattr(self, f"_is_{mark}", None)
            known = self._known[mark] = test() if test else self._cued(mark)
        return known

    def _cued(self, mark: str) -> bool:
        return any((text := self._text(place)) and _stands(mark, text) for place in _cues()[mark].places)

    def _text(self, place: str) -> str:
        study = self._study
        one = study.trial.interventions[self._n]
        if place == "name":
            return one.name
        if place == "other_names":
            return " | ".join(one.other_names)
        if place == "description":
            return one.description or ""
        if place == "description_start":
            return (one.description or "")[:_START]
        if place == "title":
            return study.title
        if place == "marked_title":
            return (study.trial.title or "").replace(one.name, "@")
        if place == "summary":
            return study.trial.summary or ""
        if place == "others":
            return " | ".join(name for n, name in enumerate(study.names) if n != self._n)
        assert place == "arm", place
        arms = (study.trial.arms[k] for k in self._own)
        return " ".join(f"{arm.label}. {arm.description or ''}" for arm in arms)

    def _is_inert_arm(self) -> bool:
        return bool(self._own) and all(side == "inert" for side in self._sides)

    def _is_control_only(self) -> bool:
        return bool(self._own) and "test" not in self._sides

    def _is_test_arm(self) -> bool:
        return "test" in self._sides

    def _is_control_arm(self) -> bool:
        return any(side != "test" for side in self._sides)

    def _is_every_arm(self) -> bool:
        return bool(self._own) and len(self._own) == len(self._study.arms)

    def _is_every_control(self) -> bool:
        return bool(self._study.controls) and all(k in self._own for k in self._study.controls)

    def _is_no_arms(self) -> bool:
        return not self._own

    def _is_placebo_arm(self) -> bool:
        return "inert" in self._study.sides or "none" in self._study.sides

    def _is_known(self) -> bool:
        return bool(self._study.named[self._n].medicines)

    def _is_diagnostic_purpose(self) -> bool:
        return self._study.trial.purpose == "DIAGNOSTIC"

    def _is_several(self) -> bool:
        return len(self._study.named[self._n].medicines) > 2

    def _is_wordless(self) -> bool:
        return not (self._study.titles or self._study.trial.summary)

    def _is_title_only(self) -> bool:
        return self._study.title_only

    def _is_summary_only(self) -> bool:
        return self._study.summary_only

    def _is_sole(self) -> bool:
        return self._study.candidates == [self._n]

    def _is_titled(self) -> bool:
        return self._study.titled[self._n]

    def _is_others_titled(self) -> bool:
        study = self._study
        return not study.titled[self._n] and any(study.titled[k] for k in study.candidates)

    def _is_others_differ(self) -> bool:
        return any(k != self._n for k in self._study.differing)

    def _is_difference(self) -> bool:
        return self._study.differing == [self._n]

    def _is_untitled_difference(self) -> bool:
        study = self._study
        return self._n in study.differing and not any(study.titled[k] for k in study.differing)

    def _is_apart(self) -> bool:
        study = self._study
        together = {n for k in self._own for n in study.arms[k]}
        mine = study.named[self._n]
        return study.trial.allocation == "RANDOMIZED" and not any(
            study.titled[n] for n in study.candidates if n in together or mine.alike(study.named[n])
        )

    def _is_same_as_tested(self) -> bool:
        study = self._study
        return any(k != self._n and study.named[self._n].same(study.named[k]) for k in study.tested)

    def _is_with_new(self) -> bool:
        study = self._study
        together = {n for k in self._own for n in study.arms[k]} - {self._n}
        return any(n in together and not _stands("backbone_name", study.names[n]) for n in study.tested)

    def _is_versus(self) -> bool:
        """Whether a title names it, and only behind "versus"."""
        named = self._study.named[self._n]
        places = [(found[0], at) for text, at in self._study.titles if (found := named.found(text))]
        return bool(places) and all(at is not None and first >= at for first, at in places)

    def _aim_places(self) -> list[tuple[int, int | None]]:
        named = self._study.named[self._n]
        return [(found[0], at) for text, at in self._study.aims if (found := named.found(text))]

    def _is_aim(self) -> bool:
        return bool(self._aim_places())

    def _is_added_to(self) -> bool:
        places = self._aim_places()
        return bool(places) and all(at is not None and first >= at for first, at in places)
