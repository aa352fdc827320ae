"""Codes, dates, counts and p-values in every spelling; what is no value is None."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.sources.trials_values import code, count, day, nct_id, number, p_value, phases


@pytest.mark.parametrize(
    ("text", "relation", "value", "significant"),
    [
        ("<0.0001", "<", 0.0001, True),
        ("< .05", "<", 0.05, True),
        ("0,03", "=", 0.03, True),
        ("=0.0017", "=", 0.0017, True),
        ("p = .04", "=", 0.04, True),
        ("P-value <0.001", "<", 0.001, True),
        ("0.05", "=", 0.05, False),
        ("0.0500", "=", 0.05, False),
        ("≤0.05", "<=", 0.05, True),
        (">0.1", ">", 0.1, False),
        (">0.01", ">", 0.01, None),
        ("<0.1", "<", 0.1, None),
        ("1.2e-5", "=", 1.2e-5, True),
        ("3.1 x 10^-4", "=", 3.1e-4, True),
        ("1", "=", 1.0, False),
        ("NS", None, None, False),
        ("n.s.", None, None, False),
        ("not significant", None, None, False),
        ("5", None, None, None),
        ("<0.05 (adjusted)", None, None, None),
        ("0.03 to 0.07", None, None, None),
        ("see text", None, None, None),
    ],
)
def test_p_values(text: str, relation: str | None, value: float | None, significant: bool | None) -> None:
    found = p_value(text)
    assert found is not None
    assert found.text == text
    assert (found.relation, found.significant) == (relation, significant)
    assert found.value == (value if value is None else pytest.approx(value))


def test_no_p_value() -> None:
    assert p_value(None) is None
    assert p_value("  ") is None


@given(st.text())
def test_any_text_as_a_p_value(text: str) -> None:
    found = p_value(text)
    assert found is None or found.value is None or 0 <= found.value <= 1


@given(st.floats(0, 1), st.sampled_from(["", "<", ">", "=", "<="]))
def test_numbers_come_back_as_p_values(value: float, sign: str) -> None:
    found = p_value(f"{sign}{value:.6f}")
    assert found is not None
    assert found.value == pytest.approx(value, abs=1e-6)
    assert found.relation == (sign or "=")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Phase 2/Phase 3", ("PHASE2", "PHASE3")),
        ("PHASE1|PHASE2", ("PHASE1", "PHASE2")),
        ("phase 1/phase 2", ("PHASE1", "PHASE2")),
        ("PHASE1, PHASE2", ("PHASE1", "PHASE2")),
        ("2/3", ("PHASE2", "PHASE3")),
        ("EARLY_PHASE1", ("EARLY_PHASE1",)),
        ("Phase 0", ("EARLY_PHASE1",)),
        ("Early Phase 1", ("EARLY_PHASE1",)),
        ("N/A", ("NA",)),
        ("NA", ("NA",)),
        ("", ()),
        ("unknown", ()),
    ],
)
def test_phases(text: str, found: tuple[str, ...]) -> None:
    assert phases(text) == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2024-06-01", "2024-06-01"),
        ("2024-06", "2024-06"),
        ("2024", "2024"),
        ("July 11, 2022", "2022-07-11"),
        ("June 2019", "2019-06"),
        ("12/17/2019", "2019-12-17"),
        ("17/12/2019", "2019-12-17"),
        ("7/7/2022", "2022-07-07"),
        ("7/8/2022", "2022"),  # which of the two is the month is not known
        ("2024-02-30", None),
        ("13/14/2022", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_dates(text: str | None, found: str | None) -> None:
    assert day(text) == found


@given(st.text())
def test_any_text_as_a_date_a_code_a_phase_or_a_number(text: str) -> None:
    made = day(text)
    assert made is None or made == day(made)
    assert code(code(text)) == code(text)
    assert set(phases(text)) <= {"EARLY_PHASE1", "PHASE1", "PHASE2", "PHASE3", "PHASE4", "NA"}
    assert number(text) is None or isinstance(number(text), float)


def test_codes_counts_and_numbers() -> None:
    assert code("Active, not recruiting") == "ACTIVE_NOT_RECRUITING"
    assert code("None (Open Label)") == "NONE"
    assert code("") is None
    assert [count(v) for v in ("110", "110.0", "1,200", 0, "-1", "many", True, None)] == [
        110, 110, 1200, 0, None, None, None, None,
    ]  # fmt: skip
    assert [number(v) for v in ("2.5", "−1", "1,234.5", "NA", "", float("inf"))] == [
        2.5, -1.0, 1234.5, None, None, None,
    ]  # fmt: skip
    assert nct_id(" nct00000001 ") == "NCT00000001"
    assert nct_id("NCT1") is None
