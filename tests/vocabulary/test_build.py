from __future__ import annotations

from importlib import import_module
from pathlib import Path

import pytest

from usedfor.errors import SnapshotError
from usedfor.vocabulary import __all__ as public
from usedfor.vocabulary import store
from usedfor.vocabulary.build import main
from usedfor.vocabulary.condition_sources import rising
from usedfor.vocabulary.medicine_sources import ingredients
from usedfor.vocabulary.naming import candidates, parts, salt_free, slug, without_forms, without_suffix
from usedfor.vocabulary.rules import rows

DATA = Path(store.__file__).parent / "data"


def test_public_names() -> None:
    assert public == ["Link", "Mention", "Near", "Vocabulary", "load"]


@pytest.mark.parametrize(
    "module",
    [
        "build",
        "conditions",
        "documents",
        "linking",
        "matcher",
        "medicines",
        "naming",
        "results",
        "rules",
        "store",
        "text",
    ],
)
def test_modules_import_alone(module: str) -> None:
    assert import_module(f"usedfor.vocabulary.{module}")


def test_the_data_is_small() -> None:
    assert sum(f.stat().st_size for f in DATA.iterdir()) < 5_000_000


def test_a_table_comes_back_and_twice_the_same(tmp_path: Path) -> None:
    table = store.read("conditions.xz", store.ConditionTable)
    store.write(tmp_path / "a.xz", table)
    store.write(tmp_path / "b.xz", table)
    assert (tmp_path / "a.xz").read_bytes() == (tmp_path / "b.xz").read_bytes()


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(SnapshotError, match=r"nothing\.xz"):
        store.read("nothing.xz", store.ConditionTable)


def test_the_command_says_what_is_missing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path / "none")]) == 2
    assert "is not a folder" in capsys.readouterr().err
    assert main(["--data", str(tmp_path), "--out", str(tmp_path)]) == 2
    assert "is not there" in capsys.readouterr().err


def test_rules_have_ids_of_their_own() -> None:
    for name, columns in (("set_aside.tsv", 5), ("prefixes.tsv", 2), ("purposes.tsv", 4), ("own.tsv", 2)):
        ids = [row[0] for row in rows(name, columns)]
        assert len(ids) == len(set(ids)), name


def test_rows_say_which_line_is_wrong() -> None:
    with pytest.raises(ValueError, match=r"salts.tsv, line \d+: 2 columns, not 3"):
        list(rows("salts.tsv", 3))


def test_rising() -> None:
    assert rising([1, 9, 2, 3, 8, 4]) == {0, 2, 3, 5}
    assert rising([]) == set()


def test_ingredients_of_rxnorm_names() -> None:
    assert ingredients("Carbidopa 25 MG / Levodopa 100 MG Oral Tablet") == ["Carbidopa", "Levodopa"]
    assert ingredients("Ketamine Injectable Solution") == ["Ketamine"]
    assert ingredients("polyethylene glycol 3350 Powder for Oral Solution") == ["polyethylene glycol 3350"]


def test_names() -> None:
    assert list(salt_free("ketamine hydrochloride")) == ["ketamine"]
    assert list(salt_free("sodium chloride")) == []
    assert without_suffix("trastuzumab-dkst") == "trastuzumab"
    assert without_suffix("insulin aspart") is None
    assert without_forms("Metformin 500 mg tablets") == "metformin"
    assert parts("Elexacaftor, tezacaftor, and ivacaftor") == ["elexacaftor", "tezacaftor", "ivacaftor"]
    assert slug("Carbidopa / Levodopa") == "carbidopa-levodopa"
    assert "atoltivimab" not in list(candidates("atoltivimab, maftivimab, and odesivimab"))
    assert "sodium phosphate" in list(candidates("sodium phosphate, dibasic, anhydrous"))


@pytest.mark.data
@pytest.mark.slow
def test_built_again_the_bytes_are_the_same(shared_data: Path, tmp_path: Path) -> None:
    assert main(["--data", str(shared_data / "vocabulary"), "--out", str(tmp_path)]) == 0
    for name in ("medicines.xz", "conditions.xz"):
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes()
