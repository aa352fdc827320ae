"""The literals of expressions, and which expressions may match."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.extraction import context
from usedfor.extraction.sieve import Gated, Sieve, literals

MANY = {
    "either": re.compile("prevent(?:ion|s)?|prophyla"),
    "cased": re.compile(r"\bSafety and (?:efficacy|effectiveness)\b", re.I),
    "counted": re.compile("(?:very )?(?:rare ){1,2}cases?"),
    "short": re.compile("iv|po"),
    "open": re.compile(r"\d+ \w*"),
    "asks": re.compile("not(?! only) indicated"),
}

_MANY = Sieve(MANY)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("prevent(?:ion|s)?|prophyla", {"prevent", "prophyla"}),
        ("risk of [a-z]+ bleeding", {" bleeding"}),
        ("(?:risk )?of x", {"of x"}),
        ("(?:bleeding)+ or x", {"bleeding"}),
        ("(?:bleeding)* or so", {" or so"}),
        ("iv|intravenous", None),
        (
            "(?:one|two|six|ten|low|top)( and (?:here|also))?( or (?:none|both))?[.,:]",
            {"one", "two", "six", "ten", "low", "top"},
        ),
        (r"\w+", None),
        ("na[iï]ve patient", {"ve patient"}),
    ],
)
def test_literals(pattern: str, found: set[str] | None) -> None:
    assert literals(re.compile(pattern)) == found


def test_an_expression_without_literals_always_passes() -> None:
    assert Sieve(MANY).passing("") == {"short", "open"}
    assert Sieve({}).passing("any") == set()


@pytest.mark.parametrize(
    "text",
    ["ſAFETY AND EFFICACY", "safety and effıcacy", "SAFETY AND EFFİCACY", "\ud800 safety and efficacy"],
)
def test_letters_that_match_case_aside_pass(text: str) -> None:
    assert MANY["cased"].search(text)
    assert "cased" in Sieve(MANY).passing(text)


WORDS = [
    "prevents",
    "prophylaxis",
    "safety and ",
    "Efficacy",
    "very ",
    "rare ",
    "cases",
    "not",
    " only",
    " indicated",
    " iv",
    "3 ",
    "é",
]


@given(st.lists(st.sampled_from(WORDS) | st.text(max_size=3)).map("".join))
def test_whatever_matches_passes(text: str) -> None:
    for patterns, sieve in ((MANY, _MANY), (context._PATTERNS, context._SIEVE)):
        passing = sieve.passing(text)
        assert {name for name, pattern in patterns.items() if pattern.search(text)} <= passing


PIECE = st.sampled_from(["abc", "bcd ", "cab", "[ab]c", "d+", "(?=a)", r"\\b"]).flatmap(
    lambda p: st.sampled_from(
        [p, f"(?:{p}|dada)", f"(?:{p})?", f"(?:{p})*", f"(?:{p}){{1,2}}", f"(?:{p}| bab)??"]
    )
)


@given(st.lists(PIECE, min_size=1, max_size=5).map("".join), st.text("abcd ", max_size=40))
def test_a_match_holds_a_literal(pattern: str, text: str) -> None:
    found = literals(re.compile(pattern))
    for match in re.finditer(pattern, text):
        assert found is None or any(literal in match.group() for literal in found)


PARTS = (
    "prevent",
    "ion",
    "prophyla",
    "SAFETY and ",
    "efficacy",
    "not ",
    "indicated",
    " ",
    "ſ",
    "İ",
    "K",
    "\ud800",
)


@given(st.lists(st.sampled_from(PARTS)).map("".join), st.integers(0, 40), st.integers(0, 40))
def test_a_gated_expression_finds_what_the_expression_finds(text: str, start: int, end: int) -> None:
    for pattern in (*MANY.values(), re.compile("kiss|prevention", re.I), re.compile("(?<=not )indicated")):
        gated = Gated(pattern)
        for one, other in (
            (gated.search(text), pattern.search(text)),
            (gated.search(text, start, end), pattern.search(text, start, end)),
        ):
            assert (one and one.span()) == (other and other.span())
        assert [m.span() for m in gated.finditer(text, start, end)] == [
            m.span() for m in pattern.finditer(text, start, end)
        ]
