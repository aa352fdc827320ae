"""Further reading: searches at places people know. They are outside: nothing in them has been checked."""

from __future__ import annotations

from urllib.parse import quote_plus

from usedfor.briefs.wording import say, table
from usedfor.model import Link


def further_reading(name: str) -> tuple[Link, ...]:
    """A link for each place of ``words/further.toml``, with the medicine's name as the query."""
    return tuple(
        Link(title=say("further.title", place=place["title"], name=name), url=place["url"] + quote_plus(name))
        for place in table("further")["place"]
    )
