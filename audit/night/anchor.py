"""Where the end of the ledger's chain is kept outside: a file on another volume, syslog, an address on the web.

What is kept are a count and a digest, of nobody. Whoever can write the ledger and the nights' folders can make all of
it fit anew, but not what stands where only lines can be added.
"""

from __future__ import annotations

import json
import logging
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from logging.handlers import SysLogHandler
from pathlib import Path
from urllib.parse import urlsplit

from audit.config import AnchorSettings, Settings
from audit.model.night import Chain
from connectors.contract import Source, SourceDown
from connectors.http import tell
from connectors.http.secrets import secret

RUN, REPORT, PURGE, RESTORE = "run", "report", "purge", "restore"
NAME = "anchor"


@dataclass(frozen=True, slots=True)
class AnchoredHead:
    """One line of an anchor's file: when (ISO 8601), after what, of which run, and how the chain ended."""

    at: str
    what: str
    run_id: str
    chain: Chain


def keep_head(settings: Settings, what: str, run_id: str, chain: Chain, at: datetime) -> tuple[str, ...]:
    """Keep the chain's end wherever [anchor] says; what could not be done, a sentence each. Costs no night."""
    line = {"at": at.isoformat(), "what": what, "run_id": run_id, "events": chain.events, "head": chain.head}
    anchor, faults = settings.anchor, []
    if anchor.file:
        try:
            _append(anchor.file, json.dumps(line))
        except OSError as error:
            faults.append(
                f"{anchor.file}: the end of the chain could not be kept there ({error.strerror or error}). Make"
                " the file once yourself, empty, on its volume; if it was there before, is the volume gone?"
            )
    if anchor.syslog:
        try:
            _log(anchor.syslog, json.dumps(line))
        except OSError as error:
            faults.append(
                f"syslog at {anchor.syslog}: the end of the chain could not be kept there ({error.strerror or error})."
            )
    if anchor.url:
        try:
            tell(Source(NAME, settings.folder, {}, network=settings.network), anchor.url, line, _signed(settings))
        except SourceDown as fault:
            faults.append(str(fault))
    return tuple(faults)


def told_hosts(anchor: AnchorSettings) -> Iterator[str]:
    """The hosts on the network that [anchor] tells; one that is kept as a secret is not named."""
    if anchor.syslog and not anchor.syslog.startswith("/"):
        yield anchor.syslog.rpartition(":")[0]
    if anchor.url:
        yield str(urlsplit(anchor.url).hostname) if isinstance(anchor.url, str) else "a host whose address is a secret"


def anchored(path: Path) -> Iterator[AnchoredHead]:
    """The lines of an anchor's file. Raises OSError, and ValueError for a line that no program wrote."""
    for number, text in enumerate(path.read_text(encoding="utf-8", errors="replace").splitlines(), start=1):
        try:
            said = json.loads(text)
            yield AnchoredHead(
                str(said["at"]), str(said["what"]), str(said["run_id"]), Chain(int(said["events"]), str(said["head"]))
            )
        except (ValueError, KeyError, TypeError):
            raise ValueError(f"{path}: line {number} is not one that was kept there: somebody altered it.") from None


def _append(path: Path, line: str) -> None:
    """Add a line to a file that is there: one that is made anew would hide that its volume is gone."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_APPEND), "ab") as file:
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def _log(place: str, line: str) -> None:
    host, _, port = place.rpartition(":")
    handler = _Syslog((host, int(port)) if host else place, SysLogHandler.LOG_AUTHPRIV)
    try:
        handler.ident = "identity-audit: "
        handler.emit(logging.makeLogRecord({"msg": line, "levelname": "NOTICE"}))
    finally:
        handler.close()


class _Syslog(SysLogHandler):
    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002, N802
        raise  # noqa: PLE0704


def _signed(settings: Settings) -> Mapping[str, str]:
    token = settings.anchor.token
    if token is None:
        return {}
    return {"Authorization": f"Bearer {secret(token, settings.folder, f'{NAME}: token').reveal()}"}
