"""The comment form: what was sent, and what is wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping

import msgspec

from usedfor.web.comments.text import cleaned

__all__ = ["LIMITS", "Form", "read"]

LIMITS = {"name": 60, "email": 254, "comment": 4000}
_LONGEST = 10_000  # characters looked at: what is longer is too long by any measure
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@(?=.{4,253}$)[\w-]+(?:\.[\w-]+)+")
_ID = re.compile(r"[0-9a-f]{32}")


class Form(msgspec.Struct, frozen=True, kw_only=True):
    """A comment form as it was filled in; ``faults``: the id of what is wrong, by field."""

    name: str
    email: str
    comment: str
    parent: str
    honeypot: str
    token: str
    faults: dict[str, str]

    @property
    def values(self) -> dict[str, str]:
        """What its owner typed, to be shown to them again."""
        return {"name": self.name, "email": self.email, "comment": self.comment, "parent": self.parent}


def read(sent: Mapping[str, object], honeypot: str) -> Form:
    """Read and check what was sent."""

    def field(name: str, *, lines: bool = False) -> str:
        value = sent.get(name)
        return cleaned(value[:_LONGEST], lines=lines) if isinstance(value, str) else ""

    values = {"name": field("name"), "email": field("email"), "comment": field("comment", lines=True)}
    faults = {name: "missing" for name, value in values.items() if not value}
    faults |= {name: "long" for name, value in values.items() if len(value) > LIMITS[name]}
    if "email" not in faults and not _EMAIL.fullmatch(values["email"]):
        faults["email"] = "email"
    if "name" not in faults and ("@" in values["name"] or "://" in values["name"]):
        faults["name"] = "name"
    parent = field("parent")
    return Form(
        **values, parent=parent if _ID.fullmatch(parent) else "", honeypot=field(honeypot),
        token=field("token"), faults=faults,
    )  # fmt: skip
