"""Knowledge, question -> Answer: one to five cited sentences, or an honest "not known"."""
