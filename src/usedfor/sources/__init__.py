"""Official documents, from files to :class:`~usedfor.model.Document` s.

``raw_documents`` walks files and folders and gives each label's own bytes; ``parse`` reads one of them. They
are apart so that reading stays in one process with flat memory while parsing goes to the workers.
"""

from __future__ import annotations

from usedfor.errors import DocumentError
from usedfor.model import Document
from usedfor.sources.archives import Raw, SetAside, raw_documents
from usedfor.sources.common import content_hash

__all__ = ["Raw", "SetAside", "content_hash", "parse", "raw_documents"]


def parse(raw: Raw) -> Document:
    """Read one label. Both sources give the same sections and product facts for the same label.

    Raises:
        DocumentError: with the origin and a short reason; the other labels are not touched by it.
    """
    # Each reader is imported when it is needed: lxml costs more than the rest of the start.
    if raw.source == "openfda":
        from usedfor.sources import openfda

        read = openfda.read
    elif raw.source == "dailymed":
        from usedfor.sources import dailymed

        read = dailymed.read
    else:
        raise DocumentError(raw.origin, f"a source that is not known: {raw.source}")
    return read(raw.data, raw.origin)
