"""Records of openFDA's drug label end point -> Document.

A record holds lists of strings under field names, ids, and the block ``openfda`` with the product data that
FDA has joined to it (https://open.fda.gov/apis/drug/label/searchable-fields/). The block gives no form,
strength or schedule, so these stay None: nothing is guessed.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import Any

import msgspec

from usedfor.errors import DocumentError
from usedfor.model import Document
from usedfor.sources.common import build
from usedfor.sources.openfda_products import products

_DATA = {"id", "set_id", "version", "effective_time", "openfda"}
_KEY = re.compile(rb'"\s*+:')
_ESCAPE = re.compile(
    rb"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(u[dD][89a-fA-F][0-9a-fA-F]{2})|.)",
    re.DOTALL,
)
_BLANKS = dict.fromkeys(range(32), 32)
_CONTROLS = {code: " " for code in (*range(32), 127) if chr(code) not in "\t\n\r"}
_MAY_HOLD_CONTROLS = (b"\\u00", b"\\b", b"\\f", b"\x7f")


def read(data: bytes, origin: str) -> Document:
    """Read one record's JSON bytes. Raises DocumentError with the origin and a reason."""
    record = _decode(data, origin)
    if "error" in record and "id" not in record:
        error = record["error"]
        code = error.get("code") if isinstance(error, dict) else None
        raise DocumentError(origin, f"the service's reply is an error: {code or 'unknown'}")
    block = record.get("openfda")
    if block is not None and not isinstance(block, dict):
        raise DocumentError(origin, "product data (openfda) that is not an object")
    facts = {key: _strings(value, key, origin) for key, value in (block or {}).items()}
    texts = {
        field: _strings(value, field, origin)
        for field, value in record.items()
        if field not in _DATA and isinstance(value, str | list)
    }
    clean = any(mark in data for mark in _MAY_HOLD_CONTROLS)
    if clean:
        texts = {_clean(field): [_clean(text) for text in strings] for field, strings in texts.items()}
        facts = {key: [_clean(value) for value in values] for key, values in facts.items()}
    return build(
        origin,
        source="openfda",
        document_id=_scalar(record, "id"),
        set_id=_scalar(record, "set_id"),
        version=_scalar(record, "version"),
        effective=_scalar(record, "effective_time"),
        texts=texts,
        facts=facts,
        products=products(facts, " ".join(texts.get("spl_product_data_elements", ()))),
    )


def _decode(data: bytes, origin: str) -> dict[str, Any]:
    try:
        try:
            record = msgspec.json.decode(data)
        except msgspec.DecodeError:
            record = msgspec.json.decode(_mend(data))
    except UnicodeDecodeError:
        raise DocumentError(origin, "text that is not UTF-8") from None
    except RecursionError:
        raise DocumentError(origin, "nested too deeply") from None
    except msgspec.MsgspecError as error:
        raise DocumentError(origin, f"broken JSON: {error}") from None
    if not isinstance(record, dict):
        raise DocumentError(origin, "a record that is not an object")
    # Counting is quick and only ever too high (a colon behind a quoted word), so the exact look is rare.
    if len(_KEY.findall(data)) > _count_keys(record):
        _refuse_twice(data, origin)
    return record


def _mend(data: bytes) -> bytes:
    """What other writers let through: lone surrogates become U+FFFD, bare control characters a space."""
    data = data.translate(bytes(_BLANKS.get(code, code) for code in range(256)))
    return _ESCAPE.sub(lambda match: rb"\ufffd" if match[1] else match[0], data)


def _count_keys(value: Any) -> int:
    if isinstance(value, dict):
        return len(value) + sum(map(_count_keys, value.values()))
    if isinstance(value, list):
        return sum(_count_keys(item) for item in value if not isinstance(item, str))
    return 0


def _refuse_twice(data: bytes, origin: str) -> None:
    """DocumentError where an object has a key twice: readers differ in which of the two they take."""
    import json

    def pairs(items: list[tuple[str, Any]]) -> None:
        twice = [key for key, count in Counter(key for key, _ in items).items() if count > 1]
        if twice:
            raise DocumentError(origin, f"a key given twice: {twice[0][:64]!r}")

    json.loads(data.decode("utf-8"), object_pairs_hook=pairs, strict=False)


def _scalar(record: dict[str, Any], key: str) -> str:
    value = record.get(key)
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""


def _strings(value: Any, field: str, origin: str) -> list[str]:
    items = value if isinstance(value, list) else [value]
    if field.startswith("is_"):  # flags, of which nothing is read
        return []
    if not all(isinstance(item, str) for item in items):
        raise DocumentError(origin, f"{field} holds something that is not text")
    return items


def _clean(text: str) -> str:
    """Control characters as spaces, so that offsets stay; tab and line ends are left."""
    return text.translate(_CONTROLS)
