"""The sheets Changes, Trends and Unclaimed, what Start here says of them, and the charts in the file."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from audit import report
from audit.model.finding import Finding, FindingStatus, waits
from audit.model.night import Changed, Night
from audit.model.sheet import Chart, Charts, Jump, Line, Link, Look, Sheet, Table
from audit.report.reader import place, reader_of
from audit.report.review_sheets import written_headings
from audit.workbook import write
from tests.audit import nights

NIGHT = nights.night()
CALM = replace(NIGHT, changes=(), trends=nights.night(0).trends)
ONE = next(finding for finding in NIGHT.findings if place(finding) == "Findings" and waits(finding, NIGHT.as_of))
LATER = NIGHT.as_of + timedelta(days=30)


def sheet(night: Night, name: str, agency: str = "") -> Sheet:
    sheets = report.agency_sheets(night, agency) if agency else report.sheets(night)
    return next(one for one in sheets if one.name == name)


def table(of: Sheet, name: str) -> list[dict[str, object]]:
    found = next(part for part in of.parts if isinstance(part, Table) and part.name == name)
    return [dict(zip((column.heading for column in found.columns), row, strict=True)) for row in found.rows]


def prose(of: Sheet) -> str:
    return "\n".join(part.text for part in of.parts if isinstance(part, Line))


def charts(of: Sheet) -> list[Chart]:
    return [chart for part in of.parts if isinstance(part, Charts) for chart in part.charts]


# --- Changes ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Changed(ONE, "new", "seen for the first time"), ("new", "seen for the first time", "Seen for the first time")),
        (
            Changed(ONE, "reopened", "seen again; the account changed (bio)", "the account changed"),
            ("reopened", "the account changed", "Seen again; the account changed (bio)"),
        ),
        (
            Changed(ONE, "open", "the directory changed (standing)", "the directory changed"),
            ("evidence changed", "the directory changed", "The directory changed (standing)"),
        ),
        (
            Changed(ONE, "resolved", "no longer holds", "the registry changed"),
            ("resolved", "the registry changed", "No longer holds"),
        ),
        (Changed(ONE, "resolved", "no longer holds"), ("resolved", "cannot tell", "No longer holds")),
        (
            Changed(ONE, "not rechecked", "a source it rests on was not judged"),
            ("not rechecked", "a source was not judged", "A source it rests on was not judged"),
        ),
    ],
)
def test_a_change_in_words(change: Changed, expected: tuple[str, ...]) -> None:
    (row,) = table(sheet(replace(NIGHT, changes=(change,)), "Changes"), "Changes")
    assert (row["What happened"], row["Cause"], row["In full"]) == expected
    assert (row["On sheet"], row["About finding"], row["Employee"]) == ("Findings", ONE.finding_id, ONE.employee_name)
    assert row["Handle"] == Link(ONE.handle, ONE.url)


def test_a_decision_is_told_without_the_file_it_stood_in() -> None:
    words = {"disposition": "confirmed", "suppress_until": "", "note": "Spoke with them."}
    change = Changed(ONE, "decided", "Disposition by K., in DHHS copy.xlsx:Findings:4", "somebody decided", "K.", words)
    (row,) = table(sheet(replace(NIGHT, changes=(change,)), "Changes"), "Changes")
    assert (row["What happened"], row["Cause"], row["By whom"]) == ("decided", "somebody decided", "K.")
    assert row["In full"] == "Disposition: confirmed\nSuppress until: emptied\nNote: Spoke with them."


def test_changes_are_counted_and_the_news_come_first() -> None:
    changes = sheet(NIGHT, "Changes")
    shown = [str(row["What happened"]) for row in table(changes, "Changes")]
    order = ["new", "reopened", "evidence changed", "decided", "resolved", "not rechecked"]
    assert shown == sorted(shown, key=order.index)
    assert len(shown) == len(NIGHT.changes)
    assert f"Changes since the night before: {len(shown)}, {shown.count('new')} new, " in prose(changes)


def test_a_night_without_changes_says_so() -> None:
    assert "Changes since the night before: 0" in prose(sheet(CALM, "Changes"))
    assert "Nothing has changed since the night before." in prose(sheet(CALM, "Start here"))


def test_only_sheets_to_decide_on_bear_a_finding_id() -> None:
    bearing = {
        one.name
        for one in report.sheets(NIGHT)
        for part in one.parts
        if isinstance(part, Table) and "Finding ID" in {column.heading for column in part.columns}
    }
    assert bearing == set(written_headings())


# --- Unclaimed -------------------------------------------------------------------------------------------------


def test_unclaimed_names_no_person() -> None:
    rows = table(sheet(NIGHT, "Unclaimed"), "Unclaimed")
    assert {str(row["Finding ID"])[:4] for row in rows} == {"U-1-"}
    assert not {"Employee", "Employee ID", "State mailbox"} & rows[0].keys()
    assert "communications office" in prose(sheet(NIGHT, "Unclaimed"))


@pytest.mark.parametrize("code", [agency.agency_code for agency in nights.AGENCIES])
def test_an_agency_sees_the_unclaimed_accounts_that_bear_its_name(code: str) -> None:
    rows = table(sheet(NIGHT, "Unclaimed", code), "Unclaimed")
    mine = {one.finding_id for one in NIGHT.findings if one.rule_id == "U-1" and one.agency_code == code}
    assert {row["Finding ID"] for row in rows} == mine


# --- Start here, and what is suppressed ------------------------------------------------------------------------


def suppressed(finding: Finding, until: date = LATER) -> Finding:
    return replace(finding, suppress_until=until, note="on leave")


@pytest.mark.parametrize(("until", "expected"), [(NIGHT.as_of, False), (LATER, False), (date(2026, 3, 1), True)])
def test_what_is_suppressed_does_not_wait(until: date, *, expected: bool) -> None:
    assert waits(suppressed(ONE, until), NIGHT.as_of) is expected


def test_start_here_lists_what_waits_longest() -> None:
    old = replace(ONE, finding_id="old", first_seen=date(2025, 1, 1), status=FindingStatus.OPEN)
    aside = suppressed(replace(old, finding_id="aside"))
    night = replace(NIGHT, findings=(*NIGHT.findings, aside, old))
    rows = table(sheet(night, "Start here"), "WaitingLongest")
    shown = [row["Finding ID"] for row in table(sheet(night, "Findings"), "Findings")]
    there = Jump("old", "Findings", 1 + shown.index("old"))
    assert (rows[0]["About finding"], rows[0]["Days since"], rows[0]["On sheet"]) == (there, 425, "Findings")
    assert len(rows) == 5
    news = {row["Tonight"]: row for row in table(sheet(night, "Start here"), "TonightsNews")}
    assert news["Suppressed until a later day, grey on its sheet"]["Findings"] == 1


def test_a_suppressed_finding_is_grey_from_end_to_end_and_comes_late(tmp_path: Path) -> None:
    night = replace(NIGHT, findings=(suppressed(ONE), *(one for one in NIGHT.findings if one is not ONE)))
    path = tmp_path / "a.xlsx"
    write.write_workbook(path, report.sheets(night), created=nights.STARTED, title="Test")
    page = openpyxl.load_workbook(path)["Findings"]
    top = next(row[0].row for row in page.iter_rows() if row[0].value == "Status")
    rows = list(page.iter_rows(min_row=top + 1))
    grey = [row for row in rows if row[0].value == f"{ONE.status}, suppressed"]
    assert len(grey) == 1
    assert {(cell.fill.fgColor.rgb, cell.font.color.rgb) for cell in grey[0]} == {("00F0F1F3", "004F5866")}
    after = {row[0].value for row in rows[rows.index(grey[0]) + 1 :]}
    assert after == {"resolved"}
    assert "00F0F1F3" not in {cell.fill.fgColor.rgb for row in rows if row is not grey[0] for cell in row}


def test_what_was_decided_before_stands_beside_the_new_decision() -> None:
    said = "Decided before as “confirmed”; since then the account changed (bio)."
    parts = sheet(replace(NIGHT, earlier={ONE.finding_id: said}), "Findings").parts
    columns = next([column.heading for column in part.columns] for part in parts if isinstance(part, Table))
    assert columns[columns.index("Decided before") + 1] == "Disposition"
    rows = table(sheet(replace(NIGHT, earlier={ONE.finding_id: said}), "Findings"), "Findings")
    assert {row["Finding ID"]: row["Decided before"] for row in rows if row["Decided before"]} == {ONE.finding_id: said}
    assert "Decided before" in written_headings()["Findings"]


def test_start_here_names_every_sheet() -> None:
    for agency in ("", "DOT"):
        sheets = report.agency_sheets(NIGHT, agency)[1:] if agency else report.sheets(NIGHT)
        named = [row["Sheet"] for row in table(sheets[0], "TheSheets")]
        assert named == [Jump(one.name, one.name) for one in sheets[1:]]


# --- Trends ----------------------------------------------------------------------------------------------------


def test_trends_by_week_leave_empty_what_is_not_known() -> None:
    rows = table(sheet(NIGHT, "Trends"), "TrendsByWeek")
    blank = [row for row in rows if row["Nights run"] == 0]
    assert blank
    assert all(row["Open at its end"] is None and row["New"] is None for row in blank)
    standing = [finding for finding in NIGHT.findings if finding.status is not FindingStatus.RESOLVED]
    assert rows[-1]["Open at its end"] == len(standing)


@pytest.mark.parametrize("name", ["OpenByAgency", "OpenByRule"])
def test_what_is_open_tonight_adds_up(name: str) -> None:
    rows = table(sheet(NIGHT, "Trends"), name)
    standing = [finding for finding in NIGHT.findings if finding.status is not FindingStatus.RESOLVED]
    open_tonight = [int(str(row["Open tonight"])) for row in rows]
    assert sum(open_tonight) == len(standing)
    assert open_tonight == sorted(open_tonight, reverse=True)


def test_four_weeks_before_is_unknown_while_there_is_no_such_week() -> None:
    young = replace(NIGHT.trends, weeks=NIGHT.trends.weeks[-2:])
    of = sheet(replace(NIGHT, trends=young), "Trends")
    assert {row["Open four weeks before"] for row in table(of, "OpenByRule")} == {None}
    assert {chart.series for chart in charts(of) if chart.table == "OpenByRule"} == {("Open tonight",)}


def test_an_agencys_trends_are_its_own() -> None:
    of = sheet(NIGHT, "Trends", "DOT")
    standing = [f for f in NIGHT.findings if f.status is not FindingStatus.RESOLVED and f.agency_code == "DOT"]
    assert table(of, "TrendsByWeek")[-1]["Open at its end"] == len(standing)
    assert {chart.table for chart in charts(of)} == {"TrendsByWeek", "OpenByRule"}


def test_trends_without_a_whole_week_say_so() -> None:
    of = sheet(replace(NIGHT, trends=replace(NIGHT.trends, weeks=())), "Trends")
    assert "There is no week yet that can be counted whole." in prose(of)
    assert charts(of) == []


def test_a_chart_shows_only_what_its_table_says() -> None:
    for of in (sheet(NIGHT, "Trends"), sheet(NIGHT, "Trends", "DOT"), sheet(CALM, "Trends")):
        tables = {part.name: part for part in of.parts if isinstance(part, Table)}
        for chart in charts(of):
            headings = [column.heading for column in tables[chart.table].columns]
            assert {chart.labels, *chart.series} <= set(headings)
            assert chart.rows <= len(list(tables[chart.table].rows))
            assert chart.described
            assert chart.across
            assert chart.up


# --- the charts in the file ------------------------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path: Path) -> dict[str, str]:
    path = tmp_path / "audit.xlsx"
    write.write_workbook(path, report.sheets(NIGHT), created=nights.STARTED, title="Test")
    again = tmp_path / "again.xlsx"
    write.write_workbook(again, report.sheets(NIGHT), created=nights.STARTED, title="Test")
    assert again.read_bytes() == path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_every_chart_has_alternative_text_titles_and_axes(parts: dict[str, str]) -> None:
    wanted = charts(sheet(NIGHT, "Trends"))
    drawing = ElementTree.fromstring(parts["xl/drawings/drawing1.xml"])
    named = [one.attrib for one in drawing.iter() if one.tag.endswith("cNvPr")]
    assert [(one["title"], one["descr"]) for one in named] == [(chart.title, chart.described) for chart in wanted]
    for number, chart in enumerate(wanted, 1):
        xml = parts[f"xl/charts/chart{number}.xml"]
        said = re.findall("<a:t>([^<]*)</a:t>", xml)
        assert said == [chart.title, chart.across, chart.up]
        assert re.findall('<delete val="(.)"', xml) == ["0", "0"]
        assert xml.count("<ser>") == len(chart.series)


def test_series_are_told_apart_without_colour(parts: dict[str, str]) -> None:
    lines, bars = parts["xl/charts/chart1.xml"], parts["xl/charts/chart3.xml"]
    assert re.findall('<symbol val="([a-z]+)"', lines) == ["circle", "square"]
    assert [re.findall('<a:prstDash val="(sysDash)"', one) for one in lines.split("<ser>")[1:]] == [[], ["sysDash"]]
    assert [one.count("<a:pattFill") for one in bars.split("<ser>")[1:]] == [0, 1]


def test_a_chart_points_at_the_cells_of_its_table(tmp_path: Path) -> None:
    path = tmp_path / "audit.xlsx"
    write.write_workbook(path, report.sheets(NIGHT), created=nights.STARTED, title="Test")
    page = openpyxl.load_workbook(path)["Trends"]
    with zipfile.ZipFile(path) as archive:
        xml = archive.read("xl/charts/chart1.xml").decode()
    refs = [ref.split("!")[1].replace("$", "") for ref in re.findall("<f>([^<]*)</f>", xml)]
    values = [[cell.value for (cell,) in page[ref]] for ref in refs]
    rows = table(sheet(NIGHT, "Trends"), "TrendsByWeek")
    assert [row["Open at its end"] for row in rows] in values
    assert [row["Waiting at its end"] for row in rows] in values
    assert [row["Week from"] for row in rows] in [
        [value.date() if hasattr(value, "date") else value for value in some] for some in values
    ]


def test_a_night_on_which_nothing_is_open_draws_what_there_is(tmp_path: Path) -> None:
    assert {chart.table for chart in charts(sheet(CALM, "Trends"))} == {"TrendsByWeek"}
    path = tmp_path / "calm.xlsx"
    write.write_workbook(path, report.sheets(CALM), created=nights.STARTED, title="Test")
    with zipfile.ZipFile(path) as archive:
        assert sum(name.startswith("xl/charts/chart") for name in archive.namelist()) == 2


def test_every_sheet_prints_on_one_page_across_and_merges_nothing(tmp_path: Path) -> None:
    path = tmp_path / "audit.xlsx"
    write.write_workbook(path, report.sheets(NIGHT), created=nights.STARTED, title="Test")
    for page, of in zip(openpyxl.load_workbook(path), report.sheets(NIGHT), strict=True):
        upright = of.name == "Cards"
        assert page.page_setup.orientation == ("portrait" if upright else "landscape")
        assert bool(page.sheet_properties.pageSetUpPr.fitToPage) != upright
        assert page.oddHeader.left.text.startswith("Confidential, ")
        assert not page.merged_cells.ranges
        assert page.tables or of.name in ("Trends", "Cards")
        if sum(isinstance(part, Table) for part in of.parts) == 1:
            assert page.print_title_rows
        assert next(part for part in of.parts if isinstance(part, Line)).look is Look.TITLE


def test_a_reader_of_an_agency_has_its_changes_alone() -> None:
    reader = reader_of(NIGHT, "IFW")
    assert {change.finding.agency_code for change in reader.changes} == {"IFW"}
    assert {row.account.agency_code for row in reader.registry} == {"IFW"}
