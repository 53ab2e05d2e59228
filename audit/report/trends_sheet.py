"""The sheet "Trends": weeks, agencies and rules as tables, and as pictures of these tables. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, timedelta

from audit.model.sheet import Chart, Charts, Column, Drawn, Kind, Line, Look, Row, SheetPart, Table
from audit.model.trends import OPEN, WAITING, LifeStep, Trends, Week
from audit.report.reader import Reader
from audit.report.table import Shown, count, make_table

BARS_SHOWN = 12
"""Agencies in the chart; the table has them all."""

_NO_AGENCY = "Tied to no agency"
_BACK = timedelta(weeks=4)
_WIDE = 48
_LINES_HIGH, _BARS_HIGH = 16, 19
"""Both strips together fill a printed page."""
_WEEK, _DAYS = "Week from", "Median days to a disposition"
_STANDING, _WAITING = "Open at its end", "Waiting at its end"
_TONIGHT, _BEFORE = "Open tonight", "Open four weeks before"


def trends_sheet(reader: Reader) -> tuple[SheetPart, ...]:
    """Open findings by week, by agency (in the organization's workbook) and by rule; time to a disposition by week."""
    trends, whole = reader.trends, not reader.agency_code
    if not trends.weeks:
        return (Line("Trends", Look.TITLE), Line("There is no week yet that can be counted whole."))
    titles = {note.rule_id: note.title for note in reader.night.rules}
    # What each rule asks goes last, where it may run on over the empty cells beside it.
    title: Shown[str] = (Column("Title", 12), lambda rule_id: titles.get(rule_id, ""))
    weeks = make_table("TrendsByWeek", _weeks(trends), trends.weeks)
    rules = _standing("OpenByRule", "Rule", trends, trends.by_rule, str, title)
    agencies = _standing("OpenByAgency", "Agency", trends, trends.by_agency, reader.agency)
    weeks_counted = "1 week" if len(trends.weeks) == 1 else f"{len(trends.weeks)} weeks"
    decided = any(trends.median_days(week.begins) is not None for week in trends.weeks)
    lines = (_open_by_week(weeks), *([_days_by_week(weeks)] if decided else []))
    bars = (*([_bars(agencies, "agency")] if whole else []), _bars(rules, "rule"))
    bars = tuple(chart for chart in bars if chart.rows)
    pairs = [Charts(lines, _LINES_HIGH), *([Charts(bars, _BARS_HIGH)] if bars else [])]
    by_agency: list[SheetPart] = [Line("Open findings by agency", Look.HEADING), agencies, Line("")] if whole else []
    return (
        Line(
            f"Trends: {weeks_counted} up to {reader.night.as_of:%Y-%m-%d}",
            Look.TITLE,
        ),
        Line(
            "Findings, leads, unclaimed accounts and findings about official accounts together. Every number drawn "
            "stands in a table below. The last week goes as far as tonight."
        ),
        *([] if decided else [Line("Nothing has been decided yet: days to a disposition cannot be drawn.")]),
        *pairs,
        Line("By week", Look.HEADING, new_page=True),
        Line(
            "Weeks run from Monday to Sunday; where no night was run, nothing is known of a week's end. Open: not "
            "resolved. Waiting: of those, for a decision, and not suppressed. Reopened: came back, or has to be "
            "decided anew. Days to a disposition count from the first sighting, or from the last reopening."
        ),
        weeks,
        Line(""),
        *by_agency,
        Line("Open findings by rule", Look.HEADING),
        rules,
    )


def _weeks(trends: Trends) -> tuple[Shown[Week], ...]:
    def total(heading: str, what: str) -> Shown[Week]:
        return count(heading), lambda week: trends.total(week.begins, what) if week.nights else None

    return (
        (Column(_WEEK, _WIDE, Kind.DATE), lambda week: week.begins),
        (count("Nights run"), lambda week: week.nights),
        total(_STANDING, OPEN),
        total(_WAITING, WAITING),
        total("New", LifeStep.NEW),
        total("Reopened", LifeStep.REOPENED),
        total("Resolved", LifeStep.RESOLVED),
        total("Decided", LifeStep.DECIDED),
        (Column(_DAYS, 14, Kind.NUMBER), lambda week: trends.median_days(week.begins)),
    )


def _standing(
    name: str,
    heading: str,
    trends: Trends,
    by: Callable[[date, str], Counter[str]],
    called: Callable[[str], str],
    *further: Shown[str],
) -> Table:
    """Tonight's open findings by agency or rule, the most first, beside those of four weeks before."""
    last = trends.weeks[-1].begins
    before = next((week for week in trends.weeks if week.begins == last - _BACK and week.nights), None)
    now, waiting, then = by(last, OPEN), by(last, WAITING), by(last - _BACK, OPEN)
    columns: tuple[Shown[str], ...] = (
        (Column(heading, _WIDE, wrap=True), lambda key: called(key) or _NO_AGENCY),
        (count(_TONIGHT), lambda key: now[key]),
        (count(_BEFORE), lambda key: then[key] if before else None),
        (count("Waiting tonight"), lambda key: waiting[key]),
        *further,
    )
    keys = sorted(now.keys() | (then.keys() if before else set()), key=lambda key: (-now[key], called(key)))
    return make_table(name, columns, keys, "nothing is open")


def _open_by_week(weeks: Table) -> Chart:
    rows = list(weeks.rows)
    return Chart(
        "Open findings by week", Drawn.LINES, weeks.name, _WEEK, (_STANDING, _WAITING), len(rows),
        "Week from", "Findings at the week's end",
        "Two lines over the weeks. " + _from_to("Open findings", rows, 2) + " " + _from_to("Waiting", rows, 3),
    )  # fmt: skip


def _days_by_week(weeks: Table) -> Chart:
    rows = list(weeks.rows)
    return Chart(
        "Days to a disposition by week", Drawn.LINES, weeks.name, _WEEK, (_DAYS,), len(rows),
        "Week from", "Median days",
        "One line over the weeks. " + _from_to("Median days to a disposition", rows, 8),
    )  # fmt: skip


def _bars(table: Table, what: str) -> Chart:
    rows = list(table.rows)[:BARS_SHOWN]
    most = f" The first: {rows[0][0]}, {rows[0][1]} open tonight." if rows else ""
    series = (_TONIGHT, _BEFORE) if any(row[2] is not None for row in rows) else (_TONIGHT,)
    return Chart(
        f"Open findings by {what}", Drawn.BARS, table.name, table.columns[0].heading, series, len(rows),
        what.capitalize(), "Open findings",
        f"Horizontal bars, {len(rows)} of them, the longest on top.{most}",
    )  # fmt: skip


def _from_to(what: str, rows: Sequence[Row], at: int) -> str:
    """First and last known number of a column, in words."""
    known = [(row[0], str(row[at])) for row in rows if row[at] is not None]
    if not known:
        return f"{what}: nothing is known yet."
    (first, began), (last, ends) = known[0], known[-1]
    if len(known) == 1:
        return f"{what}: {began} in the week from {first}."
    return f"{what}: from {began} in the week from {first} to {ends} in that from {last}."
