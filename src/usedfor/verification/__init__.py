"""Knowledge, article -> Verdicts: each claim about a medicine held against the documents."""
