"""`explain`: a finding is found by what somebody has at hand; where several are meant, they are listed."""

from __future__ import annotations

from pathlib import Path

import pytest

from audit.cli import main
from tests.states import State, account

URL = "https://x.com/BusyBirch7"


@pytest.fixture
def config(state: State) -> Path:
    state.accounts["export"] = [
        account("BusyBirch7", url=URL, registered_email="ada.thibodeau@maine.gov", emails="ada.thibodeau@maine.gov"),
        account("quietpine42", registered_email="lee.ouellette@maine.gov"),
    ]
    state.night()
    return state.write()


def explained(config: Path, what: str, capsys: pytest.CaptureFixture[str]) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["explain", what, "--config", str(config)])
    printed = capsys.readouterr()
    return code, printed.out + printed.err


def ids(config: Path) -> list[str]:
    lines = (config.parent / "out" / "latest" / "findings.jsonl").read_text(encoding="utf-8").splitlines()
    return [line.split('"')[3] for line in lines]


@pytest.mark.parametrize(
    "what", ["quietpine42", "@QuietPine42", "lee.ouellette@maine.gov", "Lee.Ouellette@state.me.us", " quietpine42 "]
)
def test_one_is_told_whatever_it_is_known_by(config: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = explained(config, what, capsys)
    assert code == 0
    assert "Lee Ouellette" in printed
    assert "Does not prove" in printed


def test_a_seat_that_only_its_private_address_names(state: State, capsys: pytest.CaptureFixture[str]) -> None:
    seats = [{"platform": "metabusiness", "registered_email": f"{name}@example.org"} for name in ("quill", "marsh")]
    state.accounts["seats"], state.options["seats"] = seats, 'purpose = "work"'
    state.night()
    code, printed = explained(state.write(), "Quill@example.org", capsys)
    assert (code, printed.startswith("R-5-")) == (0, True)
    assert "metabusiness quill@example.org" in explained(state.write(), "R-5", capsys)[1]


def test_an_id_and_any_beginning_that_leaves_no_doubt(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for whole in ids(config):
        for what in (whole, whole.lower(), whole[:-1], whole[:9]):
            code, printed = explained(config, what, capsys)
            assert (code, printed.startswith(f"{whole}: ")) == (0, True), what


@pytest.mark.parametrize("what", ["busybirch7", URL, "x.com/busybirch7", "ada.thibodeau@maine.gov"])
def test_several_are_listed_with_their_ids(config: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = explained(config, what, capsys)
    assert code == 0
    assert "2 findings" in printed
    listed = {line.split()[0] for line in printed.splitlines() if line.startswith("  ")}
    assert len(listed & set(ids(config))) == 2
    assert "Does not prove" not in printed


def test_a_beginning_of_several_ids_lists_them(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2 findings" in explained(config, "E-1", capsys)[1]


@pytest.mark.parametrize("what", ["", " ", "nobody", "E-9", "none@maine.gov", "@"])
def test_what_nothing_is_known_by_is_said(config: Path, what: str, capsys: pytest.CaptureFixture[str]) -> None:
    code, printed = explained(config, what, capsys)
    assert code == 64
    assert "Copy an id" in printed
