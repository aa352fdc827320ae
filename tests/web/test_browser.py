"""The reader's ways in a real browser: find, read, cite, compare, print, without scripts; and axe."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.browser

KINDS = {
    "home": "/",
    "medicine": "/medicines/ketamine",
    "own words": "/medicines/ketamine/label-words",
    "use": "/api/v1/uses?medicine=adalimumab&status=approved&per_page=1",
    "a to z": "/medicines",
    "condition": "/conditions/hypertension",
    "search": "/search?q=ketamene",
    "compare": "/compare?m=amlodipine&m=valsartan&condition=hypertension",
    "conditions": "/conditions",
    "no result": "/search?q=zzxxyyqq",
    "compare misspelt": "/compare?m=amlodpine&m=valsartan",
    "studied use": "/medicines/ketamine/uses/mesh-d010149/off_label_supported",
    "about": "/about",
    "question": "/ask?q=What+is+ketamine+used+for%3F",
    "overdose": "/ask?q=What+happens+if+I+take+too+much+ketamine%3F",
    "check": "/check",
    "changes": "/changes",
    "text": "/how-it-decides",
    "rules": "/how-it-decides/rules/appraisal",
    "all rules": "/how-it-decides/rules",
    "sources": "/sources",
    "api": "/api",
    "missing": "/medicines/ketamin",
}


def address(page: Any, served: str, kind: str) -> str:
    path = KINDS[kind]
    if kind != "use":
        return served + path
    found = page.request.get(served + path).json()["items"][0]["evidence"]
    medicine, rest = found.removeprefix("/api/v1/evidence/").split("/", 1)
    return f"{served}/medicines/{medicine}/uses/{rest}"


@pytest.fixture
def page(browser: Any) -> Any:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
    made = context.new_page()
    made.set_default_timeout(8000)
    faults: list[str] = []
    made.on("pageerror", lambda error: faults.append(str(error)))
    made.on("console", lambda m: faults.append(m.text) if "Content Security Policy" in m.text else None)
    yield made
    context.close()
    assert not faults


@pytest.mark.parametrize("kind", KINDS)
def test_axe_finds_nothing_and_nothing_scrolls_sideways(browser: Any, served: str, kind: str) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for scheme, width in (("light", 320), ("dark", 1280)):
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, bypass_csp=True
        )
        page = context.new_page()
        page.goto(address(page, served, kind))
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide == 0, width
        # What is pressed is 24 px wide and high (WCAG 2.2, 2.5.8): axe looks for it only where asked.
        results = Axe().run(page, options={"rules": {"target-size": {"enabled": True}}})
        assert results.violations_count == 0, f"{scheme} {width}: {results.generate_report()}"
        context.close()


def test_ketamine_is_found_by_ketamin_and_read(page: Any, served: str) -> None:
    page.goto(served)
    page.locator("#q").press_sequentially("ketamin", delay=20)
    first = page.locator("#q-list a").first
    first.wait_for()
    assert first.inner_text().startswith("ketamine")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/medicines/ketamine")
    assert page.locator("h1").inner_text() == "What is ketamine used for?"


def test_a_misspelt_name_is_offered(page: Any, served: str) -> None:
    page.goto(served)
    page.locator("#q").press_sequentially("ketamene", delay=20)
    page.locator("#q-list p").wait_for()
    assert "spelt alike" in page.locator("#q-list").inner_text()
    page.keyboard.press("Escape")
    assert page.locator("#q-list").inner_text() == ""
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?q=ketamene")
    assert "No medicine or condition here is called “ketamene”" in page.locator("main").inner_text()


def test_a_citation_opens_its_reference(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/ketamine")
    page.locator(".takeaways a.cite").first.click()
    popup = page.locator("dialog.popup")
    popup.wait_for()
    said = popup.inner_text()
    assert "FDA label" in said
    assert "characters" in said
    assert popup.locator("a[href^='https://']").count() == 1
    page.keyboard.press("Escape")
    popup.wait_for(state="hidden")


def test_uses_are_filtered_by_keyboard(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/carvedilol")
    whole = page.locator(".card:visible").count()
    page.locator("#show-all").focus()
    page.keyboard.press("ArrowRight")
    assert page.locator("#show-approved").is_checked()
    shown = page.locator(".card:visible").count()
    assert 0 < shown < whole
    assert page.locator(".card.of-contraindicated:visible").count() == 0


def test_the_contents_follow(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/ketamine")
    page.locator("#side-effects").scroll_into_view_if_needed()
    page.evaluate("document.getElementById('side-effects').scrollIntoView()")
    page.locator(".contents a[aria-current][href='#side-effects']").wait_for()
    box = page.locator("nav.contents").bounding_box()
    assert 0 <= box["y"] < 900


def test_two_medicines_are_seen_together_on_a_phone(browser: Any, served: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(served + KINDS["compare"])
    boxes = [page.locator(".side tbody td").nth(n).bounding_box() for n in (0, 1)]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= 360 for box in boxes)
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]  # one below the other
    assert boxes[1]["y"] - boxes[0]["y"] < 400  # and near enough to be seen at once
    named = "getComputedStyle(document.querySelectorAll('.side tbody td')[1], '::before').content"
    assert page.evaluate(named) == '"Valsartan"'
    context.close()


def test_only_the_first_uses_are_shown_until_all_are_asked_for(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/ketamine")
    few = page.locator(".card:visible").count()
    assert "more are not shown" in page.locator(".rest").inner_text()
    page.locator("#show-all").check()
    assert page.locator(".card:visible").count() == page.locator(".card").count() > few + 20
    assert not page.locator(".rest").is_visible()
    page.locator("#show-investigational").check()
    assert page.locator(".card:visible").count() == page.locator(".card.of-investigational").count()


def test_on_a_phone_the_text_comes_before_the_contents(browser: Any, served: str) -> None:
    context = browser.new_context(viewport={"width": 360, "height": 800})
    page = context.new_page()
    page.goto(f"{served}/medicines/ketamine")
    title, contents, glance = (
        page.locator(what).bounding_box()["y"] for what in ("h1", "nav.contents", "#uses-at-a-glance")
    )
    assert title < contents < glance
    context.close()


def test_the_keyboard_alone_does_everything(page: Any, served: str) -> None:
    def tab_to(selector: str, most: int = 400) -> None:
        for _ in range(most):
            page.keyboard.press("Tab")
            if page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return
        raise AssertionError(f"no way to {selector}")

    page.goto(served)
    tab_to("#q")
    page.keyboard.type("amlodipin", delay=20)
    page.locator("#q-list a").first.wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/medicines/amlodipine")
    tab_to("a.cite")
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"  # where one is can be seen
    page.keyboard.press("Enter")
    page.locator("dialog.popup").wait_for()
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.matches('a.cite')")  # back where one was
    tab_to(".contents a")
    page.keyboard.press("Enter")
    assert "#" in page.url
    page.goto(served + "/compare")
    tab_to("#m1")
    page.keyboard.type("amlodipine")
    tab_to("#m2")
    page.keyboard.type("valsartan")
    page.keyboard.press("Enter")
    page.wait_for_url("**/compare?**")
    assert page.locator(".side th[scope=col]").count() == 2
    page.goto(served + "/check")
    tab_to("#text")
    page.keyboard.type("Ketamine is given into a vein.")
    tab_to("form[action='/check'] button")
    page.keyboard.press("Enter")
    page.locator(".verdicts > li").first.wait_for()


def test_medicines_are_compared_from_a_condition(page: Any, served: str) -> None:
    page.goto(f"{served}/conditions/hypertension")
    page.locator("form[action='/compare'] button").click()
    page.wait_for_url("**/compare?**")
    assert page.locator("table.side th[scope=col]").count() == 2


def test_the_wording_is_switched(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/carvedilol")
    page.get_by_role("link", name="Professional").click()
    page.wait_for_url("**/label-words")
    assert page.locator(".own q").count() > 10


def test_the_printed_page_has_the_text_and_no_tools(page: Any, served: str) -> None:
    page.emulate_media(media="print")
    page.goto(f"{served}/medicines/ketamine")
    assert not page.locator(".find").is_visible()
    assert not page.locator("nav.contents").is_visible()
    assert page.locator("#references").is_visible()
    assert page.locator("#cite").is_visible()


def test_the_first_tab_skips_to_the_text(page: Any, served: str) -> None:
    page.goto(f"{served}/medicines/ketamine")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.hash") == "#main"


def test_nothing_moves_while_a_page_loads(page: Any, served: str) -> None:
    page.add_init_script(
        "window.moved = 0; new PerformanceObserver(list => list.getEntries().forEach(e => "
        "{ if (!e.hadRecentInput) window.moved += e.value; }))"
        ".observe({type: 'layout-shift', buffered: true});"
    )
    for path in ("/", "/medicines/ketamine", "/conditions/hypertension"):
        page.goto(served + path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("window.moved") < 0.01, path


def test_on_a_slow_line_the_first_paint_takes_less_than_a_second(page: Any, served: str) -> None:
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 150, "downloadThroughput": 200_000, "uploadThroughput": 90_000},
    )
    page.goto(f"{served}/medicines/ketamine")
    entries = "performance.getEntriesByName('first-contentful-paint')"
    page.wait_for_function(f"{entries}.length > 0")
    painted = page.evaluate(f"{entries}[0].startTime")
    assert painted < 1000


def test_everything_works_without_scripts(browser: Any, served: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.set_default_timeout(8000)
    page.goto(served)
    page.locator("#q").fill("ketamin")
    page.locator("#q").press("Enter")
    page.wait_for_url("**/search?q=ketamin")
    page.locator("main a", has_text="ketamine").first.click()
    assert page.locator("h1").inner_text() == "What is ketamine used for?"
    page.locator(".takeaways a.cite").first.click()
    assert page.url.endswith("#ref-1")
    assert page.locator("#ref-1").is_visible()
    whole = page.locator(".card:visible").count()
    page.locator("#show-contraindicated").check()
    assert 0 < page.locator(".card:visible").count() < whole
    page.goto(f"{served}/check")
    page.locator("#text").fill("Ketamine is given into a vein.")
    page.locator("form[action='/check'] button").click()
    assert page.locator(".verdicts > li").count() == 1
    context.close()
