"""Names and messages of others are words: none of them moves a cursor, clears a screen or writes a line of the log."""

from __future__ import annotations

import logging

import pytest

from audit import cli
from audit.verbs.console import OneLine, plain_words, put
from connectors.contract import SourceDown
from tests.states import State, account

HURTFUL = "\x1b[2J\x1b]0;owned\x07", "a\rb", "\x9b31m", "\u202egnp.exe", "x\u2028y", "\udcff", "\x00", "\x7f"


@pytest.mark.parametrize("words", HURTFUL, ids=ascii)
def test_letters_that_steer_do_not_reach_the_console(words: str, capsys: pytest.CaptureFixture[str]) -> None:
    put(words)
    put(words, error=True)
    printed = "".join(capsys.readouterr())
    assert not set(printed) & set("\x1b\x07\r\x9b\u202e\u2028\udcff\x00\x7f")
    assert "\ufffd" in printed
    printed.encode()


def test_words_of_every_script_stay() -> None:
    words = "Zoë\tŁukasz\n日本 שלום 🌲"
    assert plain_words(words) == words


def test_a_record_is_one_line_of_the_log() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 1, "%s: done", ("hr\n12:00:00 all well\x1b[1m",), None)
    assert OneLine("%(message)s").format(record) == "hr 12:00:00 all well\ufffd[1m: done"


def test_a_fault_in_hostile_words_is_told_without_them(
    state: State, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    state.accounts["export"] = [account("fernx")]

    def refused(*_: object, **__: object) -> None:
        raise SourceDown("the sheet '\x1b[2Jall is well\x07' cannot be read")

    monkeypatch.setattr(cli, "run", refused)
    assert cli.main(["run", "--config", str(state.write()), "--as-of", "2026-11-20"]) == cli.Exit.INPUT_UNUSABLE
    told = capsys.readouterr().err
    assert "all is well" in told
    assert not set(told) & set("\x1b\x07")
