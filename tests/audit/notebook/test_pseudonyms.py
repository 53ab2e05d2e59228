"""Stand-ins: nothing of a name stays, and the same one means the same everywhere."""

import dataclasses
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import audit
from audit.notebook.load import Frames
from audit.notebook.pseudonyms import PLAIN, WITHHELD, _stand_ins, pseudonymous
from tests.states import DAY, State, account, person

TABLES = ("findings", "evidence", "sources", "coverage", "sweeps", "cases", "changes", "runs", "dispositions")
SECRET = "nobody's business"
NAMES = re.compile(
    "thibodeau|ouellette|birch|pine42|xylander|quillan|00017|00018|9000\\d{6}|maine.gov|larkspurre|whispered|tattle|"
    "crew of bridges",
    re.IGNORECASE,
)


@pytest.fixture(scope="module")
def state(tmp_path_factory: pytest.TempPathFactory) -> State:
    """Every kind of word that may name somebody."""
    state = State(tmp_path_factory.mktemp("state"))
    state.people = [
        person("00017", "Ada", "Thibodeau"),
        person("00018", "Lee", "Ouellette", agency_code="16"),
        person("00021", "Quillan", "Xylander", status="terminated", end_date="2025-01-31"),
    ]
    state.agencies = [{"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT;DOT"}]
    state.official = [
        {
            "platform": "x", "handle": handle, "account_id": account_id, "agency_code": "17", "status": "active",
            "supervisor_employee_id": who, "registered_email": mail,
        }
        for handle, account_id, who, mail in (
            ("MaineDOT1", "555", "00017", "ada.thibodeau@maine.gov"),
            ("BirchPatrol", "556", "00021", "birches@example.org"),
        )
    ]  # fmt: skip
    state.accounts["export"] = [
        account("busybirch7", registered_email="ada.thibodeau@maine.gov", display_name="Ada T."),
        account("quietpine42", registered_email="Lee.Ouellette+x@state.me.us", bio="MaineDOT crew of bridges, Ada"),
        account("", account_id="", registered_email="lee.ouellette@maine.gov", platform="reddit"),
        account("filler"),
    ]
    return state


@pytest.fixture(scope="module")
def night(state: State) -> Frames:
    """Two nights, and a decision read back between them."""
    first = state.night()
    (state.folder / "reviews").mkdir()
    book = openpyxl.load_workbook(state.folder / "out" / DAY.isoformat() / "audit.xlsx")
    page = book["Findings"]
    top = next(row for row in page.iter_rows() if any(cell.value == "Finding ID" for cell in row))
    columns = {cell.value: cell.column for cell in top}
    words: dict[str, Any] = {
        "Disposition": "tattle tale",
        "Reviewer": "K. Larkspurre",
        "Note": "Ada whispered",
        "Decided on": DAY,
    }
    for name, value in words.items():
        page.cell(top[0].row + 1, columns[name]).value = value
    book.save(state.folder / "reviews" / "by Larkspurre.xlsx")
    state.night(DAY + timedelta(days=1))
    assert len(first.findings) >= 4
    return audit.load(state.folder / "out")


def texts(value: object) -> list[str]:
    """Every text in a value, however deep."""
    if isinstance(value, pd.DataFrame):
        return [text for name in value.columns for text in (name, *texts(value[name].tolist()))]
    if isinstance(value, dict):
        return [text for pair in value.items() for text in texts(list(pair))]
    if isinstance(value, (list, tuple)):
        return [text for one in value for text in texts(one)]
    return [str(value)]


def everything(frames: Frames) -> str:
    return "\n".join(text for field in dataclasses.fields(Frames) for text in texts(getattr(frames, field.name)))


def test_nothing_of_a_name_stays(night: Frames) -> None:
    assert len(set(map(str.casefold, NAMES.findall(everything(night))))) >= 12
    assert NAMES.findall(everything(pseudonymous(night, SECRET))) == []


def test_counts_rules_days_and_agencies_stay(night: Frames) -> None:
    shown = pseudonymous(night, SECRET)
    for name in TABLES:
        before, after = getattr(night, name), getattr(shown, name)
        assert list(after.columns) == list(before.columns)
        assert after.dtypes.equals(before.dtypes), name
        kept = [column for column in before if column in PLAIN.get(name, before.columns)]
        pd.testing.assert_frame_equal(after[kept], before[kept])
        for column in before.columns.difference(kept):
            empty = before[column].isna() | before[column].eq("")
            assert (after[column].isna() | after[column].eq("")).equals(empty), (name, column)
    assert shown.trends == night.trends


def test_who_is_the_same_stays_the_same_and_others_stay_others(night: Frames) -> None:
    shown = pseudonymous(night, SECRET)
    for name, columns in (("findings", ("employee_id",)), ("cases", ("employee_id", "supervisor_id", "identity"))):
        for column in columns:
            before, after = getattr(night, name)[column], getattr(shown, name)[column]
            assert before.nunique() == after.nunique() > 0
            assert pd.DataFrame({"before": before, "after": after}).dropna().drop_duplicates()["before"].is_unique
    assert set(shown.findings["employee_id"]) - {""} <= set(shown.cases["employee_id"]) | set(
        shown.cases["supervisor_id"]
    )
    named = shown.findings[shown.findings["employee_id"].ne("")]
    assert (named["employee_id"] == named["employee_name"]).all()
    assert set(shown.findings["handle"]) - {""} <= set(shown.cases["handle"])
    decided = shown.findings[shown.findings["disposition"].ne("")]
    assert list(decided["disposition"]) == [WITHHELD]
    assert set(decided["reviewer"]) == set(shown.changes["who"]) - {""}


def test_the_same_secret_gives_the_same_names_and_another_others(night: Frames) -> None:
    one, same, other = (pseudonymous(night, secret).findings for secret in (SECRET, SECRET, "another"))
    pd.testing.assert_frame_equal(one, same)
    assert set(one["handle"]) & set(other["handle"]) <= {""}
    with pytest.raises(ValueError, match="secret"):
        pseudonymous(night, "")


def test_a_column_that_is_not_known_is_withheld(night: Frames) -> None:
    told = dataclasses.replace(night, findings=night.findings.assign(remark="Ada Thibodeau", count=3))
    shown = pseudonymous(told, SECRET).findings
    assert set(shown["remark"]) == {WITHHELD}
    assert set(shown["count"]) == {WITHHELD}


def test_a_night_without_cases_and_without_findings(night: Frames) -> None:
    empty = dataclasses.replace(night, findings=night.findings.head(0), cases=None)
    shown = pseudonymous(empty, SECRET)
    assert shown.cases is None
    assert list(shown.findings) == list(night.findings)


def test_secrets_in_what_sources_say_of_themselves(night: Frames) -> None:
    sources = [{**one, "reason": "the canary busybirch7 was not found"} for one in night.run["sources"]]
    told = dataclasses.replace(night, run={**night.run, "sources": sources}, sources=pd.DataFrame(sources))
    assert "birch" not in everything(pseudonymous(told, SECRET))


@given(st.sets(st.text(max_size=6), min_size=1, max_size=60), st.sampled_from(["Employee", "mailbox"]))
def test_stand_ins_tell_all_apart(keys: set[str], kind: str) -> None:
    named = _stand_ins(((kind, key) for key in keys), SECRET)
    assert len(set(named.values())) == len(keys - {""})
    assert all(re.fullmatch(rf"{kind} [0-9a-f]{{4,}}", name) for name in named.values())


def test_many_people_get_longer_names() -> None:
    named = _stand_ins((("Employee", str(number)) for number in range(20_000)), SECRET)
    assert len(set(named.values())) == 20_000
    assert len({len(name) for name in named.values()}) == 1


def test_plain_columns_are_those_there_are(night: Frames) -> None:
    for name, columns in PLAIN.items():
        assert columns <= set(getattr(night, name).columns), name
    assert isinstance(date.fromisoformat(night.run["as_of"]), date)


def test_nothing_is_written(night: Frames, state: State) -> None:
    before = sorted(path for path in Path(state.folder).rglob("*"))
    pseudonymous(night, SECRET)
    assert sorted(path for path in Path(state.folder).rglob("*")) == before
