"""Run one contender over passages, in a process and an environment of its own, and print what it cost.

    python benchmarks/peers_run.py CONTENDER NAMES.json PASSAGES.jsonl OUT.jsonl

CONTENDER: usedfor, dictionary (both in the project's environment), negspacy or medspacy (each in its
own, made by `make bench-extraction`). NAMES.json: the dictionary's names of conditions, the same for
all. PASSAGES.jsonl: {"id", "kind", "text", "medicine"?} lines. OUT.jsonl: what ../shared/bench/score.py
reads. Printed: one JSON object with seconds to load, seconds for all passages (both of processor time, which
other work on the machine does not lengthen), and the process's peak memory.

A contender that is not ours knows which words are conditions and, the two spaCy ones, which of them are
negated. The section says the rest: in indications an affirmed condition is a use, in contraindications
it is contraindicated, in sections on reactions it is a reaction. This is how such tools are put to work
on labels.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

Found = tuple[
    int, int, str
]  # start, end, "affirmed" | "negated" | "prevented" | "elsewhere" (another person, the past)
Passage = dict[str, Any]

REACTION_KINDS = ("adverse_reactions", "boxed_warning", "warnings_and_cautions", "warnings")
# The few words of labels that neither tool's own clinical cues hold.
AGAINST = (
    "not indicated for",
    "not indicated in",
    "not recommended for",
    "should not be used",
    "contraindicated in",
)
PREVENTION = ("prevention of", "prophylaxis of", "to prevent", "reduce the risk of")


def as_reading(passage: Passage, found: Iterable[Found]) -> dict[str, Any]:
    """Conditions with their context, as the form that the scorer reads."""
    uses, against, reactions = [], [], []
    for start, end, context in found:
        span = {"text": passage["text"][start:end], "start": start, "end": end}
        if passage["kind"] in REACTION_KINDS:
            if context in ("affirmed", "prevented"):
                reactions.append(span)
        elif passage["kind"] == "contraindications":
            against.append(span)
        elif context != "elsewhere":
            status = "not_indicated" if context == "negated" else "indicated"
            relation = "prevent" if context == "prevented" else "treat"
            uses.append({**span, "status": status, "relation": relation, "age": "unspecified",
                         "adjunct": False, "after_failure": False})  # fmt: skip
    return {"id": passage["id"], "uses": uses, "contraindicated": against, "reactions": reactions}


def reader_from(find: Callable[[str], Iterable[Found]]) -> Callable[[Passage], dict[str, Any]]:
    return lambda passage: as_reading(passage, find(passage["text"]))


def load_usedfor(names: list[str]) -> Callable[[Passage], dict[str, Any]]:
    from usedfor.extraction.passages import read_passage
    from usedfor.vocabulary import load

    vocabulary = load()
    return lambda p: {"id": p["id"], **read_passage(p["kind"], p["text"], p.get("medicine"), vocabulary)}


def load_dictionary(names: list[str]) -> Callable[[Passage], dict[str, Any]]:
    from usedfor.vocabulary.matcher import Matcher

    matcher = Matcher(names)
    return reader_from(lambda text: [(start, end, "affirmed") for start, end, _ in matcher.longest(text)])


def load_negspacy(names: list[str]) -> Callable[[Passage], dict[str, Any]]:
    import spacy
    from negspacy.negation import Negex  # noqa: F401 - registers "negex"
    from negspacy.termsets import termset
    from spacy.matcher import PhraseMatcher
    from spacy.util import filter_spans

    nlp = spacy.blank("en")
    nlp.max_length = 10_000_000
    nlp.add_pipe("sentencizer")
    matcher = PhraseMatcher(nlp.vocab, attr="LOWER")
    matcher.add("CONDITION", list(nlp.tokenizer.pipe(names)))

    def conditions(doc: Any) -> Any:
        doc.ents = filter_spans(matcher(doc, as_spans=True))
        return doc

    spacy.Language.component("conditions", func=conditions)
    nlp.add_pipe("conditions")
    cues = termset("en_clinical")
    cues.add_patterns({"preceding_negations": list(AGAINST)})
    nlp.add_pipe("negex", config={"neg_termset": cues.get_patterns()})

    def find(text: str) -> list[Found]:
        return [(e.start_char, e.end_char, "negated" if e._.negex else "affirmed") for e in nlp(text).ents]

    return reader_from(find)


def load_medspacy(names: list[str]) -> Callable[[Passage], dict[str, Any]]:
    from loguru import logger

    logger.remove()  # its sentence splitter logs every token; with that it is slower still
    import medspacy
    from medspacy.context import ConTextRule
    from medspacy.ner import TargetRule

    nlp = medspacy.load()
    nlp.max_length = 10_000_000
    nlp.get_pipe("medspacy_target_matcher").add([TargetRule(name, "CONDITION") for name in names])
    context = nlp.get_pipe("medspacy_context")
    context.add([ConTextRule(cue, "NEGATED_EXISTENCE", direction="FORWARD") for cue in AGAINST])
    context.add([ConTextRule(cue, "PREVENTION", direction="FORWARD") for cue in PREVENTION])

    def meaning(entity: Any) -> str:
        if entity._.is_negated:
            return "negated"
        if entity._.is_family or entity._.is_historical:
            return "elsewhere"
        return "prevented" if any(m.category == "PREVENTION" for m in entity._.modifiers) else "affirmed"

    return reader_from(lambda text: [(e.start_char, e.end_char, meaning(e)) for e in nlp(text).ents])


LOADERS = {
    "usedfor": load_usedfor,
    "dictionary": load_dictionary,
    "negspacy": load_negspacy,
    "medspacy": load_medspacy,
}


def peak_memory() -> float:
    """MB of the process at its largest. VmHWM, as ru_maxrss would begin with the parent's."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / 1024
    return float("nan")


def main() -> None:
    contender, names_file, passages_file, out = sys.argv[1:]
    names: list[str] = json.loads(Path(names_file).read_text("utf-8"))
    with open(passages_file, encoding="utf-8") as lines:
        passages = [json.loads(line) for line in lines]
    begun = time.process_time()
    read = LOADERS[contender](names)
    kinds = {passage["kind"]: passage for passage in passages[::-1]}
    for passage in kinds.values():  # what is made on first use belongs to loading
        read(passage)
    loaded = time.process_time()
    readings = [read(passage) for passage in passages]
    seconds = time.process_time() - loaded
    with open(out, "w", encoding="utf-8") as file:
        file.writelines(json.dumps(reading, ensure_ascii=False) + "\n" for reading in readings)
    print(json.dumps({"load_s": loaded - begun, "seconds": seconds, "peak_mb": peak_memory()}))


if __name__ == "__main__":
    main()
