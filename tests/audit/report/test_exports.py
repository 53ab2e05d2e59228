"""What goes to other systems, and that a second import updates what the first one made: fifty nights of a changing
state into small models of the targets."""

from __future__ import annotations

import json
import os
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema
from trestle.oscal.assessment_results import AssessmentResults

from audit.model.finding import DISPOSITIONS, Finding, FindingStatus, Past, Tier
from audit.night.ticket_csv import keys_of_issues
from audit.people.addresses import MailSystem
from audit.report.exports.facts import ExportFacts
from audit.report.exports.jira import issue_rows, jira
from audit.report.exports.ocsf import SCHEMA, ocsf, ocsf_event
from audit.report.exports.oscal import oscal
from audit.report.exports.selection import (
    SAID_FOR,
    Ending,
    ExportScope,
    Outgoing,
    Sent,
    TicketState,
    chosen,
    how_it_stands,
)
from audit.report.exports.service_now import service_now
from audit.report.exports.tickets import guarded
from tests.audit.lives import POLICY, branded, case, night
from tests.audit.nights import AS_OF, RULES
from tests.audit.nights import night as made_night
from tests.audit.report.ticket_systems import (
    CLOSED,
    IN_PROGRESS,
    NEW,
    ON_HOLD,
    Assessments,
    Events,
    Jira,
    ServiceNow,
    read_csv,
)

SYSTEM = MailSystem("maine.gov", frozenset({"maine.gov"}), frozenset({"maine.gov"}))
SECRET = "5e" * 32
KEPT = 730
ASKED = ExportScope("17")


def facts_of(day: date, *, names: bool = False, agency_code: str = "", secret: str = SECRET) -> ExportFacts:
    return ExportFacts(
        "State of Maine", POLICY, {note.rule_id: note for note in RULES}, {"17": "Department of Transportation"},
        SYSTEM, day, datetime(day.year, day.month, day.day, 6, tzinfo=UTC), f"{day}.1", "0.1.0", secret, names,
        agency_code,
    )  # fmt: skip


def past_of(finding: Finding) -> Past:
    return Past(finding, AS_OF if finding.status is FindingStatus.RESOLVED else None)


@cache
def findings() -> tuple[Finding, ...]:
    """Findings and leads of every rule, severity and status, some of them decided in every way there is."""
    words = ("", *DISPOSITIONS, "we will see")
    made = made_night(90).findings
    return tuple(
        replace(one, disposition=words[number % len(words)], suppress_until=AS_OF if number % 7 == 0 else None)
        for number, one in enumerate(made)
    )


def outgoing() -> tuple[Outgoing, ...]:
    """All of them as they go out: for the first time, again, and at their end."""
    past = [past_of(one) for one in findings()]
    known = {one.finding.finding_id: Sent(AS_OF, AS_OF, TicketState.OPEN, AS_OF) for one in past[::2]}
    known["E-1-0123456789ab"] = Sent(AS_OF, AS_OF, TicketState.OPEN, AS_OF)
    sent, _ = chosen(past, ExportScope(leads=True), known, AS_OF, KEPT)
    assert {one.ending for one in sent} == set(Ending)
    assert {one.state for one in sent} == set(TicketState)
    return sent


@pytest.mark.parametrize(
    ("changes", "state", "ending"),
    [
        ({}, TicketState.OPEN, Ending.NONE),
        ({"disposition": "confirmed"}, TicketState.OPEN, Ending.NONE),
        ({"disposition": "needs more evidence"}, TicketState.OPEN, Ending.NONE),
        ({"disposition": "we will see"}, TicketState.OPEN, Ending.NONE),
        ({"suppress_until": AS_OF}, TicketState.SUPPRESSED, Ending.NONE),
        ({"suppress_until": AS_OF - timedelta(days=1)}, TicketState.OPEN, Ending.NONE),
        ({"status": FindingStatus.NOT_RECHECKED}, TicketState.OPEN, Ending.NONE),
        ({"status": FindingStatus.RESOLVED, "disposition": "confirmed"}, TicketState.CLOSED, Ending.RESOLVED),
        ({"disposition": "already corrected"}, TicketState.CLOSED, Ending.CORRECTED),
        ({"disposition": "duplicate", "suppress_until": AS_OF}, TicketState.CLOSED, Ending.DUPLICATE),
        ({"disposition": "not this person"}, TicketState.CLOSED, Ending.DISMISSED),
        ({"disposition": "official account"}, TicketState.CLOSED, Ending.DISMISSED),
        ({"disposition": "protected activity: excluded"}, TicketState.CLOSED, Ending.DISMISSED),
    ],
)
def test_how_a_finding_stands_elsewhere(changes: dict[str, Any], state: TicketState, ending: Ending) -> None:
    finding = replace(findings()[0], status=FindingStatus.OPEN, disposition="", suppress_until=None)
    assert how_it_stands(replace(finding, **changes), AS_OF) == (state, ending)


def test_what_was_dismissed_leaves_only_its_end() -> None:
    """Not even that somebody's activity is protected, nor who it was."""
    sent = [one for one in outgoing() if one.ending in (Ending.DISMISSED, Ending.WITHDRAWN)]
    assert len(sent) > 5
    facts = facts_of(AS_OF, names=True)
    for row in read_csv(list(service_now(facts, sent))):
        filled = {name for name, text in row.items() if text}
        assert filled == {
            "correlation_id", "correlation_display", "short_description", "category", "state", "close_code",
            "close_notes", "u_finding_state",
        }  # fmt: skip
        assert "protected" not in str(row)


@pytest.mark.parametrize(
    ("record", "goes"),
    [
        (None, {"open", "gone"}),  # nobody knows what was said before
        ({}, {"open"}),  # nothing was: what is closed by now is nothing to the other system
        ({"gone": Sent(AS_OF, AS_OF, TicketState.OPEN, AS_OF)}, {"open", "gone"}),
        ({"gone": Sent(AS_OF, AS_OF, TicketState.CLOSED, AS_OF - SAID_FOR)}, {"open"}),  # said long enough
        ({"lead": Sent(AS_OF, AS_OF, TicketState.OPEN, AS_OF)}, {"open", "lead"}),  # was a finding once
        ({"away": Sent(AS_OF, AS_OF, TicketState.OPEN, AS_OF)}, {"open", "away"}),  # was this agency's
        ({"purged": Sent(AS_OF, AS_OF - timedelta(days=KEPT), TicketState.OPEN, AS_OF)}, {"open", "purged"}),
        ({"purged": Sent(AS_OF, AS_OF - timedelta(days=KEPT + 1), TicketState.OPEN, AS_OF)}, {"open"}),
    ],
)
def test_what_goes_out_follows_from_what_was_said(record: dict[str, Sent] | None, goes: set[str]) -> None:
    one = replace(
        findings()[0], status=FindingStatus.OPEN, disposition="", suppress_until=None, tier=Tier.FINDING,
        agency_code="17",
    )  # fmt: skip
    past = [
        past_of(replace(one, finding_id="open")),
        past_of(replace(one, finding_id="gone", status=FindingStatus.RESOLVED)),
        past_of(replace(one, finding_id="lead", tier=Tier.LEAD)),
        past_of(replace(one, finding_id="away", agency_code="16")),
    ]
    sent, said = chosen(past, ExportScope("17"), record, AS_OF, KEPT)
    assert {one.finding_id for one in sent} == goes
    assert {one.finding_id for one in sent if one.state is not TicketState.CLOSED} == {"open"}
    again, same = chosen(past, ExportScope("17"), said, AS_OF, KEPT)
    assert same == said
    assert [replace(one, first=False) for one in sent] == list(again)


def test_an_import_that_was_left_out_for_days_loses_no_closing_and_no_reopening() -> None:
    one = replace(findings()[0], status=FindingStatus.OPEN, disposition="", suppress_until=None, tier=Tier.FINDING)
    record: dict[str, Sent] | None = {}
    told = []
    for number in range(40):
        status = FindingStatus.RESOLVED if 5 <= number < 20 else FindingStatus.OPEN
        day = AS_OF + timedelta(days=number)
        sent, record = chosen([past_of(replace(one, status=status))], ExportScope(), record, day, KEPT)
        told.append("".join("C" if each.ending else "R" if each.reopened else "o" for each in sent) or "-")
    assert "".join(told) == "o" * 5 + "C" * 14 + "-" + "R" * 14 + "o" * 6


# Delimited tickets


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("ada", "ada"),
        ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
        ("@ada", "'@ada"),
        ("+1", "'+1"),
        ("-2", "'-2"),
        ("\t=1", "'\t=1"),
        ("\r\n=1", "'\n=1"),
        (" =1", "' =1"),
        ("＝1", "'＝1"),
        ("a\x00b\x1bc", "a\ufffdb\ufffdc"),
        ("a\u202eb", "a\ufffdb"),
        ("\ud800", "\ufffd"),
        ("a\r\nb", "a\nb"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula_or_steers_a_terminal(text: str, cell: str) -> None:
    assert guarded(text) == cell


HOSTILE = 'x","=cmd|1!A1\n@SUM(1+1) {noformat}!https://bad.example/a.png! [~ada] {noformat}\u202e'


@pytest.mark.parametrize("write", [service_now, lambda facts, sent: jira(facts, [("", one) for one in sent])])
def test_words_of_strangers_stay_in_their_cells(write: Callable[..., Any]) -> None:
    finding = replace(
        findings()[0], status=FindingStatus.OPEN, disposition="", tier=Tier.FINDING, handle=HOSTILE, because=HOSTILE,
        display_name=HOSTILE, url="javascript:alert(1)", agency_code="=1",
    )  # fmt: skip
    sent = (Outgoing(finding.finding_id, finding, TicketState.OPEN, first=True),)
    lines = list(write(facts_of(AS_OF, names=True), sent))
    (row,) = read_csv(lines)
    assert all(line.endswith("\r\n") for line in lines)
    assert all(text[:1] not in tuple("=+-@\t\r") for text in row.values())
    assert "\u202e" not in "".join(lines)
    if "Summary" in row:
        assert row["Description"].count("{noformat}") == 2
        assert "\n" not in row["Summary"]


def test_tickets_hold_no_private_address_no_quotation_and_no_note() -> None:
    finding = replace(
        findings()[0], status=FindingStatus.OPEN, disposition="confirmed", mailbox="ada@home.example",
        because="Registered with dot.secret@home.example, 207-555-0100.", matched_text="my own words", note="her union",
        reviewer="R. Reviewer", display_name="Ada at home",
    )  # fmt: skip
    sent = (Outgoing(finding.finding_id, finding, TicketState.OPEN),)
    facts = facts_of(AS_OF, names=True)
    written = "".join(
        [*service_now(facts, sent), *jira(facts, [("", sent[0])]), *ocsf(facts, sent), *oscal(facts, sent)]
    )
    for private in ("ada@home", "dot.secret", "0100", "my own words", "her union", "R. Reviewer", "Ada at home"):
        assert private not in written
    assert finding.employee_name in written


def test_lists_of_the_targets_are_kept_to() -> None:
    rows = read_csv(list(service_now(facts_of(AS_OF, names=True), outgoing())))
    assert {row["state"] for row in rows} == {"", "2", "3", "7"} - ({"2"} - {row["state"] for row in rows})
    assert all(bool(row["close_code"]) == (row["state"] == CLOSED) == bool(row["close_notes"]) for row in rows)
    assert all(len(row["short_description"]) <= 160 for row in rows)
    assert {row["u_first_seen"][4:5] for row in rows} == {"-", ""}


# OCSF


def test_every_event_fits_the_schema() -> None:
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(version=SCHEMA)).get_class_schema("compliance_finding")
    check = jsonschema.Draft202012Validator(schema)
    for names in (False, True):
        for one in outgoing():
            event = ocsf_event(facts_of(AS_OF, names=names), one)
            assert list(check.iter_errors(event)) == []
            assert event["type_uid"] == event["class_uid"] * 100 + event["activity_id"]
            assert event["time"] == 1772431200000  # 2026-03-02 06:00 UTC
    broken = ocsf_event(facts_of(AS_OF), outgoing()[0]) | {"employee": "Ada"}
    assert list(check.iter_errors(broken)) != []


# OSCAL


def results(facts: ExportFacts, sent: Sequence[Outgoing]) -> Any:
    return json.loads("".join(oscal(facts, sent)))["assessment-results"]


@pytest.mark.parametrize("names", [False, True])
def test_trestle_reads_the_results(names: bool, tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("".join(oscal(facts_of(AS_OF, names=names), outgoing())), encoding="utf-8")
    read = AssessmentResults.oscal_read(path)
    assert read is not None
    (result,) = read.results
    assert len(result.findings) == len(outgoing())
    made = {item.uuid for item in result.local_definitions.inventory_items}
    assert {str(subject.subject_uuid) for one in result.observations for subject in one.subjects} <= {*map(str, made)}
    parties = {party.uuid for party in read.metadata.parties}
    for item in result.local_definitions.inventory_items:
        assert all({*one.party_uuids} <= parties for one in item.responsible_parties or [])
    resources = {f"#{one.uuid}" for one in read.back_matter.resources}
    assert read.import_ap.href in resources
    assert {link.href for one in result.findings for link in one.links or []} <= resources


def test_what_is_the_same_for_a_rule_is_said_once() -> None:
    note = facts_of(AS_OF).rules["E-1"]
    document = results(facts_of(AS_OF), outgoing())
    assert sum(one["title"] == note.title for one in document["results"][0]["findings"]) > 1
    assert note.rationale not in json.dumps(document["results"], ensure_ascii=False)
    (said,) = (one for one in document["back-matter"]["resources"] if one["title"].startswith("E-1: "))
    assert said["description"] == note.rationale
    assert said["remarks"] == f"Does not prove: {note.proves_not}"


@pytest.mark.parametrize("lines", [ocsf, oscal])
def test_any_letter_is_read_by_any_reader(lines: Callable[..., Any]) -> None:
    finding = replace(findings()[0], disposition="", status=FindingStatus.OPEN, because="a\u2028b\x85c\ud800d\n😀e")
    facts = facts_of(AS_OF, names=True)
    (line,) = "".join(lines(facts, [Outgoing(finding.finding_id, finding, TicketState.OPEN)])).splitlines()
    assert "a\u2028b\x85c\ufffdd\n😀e" in json.dumps(json.loads(line.encode()), ensure_ascii=False).replace("\\n", "\n")


def test_an_empty_night_is_a_whole_document(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_text("".join(oscal(facts_of(AS_OF), ())), encoding="utf-8")
    assert AssessmentResults.oscal_read(path).results[0].findings is None


# Stand-ins


@pytest.mark.parametrize("lines", [ocsf, oscal])
def test_nobody_is_named_unless_asked(lines: Callable[..., Any]) -> None:
    told = [one for one in outgoing() if one.finding]
    private = {
        text
        for one in told
        for text in (
            one.finding_id, one.finding.employee_id, one.finding.employee_name, one.finding.handle,
            one.finding.account_id, one.finding.url, one.finding.mailbox, one.finding.display_name,
            one.finding.because, one.finding.matched_text, one.finding.link_value, one.finding.note,
            one.finding.reviewer,
        )
        if len(text) > 3
    }  # fmt: skip
    hidden, shown = "".join(lines(facts_of(AS_OF), told)), "".join(lines(facts_of(AS_OF, names=True), told))
    assert not [text for text in private if json.dumps(text, ensure_ascii=False)[1:-1] in hidden]
    assert all(json.dumps(one.finding.employee_name, ensure_ascii=False)[1:-1] in shown for one in told)


def test_the_order_tells_nothing_of_who_is_who() -> None:
    told = [one for one in outgoing() if one.finding and one.finding.employee_id]
    document = results(facts_of(AS_OF), told)
    people = [party["name"] for party in document["metadata"]["parties"][1:]]
    ids = dict.fromkeys(sorted(one.finding.employee_id for one in told))
    by_id = [facts_of(AS_OF).employee(next(o.finding for o in told if o.finding.employee_id == name)) for name in ids]
    assert sorted(people) == sorted(by_id)
    assert people != by_id
    uids = [json.loads(line)["finding_info"]["uid"] for line in ocsf(facts_of(AS_OF), told)]
    assert uids == sorted(uids)


def test_references_are_the_same_on_every_day_and_nobody_elses() -> None:
    one = next(each for each in outgoing() if each.finding and each.finding.employee_id)
    today, named = facts_of(AS_OF), facts_of(AS_OF + timedelta(days=30), names=True)
    other = facts_of(AS_OF, secret="00" * 32)
    assert ocsf_event(today, one)["finding_info"]["uid"] == ocsf_event(named, one)["finding_info"]["uid"]
    assert ocsf_event(today, one)["finding_info"]["uid"] != ocsf_event(other, one)["finding_info"]["uid"]
    assert today.employee(one.finding) != other.employee(one.finding)
    first = results(today, [one])
    later = results(named, [one])
    assert first["uuid"] != later["uuid"]
    for part in ("observations", "findings"):
        assert first["results"][0][part][0]["uuid"] == later["results"][0][part][0]["uuid"]
    assert first["metadata"]["parties"][1]["uuid"] == later["metadata"]["parties"][1]["uuid"]


# Fifty nights


class Changing:
    """Accounts of invented people that come, go, change hands, agencies and evidence; reviewers who decide."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.past: dict[str, Past] = {}
        self.rows = [
            {"number": n, "there": n % 2 == 0, "branded": n % 3 == 0, "who": 100 + n, "agency": "17", "sure": True}
            for n in range(8)
        ]
        self.people = 200

    def pass_day(self, day: date) -> None:
        for row in self.rows:
            for name, share in (("there", 0.1), ("branded", 0.07), ("sure", 0.05)):
                row[name] = bool(row[name]) != (self.chance.random() < share)
            if self.chance.random() < 0.04:  # the mailbox and its account pass to the next holder
                self.people += 1
                row["who"] = self.people
            if self.chance.random() < 0.04:
                row["agency"] = self.chance.choice(["17", "17", "16"])
        told = self.chance.random() < 0.9
        seen = [self._case(row) for row in self.rows if row["there"]]
        self.past, _ = night(self.past, *seen, on=day, complete=("export",) if told else ())
        for finding_id, one in list(self.past.items()):
            if self.chance.random() < 0.06:
                word = self.chance.choice([*DISPOSITIONS, "", "", "we will see"])
                self.past[finding_id] = replace(one, finding=replace(one.finding, disposition=word, decided_on=day))
            if self.chance.random() < 0.04:
                until = day + timedelta(days=self.chance.randrange(1, 6))
                self.past[finding_id] = replace(one, finding=replace(one.finding, suppress_until=until, note="waits"))
            if one.resolved_on and self.chance.random() < 0.05:
                del self.past[finding_id]  # purged

    def _case(self, row: dict[str, Any]) -> dict[str, Any]:
        mailbox, number, who = f"desk{row['number']}@maine.gov", str(row["number"]), str(row["who"])
        return (branded if row["branded"] else case)(
            identity=number, account_id=number, handle=f"birch{number}", registered_email=mailbox,
            registered_mailbox=mailbox, link_value=mailbox, employee_id=who, employee_name=f"Pat Fernsby {who}",
            agency_code=row["agency"], registration="strong" if row["sure"] else "weak", unverified=not row["sure"],
        )  # fmt: skip


STANDS = {
    TicketState.OPEN: (NEW, IN_PROGRESS), TicketState.SUPPRESSED: (ON_HOLD,), TicketState.CLOSED: (CLOSED,)
}  # fmt: skip
"""Finding's state → what its incident may be."""


class Targets:
    """The four systems behind the exports of one agency, and how often something happened in them."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "issues.csv"
        self.desk, self.issues, self.events, self.assessments = ServiceNow(), Jira(), Events(), Assessments()
        self.records: dict[str, dict[str, Sent] | None] = {name: {} for name in ("desk", "issues", "events", "results")}
        self.whose: dict[str, str] = {}
        self.happened: Counter[str] = Counter()

    def _chosen(self, name: str, past: tuple[Past, ...], day: date) -> tuple[Outgoing, ...]:
        sent, self.records[name] = chosen(past, ASKED, self.records[name], day, KEPT)
        self.happened.update(f"{name} withdrawn" for one in sent if one.ending is Ending.WITHDRAWN)
        return sent

    def take(self, past: tuple[Past, ...], day: date, *, missed: bool) -> None:
        """Export all of it; where the day's tickets are `missed`, their files are written and nobody imports them."""
        facts = facts_of(day)
        tickets = list(service_now(facts, self._chosen("desk", past, day)))
        keys, several = keys_of_issues(self.issues.exported(self.path))
        sent = self._chosen("issues", past, day)
        found = issue_rows(sent, keys, nothing_else=False)
        if found.left_out:  # of a day whose file was not imported: Jira really has none of them
            assert not set(found.left_out) & self.issues.states().keys()
            found = issue_rows(sent, keys, nothing_else=True)
        if not missed:
            self.desk.take(tickets)
            self.issues.take(list(jira(facts, found.rows)))
        assert several == {}
        self.events.take(list(ocsf(facts, self._chosen("events", past, day))))
        self.assessments.take("".join(oscal(facts, self._chosen("results", past, day))))

    def hold_tickets(self, states: dict[str, TicketState], before: dict[str, str]) -> None:
        """Every open finding has its one ticket, and every ticket the state of its finding, or of nobody's: closed."""
        there, tasks = self.desk.states(), self.issues.states()
        standing = {name for name, state in states.items() if state is not TicketState.CLOSED}
        assert standing <= there.keys() & tasks.keys()
        for name, state in there.items():
            assert state in STANDS[states.get(name, TicketState.CLOSED)]
        for name, status in tasks.items():
            assert (status == "Done") == (name not in standing)
        for one in (one for one in self.desk.incidents if one["u_employee_id"]):
            assert self.whose.setdefault(one["correlation_id"], one["u_employee_id"]) == one["u_employee_id"]
        assert not any(before[name] == IN_PROGRESS and there[name] == NEW for name in before)
        self.happened["closed"] += sum(there[name] == CLOSED != before[name] for name in before)
        self.happened["reopened"] += sum(before[name] == CLOSED != there[name] for name in before)

    def hold_events(self, states: dict[str, TicketState]) -> None:
        by_uid = {str(facts_of(AS_OF).reference("finding", name)): state for name, state in states.items()}
        standing = {uid for uid, state in by_uid.items() if state is not TicketState.CLOSED}
        assert standing <= self.events.newest.keys() & self.assessments.newest.keys()
        for uid, event in self.events.newest.items():
            assert (event["activity_name"] == "Close") == (uid not in standing)
        for uid, one in self.assessments.newest.items():
            assert (one["target"]["status"]["state"] == "satisfied") == (uid not in standing)

    def work(self, chance: random.Random) -> None:
        """Somebody takes up some of the incidents: no import may put those back to new."""
        for one in self.desk.incidents:
            if one["state"] == NEW and chance.random() < 0.5:
                one["state"] = IN_PROGRESS
                self.happened["taken up"] += 1


@pytest.mark.parametrize("seed", range(int(os.environ.get("EXPORT_SEEDS", "1"))))
def test_fifty_nights_double_and_lose_nothing(seed: int, tmp_path: Path) -> None:
    world, targets, chance = Changing(seed), Targets(tmp_path), random.Random(seed)
    for number in range(50):
        day = date(2026, 9, 1) + timedelta(days=number)
        world.pass_day(day)
        before, missed = targets.desk.states(), number < 49 and chance.random() < 0.15
        targets.take(tuple(world.past.values()), day, missed=missed)
        found = [one.finding for one in world.past.values() if ASKED.takes(one.finding)]
        states = {one.finding_id: how_it_stands(one, day)[0] for one in found}
        targets.hold_events(states)
        if not missed:
            targets.hold_tickets(states, before)
            targets.work(chance)
    counted = targets.happened
    assert min(counted[name] for name in ("closed", "reopened", "desk withdrawn", "taken up")) > 0
