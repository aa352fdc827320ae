"""Names typed ahead: what is found, what is only offered, and how quickly."""

from __future__ import annotations

import statistics
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from usedfor.web.index import slug
from usedfor.web.site import Site


def first(site: Site, text: str) -> tuple[str, str, bool]:
    hit = site.index.suggest(text, 8)[0]
    return hit.entry.name, hit.entry.path, hit.near


@pytest.mark.parametrize(
    ("typed", "name", "path", "near"),
    [
        ("ketamin", "ketamine", "/medicines/ketamine", False),
        ("KETAMINE", "ketamine", "/medicines/ketamine", False),
        ("ketamene", "ketamine", "/medicines/ketamine", True),
        ("spravato", "Spravato", "/medicines/esketamine", False),
        ("high blood pres", "high blood pressure", "/conditions/hypertension", False),
        ("heart attak", "heart attack", "/conditions/myocardial-infarction", True),
    ],
)
def test_what_is_typed_leads_to_a_page(site: Site, typed: str, name: str, path: str, near: bool) -> None:
    assert first(site, typed) == (name, path, near)


def test_a_word_inside_a_name_is_found(site: Site) -> None:
    paths = {hit.entry.path for hit in site.index.suggest("2 diabetes", 8)}
    assert "/conditions/type-2-diabetes-mellitus" in paths


def test_a_page_is_suggested_once(site: Site) -> None:
    paths = [hit.entry.path for hit in site.index.suggest("keta", 8)]
    assert len(paths) == len(set(paths))


@pytest.mark.parametrize("typed", ["", "   ", "%", "zzqqxx", "\u202e", "a" * 200])
def test_nothing_is_found_for_what_is_no_name(site: Site, typed: str) -> None:
    assert site.index.suggest(typed, 8) == ()


def test_exact_names_are_never_near_ones(site: Site) -> None:
    assert [e.path for e in site.index.exact("Ketamine")] == ["/medicines/ketamine"]
    assert site.index.exact("ketamin") == ()


def test_type_ahead_takes_less_than_two_milliseconds(site: Site) -> None:
    took = []
    for name in site.index._sorted_names[::40]:
        for length in (1, 3, 5):
            begun = time.perf_counter()
            site.index._suggest(name[:length])
            took.append(time.perf_counter() - begun)
    assert len(took) > 900
    assert statistics.median(took) < 0.002


@given(st.text(max_size=60))
def test_a_slug_is_safe_in_an_address(text: str) -> None:
    assert set(slug(text)) <= set("abcdefghijklmnopqrstuvwxyz0123456789-")
    assert slug(text)
