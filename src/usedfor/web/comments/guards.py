"""What keeps spam and forged requests out, without a third party."""

from __future__ import annotations

from urllib.parse import urlsplit

import limits
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from starlette.requests import Request

from usedfor.web.comments.text import links

__all__ = ["HONEYPOT", "Throttle", "foreign", "suspicions"]

HONEYPOT = "website"  # a field that people do not see; programs fill in all there are
MOST_LINKS = 2


class Throttle:
    """How often a caller may do something. Counts are this process's own."""

    def __init__(self, each: str, all_: str) -> None:
        self._each, self._all = limits.parse(each), limits.parse(all_)
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def allows(self, caller: str) -> bool:
        """Count one more; False where it is one too many."""
        return self._limiter.hit(self._each, caller) and self._limiter.hit(self._all, "all")


def foreign(request: Request, url: str) -> bool:
    """Whether a form was sent from another site's page: by Sec-Fetch-Site, else by Origin (OWASP, Cross-Site
    Request Forgery Prevention). ``url`` is where readers reach this site."""
    said = request.headers.get("sec-fetch-site")
    if said is not None:
        return said not in ("same-origin", "none")
    origin = request.headers.get("origin")
    if origin is None:
        return False  # no browser that is still in use; signed tokens are asked for as well
    return urlsplit(origin).netloc not in {urlsplit(url).netloc, request.headers.get("host", "")}


def suspicions(body: str, honeypot: str) -> tuple[str, ...]:
    """What speaks for spam in a comment by itself."""
    found = []
    if honeypot:
        found.append("hidden field filled in")
    if links(body) > MOST_LINKS:
        found.append("many links")
    return tuple(found)
