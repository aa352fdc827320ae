from __future__ import annotations

import pytest

from usedfor.extraction import reactions_figures as figures


def read(text: str, word: str, *others: str) -> list[tuple[float | None, str, str]]:
    spans = sorted((text.index(w), text.index(w) + len(w)) for w in (word, *others))
    number = spans.index((text.index(word), text.index(word) + len(word)))
    return [(f.value, f.relation, f.arm) for f in figures.figures_after(text, spans, number)]


@pytest.mark.parametrize(
    ("text", "word", "others", "want"),
    [
        ("headache (16%), nausea (<1%)", "headache", ("nausea",), [(16.0, "=", "unspecified")]),
        ("headache (16%), nausea (<1%)", "nausea", ("headache",), [(1.0, "<", "unspecified")]),
        (
            "Rash occurred in 4.7% of patients receiving it and 1.6% of patients on placebo.",
            "Rash",
            (),
            [(4.7, "=", "drug"), (1.6, "=", "placebo")],
        ),
        ("rash (8% vs. 5% on placebo)", "rash", (), [(8.0, "=", "drug"), (5.0, "=", "placebo")]),
        ("rash (1.2% placebo vs. 4.7% it)", "rash", (), [(1.2, "=", "placebo"), (4.7, "=", "drug")]),
        ("rash was reported in at least 3% of patients", "rash", (), [(3.0, ">=", "unspecified")]),
        ("nausea and rash occurred in 12% of patients", "rash", ("nausea",), []),
        ("Hepatitis was reported and resolved in 54% of them", "Hepatitis", (), []),
        ("rash. It occurred in 5%", "rash", (), []),
        ("rash (120%)", "rash", (), []),
        (
            "Delirium (confusion or agitation) occurred in 12% of them",
            "Delirium",
            ("confusion", "agitation"),
            [(12.0, "=", "unspecified")],
        ),
        ("Delirium (confusion or agitation) occurred in 12% of them", "agitation", ("Delirium",), []),
        ("Delirium (with agitation) and rash occurred in 12% of them", "Delirium", ("rash",), []),
        ("rash", "rash", (), []),
    ],
)
def test_figures(text: str, word: str, others: tuple[str, ...], want: list[tuple[float, str, str]]) -> None:
    assert read(text, word, *others) == want


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("Serious and fatal hepatitis was seen", "fatal"),
        ("life-threatening hepatitis", "life-threatening"),
        ("severe hepatitis", "severe"),
        ("non-fatal hepatitis", None),
        ("non-serious hepatitis", None),
        ("hepatitis, including fatal cases", "fatal"),
        ("hepatitis and severe rash", None),
        ("hepatitis, which may be serious", "serious"),
        ("hepatitis. Fatal rash", None),
        ("hepatitis", None),
    ],
)
def test_severity(text: str, want: str | None) -> None:
    start = text.index("hepatitis")
    assert figures.severity_around(text, start, start + 9, figures.grave_places(text)) == want
