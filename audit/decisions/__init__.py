"""What reviewers typed, merged with what the ledger holds: a three-way merge of values."""
