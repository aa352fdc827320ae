"""The Answer as JSON and as text for a terminal (INTERFACES: Ask)."""

from __future__ import annotations

from typing import Any

from usedfor.answers.types import Answer
from usedfor.answers.wording import say
from usedfor.briefs.render.json import reference, sentences

__all__ = ["to_dict", "to_text"]


def to_dict(answer: Answer, id: Any = None) -> dict[str, Any]:
    """The answer as plain dictionaries and lists; ``id`` is the asker's own."""
    medicine, condition = answer.medicine, answer.condition
    return {
        "id": id,
        "question": answer.question,
        "medicine": medicine.name if medicine else None,
        "medicine_names": list(answer.medicine_names),
        "intent": answer.intent,
        "condition": {"id": condition.id, "name": condition.name} if condition else None,
        "answered": answer.answered,
        "answer": sentences(answer.answer),
        "references": [reference(r) for r in answer.references],
        "why_not": answer.why_not,
        "offers": list(answer.offers),
        "rule": answer.rule,
    }


def to_text(answer: Answer, width: int = 80) -> str:
    """The sentences with numbers of references, then the references; ends in a line break."""
    from textwrap import fill

    lines = []
    for s in answer.answer:
        marks = "".join(f"[{n}]" for n in s.refs)
        lines.append(fill(f"{s.text} {marks}".strip(), width))
    if answer.why_not and not answer.answer:
        lines.append(fill(answer.why_not, width))
    if answer.references:
        lines += ["", say("page.references")]
        for r in answer.references:
            dated = f"{r.title}, {r.date}" if r.date else r.title
            place = f"[{r.n}] {dated}, {r.section} {r.start}-{r.end}. {r.url}"
            lines.append(fill(place, width, subsequent_indent="    ", break_long_words=False))
    return "\n".join(lines) + "\n"
