"""Sources of independent hosts read at the same time, each host's in a thread of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping
from concurrent.futures import Future
from tempfile import SpooledTemporaryFile
from threading import Thread
from typing import TypeVar
from urllib.parse import urlsplit

from audit.ledger.codec import text_of, value_of
from audit.model.settings import SourceSettings
from connectors.records import Account

Result = TypeVar("Result")


def started(
    sources: Collection[SourceSettings], read: Callable[[SourceSettings], Result]
) -> Mapping[str, Future[Result]]:
    """Start reading; a future for each source, by its name. Sources of one host are read one after the other.

    The threads do not keep the process alive: whoever interrupts the night does not wait for a platform's pauses.
    """
    waiting: dict[str, Future[Result]] = {source.name: Future() for source in sources}
    hosts: dict[str, list[SourceSettings]] = {}
    for source in sources:
        hosts.setdefault(host(source), []).append(source)

    def read_all(group: Collection[SourceSettings]) -> None:
        for source in group:
            try:
                waiting[source.name].set_result(read(source))
            except BaseException as error:
                waiting[source.name].set_exception(error)

    for name, group in hosts.items():
        Thread(target=read_all, args=(group,), name=f"read {name}", daemon=True).start()
    return waiting


def host(source: SourceSettings) -> str:
    """Whom a source asks, as far as its configuration tells: host and port; else its connector's name."""
    service = source.connector.service
    url = str(source.options.get("url") or (service.url if service else ""))
    try:
        return urlsplit(url).netloc.lower() or source.connector.name
    except ValueError:
        return source.connector.name


IN_MEMORY = 16 * 1024 * 1024


class Spool:
    """(key, account) pairs, written once and then read once. The file has no name and is gone with the process."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(IN_MEMORY, "w+", encoding="utf-8")  # noqa: SIM115  (closed by `close`)

    def add(self, key: str, account: Account) -> None:
        """Put one pair at the end."""
        self._file.write(json.dumps([key, text_of(account)]) + "\n")

    def pairs(self) -> Iterator[tuple[str, Account]]:
        """All pairs in their order; nothing is left of them at the end."""
        self._file.seek(0)
        for line in self._file:
            key, text = json.loads(line)
            yield key, value_of(Account, text)
        self.close()

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
