"""The one reader of times: every way a column may be written, and what it means or that it is not known."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.files import times
from connectors.files.times import (
    ALONE,
    DAY_FIRST,
    MONTH_FIRST,
    PLAIN,
    SECONDS,
    SERIAL,
    YEAR_FIRST,
    DayForm,
    form_of,
)

AFTERNOON, NIGHT = "2027-03-09T16:45:00+00:00", "2027-03-10T04:45:00+00:00"
UNREADABLE = ""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2027-03-09T16:45:00Z", AFTERNOON),
        ("2027-03-09 16:45", AFTERNOON),
        ("2027/03/09 16:45:00", AFTERNOON),
        ("2027-03-09 04:45:00 PM", AFTERNOON),
        ("2027-03-09 04:45:00\u202fPM", AFTERNOON),
        ("2027-03-09 4:45\u00a0p.m.", AFTERNOON),
        ("2027-03-09 16:45:00.0000000Z", AFTERNOON),
        ("2027-03-09 11:45 EST", AFTERNOON),
        ("2027-03-09 08:45:00 PST", AFTERNOON),
        ("2027-03-09 10:45 CST", AFTERNOON),
        ("2027-03-09 11:45:00 GMT-5", AFTERNOON),
        ("2027-03-09 11:45:00 UTC-05:00", AFTERNOON),
        ("2027-03-09 11:45:00 -0500", AFTERNOON),
        ("2027-03-09T22:15:00+05:30", AFTERNOON),
        ("2027-03-09 11:45 America/New_York", AFTERNOON),
        ("2027-03-09 11:45 ET", AFTERNOON),
        ("2027-03-09 11:45 (UTC-05:00) Eastern Time (US & Canada)", AFTERNOON),
        ("2027-03-09 11:45 Eastern Time (US and Canada)", AFTERNOON),
        ("2027-03-09 11:45 (UTC-05:00) Eastern Time", AFTERNOON),
        ("2027-03-09 11:45 (UTC-05:00)", AFTERNOON),
        ("2027-03-09 09:45 (GMT-07:00) Arizona", AFTERNOON),
        ("2027-03-09 09:45 US/Arizona", AFTERNOON),
        ("2027-03-09 16:45 (UTC) Coordinated Universal Time", AFTERNOON),
        ("2027-03-09 16:45 GMT+0000", AFTERNOON),
        ("2027-07-09 12:45 (UTC-05:00) Eastern Time (US & Canada)", "2027-07-09T16:45:00+00:00"),  # its label all year
        ("2027-03-09 11:45 (UTC-06:00) Eastern Time (US & Canada)", UNREADABLE),  # another zone's
        ("Tue Mar 09 2027 11:45:00 GMT-0500 (Eastern Standard Time)", AFTERNOON),
        ("Tue Mar  9 11:45:00 EST 2027", AFTERNOON),
        ("Tue, 9 Mar 2027 11:45:00 -0500 (EST)", AFTERNOON),
        ("Tuesday, March 9, 2027 4:45:00 PM", AFTERNOON),
        ("Mar 9, 2027, 4:45 PM UTC", AFTERNOON),
        ("09-MAR-27 04.45.00.000000 PM", AFTERNOON),
        ("09/Mar/2027:11:45:00 -0500", AFTERNOON),
        ("20270309T164500Z", AFTERNOON),
        ("20270309164500.0Z", AFTERNOON),
        ("2027-Mar-09 16:45", AFTERNOON),
        ("3/9/2027\u200e 23:45 EST", UNREADABLE),  # March or September, without its column
        ("3/19/27 23:45 -05:00", "2027-03-20T04:45:00+00:00"),
        ("03/09/2027 16:45", UNREADABLE),
        ("03/03/2027", "2027-03-03T00:00:00+00:00"),  # the same day either way
        ("12/31/9999", "9999-12-31T00:00:00+00:00"),
        ("9999-12-31T23:59:59-05:00", "9999-12-31T23:59:59+00:00"),  # UTC has no date for it
        ("2027-03-09 16:45 IST", UNREADABLE),  # India, Ireland, Israel
        ("2027-03-09 16:45 XQT", UNREADABLE),
        ("2027-03-09 16:45 roughly", UNREADABLE),
        ("2027-03-09 -0500 16:45", UNREADABLE),
        ("2027-03-09 16:45 -0500 (PST)", UNREADABLE),  # twice, and not alike
        ("Mon Mar 9 16:45:00 2027", UNREADABLE),  # it was a Tuesday
        ("2027-03-09 16:45 AM", UNREADABLE),
        ("2027-03-09 25:45", UNREADABLE),
        ("2027-02-30", UNREADABLE),
        ("2027-03", UNREADABLE),
        ("0000-00-00", UNREADABLE),
        ("00/00/0000", UNREADABLE),
        ("0001-01-01T00:00:00", UNREADABLE),
        ("1900-01-01", UNREADABLE),
        ("0027-03-09", UNREADABLE),
        ("12/31/99", UNREADABLE),  # 1999, or HR's "no end"
        ("03/19/55", UNREADABLE),  # either century
        ("1804610700", UNREADABLE),  # seconds, but only where its column says so
        ("46455", UNREADABLE),  # Excel's, but only where its column says so
        ("#VALUE!", UNREADABLE),
        ("#REF!", UNREADABLE),
        ("N/A", UNREADABLE),
        ("", UNREADABLE),
    ],
)
def test_a_value_by_itself(text: str, expected: str) -> None:
    found = ALONE.moment(text)
    assert (found.isoformat() if found else UNREADABLE) == expected


@pytest.mark.parametrize(
    ("values", "stated", "form", "text", "day"),
    [
        (["03/09/2027", "03/19/2027", ""], "", MONTH_FIRST, "03/09/2027", date(2027, 3, 9)),
        (["03/09/2027", "19/03/2027"], "", DAY_FIRST, "03/09/2027", date(2027, 9, 3)),
        (["9.3.27", "19.3.27"], "", DAY_FIRST, "9.3.27", date(2027, 3, 9)),
        (["27-03-09", "27-03-31", "99-01-02"], "", YEAR_FIRST, "27-03-09", date(2027, 3, 9)),
        (["3/9/27 4:45 PM", "3/31/27 4:45 AM"], "", MONTH_FIRST, "3/9/27 4:45 PM", date(2027, 3, 9)),
        (["2027-03-09", "09-MAR-27"], "", PLAIN, "09-MAR-27", date(2027, 3, 9)),
        (["03/19/2027", "#N/A", "pending"], "", MONTH_FIRST, "03/09/2027", date(2027, 3, 9)),
        (["46455", "46455.5"], "", SERIAL, "46455.75", date(2027, 3, 9)),
        (["46455", "#VALUE!"], "", SERIAL, "46455", date(2027, 3, 9)),
        (["46455", "2958465"], "", SERIAL, "2958465.0", date.max),
        (["46455", "2027-03-09"], "", PLAIN, "46455", None),
        (["46455"] * 20 + ["99999999"], "", SERIAL, "46455", date(2027, 3, 9)),
        (["46455"] * 20 + ["2027-13-45"], "", SERIAL, "2027-13-45", None),
        (["1804610700"] * 20 + ["see file"], "", SECONDS, "1804610700", date(2027, 3, 9)),
        (["46455"] * 20 + ["12345", "99999"], "", PLAIN, "46455", None),
        (["46455"] * 20 + ["2027-03-09"], "", PLAIN, "46455", None),
        (["46455"] * 20 + ["1804610700"], "", PLAIN, "46455", None),
        (["03/09/2027"], "DD/MM/YYYY", DAY_FIRST, "03/09/2027", date(2027, 9, 3)),
        (["03/09/2027"], "MM/DD/YYYY hh:mm", MONTH_FIRST, "03/09/2027 16:45", date(2027, 3, 9)),
        (["03/09/2027"], "mm/dd/yyyy", MONTH_FIRST, "03/09/2027", date(2027, 3, 9)),
        (["03/09/2027"], "%d/%m/%Y", DAY_FIRST, "03/09/2027", date(2027, 9, 3)),
        (["030927"], "MMDDYY", MONTH_FIRST, "030927", date(2027, 3, 9)),
        (["2027-09-03"], "YYYY-DD-MM", PLAIN, "2027-09-03", date(2027, 3, 9)),
        (["19/03/2027"], "MM/DD/YYYY", MONTH_FIRST, "19/03/2027", None),
        (["03/19/2027"], "MM/DD/YYYY", MONTH_FIRST, "2027-03-09", date(2027, 3, 9)),
        (["09-MAR-27"], "DD-MON-RR", DAY_FIRST, "09-MAR-27", date(2027, 3, 9)),
    ],
)
def test_a_column_is_read_by_the_one_form_that_fits(
    values: list[str], stated: str, form: str, text: str, day: date | None
) -> None:
    found = form_of(iter(values), stated)
    assert isinstance(found, DayForm)
    assert found.name == form
    assert found.day(text) == day


@pytest.mark.parametrize(
    ("values", "between", "example"),
    [
        (["03/09/2027", "03/03/2027"], (MONTH_FIRST, DAY_FIRST), "03/09/2027"),
        (["3/9/27 16:45"], (MONTH_FIRST, DAY_FIRST), "3/9/27 16:45"),
        (["20-03-27"], (DAY_FIRST, YEAR_FIRST), "20-03-27"),
        (["03/19/2027", "19/03/2027", "04/05/2027"], (), "04/05/2027"),
    ],
)
def test_a_column_that_several_forms_fit_is_not_guessed(
    values: list[str], between: tuple[str, ...], example: str
) -> None:
    assert (found := form_of(values)) == DayForm(between=between, example=example)
    assert found.day(example) is None
    assert found.day("03/03/2027") == date(2027, 3, 3)
    assert found.day("2027-03-09") == date(2027, 3, 9)


def test_a_time_without_a_zone_is_in_the_callers() -> None:
    maine = ZoneInfo("America/New_York")
    assert ALONE.moment("2027-03-09 11:45", maine) == datetime(2027, 3, 9, 16, 45, tzinfo=UTC)
    assert ALONE.moment("2027-03-09 16:45 UTC", maine) == datetime(2027, 3, 9, 16, 45, tzinfo=UTC)


@pytest.mark.parametrize("stated", ["MM/YYYY", "dates", "hh:mm", "MM/DD"])
def test_a_format_that_names_no_day_is_refused(stated: str) -> None:
    with pytest.raises(ValueError, match=stated):
        times.check_form(stated)


WRITTEN = (
    "%Y-%m-%d", "%Y/%m/%d", "%Y%m%d", "%d-%b-%Y", "%d-%b-%y", "%b %d, %Y", "%A, %B %d, %Y", "%d %B %Y", "%m/%d/%Y",
    "%m/%d/%y", "%d.%m.%Y", "%d/%m/%y",
)  # fmt: skip


@given(st.lists(st.dates(date(1971, 1, 1), date(2040, 12, 31)), min_size=1), st.sampled_from(WRITTEN))
def test_a_column_is_read_right_or_not_at_all(days: list[date], pattern: str) -> None:
    days = [day for day in days if day != date(1999, 12, 31)]  # in two digits, HR's "no end"
    values = [day.strftime(pattern) for day in days]
    form = form_of(values)
    for day, text in zip(days, values, strict=True):
        assert form.day(text) in {day, None}
        if any(other.day > 12 for other in days):
            assert form.day(text) == day


@given(st.text(max_size=40))
def test_no_text_breaks_it(text: str) -> None:
    form_of([text]).moment(text)
    times.leaves_choice(text)
