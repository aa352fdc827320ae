"""Side effects: the boxed warning first, then the common ones with figures, then the serious ones."""

from __future__ import annotations

from collections.abc import Sequence

from usedfor.briefs.draft import Line, Part, advice, fact, unknown
from usedfor.briefs.gather import REACTIONS_SHOWN, Dossier
from usedfor.briefs.naming import both_words
from usedfor.briefs.reactions import frequency
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.tidy import tidy
from usedfor.briefs.topics import topic_words
from usedfor.briefs.wording import LIST_LIMIT, distinct, listed, number, say, table, with_end
from usedfor.model import Caution, Figure, Reaction

_WITH_FIGURES = 10
_ENOUGH_FIGURES = 3  # fewer do not make a list of the common ones


def section(dossier: Dossier) -> Part:
    """The section ``side-effects``."""
    found = part("side-effects", dossier)
    boxed = boxed_line(dossier)
    has_box = any(d.section("boxed_warning") for d in dossier.documents.values())
    found.add(
        boxed or unknown(say("effects.boxed_unread" if has_box else "effects.boxed_none", name=dossier.name))
    )
    if boxed:
        found.add(
            *topics_lines(dossier, dossier.cautions["boxed_warning"][LIST_LIMIT:], "effects.boxed_more")
        )
    if not dossier.reactions:
        found.add(unknown(say("effects.unknown")), advice(say("effects.ask")))
        return found
    counted = [r for r in dossier.reactions if frequency(r)][:_WITH_FIGURES]
    if counted:
        sub(found, say("effects.title_common").rstrip(".")).add(*(_figure_line(dossier, r) for r in counted))
    serious = serious_reactions(dossier)
    if serious:
        sub(found, say("effects.title_serious").rstrip(".")).add(
            *reaction_lines(dossier, serious, "effects.serious")
        )
    others = [r for r in dossier.reactions[:REACTIONS_SHOWN] if r not in counted and r not in serious]
    if others:
        inner = sub(
            found, say("effects.title_more" if counted or serious else "effects.title_listed").rstrip(".")
        )
        inner.add(*reaction_lines(dossier, others, "effects.listed"))
        left = len(dossier.reactions) - len(counted) - len(serious) - len(others)
        if left > 0:
            inner.add(unknown(say("effects.left", count=left)))
    found.add(advice(say("effects.ask")))
    return found


def serious_reactions(dossier: Dossier) -> list[Reaction]:
    """Reactions that a label calls serious, severe, life-threatening or fatal; most labels first."""
    grave = [r for r in dossier.reactions if r.severity and r.severity.casefold() in table("cues")["grave"]]
    return sorted(grave, key=lambda r: (-r.labels, r.id))[: 2 * LIST_LIMIT]


def common_reactions(dossier: Dossier) -> list[Reaction]:
    """The reactions a short answer names: the most frequent where enough have figures, else those that most
    labels list, with figures first."""
    counted = [r for r in dossier.reactions if frequency(r)]
    if len(counted) >= _ENOUGH_FIGURES:
        return counted
    return counted + [r for r in dossier.reactions if r not in counted]


def are_counted(reactions: Sequence[Reaction]) -> bool:
    """Whether the labels give a figure for each, so that they may be called common."""
    return all(frequency(r) for r in reactions)


def boxed_line(dossier: Dossier, sentence: str = "effects.boxed", limit: int = LIST_LIMIT) -> Line | None:
    """ "The label has a boxed warning ... about X and Y."; in plain words alone where the list is short."""
    shown = dossier.cautions["boxed_warning"][:limit]
    return next(iter(topics_lines(dossier, shown, sentence, short=limit < LIST_LIMIT)), None)


def topics_lines(
    dossier: Dossier, cautions: Sequence[Caution], *sentences: str, short: bool = False
) -> list[Line]:
    """Warning topics, six to a sentence; the first sentence id opens, the last goes on."""
    named: dict[str, Caution] = {}
    for caution in cautions:
        words = topic_words(caution.topic, caution.text, short=short)
        if words:
            named.setdefault(words, caution)
    return _chunks(dossier, [(w, named[w]) for w in distinct(named)], sentences, "topics")


def reaction_words(dossier: Dossier, reaction: Reaction) -> str:
    """ "itching (pruritus)"."""
    own = both_words(reaction.text)
    if own != tidy(reaction.text):
        return own  # the condition's lay name may be that of a purpose: sedation is wanted before surgery
    return dossier.condition_words(reaction.text, reaction.condition)


def reaction_lines(dossier: Dossier, reactions: Sequence[Reaction], *sentences: str) -> list[Line]:
    """Reactions, six to a sentence, each with its reference."""
    named: dict[str, Reaction] = {}
    for reaction in reactions:
        named.setdefault(reaction_words(dossier, reaction), reaction)
    rest = (*sentences, "effects.more") if len(sentences) == 1 else sentences
    return _chunks(dossier, [(w, named[w]) for w in distinct(named)], rest, "reactions")


def _chunks(
    dossier: Dossier, items: Sequence[tuple[str, Caution | Reaction]], sentences: Sequence[str], value: str
) -> list[Line]:
    lines = []
    for i in range(0, len(items), LIST_LIMIT):
        chunk = items[i : i + LIST_LIMIT]
        text = say(sentences[0] if i == 0 else sentences[-1], **{value: listed(w for w, _ in chunk)})
        named = [item for _, item in chunk]
        line = fact(with_end(text, dossier.said_of(named)), dossier.each(named))
        if line:
            lines.append(line)
    return lines


def _figure_line(dossier: Dossier, reaction: Reaction) -> Line | None:
    drug = [
        f
        for f in reaction.figures
        if f.unit == "%" and f.value is not None and f.arm in ("drug", "unspecified")
    ]
    placebo = [f for f in reaction.figures if f.unit == "%" and f.value is not None and f.arm == "placebo"]
    highest = max(drug, key=lambda f: f.value or 0.0)
    if len({f.value for f in drug}) > 1:
        text = say("effects.up_to", drug=in_100(highest))
    elif len(placebo) == 1:
        text = say("effects.drug_placebo", drug=in_100(highest), placebo=in_100(placebo[0]))
    else:
        text = say("effects.drug_only", drug=in_100(highest))
    words = reaction_words(dossier, reaction)
    sentence = say("effects.figure", reaction=words, figures=text.rstrip("."))
    return fact(with_end(sentence, dossier.said_of([reaction])), dossier.spans(reaction.evidence, 1))


def in_100(figure: Figure) -> str:
    """ "about 19 in 100 people (19.3%)", "fewer than 1 in 100 people (0.4%)"."""
    value = figure.value or 0.0
    percent = f"{number(value)}%"
    if figure.relation in ("<", "<="):
        return f"fewer than {_count(value)} people (under {percent})"
    if figure.relation in (">", ">="):
        return f"at least {_count(value)} people ({percent} or more)"
    return f"about {_count(value)} people ({percent})"


def _count(value: float) -> str:
    if value >= 1 or not value:
        return f"{round(value)} in 100"
    if value >= 0.1:
        return f"{round(value * 10)} in 1,000"
    return f"{max(1, round(value * 100))} in 10,000"
