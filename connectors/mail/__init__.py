"""What platforms' mails say about mailboxes: the table of signals, one scan over logs of any size, and its results."""
