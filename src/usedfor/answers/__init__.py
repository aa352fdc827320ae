"""Knowledge, question -> Answer: one to five sentences, each with its citation, or a clear "not known".

A :class:`Reader` reads the question (medicine, condition, intent), :func:`answer` answers it from what the
knowledge holds, then from the words of the medicine's documents. No language model is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from usedfor.answers.respond import answer, answerer
    from usedfor.answers.shape import to_dict
    from usedfor.answers.types import Answer, Understanding
    from usedfor.answers.understand import Reader

__all__ = ["Answer", "Reader", "Understanding", "answer", "answerer", "to_dict"]

_HOME = {
    "Answer": "types",
    "Reader": "understand",
    "Understanding": "types",
    "answer": "respond",
    "answerer": "respond",
    "to_dict": "shape",
}


def __getattr__(name: str) -> Any:
    from importlib import import_module

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
