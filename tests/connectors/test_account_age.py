from datetime import UTC, datetime

import pytest

from connectors.account_age import time_opened
from connectors.contract import Raw
from tests.loopback import NOON

RAW = Raw({}, "social", "/accounts/1", "0" * 64, NOON)

TIMES = [
    # (as it is written, when that is)
    ("2022-05-08T18:18:53.221Z", datetime(2022, 5, 8, 18, 18, 53, 221000, tzinfo=UTC)),
    ("2022-05-08T18:18:53+14:00", datetime(2022, 5, 8, 4, 18, 53, tzinfo=UTC)),
    ("2022-05-08", datetime(2022, 5, 8, tzinfo=UTC)),
    ("2026-11-21T23:00:00-12:00", datetime(2026, 11, 22, 11, tzinfo=UTC)),
    (datetime(2020, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)),
    ("", None),
    (None, None),
]


@pytest.mark.parametrize(("written", "when"), TIMES)
def test_a_time(written, when):
    assert time_opened(RAW, written) == {"created_at": when, "unread": (), "notes": ()}


UNKNOWN = [
    ("yesterday", "no time that can be read"),
    ("1583020800", "no time that can be read"),
    ("-0001-11-30T00:00:00+00:00", "no time that can be read"),
    ("0001-01-01T00:00:00Z", "before there were such accounts"),
    ("1970-01-01T00:00:00.000Z", "before there were such accounts"),
    (datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC), "before there were such accounts"),
    ("2031-01-01T00:00:00Z", "after the day that is judged"),
]


@pytest.mark.parametrize(("written", "why"), UNKNOWN)
def test_a_time_that_is_none_is_unknown_and_told(written, why):
    found = time_opened(RAW, written)
    assert (found["created_at"], found["unread"]) == (None, ("created_at",))
    assert why in found["notes"][0]
