"""Reading one source: every item is counted once, and everything that is dropped for a reason."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from audit.ledger import Ledger
from audit.model.night import PullStatus
from audit.model.settings import SourceSettings
from audit.night.healthy import healthy_records
from audit.night.pull import NO_TIE, OUT_OF_SCOPE, open_source
from connectors import accounts_csv
from connectors.contract import BadRow, Dropped, Expect, Item, Raw, Rejected, Remark, Source, SourceDown
from connectors.records import Account

NOW = datetime(2026, 11, 20, tzinfo=UTC)
WORDS = ["kept", "other", "other", "guest", "broken", "kept"]


def fetch(source: Source) -> Iterator[Item]:
    for number, word in enumerate(WORDS):
        yield Raw({"platform": "x", "handle": word}, source.name, f"a:{number}", "0", NOW)
    yield Rejected("a:9", "ragged")
    yield Dropped(40)
    yield from (Dropped(count, "sender not on the list") for count in (100, 20))
    if source.options.get("fails"):
        raise SourceDown("the rest is gone")


def parse(raw: Raw) -> Account | None:
    if raw.values["handle"] == "broken":
        raise BadRow("no good")
    return None if raw.values["handle"] == "guest" else accounts_csv.parse(raw)


@pytest.mark.parametrize("fails", [False, True])
def test_counts_by_reason_add_up_and_are_kept(tmp_path: Path, fails: bool) -> None:
    connector = replace(accounts_csv.CONNECTOR, fetch=fetch, parse=parse)
    reading = open_source(SourceSettings("mail", connector, {"fails": fails}, Expect()), tmp_path, NOW, None)
    try:
        kept = list(healthy_records(reading, lambda record: getattr(record, "handle", "") == "kept"))
        pull = reading.pull()
        assert len(kept) == 2
    except SourceDown as fault:
        pull = reading.pull(PullStatus.NOT_JUDGED, str(fault))
    assert (pull.read, pull.kept, pull.rejected, pull.dropped) == (167, 2, 2, 163)
    assert dict(pull.dropped_by_reason) == {"sender not on the list": 120, NO_TIE: 42, OUT_OF_SCOPE: 1}
    assert pull.dropped_by_reason[0] == ("sender not on the list", 120)
    with Ledger(tmp_path / "ledger.sqlite") as ledger:
        run_id = ledger.begin(date(2026, 11, 20), NOW)
        with ledger.transaction():
            ledger.sources.record_pull(run_id, pull)
        assert ledger.sources.pulls(run_id) == (pull,)


@pytest.mark.parametrize("count", [0, 1, 4])
def test_a_remark_is_told_and_is_no_row(tmp_path: Path, count: int) -> None:
    def remarked(source: Source) -> Iterator[Item]:
        yield from (Remark(f"b.csv:{number}", "a line of totals", unread=number == 0) for number in range(count))
        yield Rejected("b.csv:7", "ragged")

    connector = replace(accounts_csv.CONNECTOR, fetch=remarked, parse=parse)
    reading = open_source(SourceSettings("list", connector, {}, Expect(at_least=0)), tmp_path, NOW, None)
    with pytest.raises(SourceDown, match=r"1 of 1 rows could not be read, the first at b\.csv:7: ragged"):
        list(healthy_records(reading))
    assert (reading.read, reading.rejected, reading.unread) == (1, 1, min(count, 1))
    assert [problem.where for problem in reading.problems] == [*(f"b.csv:{n}" for n in range(count)), "b.csv:7"]
