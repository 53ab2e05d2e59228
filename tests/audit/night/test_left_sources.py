"""What came from a source that stands in audit.toml no more: kept for a while, told each night, and then forgotten."""

from datetime import UTC, date, datetime

import pytest

from audit.cli import main
from audit.ledger import Ledger
from tests.states import DAY, State, account, written

FIRST, SECOND, LATE = date(2019, 3, 1), date(2019, 3, 2), date(2026, 11, 20)
SEEN = {"observed_at": "2019-02-28T02:00:00Z"}


@pytest.fixture
def left(state: State) -> State:
    """A night with two sources; then one of them is taken out."""
    state.accounts["gossip"] = [
        account("tidyfern", registered_email="ada.thibodeau@maine.gov", **SEEN),
        account("MaineDOT_x", **SEEN),
    ]
    state.accounts["more"] = [account("other", registered_email="lee.ouellette@maine.gov", **SEEN)]
    state.options |= dict.fromkeys(("gossip", "more"), 'registration = "verified"')
    state.night(FIRST)
    del state.accounts["gossip"]
    return state


def test_it_is_told_and_neither_resolved_nor_rechecked(left: State) -> None:
    night = left.night(SECOND)
    (told,) = (problem for problem in night.problems if problem.source == "gossip")
    assert "no longer in audit.toml" in told.reason
    assert "2019-03-01" in told.reason
    assert {one.status for one in night.findings if one.handle == "tidyfern"} == {"not rechecked"}
    assert [problem.source for problem in left.night(SECOND).problems if problem.source == "more"] == []


def test_purge_forgets_it_and_only_it(
    left: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("audit.cli.now", lambda: datetime(2029, 11, 20, tzinfo=UTC))
    left.night(SECOND)
    left.night(LATE)
    assert main(["purge", "--yes", "--config", str(left.write()), "--as-of", "2020-12-01"]) == 0  # too early
    assert "gossip" in capsys.readouterr().out
    with Ledger(left.folder / "out" / "ledger.sqlite") as ledger:
        assert {one.finding.handle for one in ledger.findings.past().values()} >= {"tidyfern", "other"}
    assert main(["purge", "--yes", "--config", str(left.write()), "--as-of", LATE.isoformat()]) == 0
    printed = capsys.readouterr().out
    assert "The source gossip is no longer in audit.toml" in printed
    with Ledger(left.folder / "out" / "ledger.sqlite") as ledger:
        assert {one.finding.handle for one in ledger.findings.past().values()} == {"other"}
    assert main(["report", "--config", str(left.write())]) == 0
    assert main(["verify", "--config", str(left.write())]) == 0
    left.night(date(2026, 11, 21))
    assert main(["purge", "--yes", "--config", str(left.write()), "--as-of", "2029-11-20"]) == 0
    assert b"tidyfern" not in written(left.folder / "out")
    assert main(["verify", "--config", str(left.write())]) == 0


def test_a_source_that_is_back_is_as_before(left: State) -> None:
    left.night(SECOND)
    left.accounts["gossip"] = [
        account("tidyfern", registered_email="ada.thibodeau@maine.gov", **SEEN),
        account("MaineDOT_x", **SEEN),
    ]
    night = left.night(date(2019, 3, 3))
    assert {one.status for one in night.findings if one.handle == "tidyfern"} == {"open"}
    assert [problem for problem in night.problems if problem.source == "gossip"] == []


def test_a_decided_finding_keeps_its_words_until_then(left: State) -> None:
    night = left.night(DAY)
    assert any(one.handle == "tidyfern" for one in night.findings)
