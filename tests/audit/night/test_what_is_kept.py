"""What is kept of a profile: what the rules read of its words. Nothing private stays, nor an unread word."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from audit.cases.gate import restrained
from audit.cli import main
from audit.findings.grounds import differences
from audit.ledger import Ledger
from audit.ledger.sources import SourceStore
from audit.model.coverage import SweepRecord
from audit.model.measures import SeenAgain
from audit.model.organization import Organization
from audit.night import collect
from audit.people.identity import Registry
from connectors.records import Account
from tests.states import DAY, State, account, rewritten, written

TIED = (
    "Planner at MaineDOT",
    "@MaineDOT engineer",
    "I work for the Maine State Police",
    "Maine Department of Transportation, bridges",
    "State of Maine employee",
)
PRIVATE = (
    ("union", "Proud union steward, AFSCME Local 93", ("union", "steward", "AFSCME")),
    ("union", "MSEA-SEIU member since 2004", ("MSEA", "SEIU")),
    ("union", "Teamsters forever. Solidarity!", ("Teamster", "Solidarity")),
    ("union", "On our bargaining team", ("bargaining team",)),
    ("union", "IAFF and AFL-CIO delegate", ("IAFF", "AFL-CIO")),
    ("politics", "Lifelong Democrat", ("Democrat",)),
    ("politics", "Republican town committee", ("Republican",)),
    ("politics", "MAGA! Trump 2024", ("MAGA", "Trump")),
    ("politics", "Progressive, BLM", ("Progressive", "BLM")),
    ("politics", "Libertarian at heart", ("Libertarian",)),
    ("religion", "Catholic mom of four", ("Catholic",)),
    ("religion", "Follower of Christ. Psalm 23", ("Christ", "Psalm")),
    ("religion", "Jewish and proud", ("Jewish",)),
    ("religion", "Muslim, fasting in Ramadan", ("Muslim", "Ramadan")),
    ("religion", "Lutheran youth minister", ("Lutheran",)),
    ("health", "Type 1 diabetic", ("diabetic",)),
    ("health", "Breast cancer survivor", ("cancer",)),
    ("health", "In recovery, sober since 2019", ("recovery", "sober")),
    ("health", "Bipolar, ADHD", ("Bipolar", "ADHD")),
    ("health", "Living with lupus and long covid", ("lupus", "covid")),
)
CONTACTS = ("call 207-555-0143", "tidy.fern@mail.example", "https://birches.example/me", "born 4/17/1981")


def profiles() -> list[dict[str, str]]:
    """A hundred invented profiles: all private words beside each claim of work, half in the display name, too."""
    rows = []
    for place, ((_, words, _), tied) in enumerate((words, tied) for words in PRIVATE for tied in TIED):
        contact = CONTACTS[place % len(CONTACTS)]
        name = f"Robin Quillfeather, {words}" if place % 2 else f"Robin Quillfeather {contact}"
        bio = f"{words}. {tied}. {contact}. I grow dahlias behind the barn." + " Views my own" * (place % 4 > 1)
        rows.append(
            account(
                f"tidyfern{place}",
                account_id=f"7{place:03d}",
                display_name=name,
                bio=bio,
                links="https://birches.example/me",
            )
        )
    return rows


def test_of_a_hundred_profiles_no_private_word_is_kept(state: State) -> None:
    state.accounts["export"] = profiles()
    state.accounts["more"] = [account("busybirch7", registered_email="ada.thibodeau@maine.gov", bio="Dahlias, lupus.")]
    state.agencies.append({"agency_code": "10", "name": "Department of Health and Human Services", "acronyms": "DHHS"})
    state.accounts["more"].append(account("helpful", display_name="Jo Fern", bio="Nurse, Maine Department of Health"))
    night = state.night()
    assert {finding.handle for finding in night.findings} >= {"tidyfern25", "tidyfern60", "busybirch7"}
    state.night(DAY + timedelta(days=1))
    kept = written(state.folder / "out").lower()
    planted = {word for _, _, words in PRIVATE for word in words} | {*CONTACTS, "dahlias", "207-555", "mail.example"}
    assert sorted(word for word in planted if word.lower().encode() in kept) == []
    assert b"quillfeather" in kept
    assert b"department of health" in kept


def test_what_is_read_of_unions_ties_nobody(state: State) -> None:
    bios = ("MSEA-SEIU member", "Proud member of the Maine State Employees Association", "Maine State Employees union")
    state.accounts["export"] = [account(f"tidyfern{place}", bio=bio) for place, bio in enumerate(bios)]
    assert state.night().findings == ()


def test_a_ledger_that_holds_whole_profiles_is_cut_and_judges_as_before(
    state: State, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """As an older version left it: the next night cuts it, also what its source, which fails, shows no more."""
    rows = profiles()[30:60]
    private = {"display_name": "Ada T., Lutheran", "bio": "Dahlias"}
    rows.append(account("busybirch7", registered_email="ada.thibodeau@maine.gov", **private))
    state.accounts["export"] = rows
    with monkeypatch.context() as older:
        older.setattr(collect, "restrained", _left_whole)
        older.setattr(SourceStore, "replace_accounts", _stored_as_before)
        before = _told(state, 0)
    assert before
    whole = (state.folder / "out" / "ledger.sqlite").read_bytes()
    assert b"dahlias" in whole
    assert b"207-555-0143" in whole
    assert b"lutheran" in whole.lower()
    rewritten(state, "audit.toml", {"export.csv": "gone.csv"})
    assert [line | {"status": "new", "last_seen": line["first_seen"]} for line in _told(state, 1)] == before
    cut = (state.folder / "out" / "ledger.sqlite").read_bytes()
    assert b"dahlias" not in cut
    assert b"207-555-0143" not in cut
    assert b"lutheran" not in cut.lower()
    assert main(["verify", "--config", str(state.folder / "audit.toml")]) == 0
    assert "is whole" in capsys.readouterr().out
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        assert ledger.sources.whole_accounts() == []


_RESTRAINED, _REPLACED = restrained, SourceStore.replace_accounts


def _left_whole(
    account: Account, organization: Organization, official: Registry, *, work: bool, memory: object
) -> Account:
    read = _RESTRAINED(account, organization, official, work=work)
    return replace(read, display_name=account.display_name, bio=account.bio, links=account.links)


def _stored_as_before(
    store: SourceStore,
    run_id: str,
    source: str,
    accounts: Iterable[tuple[str, Account]],
    sweep: SweepRecord | None = None,
    unread: Mapping[str, Collection[str]] | None = None,
    rows: Collection[str] = (),
) -> tuple[SeenAgain, ...]:
    again = _REPLACED(store, run_id, source, accounts, sweep, unread, rows)
    store.connection.execute("UPDATE accounts SET cut = 0")
    return again


def _told(state: State, days: int) -> list[dict[str, object]]:
    night = state.night(DAY + timedelta(days=days))
    path = state.folder / "out" / night.as_of.isoformat() / "findings.jsonl"
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_a_name_that_is_cut_is_no_other_name_than_it_was(state: State) -> None:
    """A decision must not be set aside because an older version had noted the whole name."""
    private = account("busybirch7", display_name="Ada T., Lutheran", registered_email="ada.thibodeau@maine.gov")
    state.accounts["export"] = [private]
    state.night()
    with Ledger(state.folder / "out" / "ledger.sqlite") as ledger:
        (one,) = ledger.findings.past().values()
    assert one.finding.display_name == "Ada T., …"
    facts = json.loads(one.facts)
    whole = json.dumps({**facts, "account": {**facts["account"], "display name": "0123456789ab"}})
    assert not differences(whole, one.facts)


def test_neither_a_plus_tag_nor_what_follows_an_address_on_the_web_is_kept(state: State) -> None:
    state.accounts["export"] = [
        account("fern", registered_email="lee.ouellette+AFSCME@maine.gov", emails="lee.ouellette+lupus@maine.gov",
                bio="mail lee.ouellette+diabetes@maine.gov", display_name="Lee ada.thibodeau+lupus@maine.gov"),
        {"platform": "facebook", "url": "https://www.facebook.com/tidyowl?mail=quill%40example.org",
         "registered_email": "ada.thibodeau+news@maine.gov"},
    ]  # fmt: skip
    night = state.night()
    assert {one.matched_text for one in night.findings if one.rule_id in ("E-1", "E-2")} == {
        "lee.ouellette@maine.gov", "ada.thibodeau+news@maine.gov"
    }  # fmt: skip
    assert {one.url for one in night.findings} == {"", "https://www.facebook.com/tidyowl"}
    kept = written(state.folder / "out").lower()
    for text in (b"afscme", b"lupus", b"diabetes", b"quill"):
        assert text not in kept
