from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import pytest
from knowledge_work import broken, die_once, moody, square, unpicklable

from usedfor.errors import InputError, UsedForError
from usedfor.knowledge.engine import Failure, Pool


@pytest.mark.parametrize("workers", [1, 3])
def test_results_come_in_the_order_of_the_items(workers: int) -> None:
    with Pool(workers) as pool:
        assert list(pool.run(square, range(100))) == [(n, n * n) for n in range(100)]


def test_a_pool_runs_one_task_after_another() -> None:
    with Pool(2) as pool:
        assert [r for _, r in pool.run(square, [2])] == [4]
        assert list(pool.run(square, [])) == []
        assert [r for _, r in pool.run(moody, ["a", "b"])] == ["a", "b"]


def test_one_item_never_ends_the_others() -> None:
    items = ["a", "raise", "b", "die", "document", "c", "die", "d"]
    with Pool(2) as pool:
        found = dict(enumerate(result for _, result in pool.run(moody, items)))
    assert found == {
        0: "a",
        1: Failure("ValueError: no good"),
        2: "b",
        3: Failure("the worker died (exit code -9)"),
        4: Failure("no sections", fault=False),
        5: "c",
        6: Failure("the worker died (exit code -9)"),
        7: "d",
    }


def test_an_item_that_takes_too_long_is_given_up() -> None:
    with Pool(2) as pool:
        list(pool.run(moody, ["a"] * 8))  # until every worker has imported this module
        found = [r for _, r in pool.run(moody, ["a", "sleep", "b", "c"], limit=2.0)]
    assert found == ["a", Failure("took longer than 2 seconds"), "b", "c"]


def test_an_item_gets_a_second_try_when_its_worker_dies(tmp_path: Path) -> None:
    with Pool(1) as pool:
        assert [r for _, r in pool.run(die_once, [str(tmp_path / "tried")])] == ["alive"]


def test_processes_that_give_themselves_up_are_renewed() -> None:
    """A worker can die before it has said what it is at: its pool then ends, and its items begin anew."""
    found: list[object] = []
    with Pool(2) as pool:
        for place, (_, result) in enumerate(pool.run(square, range(40))):
            found.append(result)
            if place in (3, 30):
                assert pool._pool is not None
                pool._pool._pool_manager.handle_broken_pool(BrokenProcessPool("All workers expired"))
        assert pool._renewed == 2
    assert found == [n * n for n in range(40)]


def test_a_result_that_cannot_be_sent_is_a_failure() -> None:
    with Pool(1) as pool:
        [(_, failure), (_, other)] = pool.run(unpicklable, [1, 2])
    assert isinstance(failure, Failure)
    assert isinstance(other, Failure)
    assert "pickle" in failure.reason


def test_workers_that_cannot_start_end_the_run() -> None:
    with Pool(2, broken) as pool, pytest.raises(UsedForError, match="could not start: no vocabulary"):
        list(pool.run(square, [1]))


def test_no_more_items_are_taken_than_the_window_holds() -> None:
    taken = 0

    def items() -> Iterator[int]:
        nonlocal taken
        for n in range(1000):
            taken += 1
            yield n

    with Pool(1) as pool:
        for given, _ in enumerate(pool.run(square, items()), 1):
            assert taken - given <= 24
    assert taken == 1000


def test_what_the_source_raises_arrives_and_no_worker_stays() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise InputError("gone")

    pool = Pool(2)
    with pool, pytest.raises(InputError, match="gone"):
        list(pool.run(square, items()))
    assert not multiprocessing.active_children()


def test_no_folder_of_the_machine_is_named() -> None:
    with Pool(1) as pool:
        [(_, failure)] = pool.run(moody, ["path"])
    assert failure == Failure("ValueError: no file.txt (and/or 'a/b'), x")


def test_a_function_that_a_worker_cannot_import_ends_the_run() -> None:
    with Pool(1) as pool, pytest.raises(UsedForError, match="the workers cannot go on"):
        list(pool.run(Unfindable(), [1]))


class Unfindable:
    """Pickles well, and cannot be had back."""

    def __call__(self, n: int) -> int:
        return n

    def __reduce__(self) -> str | tuple[object, ...]:
        return __import__, ("no_such_module",)
