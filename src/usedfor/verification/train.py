"""Train the weighing: ``python -m usedfor.verification.train --gold FOLDER --own FILE --home SNAPSHOT``.

Reads claims.jsonl of the gold folder, without the fifth that is kept apart (by set id), and the claims
written for this project that are marked for development (benchmarks/claims_own.jsonl), compares each claim
with the labels of the snapshot and fits a multinomial logistic regression with ridge by Newton's method
(Bishop, Pattern Recognition and Machine Learning, 4.3.4), with numpy alone. The same input gives the same
file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
import msgspec

from usedfor.extraction.splits import held_out
from usedfor.verification.combiner import Combiner
from usedfor.verification.cues import data
from usedfor.verification.results import VERDICTS

if TYPE_CHECKING:
    from usedfor.knowledge import Knowledge

__all__ = ["Example", "compared", "developing", "examples", "fit"]

RIDGE = 25.0
_STEPS = 60
Example = tuple[dict[str, Any], dict[str, float]]  # the gold line, the figures


def examples(knowledge: Knowledge, gold: Path, apart: bool = False) -> list[Example]:
    """The figures of the gold claims that are not kept apart, or of those that are."""
    rows = map(json.loads, gold.read_text("utf-8").splitlines())
    return compared(knowledge, [row for row in rows if held_out(row["set_id"]) == apart])


def developing(path: Path) -> list[dict[str, Any]]:
    """The lines of a file of own claims that are marked for development."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return [row for row in rows if row["part"] == "develop"]


def compared(knowledge: Knowledge, rows: Iterable[dict[str, Any]]) -> list[Example]:
    """The figures of claims ("medicine", "text"); those that name nothing to compare are left out."""
    from usedfor.verification.judge import Judge

    judge = Judge(knowledge)
    found = []
    for row in rows:
        medicines = knowledge.find(row["medicine"])
        dossier = judge.dossier(medicines[0].id) if medicines else None
        figures = judge.examine(row["text"], dossier, row["medicine"]).figures if dossier else {}
        if figures:
            found.append((row, figures))
    return found


def fit(rows: Sequence[Example], ridge: float = RIDGE) -> Combiner:
    """Fit the weights on examples."""
    import numpy as np

    names = list(data("combiner")["figures"])
    x = np.array([[figures.get(n, 0.0) for n in names] for _, figures in rows])
    y = np.array([VERDICTS.index(row["verdict"]) for row, _ in rows])
    means, scales = x.mean(0), x.std(0)
    scales[scales < 1e-9] = 1.0
    z = np.hstack([(x - means) / scales, np.ones((len(x), 1))])
    k, d = len(VERDICTS), z.shape[1]
    target = np.eye(k)[y]
    w = np.zeros((k, d))
    penalty = np.full(d, ridge)
    penalty[-1] = 0.01
    for _ in range(
        _STEPS
    ):  # block Newton with the bound of Boehning (1992) on the Hessian: it always descends
        s = z @ w.T
        s -= s.max(1, keepdims=True)
        p = np.exp(s)
        p /= p.sum(1, keepdims=True)
        gradient = (p - target).T @ z + w * penalty
        hessian = 0.5 * (z.T @ z) + np.diag(penalty)
        w -= np.linalg.solve(hessian, gradient.T).T
    return Combiner(
        names=names,
        means=[round(float(v), 6) for v in means],
        scales=[round(float(v), 6) for v in scales],
        verdicts=list(VERDICTS),
        weights=[[round(float(v), 5) for v in row[:-1]] for row in w],
        biases=[round(float(row[-1]), 5) for row in w],
    )


@click.command()
@click.option("--gold", type=click.Path(exists=True, path_type=Path), required=True)
@click.option("--own", type=click.Path(exists=True, path_type=Path), help="Own claims, a JSON line each.")
@click.option("--home", type=click.Path(exists=True), required=True, help="A snapshot of the gold's labels.")
def main(gold: Path, own: Path | None, home: str) -> None:
    """Train the weighing of figures and write it into the package."""
    from usedfor.knowledge import Knowledge

    with Knowledge.open(home) as knowledge:
        rows = examples(knowledge, gold / "claims.jsonl")
        if own is not None:
            rows += compared(knowledge, developing(own))
        made = fit(rows)
    path = Path(__file__).parent / "models" / "combiner.json"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")
    click.echo(f"{path}: {len(made.names)} figures")


if __name__ == "__main__":
    main()
