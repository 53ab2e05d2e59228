"""`export`: what the last night knows of, written for another system, whole or not at all. The ledger is only read."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from audit.config import Settings
from audit.ledger import Ledger, LedgerError, look_into, present
from audit.model.finding import Past
from audit.model.organization import Organization
from audit.night.exports_folder import (
    FOLDER,
    export_path,
    read_record,
    record_path,
    stand_in_secret,
    write_record,
)
from audit.night.inputs import read_registry
from audit.night.lock import only_run_in
from audit.night.ticket_csv import keys_of_issues
from audit.people.addresses import mail_system
from audit.report.exports.facts import ExportFacts
from audit.report.exports.jira import issue_rows, jira
from audit.report.exports.ocsf import ocsf
from audit.report.exports.oscal import oscal
from audit.report.exports.selection import ExportScope, Outgoing, TicketState, chosen
from audit.report.exports.service_now import service_now
from audit.rules import RULES
from audit.workbook.whole_file import make_folder, replacing

JIRA = "csv-jira"
SHOWN = 10
"""Ids that a message names at most."""


class ExportRefused(Exception):
    """What is asked for cannot be exported so: the message says why, and what to ask for."""


@dataclass(frozen=True, slots=True)
class _Format:
    ending: str
    lines: Callable[[ExportFacts, Sequence[Outgoing]], Iterator[str]]
    names_if_asked: bool
    """Whether people go by stand-ins in it, unless names are asked for. Tickets name whom the workbook names."""


_FORMATS: Mapping[str, _Format] = {
    "csv-servicenow": _Format(".csv", service_now, names_if_asked=False),
    JIRA: _Format(".csv", lambda facts, sent: jira(facts, [("", one) for one in sent]), names_if_asked=False),
    "ocsf": _Format(".jsonl", ocsf, names_if_asked=True),
    "oscal": _Format(".json", oscal, names_if_asked=True),
}
FORMATS = tuple(_FORMATS)


@dataclass(frozen=True, slots=True)
class ExportRequest:
    """The words of the command. `known` is a CSV of the issues that Jira has by now; `first` says that the other system
    holds nothing (beside them); `to` is the file to write, None for the usual one."""

    name: str
    agency_code: str = ""
    leads: bool = False
    names: bool = False
    known: Path | None = None
    first: bool = False
    to: Path | None = None


@dataclass(frozen=True, slots=True)
class _LastNight:
    run_id: str
    started_at: datetime
    past: tuple[Past, ...]
    organization: Organization


def export_findings(settings: Settings, request: ExportRequest, now: datetime) -> str:
    """Write the export, remember what it says, and return what the operator is told.

    Raises ExportRefused, LedgerError, ConfigError, SourceDown where the agencies or the known issues cannot be read,
    AlreadyRunning where another export is being written, and OSError.
    """
    output, how = settings.output.folder, _FORMATS[request.name]
    _refuse_words(request, how)
    present(output)
    night = look_into(output, lambda ledger: _last_night(settings, ledger, now))
    assert night is not None
    _refuse_agency(request.agency_code, night)
    keys, doubles = keys_of_issues(request.known) if request.known else ({}, {})
    path = request.to or export_path(output, request.name, how.ending, request.agency_code)
    with only_run_in(output / FOLDER):
        where = record_path(output, request.name, request.agency_code, request.to)
        record = read_record(where)
        if request.first and record is not None and request.name != JIRA:
            raise ExportRefused(
                f"--first: {where} says that this was exported before. Leave the word away; or remove that file, if"
                " nothing of it ever came to the other system."
            )
        facts = _facts(settings, request, night, stand_in_secret(output))
        asked = ExportScope(request.agency_code, request.leads)
        known = {} if request.first and record is None else record
        sent, said = chosen(night.past, asked, known, facts.as_of, settings.output.retention_days)
        lines, told = how.lines(facts, sent), []
        if request.name == JIRA:
            found = issue_rows(sent, keys, nothing_else=request.first)
            sent, lines = tuple(one for _, one in found.rows), jira(facts, found.rows)
            told = [*_left_out(found.left_out), *_several(doubles), *_unknown_issues(keys, said)]
        make_folder(path.parent)
        with replacing(path) as file:
            file.writelines(line.encode("utf-8", "replace") for line in lines)
        write_record(where, said)
    return "\n".join(
        [f"wrote {path}: {_counted(sent)}, as of {facts.as_of.isoformat()}", *told, *_hint(record, request)]
    )


def _refuse_words(request: ExportRequest, how: _Format) -> None:
    if request.names and not how.names_if_asked:
        raise ExportRefused(f"--names goes with ocsf and oscal; {request.name} names whom the workbook names.")
    if request.known and request.name != JIRA:
        raise ExportRefused(f"--known goes with {JIRA}: {request.name} finds its own by the reference.")
    if request.name == JIRA and not (request.known or request.first):
        raise ExportRefused(
            f"{JIRA} needs --known FILE, the issues that Jira has by now as it exports them (CSV with Issue key and"
            " Finding ID): only by its key is an issue updated, and not made twice. For the very first import say"
            " --first instead."
        )


def _last_night(settings: Settings, ledger: Ledger, now: datetime) -> _LastNight:
    last, ours = ledger.last_run(), settings.organization
    if last is None:
        raise LedgerError(f"{ledger.path}: nothing has been judged yet. Run `identity-audit run` first.")
    organization, _ = read_registry(ours.unread, ours.agencies, None, settings.folder, ledger, now)
    return _LastNight(last.run_id, ledger.run(last.run_id)[0], tuple(ledger.findings.past().values()), organization)


def _refuse_agency(code: str, night: _LastNight) -> None:
    codes = {agency.agency_code for agency in night.organization.agencies}
    codes |= {one.finding.agency_code for one in night.past} - {""}
    if code and code not in codes:
        close = difflib.get_close_matches(code, codes, n=1)
        hint = f" Did you mean {close[0]}?" if close else ""
        raise ExportRefused(f"--agency {code}: neither the agencies nor any finding has this code.{hint}")


def _facts(settings: Settings, request: ExportRequest, night: _LastNight, secret: str) -> ExportFacts:
    policy = settings.organization.policy
    return ExportFacts(
        organization=night.organization.name,
        policy=policy,
        rules={rule.rule_id: rule.note(policy) for rule in RULES},
        agencies={agency.agency_code: agency.name for agency in night.organization.agencies},
        system=mail_system(night.organization),
        as_of=datetime.fromisoformat(night.run_id[:10]).date(),
        at=night.started_at,
        run_id=night.run_id,
        version=version("identity-audit"),
        secret=secret,
        names=request.names or not _FORMATS[request.name].names_if_asked,
        agency_code=request.agency_code,
    )


def _counted(sent: Iterable[Outgoing]) -> str:
    """How many references there are, by what happens to them."""
    count = Counter(
        "closed" if one.state is TicketState.CLOSED
        else "new" if one.first
        else "open again" if one.reopened
        else str(one.state)
        for one in sent
    )  # fmt: skip
    parts = ", ".join(f"{number:,} {word}" for word, number in sorted(count.items()))
    total = count.total()
    return f"{total:,} finding{'' if total == 1 else 's'}" + (f" ({parts})" if parts else "")


def _left_out(ids: Sequence[str]) -> Iterator[str]:
    if ids:
        yield (
            f"{len(ids):,} findings were exported before and are not among the known issues, so they are left out:"
            f" {_some(ids)}. Either that export was never imported, or --known is older than its import. Export the"
            " issues from Jira again; if Jira really has none of them, add --first."
        )


def _several(doubles: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for finding_id, keys in sorted(doubles.items()):
        yield f"{finding_id} has several issues, {', '.join(keys)}: the lowest is updated. Close the others in Jira."


def _unknown_issues(keys: Mapping[str, str], said: Mapping[str, object]) -> Iterator[str]:
    if gone := sorted(key for finding_id, key in keys.items() if finding_id not in said):
        yield (
            f"{len(gone):,} issues are about findings that this export has never said, or has forgotten: {_some(gone)}."
            " Look at them in Jira."
        )


def _some(names: Sequence[str]) -> str:
    return ", ".join(names[:SHOWN]) + (" …" if len(names) > SHOWN else "")


def _hint(record: object, request: ExportRequest) -> Iterator[str]:
    if record is None and not request.first:
        yield (
            "There is no record of an earlier export of this kind, so what is closed by now went along. If this was the"
            " first import, nothing is wrong; --first leaves such out."
        )
