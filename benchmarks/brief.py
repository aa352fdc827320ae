"""How long a brief takes to compile in a warm process, over all medicines of the snapshot in use.

    python benchmarks/brief.py [--home DIR] [--rounds N]

Each medicine is compiled once to warm the caches, then ``rounds`` times; every one of those counts.
"""

from __future__ import annotations

import argparse
import gc
import statistics
import time

from usedfor.briefs import FORMATS, compile, render
from usedfor.knowledge import Knowledge

GOALS = {"median": 3.0, "99%": 15.0}  # milliseconds


def main() -> None:
    parser = argparse.ArgumentParser(description="Warm compile times over all medicines.")
    parser.add_argument("--home", help="a snapshot; without it the one in use")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with Knowledge.open(options.home) as knowledge:
        ids = knowledge.medicine_ids()
        for id in ids:
            compile(knowledge, id)
        gc.collect()
        times: list[float] = []
        worked: list[float] = []
        slowest: dict[str, float] = {}
        for _ in range(options.rounds):
            for id in ids:
                start, busy = time.perf_counter(), time.process_time()
                compile(knowledge, id)
                took = (time.perf_counter() - start) * 1000
                times.append(took)
                worked.append((time.process_time() - busy) * 1000)
                slowest[id] = max(took, slowest.get(id, 0.0))
        cuts = statistics.quantiles(times, n=100, method="inclusive")
        print(f"compiling a brief, warm, {len(ids)} medicines, {len(times)} runs")
        print(f"  median {statistics.median(times):.2f} ms (goal: under {GOALS['median']:g})")
        print(f"  99% {cuts[98]:.2f} ms (goal: under {GOALS['99%']:g}) · slowest {max(times):.2f} ms")
        cpu = statistics.quantiles(worked, n=100, method="inclusive")
        print(f"  processor time alone: median {statistics.median(worked):.2f} ms · 99% {cpu[98]:.2f} ms")
        for id in sorted(slowest, key=lambda i: -slowest[i])[:3]:
            print(f"  slowest: {id} {slowest[id]:.2f} ms")
        brief = compile(knowledge, ids[len(ids) // 2])
        for form in FORMATS:
            render(brief, form)
            start = time.perf_counter()
            for _ in range(20):
                render(brief, form)
            print(f"  rendering {brief.medicine.id} as {form}: {(time.perf_counter() - start) * 50:.2f} ms")


if __name__ == "__main__":
    main()
