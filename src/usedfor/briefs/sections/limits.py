"""For whom and for what it is not: limitations of use, contraindications, allergies, other medicines."""

from __future__ import annotations

import re

from usedfor.briefs.draft import Line, Part, advice, fact, unknown
from usedfor.briefs.gather import Dossier
from usedfor.briefs.places import status_words
from usedfor.briefs.sections.base import part, sub
from usedfor.briefs.tidy import is_cut, shown_as_quote, tidy
from usedfor.briefs.wording import say, table, with_end
from usedfor.model import Use

_DURING = re.compile(
    r"^(?:pregnancy|lactation|labor|labor and delivery|breast-?feeding|nursing|childbirth|surgery)\b"
)
# Words that make a label's phrase a clause, which cannot stand after "people with".
_CLAUSE = re.compile(
    r"\b(?:is|are|was|were|would|should|could|may|might|have|has|had|who|whom|which|that|taking|receiving|using|"
    r"undergoing|patients?|women|men|children|infants|neonates|persons?|people|males?|females?|administration|use|if|when)\b"
    r"|^(?:smok\w*|tak\w+|receiv\w+|need\w*|require\w*|[\W\d])"
)
_WITH_ARTICLE = re.compile(
    r"^(?:personal or family |family |prior |previous |past |medical )?(?:history|episode|diagnosis)\b"
)
_WITH = re.compile(
    r"^(?:in |for )?(?:patients |those |people )?(?:with|having|suffering from) ", re.IGNORECASE
)
_PEOPLE = re.compile(
    r"(?:\w+[- ]){0,3}?(?:patients|children|infants|neonates|newborns|adolescents|women|men|females|males"
    r"|people|adults)\b"
)
_MEDICINE_CLAUSE = re.compile(r"\b(?:is|are|was|were|should|contraindicated|because|due|who|within|days)\b")
_TOGETHER = re.compile(
    r"^(?:concomitant(?:ly)?|concurrent(?:ly)?|coadministration|co-administration|simultaneous) "
    r"(?:(?:use|treatment|administration|therapy) )?(?:(?:of|with) )?"
    r"|^(?:use|treatment|administration) (?:of|with) "
)
_ANY_PART = re.compile(
    r"\b(?:any|other|its|inactive)\b.*\b(?:ingredient|component|excipient)s?\b|^components?$|^ingredients?$"
)
_ALLERGY_LEAD = re.compile(
    r"^(?:known |severe |serious )*(?:hypersensitivity|allerg\w+|anaphyla\w+)(?: reactions?)? (?:to|with) "
)


def section(dossier: Dossier) -> Part:
    """The section ``not-for``."""
    found = part("not-for", dossier)
    groups: list[tuple[str, str | None, list[Line | None]]] = [
        (
            "not.title_conditions",
            status_words("contraindicated"),
            [contraindicated_line(dossier, u) for u in dossier.contraindicated],
        ),
        (
            "not.title_limits",
            status_words("not_indicated"),
            [limited_line(dossier, u) for u in dossier.limited],
        ),
        ("not.title_allergies", None, _allergies(dossier)),
        ("not.title_medicines", None, _medicines(dossier)),
    ]
    for title, mark, lines in groups:
        said = [line for line in lines if line]
        if said:
            sub(found, say(title).rstrip("."), mark).add(*said)
    if not dossier.contraindicated:
        found.add(unknown(say("not.none", name=dossier.name)))
    found.add(advice(say("not.ask", name=dossier.name)))
    return found


def during(words: str) -> bool:
    """Whether it is a time of life (pregnancy) rather than an illness."""
    return bool(_DURING.match(words))


def state(words: str) -> bool:
    """Whether the words cannot stand after "people with"."""
    return bool(_CLAUSE.search(words)) or len(words.split()) > 9 or is_cut(words)


def with_article(words: str) -> str:
    """ "history of stroke" -> "a history of stroke"."""
    return f"a {words}" if _WITH_ARTICLE.match(words) else words


def contraindicated_words(dossier: Dossier, use: Use) -> str:
    """A condition that rules the medicine out, for a reader."""
    return with_article(dossier.condition_words(_WITH.sub("", use.text), use.condition))


def contraindicated_line(dossier: Dossier, use: Use) -> Line | None:
    """ "It must not be given to people with ..."."""
    words = contraindicated_words(dossier, use)
    if dossier.also_approved(use):
        which = "some"
    elif during(words):
        which = "during"
    elif _PEOPLE.match(words):
        which = "people"
    else:
        which = "state" if state(words) else ""
    name = f"not.contraindicated_{which}".rstrip("_")
    text = with_end(say(name, condition=words), dossier.said_of([use]))
    return fact(text, dossier.spans(use.evidence))


def limited_line(dossier: Dossier, use: Use) -> Line | None:
    """ "The labels say it is not for ..."."""
    words = dossier.condition_words(use.text, use.condition)
    sentence = "not.limitation_prevent" if use.relation == "prevent" else "not.limitation"
    return fact(say(sentence, name=dossier.name, use=words), dossier.spans(use.evidence))


def _allergies(dossier: Dossier) -> list[Line | None]:
    lines: list[Line | None] = []
    seen: set[str] = set()
    for caution in dossier.cautions["contraindicated_allergy"]:
        words = dossier.branded(_ALLERGY_LEAD.sub("", tidy(caution.text)))
        bare = bool(re.match(r"^(?:known )?(?:hypersensitivity|allerg\w+|anaphyla\w+)\b", words))
        part_of = bool(_ANY_PART.search(words)) or words.casefold() in table("cues")["not_medicines"]
        text = (
            say("not.allergy_any")
            if bare
            else say("not.allergy_part" if part_of else "not.allergy", allergy=words)
        )
        if text not in seen:
            seen.add(text)
            lines.append(fact(with_end(text, dossier.said_of([caution])), dossier.spans(caution.evidence)))
    return lines


def _medicines(dossier: Dossier) -> list[Line | None]:
    lines = []
    for caution in dossier.cautions["contraindicated_medicine"]:
        words = dossier.branded(_TOGETHER.sub("", tidy(caution.text)))
        if is_cut(words) or _MEDICINE_CLAUSE.search(words):
            text = say("not.medicines_words", words=shown_as_quote(caution.text))
        else:
            text = say("not.medicines", medicine=words)
        if words.casefold() not in table("cues")["not_medicines"]:
            lines.append(fact(with_end(text, dossier.said_of([caution])), dossier.spans(caution.evidence)))
    return lines
