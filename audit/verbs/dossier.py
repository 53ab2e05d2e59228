"""`dossier`: the go-live papers of a configuration, as a workbook and as a page. It names nobody."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, time
from importlib.metadata import version
from pathlib import Path

from audit.config import Settings
from audit.extensions import origin
from audit.findings.trust import measure
from audit.ledger import IN_MEMORY, NAME, Ledger
from audit.model.thresholds import TrustSettings
from audit.night import cases_file, disclosures
from audit.night.anchor import told_hosts
from audit.report.dossier import DossierFacts, dossier_sheets, undescribed
from audit.report.web_page import web_page
from audit.rules import RULES
from audit.workbook.whole_file import make_folder, replacing
from audit.workbook.write import write_workbook
from connectors.catalog import CONNECTORS

FOLDER = "dossier"
"""Where the papers stand below the output folder."""


class Undescribed(Exception):
    """The papers would leave out what the program does: the message names it."""


def write_dossier(settings: Settings, as_of: date) -> list[Path]:
    """Write dossier.xlsx and dossier.html and return their paths. Raises Undescribed, LedgerError, OSError."""
    facts = dossier_facts(settings, as_of)
    ours = [one for name, one in CONNECTORS.items() if not origin("connector", name)]
    faults = undescribed(ours, stored_columns(), facts.rules)
    if faults:
        raise Undescribed("\n".join(faults))
    folder = settings.output.folder / FOLDER
    make_folder(folder)
    sheets, title = dossier_sheets(facts), f"Dossier of identity-audit, {facts.organization}, {as_of.isoformat()}"
    book, page = folder / "dossier.xlsx", folder / "dossier.html"
    write_workbook(book, sheets, created=datetime.combine(as_of, time(), UTC), title=title)
    with replacing(page) as file:
        file.write(web_page(title, sheets).encode())
    return [book, page]


def dossier_facts(settings: Settings, as_of: date) -> DossierFacts:
    """What the papers say of a configuration and its ledger, where there is one. Raises LedgerError."""
    given = settings.organization
    lists = tuple(filter(None, (given.agencies, given.official_accounts)))
    facts = DossierFacts(
        organization=given.name,
        as_of=as_of,
        version=version("identity-audit"),
        policy=given.policy,
        rules=tuple(rule.note(given.policy) for rule in RULES),
        sources=(*lists, *settings.people, *filter(None, (settings.exceptions,)), *settings.sources),
        retention_days=settings.output.retention_days,
        encrypted=settings.output.password is not None,
        holds=f"{len(settings.holds.people):,} people, {len(settings.holds.findings):,} findings",
        disclosed=disclosures.told_by_source(settings.output.folder),
        third_parties=settings.extensions.parties,
        anchors=tuple(told_hosts(settings.anchor)),
    )
    path = settings.output.folder / NAME
    if not path.exists():
        return facts
    with Ledger(path, read_only=True) as ledger:
        return _after_a_night(facts, ledger, settings.trust)


def stored_columns() -> dict[str, tuple[str, ...]]:
    """The columns of each table of a ledger as it is made now, and of cases.parquet."""
    with Ledger(IN_MEMORY) as ledger:
        return ledger.columns() | {cases_file.NAME: tuple(cases_file.TYPES)}


def _after_a_night(facts: DossierFacts, ledger: Ledger, trust: TrustSettings) -> DossierFacts:
    """The facts with what the ledger says of its last finished night; as they are before one."""
    last = ledger.last_run()
    if last is None:
        return facts
    past = ledger.findings.past()
    statuses = Counter(str(one.finding.status) for one in past.values())
    return replace(
        facts,
        last_run=last.run_id,
        trust=measure(past.values(), ledger.grounds.decided_nights(), trust, facts.as_of),
        counts=tuple(sorted(statuses.items())),
    )
