"""The questions people ask, answered from the same facts as the sections, shorter."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from usedfor.briefs.draft import Line, advice, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.naming import display_name
from usedfor.briefs.sections import effects, given, legal, limits, onset, precautions, studied, uses
from usedfor.briefs.tidy import is_cut
from usedfor.briefs.wording import distinct, listed, same_key, say, with_end
from usedfor.model import Use

_USES_NAMED = 6
_IN_A_SENTENCE = 3
_EFFECTS_NAMED = 6
_ASKED = 3  # questions on single conditions, of each kind


class Asked(msgspec.Struct):
    """A question and its answer, references not yet numbered."""

    question: str
    answer: list[Line]


def questions(dossier: Dossier) -> list[Asked]:
    """The questions of a brief in order."""
    name = dossier.name
    found = [
        Asked(say("faq.treats" if _treats_something(dossier) else "faq.used", name=name), _treats(dossier)),
        Asked(
            say("faq.onset", name=name),
            onset.onset_lines(dossier, 4) or [unknown(say("onset.unknown", name=name))],
        ),
        Asked(say("faq.effects", name=name), _effects(dossier)),
        Asked(say("faq.safe", name=name), _safe(dossier)),
        Asked(
            say("faq.given", name=name),
            [given.routes_line(dossier, "takeaway.given") or unknown(say("given.unknown", name=name))],
        ),
        *_can_be_used(dossier),
        *_groups(dossier),
        Asked(say("faq.legal", name=name), _legal(dossier)),
    ]
    return [asked for asked in found if asked.answer]


def use_sentences(dossier: Dossier, approved: Sequence[Use], limit: int) -> list[Line]:
    """ "It is approved to treat A, B and C." Three uses to a sentence, at most ``limit`` of each relation.

    The relation of the first use comes first; what only stands on a label comes after what is approved.
    """
    lines: list[Line | None] = []
    manners = {u.id: _group(dossier, u) for u in approved}
    for relation in sorted(dict.fromkeys(manners.values()), key=lambda m: m.startswith("labelled")):
        group = [u for u in approved if manners[u.id] == relation]
        named = {dossier.use_words(u): u for u in reversed(group)}
        words = distinct(reversed(named))
        tests = relation == "diagnose" and all(uses.manner(u) == "diagnose_test" for u in group)
        sentence = "faq.treats_procedure" if tests else f"faq.treats_{relation}"
        for start in range(0, min(limit, len(words)), _IN_A_SENTENCE):
            shown = words[start : min(limit, start + _IN_A_SENTENCE)]
            left = len(words) - start - len(shown) if start + _IN_A_SENTENCE >= limit else 0
            text = listed([*shown, say("faq.more", count=left).rstrip(".")] if left else shown)
            lines.append(
                fact(
                    say(sentence, uses=text, also="also " if start else ""),
                    dossier.each(named[w] for w in shown),
                )
            )
    return [line for line in lines if line]


def _group(dossier: Dossier, use: Use) -> str:
    """Uses whose sentences go together."""
    manner = uses.manner(use)
    if not uses.has_number(dossier, use):
        return "labelled_to" if manner == "to" else "labelled"
    return manner if manner in ("to", "people") else use.relation


def effects_lines(dossier: Dossier, *sentences: str, limit: int) -> list[Line]:
    """The side effects a short answer names, three to a sentence; the last sentence id goes on."""
    named = effects.common_reactions(dossier)[:limit]
    parts = [named[i : i + _IN_A_SENTENCE] for i in range(0, len(named), _IN_A_SENTENCE)]
    if len(sentences) == 1:
        parts = [named] if named else []
    return [
        line
        for n, part in enumerate(parts)
        for line in effects.reaction_lines(dossier, part, sentences[min(n, len(sentences) - 1)])
    ]


def ruled_out_line(dossier: Dossier, plain: str, states: str, limit: int) -> Line | None:
    """ "It must not be given to people with A, B and C."; clauses where there are no illnesses."""
    ruled_out = [u for u in dossier.contraindicated if not dossier.also_approved(u)]
    words = [(limits.contraindicated_words(dossier, u), u) for u in ruled_out]
    words = [(w, u) for w, u in words if not dossier.said_of([u])] or words
    with_people = [(w, u) for w, u in words if not limits.state(w) and not limits.during(w)]
    chosen, sentence = (with_people, plain) if with_people else (words, states)
    shown = chosen[:limit]
    if not shown:
        return None
    end = dossier.said_of([u for _, u in shown])
    text = say(sentence, conditions=listed((w for w, _ in shown), last="or"))
    return fact(with_end(text, end), dossier.each(u for _, u in shown))


def _treats_something(dossier: Dossier) -> bool:
    return not dossier.approved or any(u.relation in ("treat", "prevent") for u in dossier.approved)


def _treats(dossier: Dossier) -> list[Line]:
    lines = use_sentences(dossier, dossier.approved, _USES_NAMED)
    return lines or [uses.none_line(dossier)]


def _effects(dossier: Dossier) -> list[Line]:
    counted = effects.are_counted(effects.common_reactions(dossier)[:_EFFECTS_NAMED])
    first = "effects.common" if counted else "effects.listed"
    lines = effects_lines(dossier, first, "effects.more", limit=_EFFECTS_NAMED)
    return [*lines, advice(say("effects.ask"))] if lines else [unknown(say("effects.unknown"))]


def _safe(dossier: Dossier) -> list[Line]:
    ruled_out = ruled_out_line(dossier, "faq.not_everyone", "faq.not_everyone_states", 4)
    warned = effects.boxed_line(dossier, "care.warning", 4) or next(
        iter(effects.topics_lines(dossier, dossier.cautions["warning"][:4], "care.warning", short=True)), None
    )
    lines: list[Line | None] = [ruled_out]
    if ruled_out is None:
        lines.append(unknown(say("faq.safe_unknown")))
    return [line for line in (*lines, warned, advice(say("faq.safe_ask"))) if line]


def _legal(dossier: Dossier) -> list[Line]:
    lines = [legal.short_type_line(dossier), legal.short_schedule_line(dossier)]
    return [line for line in lines if line] or legal.legal_lines(dossier)


def _can_be_used(dossier: Dossier) -> Iterable[Asked]:
    name = dossier.name
    for use in [u for u in dossier.limited if not is_cut(u.text)][:_ASKED]:
        words = dossier.condition_words(use.text, use.condition)
        line = fact(say("faq.no_limited", use=words), dossier.spans(use.evidence))
        if line:
            question = "faq.can_prevent" if use.relation == "prevent" else "faq.can_use"
            yield Asked(say(question, name=name, use=words), [line])
    ruled_out = [u for u in dossier.contraindicated if not dossier.also_approved(u)]
    asked = [(limits.contraindicated_words(dossier, u), u) for u in ruled_out]
    for words, use in [(w, u) for w, u in asked if not limits.state(w) and not limits.during(w)][:_ASKED]:
        text = with_end(say("faq.no_contraindicated"), dossier.said_of([use]))
        line = fact(text, dossier.spans(use.evidence))
        if line:
            yield Asked(say("faq.can_have", name=name, condition=words), [line, advice(say("faq.safe_ask"))])
    yield from _studied(dossier)
    yield from _uses_of_related(dossier)


def _studied(dossier: Dossier) -> Iterable[Asked]:
    for use in dossier.studied(("off_label_supported", "off_label_uncertain", "not_effective"))[:_ASKED]:
        lines = [studied.status_line(dossier, use), studied.sure_line(dossier, use)]
        if lines[0]:
            asked = say("faq.can_use", name=dossier.name, use=studied.use_words(dossier, use))
            yield Asked(asked, [*(line for line in lines if line), advice(say("faq.off_ask"))])


def _uses_of_related(dossier: Dossier) -> Iterable[Asked]:
    """People take a medicine for its neighbour (ketamine, esketamine) and ask for the neighbour's uses."""
    own = {same_key(dossier.condition_words(u.text, u.condition)) for u in dossier.uses}
    own_conditions = {u.condition for u in dossier.uses if u.condition}
    for id in dossier.medicine.related[:2]:
        other = dossier.facts.medicine(id)
        if other is None:
            continue
        approved = [
            u for u in dossier.facts.uses(id) if u.status == "approved" and u.condition not in own_conditions
        ]
        for use in sorted(approved, key=lambda u: (-len(u.evidence), u.id))[:2]:
            spans = dossier.spans_elsewhere(use)
            words = dossier.condition_words(use.text, use.condition)
            if same_key(words) in own or is_cut(words) or not spans:
                continue
            said = say("faq.related_use", other=display_name(other), use=words)
            silent = "faq.off_not_found" if dossier.trials_read else "faq.off_unknown"
            answer = [unknown(say(silent, name=dossier.name)), fact(said, spans)]
            yield Asked(say("faq.can_use", name=dossier.name, use=words), [line for line in answer if line])


def _groups(dossier: Dossier) -> Iterable[Asked]:
    for group, question in (("pregnancy", "faq.can_pregnant"), ("children", "faq.can_children")):
        lines = precautions.group_lines(dossier, group)[:2]
        if lines:
            yield Asked(say(question, name=dossier.name), [*lines, advice(say("faq.safe_ask"))])
