"""Accounts that passed the gate, kept aside until their source is known to be whole."""

from __future__ import annotations

import json
from collections.abc import Iterator
from tempfile import SpooledTemporaryFile

from audit.ledger.sources import account_of, account_text
from connectors.records import Account

IN_MEMORY = 16 * 1024 * 1024


class Spool:
    """(key, account) pairs, written once and then read once. The file has no name and is gone with the process."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115  (closed by `close`)

    def add(self, key: str, account: Account) -> None:
        """Put one pair at the end."""
        self._file.write(json.dumps([key, account_text(account)]) + "\n")

    def pairs(self) -> Iterator[tuple[str, Account]]:
        """All pairs in their order; nothing is left of them at the end."""
        self._file.seek(0)
        for line in self._file:
            key, text = json.loads(line)
            yield key, account_of(text)
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
