"""`explain --card`: one finding as a page for paper, with all that stands behind it."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

from audit.config import Settings
from audit.ledger import Ledger, LedgerError
from audit.model.finding import Past
from audit.night.about_files import card_path
from audit.night.inputs import read_registry
from audit.night.retell import night_of
from audit.report.cards import one_card
from audit.report.reader import reader_of
from audit.verbs.explain import absent_note
from audit.workbook.encrypted import write_encrypted
from audit.workbook.passwords import passwords
from audit.workbook.whole_file import make_folder
from audit.workbook.write import write_workbook


def write_card(settings: Settings, ledger: Ledger, past: Past, now: datetime, path: Path | None = None) -> str:
    """Write the card of a finding as the last night left it, under the workbooks' password where there is one.

    Returns what the operator is told. Raises LedgerError, ConfigError where the password cannot be had, SourceDown
    where the agencies cannot be read, and OSError.
    """
    ours, output, last = settings.organization, settings.output, ledger.last_run()
    if last is None:
        raise LedgerError(f"{ledger.path}: nothing has been judged yet. Run `identity-audit run` first.")
    keys = passwords(output.password, output.agency_passwords, settings.path)
    organization, _ = read_registry(ours.unread, ours.agencies, None, settings.folder, ledger, now)
    night = night_of(ledger, last.run_id, organization, ours.policy, settings.trust, settings.notice.contact)
    finding = past.finding
    as_of = date.fromisoformat(last.run_id[:10])
    path = path or card_path(output.folder, finding.finding_id, as_of)
    make_folder(path.parent)
    store = partial(write_encrypted, password=keys.main) if keys else None
    write_workbook(
        path,
        one_card(reader_of(night), finding, absent_note(finding)),
        created=datetime.combine(as_of, time(), UTC),
        title=f"Finding {finding.finding_id}, {night.organization.name}, {as_of.isoformat()}",
        store=store,
    )
    return f"wrote {path}: for Letter paper. It names people; keep it where the workbooks are kept."
