"""An article's file -> blocks of plain text, each of whose characters knows its place in the file."""

from usedfor.verification.reading.blocks import Article, Block, Form
from usedfor.verification.reading.read import decode, form_of, read

__all__ = ["Article", "Block", "Form", "decode", "form_of", "read"]
