"""The part of a medicine's page that readers wrote, and when it changes."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from usedfor.web.comments.database import StoreAwayError
from usedfor.web.comments.keys import Keys
from usedfor.web.comments.store import Comments
from usedfor.web.comments.tables import Comment
from usedfor.web.comments.text import html
from usedfor.web.templating import fragment

__all__ = ["FORM_LASTS", "Readers"]

FORM_LASTS = 3 * 86_400  # seconds that a form can be sent after its page was made
_FRESH = 2.0  # seconds until another process's decisions are looked for


class Readers:
    """The site's :class:`~usedfor.web.site.Discussion`."""

    def __init__(self, comments: Comments, keys: Keys) -> None:
        self._comments = comments
        self._keys = keys
        self._lock = threading.Lock()
        self._versions: dict[str, int] = {}
        self._asked = float("-inf")
        self._asking = False
        self._away = False
        self._turns = 0  # how often the database came back

    def version(self, medicine: str) -> str:
        """Changes with what is shown, and once a day, before the form's token is over. Never waits for the
        database: it is asked beside."""
        if time.monotonic() - self._asked > _FRESH and not self._asking:
            self._asking = True
            threading.Thread(target=self.refresh, daemon=True).start()
        turns = f".{self._turns}" if self._turns else ""
        return f"{self._versions.get(medicine, 0)}.{int(time.time()) // 86_400}{turns}"

    def refresh(self) -> None:
        """Ask what changed. While the database is away, pages in memory go on being shown."""
        with self._lock:
            self._asking = True
            try:
                self._versions = self._comments.versions()
                self._turn(away=False)
            except StoreAwayError:
                self._turn(away=True)
            finally:
                self._asked = time.monotonic()
                self._asking = False

    def _turn(self, *, away: bool) -> None:
        """A page that was made without comments must not stay when they are back."""
        self._turns += self._away and not away
        self._away = away

    def block(self, medicine: str) -> str:
        """The comments and the form. A database that is known to be away is not waited for."""
        shown: list[tuple[Comment, list[Comment]]] = []
        if not self._away:
            try:
                shown = self._comments.shown(medicine)
            except StoreAwayError:
                self._turn(away=True)
        threads = [
            {"top": _seen(top), "replies": [_seen(reply) for reply in replies]} for top, replies in shown
        ]
        return str(
            fragment(
                "comments/block.html.j2",
                medicine_id=medicine,
                threads=threads,
                away=self._away,
                token=self._keys.sign("form", medicine),
                values={},
                faults={},
            )
        )


def _seen(comment: Comment) -> dict[str, object]:
    """What readers see of a comment: never who wrote it but by the name they gave."""
    created = comment.created if comment.created.tzinfo else comment.created.replace(tzinfo=UTC)
    return {
        "id": comment.id,
        "name": comment.name,
        "date": created.astimezone(UTC).date().isoformat(),
        "body": html(comment.body),
        "edited": comment.edited,
    }


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)
