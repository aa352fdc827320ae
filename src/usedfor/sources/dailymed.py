"""DailyMed's structured product labels (SPL, HL7 v3 XML) -> Document."""

from __future__ import annotations

from usedfor.errors import DocumentError
from usedfor.model import Document


def read(data: bytes, origin: str) -> Document:
    """Read one SPL document. Raises DocumentError with the origin and a reason."""
    raise DocumentError(origin, "SPL is not read yet")
