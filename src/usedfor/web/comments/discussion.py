"""The part of a medicine's page that readers wrote, and when it changes."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime

from usedfor.web.comments.database import StoreAwayError
from usedfor.web.comments.keys import Keys
from usedfor.web.comments.store import Comments
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

    def version(self, medicine: str) -> str:
        """Changes with what is shown, and once a day, before the form's token is over."""
        if time.monotonic() - self._asked > _FRESH:
            self.refresh()
        return f"{self._versions.get(medicine, 0)}.{int(time.time()) // 86_400}"

    def refresh(self) -> None:
        """Ask what changed. While the database is away, what was known goes on being shown."""
        with self._lock:
            self._asked = time.monotonic()
            try:
                self._versions = self._comments.versions()
            except StoreAwayError:
                return

    def block(self, medicine: str) -> str:
        """The comments and the form."""
        try:
            shown, away = self._comments.shown(medicine), False
        except StoreAwayError:
            shown, away = [], True
        threads = [
            {"top": _seen(top), "replies": [_seen(reply) for reply in replies]} for top, replies in shown
        ]
        return str(
            fragment(
                "comments/block.html.j2",
                medicine_id=medicine,
                threads=threads,
                away=away,
                token=self._keys.sign("form", medicine),
                values={},
                faults={},
            )
        )


def _seen(comment: object) -> dict[str, object]:
    """What readers see of a comment: never who wrote it but by the name they gave."""
    from usedfor.web.comments.tables import Comment

    assert isinstance(comment, Comment)
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
