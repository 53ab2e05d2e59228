"""`purge`: what would go is shown, and goes when somebody says yes, or a schedule has said so."""

from __future__ import annotations

import io
import os
from datetime import UTC, date, datetime, timedelta

import pytest

from audit.cli import main
from audit.ledger import Ledger
from audit.night.lock import only_run_in
from audit.night.rehearsal import FOLDER
from tests.states import DAY, State, account

LATE = DAY + timedelta(days=800)


class Terminal(io.StringIO):
    """Somebody who types at a terminal."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def old(state: State, monkeypatch: pytest.MonkeyPatch) -> State:
    """A finding that was resolved long ago, with what lies beside it."""
    monkeypatch.setattr("audit.cli.now", lambda: datetime.combine(LATE, datetime.min.time(), UTC))
    state.accounts["export"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov"), account("other")]
    state.night()
    state.accounts["export"] = [account("other")]
    state.night(DAY + timedelta(days=1))
    out = state.folder / "out"
    (out / "disclosures.jsonl").write_text('{"at": "2020-01-01"}\n{"at": "2028-12-31"}\n{"at": "20')
    for path in (out / "reviews read" / "a.xlsx", out / FOLDER / "2040-01-01" / "run.json"):
        path.parent.mkdir(parents=True)
        path.write_text("{}")
        for aged in (path, path.parent):
            os.utime(aged, (datetime(2020, 1, 1, tzinfo=UTC).timestamp(),) * 2)
    state.write()
    return state


def purge(state: State, *more: str, day: date = LATE) -> int:
    return main(["purge", "--config", str(state.folder / "audit.toml"), "--as-of", day.isoformat(), *more])


def kept(state: State) -> list[str]:
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        return [one.finding.handle for one in ledger.findings.past().values()]


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", Terminal(text))
    monkeypatch.setattr("sys.stderr", Terminal())


@pytest.mark.parametrize("answer", ["", "\n", "n\n", "no\n", "yesterday\n"])
def test_what_would_go_is_shown_and_stays_without_a_yes(
    old: State, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = {path: path.read_bytes() for path in (old.folder / "out").rglob("*") if path.is_file()}
    typed(monkeypatch, answer)
    assert purge(old) == 0
    printed = capsys.readouterr().out
    for words in ("1  findings", "1  night folders", "1  rehearsals", "1  archived review files", "1  disclosures",
                  "from 2026-11-20 to 2026-11-20", "before 2027-01-29", "Nothing was removed."):  # fmt: skip
        assert words in printed
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("answer", ["y\n", "Yes\n"])
def test_a_yes_removes_it(
    old: State, answer: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, answer)
    assert purge(old) == 0
    assert "1 findings" in capsys.readouterr().out.splitlines()[-1]
    left = {path.relative_to(old.folder / "out").as_posix() for path in (old.folder / "out").rglob("*.*")}
    assert not [name for name in left if name.startswith(("2026-11-20", "reviews read", f"{FOLDER}/2"))]
    assert (old.folder / "out" / "latest" / "audit.xlsx").exists(), "what people open stays until the next night"
    assert (old.folder / "out" / "disclosures.jsonl").read_text() == '{"at": "2028-12-31"}\n{"at": "20'
    assert kept(old) == []
    assert main(["verify", "--config", str(old.folder / "audit.toml")]) == 0
    old.night(DAY + timedelta(days=2))
    assert purge(old, "--yes") == 0
    assert not (old.folder / "out" / "2026-11-21").exists()


def test_with_nobody_to_ask_it_names_the_word_that_schedules_give(
    old: State, capsys: pytest.CaptureFixture[str]
) -> None:
    assert purge(old) == 64
    said = capsys.readouterr()
    assert "--yes" in said.err
    assert "1  findings" in said.out
    assert kept(old) == ["busybirch7"]
    assert purge(old, day=date(2019, 1, 1)) == 64  # a schedule without the word fails at once, not in two years
    assert "nothing that is counted" in capsys.readouterr().out
    assert purge(old, "--yes") == 0
    assert kept(old) == []


def test_a_question_that_waits_is_in_no_night_s_way(old: State, monkeypatch: pytest.MonkeyPatch) -> None:
    class Slow(Terminal):
        def readline(self, *_: int | None) -> str:  # type: ignore[override]
            with only_run_in(old.folder / "out"):
                return "n\n"

    typed(monkeypatch, "")
    monkeypatch.setattr("sys.stdin", Slow())
    assert purge(old) == 0


def test_a_day_to_come_is_refused(old: State, capsys: pytest.CaptureFixture[str]) -> None:
    assert purge(old, "--yes", day=LATE + timedelta(days=2)) == 64
    assert "lies in the future" in capsys.readouterr().err
    assert (old.folder / "out" / DAY.isoformat()).exists()


def test_a_source_that_was_taken_out_is_named_before(
    old: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    old.accounts["export"] = [account("tidyfern", registered_email="lee.ouellette@maine.gov")]
    old.night(DAY + timedelta(days=2))
    old.accounts["other"] = old.accounts.pop("export")
    old.write()
    typed(monkeypatch, "n\n")
    assert purge(old) == 0
    printed = capsys.readouterr().out
    assert "The source export is no longer in audit.toml" in printed
    assert "go as well" in printed
