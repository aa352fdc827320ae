"""Check claims: the figures of docs/benchmarks.md, with the baselines beside them.

python benchmarks/check.py [--data ../shared/data] [--home SNAPSHOT] [--held-out] [--speed-only]

Cross-validated by label (five folds, the kept-apart fifth left out); the weighing is trained anew in each
fold.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

from usedfor.api import build, check_pages
from usedfor.extraction.splits import fold, held_out
from usedfor.knowledge import Knowledge
from usedfor.verification import Checked, Checker
from usedfor.verification.judge import Judge
from usedfor.verification.lexicon import stems
from usedfor.verification.results import VERDICTS
from usedfor.verification.train import Example, compared, developing, examples, fit

Row = dict[str, Any]
FOLDS = 5


def read(path: Path) -> list[Row]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]


def figures(pairs: Sequence[tuple[Row, str, Sequence[str]]]) -> dict[str, float]:
    """The figures of bench/score.py for (gold line, verdict, cited sections)."""
    f1s, out = [], {}
    for verdict in VERDICTS:
        right = sum(g["verdict"] == v == verdict for g, v, _ in pairs)
        said = sum(v == verdict for _, v, _ in pairs)
        there = sum(g["verdict"] == verdict for g, _, _ in pairs)
        precision, recall = right / said if said else 0.0, right / there if there else 0.0
        out[f"{verdict} precision"], out[f"{verdict} recall"] = precision, recall
        if there:
            f1s.append(2 * precision * recall / (precision + recall) if precision + recall else 0.0)
    cited = [
        bool({e["section"] for e in g["evidence"]} & set(s[:3]))
        for g, v, s in pairs
        if g["evidence"] and v == g["verdict"]
    ]
    grounded = sum(
        v == g["verdict"] and (not g["evidence"] or bool({e["section"] for e in g["evidence"]} & set(s[:3])))
        for g, v, s in pairs
    )
    return {
        "macro F1": sum(f1s) / len(f1s),
        "accuracy": sum(g["verdict"] == v for g, v, _ in pairs) / len(pairs),
        "grounded accuracy": grounded / len(pairs),
        "right section": sum(cited) / len(cited) if cited else 0.0,
        **out,
    }


def show(title: str, found: dict[str, float]) -> None:
    keys = (
        "macro F1",
        "accuracy",
        "grounded accuracy",
        "right section",
        "contradicted recall",
        "supported precision",
    )
    print(f"{title:<46}" + "  ".join(f"{k} {found[k]:.3f}" for k in keys))


def judged(
    knowledge: Knowledge, rows: Iterable[Row], train: Callable[[Row], Any], swap: dict[str, str] | None = None
) -> list[tuple[Row, str, Sequence[str]]]:
    """Verdicts of the whole checker, the weighing replaced by ``train(row)`` where it gives one."""
    from usedfor.verification import combiner

    checker, shipped = Checker(knowledge), combiner.load
    out = []
    for row in rows:
        model = train(row)
        if model is not None:
            combiner.load = _always(model)  # type: ignore[assignment]
        try:
            out.append((row, *_verdict(checker, row, swap)))
        finally:
            combiner.load = shipped
    return out


def _always(model: Any) -> Callable[[], Any]:
    return lambda: model


def _verdict(checker: Checker, row: Row, swap: dict[str, str] | None) -> tuple[str, Sequence[str]]:
    if swap is None:
        found = checker.passage(row["id"], row["text"], row["medicine"])
    else:
        found = _swapped(checker.judge, row, swap[row["set_id"]])
    return found.verdict, [e.section for e in found.evidence]


def _swapped(judge: Judge, row: Row, other: str) -> Checked:
    """The verdict where another medicine's labels stand in the place of its own."""
    from usedfor.verification.article import Line
    from usedfor.verification.dossier import Dossier

    own = judge.knowledge.find(row["medicine"])[0]
    wrong = Dossier(judge.knowledge, judge.knowledge.find(other)[0])
    wrong.names = frozenset(s for n in own.names for s in stems(n.name))
    kept = judge.dossier
    judge.dossier = lambda _: wrong  # type: ignore[assignment]
    try:
        return judge.sentence(
            row["id"], Line(row["text"], 0, len(row["text"]), "paragraph", own.id, False, "")
        )
    finally:
        judge.dossier = kept


def bag_of_words(rows: list[Row]) -> dict[str, float]:
    """A classifier that sees the claim's words alone."""
    from sklearn.feature_extraction.text import TfidfVectorizer  # type: ignore[import-untyped]
    from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
    from sklearn.pipeline import make_pipeline  # type: ignore[import-untyped]

    pairs: list[tuple[Row, str, Sequence[str]]] = []
    for n in range(FOLDS):
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10, class_weight="balanced")
        )
        train = [r for r in rows if fold(r["set_id"]) != n]
        test = [r for r in rows if fold(r["set_id"]) == n]
        model.fit([r["text"] for r in train], [r["verdict"] for r in train])
        pairs += [
            (r, str(v), ()) for r, v in zip(test, model.predict([r["text"] for r in test]), strict=True)
        ]
    return figures(pairs)


def similarity(made: list[Example]) -> dict[str, float]:
    """A threshold on how much of the claim the best sentence holds: supported above it, else not found."""
    pairs: list[tuple[Row, str, Sequence[str]]] = []
    for row, found in made:
        pairs.append((row, "supported" if found.get("cover_best", 0.0) >= 0.35 else "not_found", ()))
    return figures(pairs)


OWN = Path(__file__).parent / "claims_own.jsonl"


def own(part: str) -> list[Row]:
    """The claims written for this project, of one part ("develop", "score"), as gold lines."""
    return [
        {**r, "evidence": [{"section": s} for s in r["sections"]]} for r in read(OWN) if r["part"] == part
    ]


def quality(data: Path, home: Path, apart: bool) -> None:
    gold = data / "gold" / "claims.jsonl"
    rows = [r for r in read(gold) if not held_out(r["set_id"])]
    with Knowledge.open(home) as knowledge:
        made = examples(knowledge, gold)
        written = compared(knowledge, developing(OWN))
        models = [fit([e for e in made + written if fold(e[0]["set_id"]) != n]) for n in range(FOLDS)]
        print(f"claims: {len(rows)} of {len({r['set_id'] for r in rows})} labels, cross-validated by label")
        found = judged(knowledge, rows, lambda r: models[fold(r["set_id"])])
        show("usedfor check", figures(found))
        second = [p for p in found if int(re.sub(r"\D", "", p[0]["id"])) > 100]
        show("  first hundred", figures([p for p in found if p not in second]))
        show("  second hundred (wording does not tell)", figures(second))
        show("always supported", figures([(r, "supported", ()) for r in rows]))
        show("similarity to the label alone", similarity(made))
        show("bag of words of the claim alone", bag_of_words(rows))
        sets = sorted({(r["set_id"], r["medicine"]) for r in rows})
        swap = {s: sets[(n + len(sets) // 2) % len(sets)][1] for n, (s, _) in enumerate(sets)}
        show("usedfor check, labels swapped", figures(judged(knowledge, rows, lambda r: models[fold(r["set_id"])], swap)))  # fmt: skip  # noqa: E501
        mine = own("develop")
        print(
            f"own claims: {len(mine)} of {len({r['set_id'] for r in mine})} labels, to develop on, likewise"
        )
        show("usedfor check", figures(judged(knowledge, mine, lambda r: models[fold(r["set_id"])])))
        seed = read(data / "gold" / "seed-claims.jsonl")
        right = judged(knowledge, seed, lambda r: None)
        print(f"seed claims: {sum(g['verdict'] == v for g, v, _ in right)} of {len(seed)}")
        if apart:
            rest = [r for r in read(gold) if held_out(r["set_id"])]
            kept = own("score")
            show(f"own, kept apart ({len(kept)})", figures(judged(knowledge, kept, lambda r: None)))
            show(f"kept apart ({len(rest)})", figures(judged(knowledge, rest, lambda r: None)))


def article(rows: list[Row], words: int) -> str:
    """A page of about so many words made of gold claims, a heading for each medicine."""
    parts: list[str] = []
    count = 0
    for n, row in enumerate(rows * 50):
        if count >= words:
            break
        if not parts or parts[-1][0] != "#":
            parts.append(f"## {row['medicine'].capitalize()}")
        parts.append(f"Note {n}: {row['text']}")  # no sentence twice: a verdict said again costs nothing
        count += len(row["text"].split()) + 2
    return "\n\n".join(parts) + "\n"


def speed(data: Path, home: Path) -> None:
    rows = sorted(read(data / "gold" / "claims.jsonl"), key=lambda r: r["medicine"])
    seed = [r for r in rows if r["medicine"] in ("carvedilol", "gabapentin", "dasatinib", "deflazacort")]
    text = article(seed, 2_000)
    with Knowledge.open(home) as knowledge:
        checker = Checker(knowledge)
        checker.article(text)
        times = []
        for _ in range(5):
            start = time.process_time()
            checker.article(text)
            times.append(time.process_time() - start)
    print(f"an article of {len(text.split()):,} words, warm: {min(times) * 1000:.0f} ms of processor time")
    with tempfile.TemporaryDirectory() as folder:
        words = 0
        medicines = sorted({r["medicine"] for r in rows})
        for n in range(1_000):
            one = [r for r in rows if r["medicine"] == medicines[n % len(medicines)]]
            page = article(one, 400)
            words += len(page.split())
            Path(folder, f"page-{n:04}.md").write_text(page, "utf-8")
        start, used = time.perf_counter(), resource.getrusage(resource.RUSAGE_CHILDREN)
        pages = sum(1 for _ in check_pages([folder], home=home, workers=2))
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu = after.ru_utime + after.ru_stime - used.ru_utime - used.ru_stime
        print(
            f"a folder of {pages:,} articles ({words:,} words): {time.perf_counter() - start:.1f} s on two "
            f"processes, {cpu:.1f} s of processor time"
        )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--home", type=Path, help="a snapshot of data/labels; built anew where none is named")
    parser.add_argument("--held-out", action="store_true", help="also the kept-apart fifth")
    parser.add_argument("--speed-only", action="store_true")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = given.home
        if home is None:
            home = Path(folder) / "snapshot"
            build([given.data / "labels"], home)
        if not given.speed_only:
            quality(given.data, home, given.held_out)
        speed(given.data, home)


if __name__ == "__main__":
    main()
