"""What a night says: each finding once, the urgent first, nothing of other agencies in an agency's copy."""

from __future__ import annotations

import json
import random
import re
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from audit import report
from audit.model.finding import DISPOSITIONS, Finding, FindingStatus, LinkStep, Severity, Tier, waits
from audit.model.night import Night, PullStatus
from audit.model.sheet import Column, Jump, Line, Link, Look, Sheet, Table
from audit.report.books import SHEETS
from audit.report.reader import place
from audit.report.table import Shown, count, make_table
from audit.workbook import write
from connectors.records import Evidence
from tests.audit import nights

NIGHT = nights.night()
DECISION_SHEETS = ("Findings", "Leads", "Official accounts", "State-run platforms", "Unclaimed", "Not in directory")
MAIN_SHEETS = (
    "Start here",
    *DECISION_SHEETS,
    "By person",
    "By account",
    "Leavers",
    "Cards",
    "Exceptions",
    "Changes",
    "Trends",
    "Coverage",
    "Data quality",
    "Rules",
    "Trust",
    "Import problems",
)


def tables(sheet: Sheet) -> list[Table]:
    return [part for part in sheet.parts if isinstance(part, Table)]


def prose(sheet: Sheet) -> str:
    return "\n".join(part.text for part in sheet.parts if isinstance(part, Line))


def rows(sheet: Sheet, table: int = 0) -> list[dict[str, object]]:
    """A table's rows by heading."""
    chosen = tables(sheet)[table]
    headings = [column.heading for column in chosen.columns]
    return [dict(zip(headings, row, strict=True)) for row in chosen.rows]


def by_name(sheets: tuple[Sheet, ...]) -> dict[str, Sheet]:
    return {sheet.name: sheet for sheet in sheets}


def words(sheets: tuple[Sheet, ...]) -> str:
    """Everything that the sheets say."""
    said = [prose(sheet) for sheet in sheets]
    for table in (table for sheet in sheets for table in tables(sheet)):
        said += [column.heading for column in table.columns] + [table.nothing]
        said += [
            f"{value.text} {value.url}" if isinstance(value, Link) else str(value)
            for row in table.rows
            for value in row
        ]
    return "\n".join(said)


# --- the sheets ------------------------------------------------------------------------------------------------


def test_the_sheets_stand_in_the_order_of_the_morning() -> None:
    assert tuple(by_name(report.sheets(NIGHT))) == MAIN_SHEETS


def test_every_finding_stands_on_exactly_one_sheet() -> None:
    of_seats = (replace(NIGHT.findings[0], finding_id=f"{rule}-{'0' * 12}", rule_id=rule) for rule in ("R-4", "R-5"))
    night = replace(NIGHT, findings=(*NIGHT.findings, *of_seats))
    sheets = by_name(report.sheets(night))
    placed = [(row["Finding ID"], name) for name in DECISION_SHEETS for row in rows(sheets[name]) if row["Finding ID"]]
    assert sorted(placed) == sorted((finding.finding_id, place(finding)) for finding in night.findings)
    assert {name for _, name in placed} == set(DECISION_SHEETS)


@pytest.mark.parametrize(
    ("rule_id", "tier", "step", "expected"),
    [
        ("E-1", Tier.FINDING, LinkStep.REGISTERED_ADDRESS, "Findings"),
        ("E-2", Tier.LEAD, LinkStep.ALIAS, "Leads"),
        ("E-1", Tier.FINDING, LinkStep.NOT_IN_DIRECTORY, "Not in directory"),
        ("E-2", Tier.LEAD, LinkStep.NOT_IN_DIRECTORY, "Not in directory"),
        ("R-2", Tier.FINDING, LinkStep.OFFICIAL_REGISTRY, "Official accounts"),
        ("R-3", Tier.LEAD, LinkStep.NOT_IN_DIRECTORY, "Official accounts"),
        ("R-4", Tier.FINDING, LinkStep.REGISTERED_ADDRESS, "State-run platforms"),
        ("R-4", Tier.LEAD, LinkStep.NOT_IN_DIRECTORY, "State-run platforms"),
        ("R-5", Tier.FINDING, LinkStep.NONE, "State-run platforms"),
        ("A-1", Tier.LEAD, LinkStep.NONE, "Leads"),
        ("U-1", Tier.LEAD, LinkStep.NONE, "Unclaimed"),
        ("U-1", Tier.LEAD, LinkStep.NOT_IN_DIRECTORY, "Unclaimed"),
    ],
)
def test_place(rule_id: str, tier: Tier, step: LinkStep, expected: str) -> None:
    assert place(replace(NIGHT.findings[0], rule_id=rule_id, tier=tier, link_step=step)) == expected


def test_the_columns_are_those_an_analyst_reads_from_left_to_right() -> None:
    headings = [column.heading for column in tables(by_name(report.sheets(NIGHT))["Findings"])[0].columns]
    assert headings == [
        "Status", "Employee", "Platform", "Handle", "Rule", "Disposition", "Reviewer", "Decided on", "Suppress until",
        "Note", "Severity", "What was seen", "What to do", "Rule in words", "How it was tied to the person",
        "State mailbox", "Display name", "Matched words", "Evidence", "What it does not prove", "Agency", "Employee ID",
        "First seen", "Last seen", "Finding ID",
    ]  # fmt: skip


def test_coverage_counts_what_was_dropped_by_reason() -> None:
    coverage = {table.name: table for table in tables(by_name(report.sheets(NIGHT))["Coverage"])}
    assert list(coverage["DroppedByReason"].rows) == [
        ("registrations", "no tie to the organization", 20_049),
        ("registrations", "of no kind that is asked about", 1),
    ]
    sources = {source["source"]: source for source in report.run_json(NIGHT)["sources"]}
    assert sources["registrations"]["dropped_by_reason"] == {
        "no tie to the organization": 20_049,
        "of no kind that is asked about": 1,
    }
    assert sources["hr"]["dropped_by_reason"] == {}


def test_decisions_are_typed_in_the_same_columns_on_every_sheet() -> None:
    for name in DECISION_SHEETS:
        typed = [column for column in tables(by_name(report.sheets(NIGHT))[name])[0].columns if column.typed]
        assert [column.heading for column in typed] == [
            "Disposition", "Reviewer", "Decided on", "Suppress until", "Note",
        ]  # fmt: skip
        assert typed[0].choices == DISPOSITIONS


def ranked(**changes: Any) -> Finding:
    plain = replace(NIGHT.findings[0], disposition="", link_step=LinkStep.REGISTERED_ADDRESS)
    return replace(plain, **changes)


def test_the_first_rows_are_the_ones_to_look_at() -> None:
    expected = [
        ranked(finding_id="1", status=FindingStatus.NEW, severity=Severity.HIGH, employee_name="Ada"),
        ranked(finding_id="2", status=FindingStatus.REOPENED, severity=Severity.HIGH, employee_name="Bo"),
        ranked(finding_id="3", status=FindingStatus.NEW, severity=Severity.LOW),
        ranked(finding_id="4", status=FindingStatus.NOT_RECHECKED, severity=Severity.HIGH),
        ranked(finding_id="5", status=FindingStatus.OPEN, severity=Severity.MEDIUM),
        replace(
            ranked(finding_id="6", status=FindingStatus.OPEN, severity=Severity.LOW), disposition="needs more evidence"
        ),
        replace(ranked(finding_id="7", status=FindingStatus.OPEN, severity=Severity.HIGH), disposition="confirmed"),
        ranked(finding_id="8", status=FindingStatus.RESOLVED, severity=Severity.HIGH),
    ]
    expected = [replace(finding, rule_id="E-1", tier=Tier.FINDING, agency_code="DOT") for finding in expected]
    shuffled = random.Random(1).sample(expected, len(expected))
    shown = rows(by_name(report.sheets(replace(NIGHT, findings=tuple(shuffled))))["Findings"])
    assert [row["Finding ID"] for row in shown] == [finding.finding_id for finding in expected]


def test_the_order_in_which_findings_arrive_changes_nothing(tmp_path: Path) -> None:
    shuffled = replace(NIGHT, findings=tuple(random.Random(3).sample(NIGHT.findings, len(NIGHT.findings))))
    assert list(report.jsonl(shuffled)) == list(report.jsonl(NIGHT))
    books = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path, night in zip(books, (NIGHT, shuffled), strict=True):
        write.write_workbook(path, report.sheets(night), created=nights.STARTED, title="Test")
    assert books[0].read_bytes() == books[1].read_bytes()


def test_rows_can_be_read_more_than_once() -> None:
    table = tables(by_name(report.sheets(NIGHT))["Findings"])[0]
    assert list(table.rows) == list(table.rows) != []


def row_of(finding: Finding) -> dict[str, object]:
    finding = replace(finding, rule_id="C-1", tier=Tier.LEAD, agency_code="DOT")
    return rows(by_name(report.sheets(replace(NIGHT, findings=(finding,))))["Leads"])[0]


def test_a_row_in_words() -> None:
    observed = nights.STARTED
    pieces = tuple(
        Evidence(source, kind, "", when, nights.DIGEST)
        for source, kind, when in (("mail", "bio", observed), ("mail", "name", observed), ("hr", "name", None))
    )
    finding = ranked(
        handle="", account_id="77", platform="x", url="https://x.com/77", matched_text="=1+1\nsecond", evidence=pieces,
        link_step=LinkStep.NAME_WITH_AGENCY, link_value="Ada Rivermoor", rivals=0, decided_on=date(2026, 3, 1),
        employee_id="40017", employee_name="Ada Rivermoor",
    )  # fmt: skip
    row = row_of(finding)
    assert row["Handle"] == Link("77", "https://x.com/77")
    assert row["Rule in words"] == "State employee without a disclaimer"
    assert row["Rule"] == Jump("C-1", "Rules", 1 + [note.rule_id for note in NIGHT.rules].index("C-1"))
    assert row["Agency"] == "Department of Transportation"
    assert row["Matched words"] == "“=1+1\nsecond”"
    assert row["How it was tied to the person"] == (
        "likely: same name and same agency: Ada Rivermoor; nobody else there fits, now or formerly"
    )
    several = row_of(replace(finding, employee_id="", employee_name="", rivals=2))
    assert several["How it was tied to the person"] == (
        "possible: same name and same agency: Ada Rivermoor; 3 people fit, so nobody is named"
    )
    assert row["Evidence"] == "mail, 2026-03-02: bio, name\nhr, date unknown: name"
    assert row["Decided on"] == date(2026, 3, 1)


def test_much_evidence_is_cut_short_and_says_so() -> None:
    pieces = tuple(Evidence(f"s{n}", "bio", "", None, nights.DIGEST) for n in range(9))
    shown = str(row_of(ranked(evidence=pieces))["Evidence"]).split("\n")
    assert shown[-1] == "and 4 more, see findings.jsonl"
    assert len(shown) == 6


def test_nothing_quoted_means_no_quotation_marks() -> None:
    assert row_of(ranked(matched_text=""))["Matched words"] == ""


def test_the_registry_stands_beside_its_findings() -> None:
    shown = rows(by_name(report.sheets(NIGHT))["Official accounts"])
    about = {row["Finding ID"]: row for row in shown if row["Finding ID"]}
    assert len(about) == sum(finding.rule_id.startswith("R-") for finding in NIGHT.findings)
    assert {row["Registered mailbox"] for row in about.values()} == {"MEDHHS@maine.gov", "MaineIFW@maine.gov"}
    rest = [row for row in shown if not row["Finding ID"]]
    assert [(row["Status"], row["Handle"].text) for row in rest] == [  # type: ignore[attr-defined]
        ("no finding", "MEStatePolice"),
        ("no finding", "MaineDOT1"),
    ]


def test_a_registry_finding_whose_entry_is_gone_still_stands() -> None:
    finding = ranked(rule_id="R-1", handle="gone", account_id="", url="")
    (row,) = rows(by_name(report.sheets(replace(NIGHT, findings=(finding,), registry=())))["Official accounts"])
    assert (row["Registry says"], row["Finding ID"]) == ("not in the registry", finding.finding_id)


def test_what_was_not_judged_stands_in_a_banner() -> None:
    start = report.sheets(NIGHT)[0]
    banner = [part.text for part in start.parts if isinstance(part, Line) and part.look is Look.BANNER]
    assert banner[0] == "NOT EVERYTHING WAS JUDGED TONIGHT"
    assert "video_export (not judged): 40 items were read where 9,800 were expected" in banner[1]
    assert banner[2] == "bookmarks (skipped): left out by --only"


def test_the_news_add_up() -> None:
    news, _, by_rule, by_agency = (rows(report.sheets(NIGHT)[0], n) for n in range(4))
    statuses = [finding.status for finding in NIGHT.findings]
    counted = {str(row["Tonight"]).split(":")[0]: sum(int(str(row[name])) for name in DECISION_SHEETS) for row in news}
    waiting = counted.pop("Waiting for a decision")
    assert counted.pop("Suppressed until a later day, grey on its sheet") == 0
    assert counted == {status.capitalize(): statuses.count(status) for status in FindingStatus}
    assert waiting == sum(waits(finding, NIGHT.as_of) for finding in NIGHT.findings)
    for status in FindingStatus:
        assert sum(int(str(row[status.capitalize()])) for row in by_rule) == statuses.count(status)
    assert sum(int(str(row["All"])) for row in by_agency) == len(statuses) - statuses.count(FindingStatus.RESOLVED)


def test_start_here_says_what_the_tool_does_not_say() -> None:
    said = prose(report.sheets(NIGHT)[0])
    assert NIGHT.policy.rights in said
    assert "Clause D is not judged: “Employees must refrain from disclosing State confidential information.”" in said
    assert "It does not prove" in said
    assert "never requested" in said


def test_rules_quote_the_policy_word_for_word() -> None:
    quoted = {row["Rule"]: row["The clause, word for word"] for row in rows(by_name(report.sheets(NIGHT))["Rules"])}
    clause = NIGHT.policy.clause("E")
    assert clause is not None
    assert quoted["E-1"] == f"“{clause.text}”"
    assert quoted["U-1"] == "no clause of the policy: asked for the registry's own sake"
    assert len(quoted) == len(NIGHT.rules)


def test_leads_accuse_nobody() -> None:
    assert "Nobody is accused" in prose(by_name(report.sheets(NIGHT))["Leads"])


@pytest.mark.parametrize("night", [NIGHT, nights.quiet_night()], ids=["full", "quiet"])
def test_no_sheet_calls_anything_a_violation(night: Night) -> None:
    said = words((*report.sheets(night), *report.agency_sheets(night, "DOT"))).casefold()
    assert not re.search(r"violat|offen[cd]|guilt|misconduct|culprit|suspect", said)


def test_a_quiet_night_says_so_in_words(tmp_path: Path) -> None:
    night = nights.quiet_night()
    sheets = by_name(report.sheets(night))
    assert "Every source was read in full and judged." in prose(sheets["Start here"])
    assert [tables(sheets["Start here"])[1].nothing, *tables(sheets["Start here"])[1].rows] == [
        "nothing waits for a decision"
    ]
    path = tmp_path / "quiet.xlsx"
    write.write_workbook(path, report.sheets(night), created=nights.STARTED, title="Test")
    book = openpyxl.load_workbook(path)
    for name, said in (("Findings", "nothing tonight"), ("Official accounts", "no account is registered")):
        page = book[name]
        assert [cell.value for cell in page[page.max_row] if cell.value] == [said]


# --- an agency's copy ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [agency.agency_code for agency in nights.AGENCIES])
def test_an_agencys_copy_holds_its_rows_and_nothing_of_the_others(tmp_path: Path, code: str) -> None:
    path = tmp_path / "agency.xlsx"
    write.write_workbook(path, report.agency_sheets(NIGHT, code), created=nights.STARTED, title="Test")
    with zipfile.ZipFile(path) as archive:
        inside = "\n".join(archive.read(name).decode() for name in archive.namelist())
    mine = {finding.finding_id for finding in NIGHT.findings if finding.agency_code == code}
    assert {finding_id for finding_id in mine if finding_id not in inside} == set()
    others = {person for person in nights.PEOPLE if person[2] != code}
    foreign = {text for employee_id, name, _ in others for text in (name, name.split()[-1], employee_id)}
    foreign |= {agency.name for agency in nights.AGENCIES if agency.agency_code != code}
    foreign |= {finding.finding_id for finding in NIGHT.findings} - mine
    foreign |= {row.account.handle for row in NIGHT.registry if row.account.agency_code != code}
    foreign |= {problem.where for problem in NIGHT.problems} | {pull.reason for pull in NIGHT.pulls if pull.reason}
    foreign |= {"20,114", "20114", f"{NIGHT.people} employees"}
    escaped = inside.replace("&amp;", "&").replace("&quot;", '"')
    assert {text for text in foreign if text in escaped} == set()


def test_an_agencys_copy_has_no_sheet_of_rejected_rows() -> None:
    foreign = ("Data quality", "Trust", "Import problems")
    empty = ("State-run platforms", "Not in directory", "Leavers", "Exceptions")
    first, *others = report.agency_sheets(NIGHT, "DOT")
    assert first.name == "Cover"
    assert f"Left out, since nothing stands on them tonight: {', '.join(empty)}." in prose(first)
    assert [one.name for one in others] == [name for name in MAIN_SHEETS if name not in (*foreign, *empty)]


def test_an_agencys_copy_says_what_was_not_judged() -> None:
    _, start, *_ = report.agency_sheets(NIGHT, "DOT")
    assert "video_export (not judged)\n" in prose(start)
    assert "This copy holds only the rows of Department of Transportation." in prose(start)


def test_a_finding_of_no_agency_is_in_no_agencys_copy() -> None:
    night = replace(NIGHT, findings=(ranked(agency_code="", rule_id="U-1"),))
    assert "U-1-" not in words(tuple(s for s in report.agency_sheets(night, "DOT") if s.name in DECISION_SHEETS))
    assert rows(report.sheets(night)[0], 3)[0]["Agency"] == "Tied to no agency"


# --- findings.jsonl and run.json -------------------------------------------------------------------------------

KEYS = (
    "finding_id", "rule_id", "clause", "tier", "severity", "status", "platform", "handle", "account_id", "url",
    "mailbox", "employee_id", "employee_name", "agency_code", "because", "matched_text", "evidence", "first_seen",
    "last_seen", "disposition", "reviewer", "note", "policy",
)  # fmt: skip


def test_findings_jsonl_has_its_keys_in_their_order() -> None:
    objects = [json.loads(line) for line in report.jsonl(NIGHT)]
    assert {tuple(one) for one in objects} == {KEYS}
    assert [one["finding_id"] for one in objects] == sorted(finding.finding_id for finding in NIGHT.findings)
    pieces = [piece for one in objects for piece in one["evidence"]]
    assert {tuple(piece) for piece in pieces} == {("source", "kind", "observed_at", "detail", "sha256")}
    assert all(re.fullmatch(r"2026-\d\d-\d\dT06:00:00Z", piece["observed_at"]) for piece in pieces)
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\d", one["first_seen"]) for one in objects)


def test_a_line_stays_one_line_of_utf_8_whatever_a_profile_says() -> None:
    hostile = 'a\u2028b\u2029c\x85d\ne\ud800f"\\g \x00 Zoë 🌲'
    (line,) = report.jsonl(replace(NIGHT, findings=(ranked(matched_text=hostile),)))
    assert len(line.splitlines()) == 1
    assert "Zoë 🌲" in line.encode("utf-8").decode("utf-8")
    assert json.loads(line)["matched_text"] == hostile


def test_run_json_counts_and_names_nobody() -> None:
    said = report.run_json(NIGHT)
    assert json.loads(json.dumps(said)) == said
    assert (said["run_id"], said["as_of"], said["status"], said["problems"]) == (
        NIGHT.run_id,
        "2026-03-02",
        "partial",
        2,
    )
    assert [source["source"] for source in said["sources"]] == [pull.source for pull in NIGHT.pulls]
    for tally in said["findings"].values():
        assert sum(tally.values()) == len(NIGHT.findings)
    text = json.dumps(said, ensure_ascii=False)
    assert not any(name in text for _, name, _ in nights.PEOPLE)
    assert "@" not in text


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((PullStatus.COMPLETE, PullStatus.COMPLETE), "complete"),
        ((PullStatus.COMPLETE, PullStatus.NOT_JUDGED), "partial"),
        ((PullStatus.COMPLETE, PullStatus.SKIPPED), "complete"),
    ],
)
def test_run_json_status(statuses: tuple[PullStatus, ...], expected: str) -> None:
    pulls = tuple(replace(pull, status=status) for pull, status in zip(NIGHT.pulls[:2], statuses, strict=True))
    assert report.run_json(replace(NIGHT, pulls=pulls))["status"] == expected


# --- a sheet is a line in books.SHEETS ---------------------------------------------------------------------------


@pytest.mark.parametrize("made", [report.sheets(NIGHT), report.agency_sheets(NIGHT, "DOT")[1:]])
def test_start_here_says_of_every_sheet_what_it_is_for(made: tuple[Sheet, ...]) -> None:
    (listed,) = (table for table in tables(made[0]) if table.name == "TheSheets")
    purposes = {sheet.name: sheet.purpose for sheet in SHEETS}
    assert list(listed.rows) == [(Jump(sheet.name, sheet.name), purposes[sheet.name]) for sheet in made[1:]]


def test_a_table_is_its_columns_and_makes_its_rows_when_they_are_asked_for() -> None:
    asked = []

    def doubled(number: int) -> int:
        asked.append(number)
        return 2 * number

    columns: tuple[Shown[int], ...] = (
        (Column("Number", 10), lambda number: number),
        (count("Twice"), doubled),
    )
    table = make_table("Numbers", columns, (1, 2), "none", frozenset({"1"}))
    assert ([column.heading for column in table.columns], table.nothing) == (["Number", "Twice"], "none")
    assert not asked
    assert list(table.rows) == list(table.rows) == [(1, 2), (2, 4)]
    assert asked == [1, 2, 1, 2]


# --- one screen ------------------------------------------------------------------------------------------------

WIDE, HIGH = 1860, 800
"""Pixels of cells on a screen of 1920 by 1080 at 100 %, with Excel's ribbon open."""


def in_pixels(characters: float) -> int:
    """The width of a column, as Excel draws it in Calibri 11."""
    return round(7 * characters + 5)


@pytest.mark.parametrize("count", [40, 3_000])
@pytest.mark.parametrize("name", DECISION_SHEETS)
def test_every_row_is_told_apart_by_what_stays_in_sight(name: str, count: int) -> None:
    sheet = by_name(report.sheets(nights.night(count)))[name]
    (table,) = tables(sheet)
    seen = [tuple(visible(value) for value in row[: sheet.keep]) for row in table.rows]
    assert len(set(seen)) == len(seen)
    assert sum(in_pixels(column.width) for column in table.columns[: sheet.keep]) <= WIDE / 3
    assert not any(column.folded or column.typed for column in table.columns[: sheet.keep])
    assert all(column.typed for column in table.columns[sheet.keep : sheet.keep + 5])
    assert sum(in_pixels(column.width) for column in table.columns if not column.folded) <= WIDE + 60


def visible(value: object) -> str:
    """What two lines show of a text, at their narrowest."""
    return (value.text if isinstance(value, Link | Jump) else str(value))[:40]


def test_rows_that_would_look_alike_bear_what_tells_them_apart() -> None:
    one = ranked(rule_id="E-1", tier=Tier.FINDING, finding_id="E-1-00000000000a", account_id="77")
    night = replace(NIGHT, findings=(one, replace(one, finding_id="E-1-00000000000b", account_id="78")))
    shown = rows(by_name(report.sheets(night))["Findings"])
    assert [row["Handle"].text for row in shown] == [  # type: ignore[attr-defined]
        f"(00000000000a) {one.handle}", f"(00000000000b) {one.handle}",
    ]  # fmt: skip


def test_twenty_rows_stand_on_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "audit.xlsx"
    write.write_workbook(path, report.sheets(nights.night(600)), created=nights.STARTED, title="Test")
    page = openpyxl.load_workbook(path)["Findings"]
    heights = [(page.row_dimensions[row].height or 15) * 96 / 72 for row in range(1, page.max_row + 1)]
    top = next(row[0].row for row in page.iter_rows() if row[0].value == "Status")
    assert sum(heights[: top + 20]) <= HIGH
    assert [page.cell(top - 1, at).value for at in (1, 3)] == ["Reviewer", "Decided on"]


def test_what_is_folded_away_opens_beside_what_stays(tmp_path: Path) -> None:
    path = tmp_path / "audit.xlsx"
    write.write_workbook(path, report.sheets(NIGHT), created=nights.STARTED, title="Test")
    for sheet in (one for one in report.sheets(NIGHT) if one.name in DECISION_SHEETS):
        with zipfile.ZipFile(path) as archive:
            number = 1 + [one.name for one in report.sheets(NIGHT)].index(sheet.name)
            xml = archive.read(f"xl/worksheets/sheet{number}.xml").decode()
        columns = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<col ([^>]*)/>", xml)]
        closed = [bool(column.folded) for column in tables(sheet)[0].columns]
        assert [one.get("hidden") == one.get("outlineLevel") == "1" for one in columns[: len(closed)]] == closed
        behind = [at for at, one in enumerate(columns) if one.get("collapsed") == "1"]
        assert behind == [at for at in range(1, len(closed) + 1) if closed[at - 1] and not (*closed, False)[at]]
        assert 'outlineLevelCol="1"' in xml
