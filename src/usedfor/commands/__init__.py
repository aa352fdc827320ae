"""The commands, a file for each group of verbs; :mod:`usedfor.cli` loads the one that is asked for.

Each asks :mod:`usedfor.api` and prints; nothing is decided here.
"""
