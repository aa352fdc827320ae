"""Knowledge, medicine -> Brief -> text, Markdown, HTML, JSON.

:func:`compile` words the facts of one medicine through the templates of ``words/``; :func:`render` gives the
brief a form. Importing this is cheap: templates, rich and jinja2 are read when first used.
"""

from usedfor.briefs.compile import compile
from usedfor.briefs.gather import Facts
from usedfor.briefs.render import FORMATS, Format, render

__all__ = ["FORMATS", "Facts", "Format", "compile", "render"]
