from __future__ import annotations

import pickle

import pytest

from usedfor import errors

EVERY = [
    errors.UsedForError("m", extra=1),
    errors.InputError("m"),
    errors.DocumentError("a.zip!b", "no sections"),
    errors.ArchiveError("a.zip", "truncated"),
    errors.UnknownMedicineError("m", "ketamin", ("ketamine",)),
    errors.SnapshotError("m"),
    errors.VerificationError("m", ("x", "y")),
    errors.SourceError("m"),
]


@pytest.mark.parametrize("error", EVERY, ids=lambda e: type(e).__name__)
def test_an_error_pickles_with_its_data(error: errors.UsedForError) -> None:
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is type(error)
    assert (str(back), back.data) == (str(error), error.data)


def test_every_error_of_the_tree_is_drawn_in_its_docstring() -> None:
    assert errors.__doc__ is not None
    tree = {
        name for name, kind in vars(errors).items() if isinstance(kind, type) and issubclass(kind, Exception)
    }
    assert {name for name in tree if name not in errors.__doc__} == set()
    assert {type(error).__name__ for error in EVERY} == tree


def test_exit_codes_are_those_promised() -> None:
    codes = {type(error).__name__: error.exit_code for error in EVERY}
    assert codes["UnknownMedicineError"] == 3
    assert codes["SourceError"] == 4
    assert set(codes.values()) == {2, 3, 4}
