"""The one reader of days and times as HR, exports and logs write them. Pure.

A column may be written in several ways: `form_of` takes its values in one pass, keeping none. Only numbers leave a
choice (10/11/2026, 10-11-26): every other way of writing a day has one meaning and is read wherever it stands. The
order of numbers is the one that fits all values of the column with the same mark between them. Where two orders fit,
these values are undecided: those that mean the same day in both are read, the others are not, and `date_format` in
audit.toml decides.

Numbers that count (Excel's days, seconds or milliseconds since 1970) are read where every value of the column that is a
day at all is one of that kind, never one by one; a few that are none (one in MISTYPED) are left unread.

Nothing of a value is ignored: what this module does not understand in it (a word behind the time, a weekday that is
not that day's) makes the value unreadable. A value without a zone is taken in the zone that the caller names (UTC).
Zone words have the meaning they have in the United States (RFC 5322 section 4.3 for the four of the mainland): CST is
Central Standard Time, not China's; IST, which means three zones, is unreadable.

Years of two digits: 00 to 40 are 2000 to 2040, 70 to 98 are 1970 to 1998. Others may as well stand for HR's "no end"
(12/31/99) or for either century: they are unreadable. A year below 1900 is no year, and 1900-01-01 is what programs
write where there is no date.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from connectors.files.cells import plain
from connectors.placeholders import is_error, says_nothing

MONTH_FIRST, DAY_FIRST, YEAR_FIRST, SERIAL = "MM/DD/YYYY", "DD/MM/YYYY", "YY-MM-DD", "Excel's day numbers"
ORDERS = (MONTH_FIRST, DAY_FIRST, YEAR_FIRST)
"""The forms between which numbers leave a choice, as `date_format` writes them."""
PLAIN = "YYYY-MM-DD"
"""The form of a column none of whose values leaves a choice."""
SECONDS, MILLISECONDS = "seconds since 1970", "milliseconds since 1970"
COUNTED = {"epoch": SECONDS, "excel": SERIAL}
"""Forms of numbers, by the words of a `date_format`; with "epoch" a number of more than eleven digits counts
milliseconds."""
LAST_SECOND = 2_000_000_000
"""Seconds since 1970 (in May 2033) behind which a number of ten digits is taken for something else: 2027030916 is an
hour."""
TOKENS = {
    "YYYY": "%Y", "RRRR": "%Y", "YY": "%y", "RR": "%y", "MON": "%b", "Mon": "%b", "MM": "%m", "DD": "%d",
    "HH24": "%H", "HH": "%H", "hh": "%H", "MI": "%M", "mm": "%M", "ss": "%S", "SS": "%S", "AM": "%p", "PM": "%p",
    "tt": "%p",
}  # fmt: skip
"""The parts of a `date_format` (ours and Oracle's), and what they are to Python; of two that begin alike the longer."""
SERIALS = range(18_264, 73_051)
"""Excel's day numbers of 1950 to 2099; day 0 is 1899-12-30 (the count has a 29 February 1900)."""
FOR_EVER = 2_958_465
"""Excel's last day, 9999-12-31: what systems write for an end that is open."""
MISTYPED = 20
"""Numbers of one kind in a column, for each of its values that may be no day in any way of writing (99999999)."""
NEVER = frozenset({date(1900, 1, 1)})
"""What programs write where there is no date."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
FULL_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
HOURS = {
    "z": 0, "utc": 0, "gmt": 0, "ut": 0, "zulu": 0, "wet": 0, "west": 1, "bst": 1, "cet": 1, "cest": 2, "eet": 2,
    "eest": 3, "jst": 9, "aest": 10, "aedt": 11,
    "ast": -4, "adt": -3, "est": -5, "edt": -4, "cst": -6, "cdt": -5, "mst": -7, "mdt": -6, "pst": -8, "pdt": -7,
    "akst": -9, "akdt": -8, "hst": -10, "chst": 10, "sst": -11,
    "coordinated universal time": 0, "greenwich mean time": 0,
    "atlantic standard time": -4, "atlantic daylight time": -3, "eastern standard time": -5,
    "eastern daylight time": -4, "central standard time": -6, "central daylight time": -5,
    "mountain standard time": -7, "mountain daylight time": -6, "pacific standard time": -8,
    "pacific daylight time": -7, "alaska standard time": -9, "alaska daylight time": -8,
    "alaskan standard time": -9, "alaskan daylight time": -8, "hawaii standard time": -10,
    "hawaiian standard time": -10, "hawaii-aleutian standard time": -10,
}  # fmt: skip
"""Hours from UTC of the words that stand for a zone."""
PLACES = {
    "et": "America/New_York", "ct": "America/Chicago", "mt": "America/Denver", "pt": "America/Los_Angeles",
    "eastern time": "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles", "us/eastern": "America/New_York", "us/central": "America/Chicago",
    "us/mountain": "America/Denver", "us/pacific": "America/Los_Angeles",
}  # fmt: skip
"""Words for a place's own time, winter or summer by the day."""
CALLED = {
    "eastern time": "America/New_York", "central time": "America/Chicago", "mountain time": "America/Denver",
    "pacific time": "America/Los_Angeles", "arizona": "America/Phoenix", "indiana (east)": "America/Indianapolis",
    "alaska": "America/Anchorage", "hawaii": "Pacific/Honolulu", "atlantic time (canada)": "America/Halifax",
    "coordinated universal time": "Etc/UTC",
}  # fmt: skip
"""What Windows calls zones, without its "(US & Canada)"; in front stands the offset of the winter, all year."""

_MONTH = rf"(?P<month>{'|'.join(FULL_MONTHS)}|{'|'.join((*MONTHS, 'sept'))})\.?"
_WEEKDAY = r"(?:(?P<weekday>mon|tues?|wed(?:nes)?|thu(?:rs?)?|fri|sat(?:ur)?|sun)(?:day)?\.?,? +)?"
_CLOCK = (
    r"(?P<hour>\d{1,2})(?:(?P<between>[:.])(?P<minute>\d{2})(?:(?P=between)(?P<second>\d{2})"
    r"(?:[.,:](?P<fraction>\d{1,9}))?)?)? ?(?P<half>[ap]\.?m\.?(?![a-z]))?"
)
_OFFSET = r"[+-]\d{1,2}(?::?\d{2})?"
_WORD = r"[a-z][a-z_]*(?:[/-][a-z][a-z_]*)*(?: (?:standard|daylight|universal|mean))?(?: time)?"
_WINDOWS = (
    rf" ?(?:\((?:utc|gmt) ?(?P<winter>{_OFFSET})?\) ?|(?:utc|gmt) ?(?P<bare_winter>{_OFFSET}) )?"
    rf"(?P<called>{'|'.join(map(re.escape, CALLED))})(?: \(us (?:&|and) canada\))?"
)
_ZONE = (
    rf"(?:{_WINDOWS}"
    rf"| ?(?:\(?(?:utc|gmt)? ?(?P<offset>{_OFFSET})\)?(?: ?\(?(?P<beside>{_WORD})\)?)?|\(?(?P<zone>{_WORD})\)?)"
    rf"(?: ?[\[(](?P<place>{_WORD})[\])])?)"
)
_BARE = r"(?P<bare>z|[+-]\d{2}:\d{2})"
_TAIL = rf"(?:(?:t|:|,? +(?:at +)?){_CLOCK}(?:{_ZONE})?|{_BARE})?"
_YEAR = r"(?P<year>\d{4}|\d{2})"
_SHAPES = tuple(
    re.compile(shape)
    for shape in (
        rf"{_WEEKDAY}(?P<year>\d{{4}})(?P<mark>[-/.])(?P<number>\d{{1,2}})(?P=mark)(?P<day>\d{{1,2}}){_TAIL}",
        rf"(?P<year>\d{{4}})(?P<number>\d{{2}})(?P<day>\d{{2}}){_TAIL}",
        r"(?P<year>\d{4})(?P<number>\d{2})(?P<day>\d{2})[t ]?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})"
        rf"(?:[.,](?P<fraction>\d{{1,9}}))?(?P<half>)(?:{_ZONE})?",
        rf"{_WEEKDAY}(?P<first>\d{{1,2}})(?P<mark>[-/.])(?P<other>\d{{1,2}})(?P=mark){_YEAR}{_TAIL}",
        rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[-/ .]*{_MONTH}[-/ ,.]*{_YEAR}{_TAIL}",
        rf"{_WEEKDAY}{_MONTH}[- /]?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?[-/ ]+(?P<year>\d{{4}}){_TAIL}",
        rf"{_WEEKDAY}{_MONTH} (?P<day>\d{{1,2}}),? {_CLOCK}(?:{_ZONE})? (?P<year>\d{{4}})",
        rf"{_WEEKDAY}(?P<year>\d{{4}})[-/ ]{_MONTH}[-/ ](?P<day>\d{{1,2}}){_TAIL}",
    )
)
"""Ways to write a day: with the year first, in one number, in one number with the time, in numbers of unknown order,
day and month's name, month's name and day, the same with the year behind the time, year and month's name."""
_ISO = re.compile(r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d{1,6})?)?(?:Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_EPOCH = re.compile(r"(?P<seconds>1\d{9}(?:\.\d{1,9})?)|(?P<millis>1\d{12}(?:\.0+)?)", re.ASCII)
_COUNT = re.compile(r"-?\d{1,16}(?:\.\d{1,9})?", re.ASCII)
_BETWEEN = re.compile(r"(?<!\d)\d{1,2}(?P<mark>[-/.])\d{1,2}(?P=mark)\d")
_FOR_EVER = re.compile(rf"{FOR_EVER}(?:\.0*)?")
_SERIAL = re.compile(r"(?P<day>\d{5})(?:\.0*+(?P<part>\d*))?")


@dataclass(frozen=True, slots=True)
class When:
    """A value as it is written: a day, a time of it (midnight where it has none) and a zone (None: not said)."""

    day: date
    at: time
    zone: tzinfo | None

    def __str__(self) -> str:
        """The value in ISO 8601: a day, or a time with its zone where it has one."""
        if self.at == time() and self.zone is None:
            return self.day.isoformat()
        return datetime.combine(self.day, self.at, self.zone).isoformat()

    def moment(self, zone: tzinfo) -> datetime:
        """Aware UTC; a day so far away that UTC has no date for it is its own midnight."""
        written = datetime.combine(self.day, self.at, self.zone or zone)
        try:
            return written.astimezone(UTC)
        except OverflowError:
            return written.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class DayForm:
    """How the values of a column are to be read. `name` is one of ORDERS, PLAIN, SERIAL, SECONDS or MILLISECONDS; empty
    where no one form fits all. `orders` says it for the values with each mark between their numbers ("/", "-", "."),
    as far as these decide it; a mark is not there where nobody can tell: then several forms fit all its values
    (`between`, with a value that leaves the choice as `example`), or none does, and only what has one meaning by itself
    is read. `stated` is the `date_format` of audit.toml, where there is one.
    """

    name: str = ""
    stated: str = ""
    between: tuple[str, ...] = ()
    example: str = ""
    orders: tuple[tuple[str, str], ...] = ()

    def order(self, mark: str) -> str:
        """The order of values with this mark between their numbers, empty where it is not known."""
        return dict(self.orders).get(mark, self.name if self.name in ORDERS else "")

    def read(self, text: str) -> When | None:
        """The value as it is written, None where it is not in this form or has more than one meaning."""
        written = plain(text)
        if self.stated and (found := _stated(written, self.stated)):
            return found
        if self.stated in COUNTED:
            found = _serial(written) if self.name == SERIAL else _counted(written)
            return found or next((when for order, when in _readings(written) if not order), None)
        if self.name == SERIAL:
            return _serial(written)
        if self.name in {SECONDS, MILLISECONDS}:
            return _counted(written) if _EPOCH.fullmatch(written) else None
        if found := _iso(written):
            return found
        known = self.name or self.order(mark_in(written))
        meanings = {when for order, when in _readings(written) if not known or order in {"", known}}
        return meanings.pop() if len(meanings) == 1 else None

    def moment(self, text: str, zone: tzinfo = UTC) -> datetime | None:
        """A day or time as aware UTC, None where it cannot be read; one without a zone is in `zone`, a day midnight."""
        found = self.read(text)
        return found.moment(zone) if found else None

    def day(self, text: str) -> date | None:
        """The day as it is written (no zone applied), None where it cannot be read."""
        found = self.read(text)
        return found.day if found else None


ALONE = DayForm()
"""Reads a value by itself, without its column."""


class DayColumn:
    """What the values of one column have in common, value by value; none of them is kept."""

    # Not DuckDB's sniff_csv, which always chooses: 03/04/2026 and 05/06/2026 it reads day first, 03/04/26 year first.
    # A wrong day is a wrong finding; here such a column stays undecided, and audit.toml is asked.

    def __init__(self, until: datetime | None = None) -> None:
        """A column of which nothing has been seen. Seconds since 1970 are none behind `until` (aware)."""
        self.fit: dict[str, set[str]] = {}
        self.examples: dict[str, str] = {}
        self.numbers: Counter[str] = Counter()
        self.others = 0
        self.no_days = 0
        self.last = until.timestamp() if until else LAST_SECOND

    def see(self, value: str) -> None:
        """Take one more value into account. One that no form fits is left aside: reading it will give None."""
        written = plain(value)
        if not written:
            return
        if _serial(written) is not None:
            self.numbers[SERIAL] += 1
        elif (counted := _EPOCH.fullmatch(written)) and _seconds(written) <= self.last:
            self.numbers[SECONDS if counted["seconds"] else MILLISECONDS] += 1
        else:
            readings = dict(_readings(written))
            self.others += bool(readings)
            self.no_days += not (readings or is_error(written) or says_nothing(written))
            self._see_order(written, readings)

    def _see_order(self, written: str, readings: Mapping[str, When]) -> None:
        if readings and "" not in readings:
            mark = mark_in(written)
            self.fit.setdefault(mark, set(ORDERS)).intersection_update(readings)
            if len(set(readings.values())) > 1:
                self.examples.setdefault(mark, written)

    def form(self, stated: str = "") -> DayForm:
        """The form of what was seen. Numbers that count days or seconds are one only where no value is a day in another
        way of writing, and few are none at all; a column without a value that leaves a choice has the form PLAIN. The
        order of day and month is decided by values with the same mark between their numbers. `stated` is the
        `date_format` of audit.toml."""
        if stated in COUNTED:
            return DayForm(COUNTED[stated], stated)
        if len(self.numbers) == 1 and not self.others and self.no_days * MISTYPED <= self.numbers.total():
            return DayForm(next(iter(self.numbers)), stated)
        if stated:
            return DayForm(order_of(stated), stated)
        if not self.fit:
            return DayForm(PLAIN)
        orders = tuple((mark, next(iter(fit))) for mark, fit in self.fit.items() if len(fit) == 1)
        names = {order for _, order in orders}
        name = names.pop() if len(names) == 1 and len(orders) == len(self.fit) else ""
        open_ = next((mark for mark, fit in self.fit.items() if len(fit) != 1 and mark in self.examples), None)
        if open_ is None:
            return DayForm(name, orders=orders)
        between = tuple(order for order in ORDERS if order in self.fit[open_])
        return DayForm(between=between, example=self.examples[open_], orders=orders)


def form_of(values: Iterable[str], stated: str = "") -> DayForm:
    """The form of a column, by all its values (one pass, none is kept), or by the `date_format` that audit.toml states.

    Raises ValueError for a `date_format` that is none.
    """
    column = DayColumn()
    for value in values:
        column.see(value)
    return column.form(check_form(stated) if stated else "")


@lru_cache(maxsize=64)
def form(stated: str) -> DayForm:
    """The form that audit.toml states; without one, each value is read by itself. Raises ValueError for no form."""
    return form_of((), stated) if stated else ALONE


def check_form(stated: str) -> str:
    """A `date_format` of audit.toml ("MM/DD/YYYY", "DD.MM.YYYY hh:mm", "%d/%m/%Y"); ValueError where it is none."""
    if stated in COUNTED:
        return stated
    pattern, probe = _strptime(stated), datetime(2031, 12, 28, 13, 14, 15, tzinfo=UTC)
    if datetime.strptime(probe.strftime(pattern), pattern).date() != probe.date():  # noqa: DTZ007  (only its day counts)
        raise ValueError(stated)
    return stated


def order_of(stated: str) -> str:
    """The order of day, month and year in a `date_format`, as one of ORDERS or PLAIN."""
    pattern = _strptime(stated)
    at = {name: max(pattern.find(mark) for mark in marks) for name, marks in _PARTS.items()}
    if at["year"] < min(at["month"], at["day"]):
        return YEAR_FIRST if "%y" in pattern else PLAIN
    return MONTH_FIRST if at["month"] < at["day"] else DAY_FIRST


def leaves_choice(text: str) -> bool:
    """Whether a value cannot be read without its column: it has several meanings, or is a number that may count."""
    if text[4:5] == "-" and text.isascii():  # ISO 8601, which nearly every export writes
        return False
    written = plain(text)
    return _may_count(written) or len({when for _, when in _readings(written)}) > 1


def is_number(text: str) -> bool:
    """Whether a value may be a number that counts days or seconds, which only its column can say."""
    return _may_count(plain(text))


WAYS = (
    (re.compile(r"^\d{4}[-/. ]\d"), PLAIN),
    (re.compile(r"^\d{8}(?!\d)"), "YYYYMMDD"),
    (re.compile(r"^\d{14}"), "YYYYMMDDhhmmss"),
    (re.compile(rf"(?i:\b(?:{'|'.join(MONTHS)}))"), "the month's name"),
)
"""What of a value shows the way in which it is written, for `way_of`."""


def way_of(text: str) -> str:
    """In which way a day is written, in words; empty where it is in none that is known. Numbers of unknown order are
    told with their mark: "NN/NN/YYYY"."""
    if text[4:5] == "-" and text.isascii():
        return PLAIN
    written = plain(text)
    if mark := mark_in(written):
        return f"NN{mark}NN{mark}YYYY"
    if _may_count(written):
        counted = _EPOCH.fullmatch(written)
        return SERIAL if counted is None else SECONDS if counted["seconds"] else MILLISECONDS
    return next((way for shape, way in WAYS if shape.search(written)), "")


def _may_count(written: str) -> bool:
    return written[:5].isdigit() and (_serial(written) is not None or _EPOCH.fullmatch(written) is not None)


def mark_in(text: str) -> str:
    """What stands between the numbers of a day of unknown order ("/", "-", "."); empty for other values."""
    found = _BETWEEN.search(text)
    return found["mark"] if found else ""


_PARTS = {"year": ("%Y", "%y"), "month": ("%m", "%b", "%B"), "day": ("%d",)}


def _readings(written: str) -> Iterator[tuple[str, When]]:
    """Its meanings: for each of ORDERS that fits; once, under "", where its way of writing leaves no choice."""
    if when := _iso(written):
        yield "", when
        return
    text = " ".join(written.casefold().replace("−", "-").split())
    for shape in _SHAPES:
        if found := shape.fullmatch(text):
            parts = found.groupdict()
            if "first" not in parts:
                number = parts.get("number") or _month(parts["month"])
                if when := _when(parts, _year(parts["year"]), int(number), int(parts["day"])):
                    yield "", when
                return
            one, two, last = int(parts["first"]), int(parts["other"]), parts["year"]
            yield from _ordered(parts, one, two, last)
            return


def _iso(written: str) -> When | None:
    """What the first of _SHAPES gives for plain ISO 8601, as nearly every export has it, at a fraction of its cost."""
    if not _ISO.fullmatch(written):
        return None
    with suppress(ValueError):
        found = datetime.fromisoformat(written)
        if found.year >= 1900 and found.date() not in NEVER:
            return When(found.date(), found.time(), found.tzinfo)
    return None


def _ordered(parts: dict[str, str | None], one: int, two: int, last: str | None) -> Iterator[tuple[str, When]]:
    assert last is not None
    if when := _when(parts, _year(last, one, two), one, two):
        yield MONTH_FIRST, when
    if when := _when(parts, _year(last, two, one), two, one):
        yield DAY_FIRST, when
    if len(last) == 2 and parts["mark"] == "-":
        year, day = _year(f"{one:02}", two, int(last)), int(last)
        if when := _when(parts, year, two, day):
            yield YEAR_FIRST, when


def _when(parts: dict[str, str | None], year: int, month: int, day: int) -> When | None:
    """The value, None where its parts make no day or time or contradict each other."""
    with suppress(ValueError, OverflowError):
        on, at = date(year, month, day), _clock(parts)
        zone = _zone(parts, on, at)
        weekday = parts.get("weekday")
        if year >= 1900 and on not in NEVER and (not weekday or WEEKDAYS[on.weekday()].startswith(weekday)):
            return When(on, at, zone)
    return None


def _year(text: str | None, month: int = 0, day: int = 0) -> int:
    """A year of four digits, or of two where they have one meaning; 0 where they have not."""
    assert text is not None
    year = int(text)
    if len(text) == 4:
        return year
    if year <= 40:
        return 2000 + year
    return 1900 + year if year >= 70 and (year, month, day) != (99, 12, 31) else 0


def _month(word: str | None) -> int:
    assert word is not None
    return MONTHS.index(word[:3]) + 1


def _clock(parts: dict[str, str | None]) -> time:
    """The time of day; ValueError where it is none ("15:04 AM", "25:00", an hour alone)."""
    if not parts.get("hour"):
        return time()
    hour, minute, second = (int(parts.get(name) or 0) for name in ("hour", "minute", "second"))
    half = (parts.get("half") or "").replace(".", "")
    if not half and parts.get("minute") is None:
        raise ValueError("an hour alone is no time")
    if half and ((hour == 0 and half == "pm") or (hour > 12 and half == "am")):
        raise ValueError("the hour contradicts AM or PM")
    if half and hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    return time(hour, minute, second, int((parts.get("fraction") or "0").ljust(6, "0")[:6]))


def _zone(parts: dict[str, str | None], on: date, at: time) -> tzinfo | None:
    """The zone of a value; ValueError where it is not known, or where two of its words contradict each other."""
    if parts.get("called"):
        return _called(parts)
    offset, words = parts.get("offset") or parts.get("bare"), [parts.get(name) for name in ("zone", "beside", "place")]
    zones = [_named(word) for word in words if word]
    if offset:
        zones.append(_named(offset) if offset == "z" else _shifted(offset))
    if not zones:
        return None
    written = datetime.combine(on, at)
    if len({zone.utcoffset(written) for zone in zones}) > 1:
        raise ValueError("the zone is given twice, and not alike")
    return zones[-1]


def _called(parts: dict[str, str | None]) -> tzinfo:
    """The zone of a name that Windows gives it; ValueError where the offset in front of it is another zone's."""
    zone, winter = _in_table(CALLED[parts["called"] or ""]), parts.get("winter") or parts.get("bare_winter")
    if winter and _shifted(winter).utcoffset(None) != zone.utcoffset(datetime(2026, 1, 1)):  # noqa: DTZ001
        raise ValueError("the name of the zone and its offset contradict each other")
    return zone


def _shifted(offset: str) -> timezone:
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits), 0) if len(digits) <= 2 else (int(digits[:-2]), int(digits[-2:]))
    if hours > 14 or minutes > 59:
        raise ValueError("no zone is so far from UTC")
    shift = timedelta(hours=hours, minutes=minutes)
    return timezone(-shift if offset[0] == "-" else shift)


def _named(word: str) -> tzinfo:
    if word in HOURS:
        return timezone(timedelta(hours=HOURS[word]))
    parts = ("US" if part == "us" else part.title() for part in word.split("/"))
    return _in_table(PLACES.get(word, "/".join(parts) if "/" in word else ""))


def _in_table(name: str) -> ZoneInfo:
    """A zone of the table of zones; ValueError where it has none of this name, or is not there."""
    try:
        return ZoneInfo(name)
    except (OSError, KeyError) as fault:  # no such zone, or no table of zones on this machine
        raise ValueError("no zone has this name") from fault


def _serial(written: str) -> When | None:
    """One of Excel's day numbers, with the time as its fraction, to the second."""
    if _FOR_EVER.fullmatch(written):
        return When(date.max, time(), None)
    if not written[:5].isdigit() or not (found := _SERIAL.fullmatch(written)) or int(found["day"]) not in SERIALS:
        return None
    seconds = round(float(written) % 1 * 86_400)
    at = datetime(1899, 12, 30, tzinfo=UTC) + timedelta(days=int(found["day"]), seconds=seconds)
    return When(at.date(), at.time(), None)


def _seconds(written: str) -> float:
    """A number of seconds, milliseconds or microseconds, by its size, in seconds."""
    count = float(written)
    return count / (1e6 if abs(count) >= 1e14 else 1e3 if abs(count) >= 1e11 else 1)


def _counted(written: str) -> When | None:
    """A number of seconds or milliseconds since 1970, as UTC; 0 is what programs write where there is no time."""
    if not _COUNT.fullmatch(written) or not float(written):
        return None
    try:
        at = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=_seconds(written))
    except OverflowError:
        return None
    return When(at.date(), at.time(), UTC) if at.year >= 1900 and at.date() not in NEVER else None


def _stated(written: str, stated: str) -> When | None:
    """A value read to the letter by `date_format`; years of two digits as everywhere."""
    if stated in COUNTED:
        return None
    pattern = _strptime(stated)
    try:
        found = datetime.strptime(written, pattern)  # noqa: DTZ007  (the zone is the caller's business)
    except ValueError:
        return None
    if "%y" in pattern and "%Y" not in pattern:
        year = _year(f"{found.year % 100:02}", found.month, found.day)
        if not year:
            return None
        found = found.replace(year=year)
    return When(found.date(), found.time(), found.tzinfo) if found.year >= 1900 and found.date() not in NEVER else None


def _strptime(stated: str) -> str:
    """A `date_format` as Python writes it; mm/dd/yyyy, as spreadsheets write it, means the same as MM/DD/YYYY."""
    if "%" in stated:
        return stated
    if "yy" in stated:
        stated = re.sub(r"^[^T\s]+", lambda day: day[0].upper(), stated)
    tokens = "|".join(sorted(TOKENS, key=len, reverse=True))
    return re.sub(tokens, lambda token: TOKENS[token[0]], stated)
