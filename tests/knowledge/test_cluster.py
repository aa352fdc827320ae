"""Ray is started once, small, on this machine: everything of it in one test."""

from __future__ import annotations

import sys
from pathlib import Path

import knowledge_parts as kp
import pytest
from knowledge_work import moody

from usedfor.errors import InputError
from usedfor.knowledge import cluster
from usedfor.knowledge.build import build
from usedfor.knowledge.cluster import RayPool
from usedfor.knowledge.engine import Failure

pytest.importorskip("ray")
pytest.importorskip("daft")


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def never(*_: object) -> None:
    raise AssertionError("the pool of this machine was used")


@pytest.mark.filterwarnings("default")  # Ray's own are Ray's to mend
def test_ray_gives_the_same_snapshot(
    labels: Path, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))  # for Ray's processes
    monkeypatch.setattr(cluster, "SHARE", 4)
    monkeypatch.setattr(cluster.engine, "Pool", never)
    build([labels], tmp_path / "ray", workers=2, parts=kp.PARTS, engine="ray")
    assert files(tmp_path / "ray") == files(home)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_on_ray_one_item_never_ends_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    monkeypatch.setattr(cluster, "SHARE", 3)
    with RayPool(2) as pool:
        found = [r for _, r in pool.run(moody, ["a", "raise", "b", "c", "die", "d", "sleep", "e"], 4.0)]
    assert found == [
        "a",
        Failure("ValueError: no good"),
        "b",
        "c",
        Failure("the worker died (exit code -9)"),
        "d",
        Failure("took longer than 4 seconds"),
        "e",
    ]


def test_without_the_libraries_it_says_what_is_missing(
    labels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "daft", None)
    with pytest.raises(InputError, match=r"pip install 'usedfor\[ray\]'"):
        build([labels], tmp_path / "out", workers=1, parts=kp.PARTS, engine="ray")
    assert not list(tmp_path.iterdir())
