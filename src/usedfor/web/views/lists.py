"""Home, A to Z, conditions, search."""

from __future__ import annotations

from usedfor.web.problems import NotHereError
from usedfor.web.site import Page, Site
from usedfor.web.templating import fragment, render
from usedfor.web.words import words

__all__ = ["a_to_z", "conditions", "error", "home", "search", "suggestions", "title_of"]

LONGEST_QUERY = 200


def home(site: Site) -> Page:
    """The front page."""
    linked = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "name": "Used For",
        "url": site.address("/"),
        "potentialAction": {
            "@type": "SearchAction",
            "target": site.address("/search?q={search_term_string}"),
            "query-input": "required name=search_term_string",
        },
    }
    return render(
        site,
        "home.html.j2",
        "/",
        title=words("home.title"),
        description=words("site.description"),
        letters=list(site.index.by_letter()),
        linked=linked,
    )


def a_to_z(site: Site) -> Page:
    """Every medicine under its letter."""
    letters = {
        letter: [(site.index.names[m.id], f"/medicines/{m.id}") for m in found]
        for letter, found in site.index.by_letter().items()
    }
    return render(
        site,
        "az.html.j2",
        "/medicines",
        title=words("az.title"),
        description=words("az.lead", count=f"{len(site.index.medicines):,}"),
        letters=letters,
        lead=words("az.lead", count=f"{len(site.index.medicines):,}"),
    )


def conditions(site: Site) -> Page:
    """Every condition under its letter, with the number of medicines."""
    letters: dict[str, list[tuple[str, str, int]]] = {}
    for part, condition in site.index.conditions.items():
        shown = condition.lay or condition.name
        first = shown[:1].upper()
        count = len({u.medicine for u in site.index.by_condition[condition.id]})
        letters.setdefault(first if "A" <= first <= "Z" else "0-9", []).append(
            (shown, f"/conditions/{part}", count)
        )
    ordered = {
        key: sorted(found, key=lambda one: one[0].casefold()) for key, found in sorted(letters.items())
    }
    return render(
        site,
        "az.html.j2",
        "/conditions",
        title=words("conditions.title"),
        description=words("conditions.lead"),
        letters=ordered,
        lead=words("conditions.lead"),
    )


def search(site: Site, query: str) -> Page:
    """What a query finds: the name itself, names that begin like it, else names spelt alike."""
    query = " ".join(query.split())[:LONGEST_QUERY]
    exact = site.index.exact(query)
    shown = {entry.path for entry in exact}
    hits = [hit for hit in site.index.suggest(query, 20) if hit.entry.path not in shown]
    known = site.knowledge.known(query) if query and not exact else ()
    return render(
        site,
        "search.html.j2",
        "/search",
        title=words("search.for", query=query) if query else words("search.title"),
        description=words("site.description"),
        index=False,
        query=query,
        exact=exact,
        hits=hits,
        known=known[0].name if known and known[0].id not in site.index.medicines else "",
    )


def suggestions(site: Site, query: str) -> Page:
    """The fragment that is shown while someone types."""
    asked = " ".join(query.split())[:LONGEST_QUERY]
    hits = site.index.suggest(asked, 8)
    return Page(
        body=fragment("suggestions.html.j2", hits=hits, asked=asked if len(asked) > 2 else "").encode()
    )


def error(site: Site, path: str, status: int, what: str, near: tuple[tuple[str, str], ...] = ()) -> Page:
    """An error as a page."""
    return render(
        site, "error.html.j2", path, title=title_of(status), description=what, status=status, index=False,
        what=what, near=near,
    )  # fmt: skip


def title_of(status: int) -> str:
    """The heading of an error's page."""
    from usedfor.web.words import table

    titles: dict[str, str] = table()["site"]["titles"]
    return titles.get(str(status), titles["other"])


def nothing_here(site: Site, name: str) -> NotHereError:
    """The error for a medicine or condition that has no page, with near names to offer."""
    near = tuple((hit.entry.of, hit.entry.path) for hit in site.index.near(name.replace("-", " "), 5))
    return NotHereError(words("site.not_found"), near)
