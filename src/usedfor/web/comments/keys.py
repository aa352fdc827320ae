"""The site's secret, keyed hashes, and signed tokens."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import os
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

from itsdangerous import BadSignature, URLSafeTimedSerializer

from usedfor.errors import InputError

__all__ = ["Keys"]

_SHORTEST = 32  # characters of a secret that is given


class Keys:
    """Made from one secret: USEDFOR_SECRET, else a random one kept in ``folder``.

    :raises InputError: for a secret that is too short.
    """

    def __init__(self, folder: Path, given: str | None = None) -> None:
        secret = given or os.environ.get("USEDFOR_SECRET") or _kept(folder)
        if len(secret) < _SHORTEST:
            raise InputError(f"USEDFOR_SECRET must have at least {_SHORTEST} characters")
        self._secret = secret.encode()
        self._signer = URLSafeTimedSerializer(secret, salt="usedfor.form")

    def hash(self, what: str, value: str) -> str:
        """HMAC-SHA256 of a value under the secret, 64 hex digits; ``what`` keeps kinds apart."""
        return hmac.new(
            self._secret, f"{what}\0{value}".encode("utf-8", "replace"), hashlib.sha256
        ).hexdigest()

    def person(self, email: str) -> str:
        """The hash that stands for whoever has this email."""
        return self.hash("email", email.strip().casefold())

    def caller(self, address: str) -> str:
        """The hash that stands for a network address; of IPv6 its first half, which is one household's."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return self.hash("caller", address)
        if isinstance(found, ipaddress.IPv6Address):
            found = found.ipv4_mapped or ipaddress.IPv6Address(int(found) >> 64 << 64)
        return self.hash("caller", str(found))

    def sign(self, *parts: str) -> str:
        """A token that says these parts, and when it was made."""
        return str(self._signer.dumps(list(parts)))

    def age(self, token: str, *parts: str, longest: int) -> float | None:
        """How many seconds ago a token with just these parts was made; None for any other token."""
        try:
            said, made = self._signer.loads(token, max_age=longest, return_timestamp=True)
        except (BadSignature, UnicodeError, ValueError):
            return None
        if said != list(parts):
            return None
        seconds: float = (datetime.now(UTC) - made).total_seconds()
        return seconds


def _kept(folder: Path) -> str:
    """The secret of this machine, made once, readable by its owner alone."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "secret"
    if not path.exists():
        beside = folder / f".secret.{secrets.token_hex(8)}"
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):  # another process was first: its secret holds
            os.link(beside, path)  # never seen half written
        beside.unlink()
    return path.read_text("utf-8").strip()
