from __future__ import annotations

import subprocess
import sys
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.knowledge import arrow
from usedfor.knowledge.tables import Column

pa.array([])  # loads pandas, where it is installed, before anything is timed

VALUES = {
    "text": st.text(st.characters(exclude_categories=("Cs",)), max_size=5),
    "integer": st.integers(-(2**31), 2**31 - 1),
    "flag": st.integers(0, 1),
    "hash": st.binary(min_size=32, max_size=32),
}


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_a_column_is_what_arrow_itself_makes_of_its_values(kind: Any, data: st.DataObject) -> None:
    some = data.draw(st.lists(VALUES[kind] | st.none(), max_size=40))
    column = Column("c", kind, null=True)
    made = arrow.array(column, some)
    made.validate(full=True)
    plain = [None if value is None else value == 1 for value in some] if kind == "flag" else some
    assert made.equals(pa.array(plain, arrow.TYPES[kind]))
    assert made.null_count == some.count(None)


@pytest.mark.parametrize("kind", VALUES)
@given(data=st.data())
def test_a_column_and_every_part_of_it_come_back(kind: Any, data: st.DataObject) -> None:
    some = data.draw(st.lists(VALUES[kind] | st.none(), max_size=40))
    if data.draw(st.booleans()):
        some = [value for value in some for _ in range(3)]  # few words, each often
    column = Column("c", kind, null=True)
    made = arrow.array(column, some)
    assert arrow.values(column, made) == some
    start = data.draw(st.integers(0, len(some)))
    end = data.draw(st.integers(start, len(some)))
    assert arrow.values(column, made.slice(start, end - start)) == some[start:end]


def test_a_lone_surrogate_is_no_text() -> None:
    with pytest.raises(UnicodeEncodeError):
        arrow.array(Column("c"), ["\ud800"])


def test_no_pandas_is_loaded() -> None:
    """Where it is installed, Arrow loads it on the slightest occasion."""
    code = """
import sys, tempfile
from pathlib import Path
from usedfor.knowledge import parquet
from usedfor.knowledge.tables import TABLES
path = Path(tempfile.mkdtemp()) / "names.parquet"
table = TABLES["medicine_names"]
writer = parquet.Writer(table, path)
writer.extend([("a", n, "A", "brand", "a") for n in range(9)])
parquet.close({"medicine_names": writer})
assert len(list(parquet.rows(table, path))) == 9
print("pandas" in sys.modules)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_workers_load_no_arrow() -> None:
    """They read and judge; tables are written by the process that started them."""
    code = "import sys, usedfor.knowledge.ready; print('pyarrow' in sys.modules, 'numpy' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False True"
