"""Five accounts on five systems of the State's own, through whole nights and five connectors: an inventory, who may
still get in, and no word about anybody's personal account."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

import pytest

import audit.config
import audit.ledger
import audit.night.run
from audit.cli import main
from audit.config import Settings
from audit.model.finding import Cause, Finding, FindingStatus, Tier
from audit.model.night import Night
from audit.model.seats import SeatHolder
from audit.night.run import publish_again
from audit.report.books import agency_sheets, sheets
from audit.report.notice import refusal
from connectors import files
from connectors.contract import Dropped, Item, Raw, Source, SourceDown
from connectors.github_org import NO_ADDRESS
from tests.audit.night.test_read_back import typed
from tests.paths import agency_book
from tests.states import DAY, NOON, State, account, person, write_csv, written

ADA, LEE, REMY, NOOR = (f"{name}@maine.gov" for name in ("ada.thibodeau", "lee.ouellette", "remy.cyr", "noor.haddad"))
STRANGER, NOBODY = "quill.rivermoor@example.org", "press.office@maine.gov"
TABLES = {
    "social": 'connector = "mastodon_admin"\nurl = "https://social.example.gov"\ntoken = { env = "T" }',
    "forum": 'connector = "discourse_admin"\nurl = "https://forum.example.gov"\napi_key = { env = "T" }\n'
    'api_username = "audit"',
    "pds": 'connector = "atproto_pds"\nurl = "https://pds.example.gov"\nadmin_password = { env = "T" }',
    "code": 'connector = "github_org"\norganizations = ["my-state"]\ntoken = { env = "T" }',
    "portfolio": 'connector = "meta_business"\nbusinesses = ["17"]\ntoken = { env = "T" }',
}
ASKED = ("social", "forum", "pds")
"""The systems of which only the operator knows what their accounts are for."""
WORK = dict.fromkeys(ASKED, "work")
TRACE = "origin_timestamp_utc,sender_address,Recipient_status,message_subject,message_id"
GITHUB = ("noreply@github.com", "Welcome to GitHub")
FACEBOOK = ("security@facebookmail.com", "Did you just log in?")
LINKEDIN = ("security-noreply@linkedin.com", "New sign-in to your account")


def social(mailbox: str, number: int = 301, **more: Any) -> dict[str, Any]:
    return {
        "id": f"{number}", "username": f"otter{number}", "email": mailbox, "created_at": "2022-05-08T00:00:00Z",
        "confirmed": True, "url": f"https://social.example.gov/@otter{number}", "display_name": "Otter", "note": "",
        "fields": [],
    } | more  # fmt: skip


def forum(mailbox: str) -> dict[str, Any]:
    return {
        "id": 12,
        "username": "heron",
        "name": "Heron",
        "active": True,
        "created_at": "2022-05-08T00:00:00Z",
        "emails": [mailbox] if mailbox else [],
    }


def pds(mailbox: str) -> dict[str, Any]:
    when = "2024-01-01T00:00:00Z"
    named = {"did": "did:plc:fern", "handle": "fern.example.gov"}
    return {**named, "email": mailbox, "emailConfirmedAt": when, "indexedAt": when}


def code(mailbox: str) -> dict[str, Any]:
    member = {
        "databaseId": 99,
        "login": "birch",
        "url": "https://github.com/birch",
        "createdAt": "2020-01-01T00:00:00Z",
    }
    return {**member, "emails": [mailbox], "organization": "my-state"}


def portfolio(mailbox: str) -> dict[str, Any]:
    return {"edge": "business_users", "business": "17", "id": "71001", "email": mailbox}


def mail(number: int, sender: str, mailbox: str, subject: str) -> dict[str, str]:
    return {
        "origin_timestamp_utc": f"2026-11-02T08:{number:02}:00.0000000Z", "sender_address": sender,
        "Recipient_status": f"{mailbox}##Receive, Deliver", "message_subject": subject,
        "message_id": f"<{number}@example.com>",
    }  # fmt: skip


@dataclass
class Own:
    """The State with systems of its own: what each shows, and what audit.toml says its accounts are for."""

    state: State
    shown: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    purposes: dict[str, str] = field(default_factory=lambda: dict(WORK))
    down: set[str] = field(default_factory=set)
    mails: list[tuple[str, str, str]] = field(default_factory=list)
    """What the State's mail log says: sender, state mailbox, subject."""
    left_out: dict[str, Dropped] = field(default_factory=dict)
    """What each system shows beside, and its connector leaves out."""
    tables: dict[str, str] = field(default_factory=lambda: dict(TABLES))

    def write(self) -> str:
        path = self.state.write()
        tables = []
        for name in self.shown:
            purpose = f'purpose = "{self.purposes[name]}"' if name in self.purposes else ""
            tables.append(f"[sources.{name}]\n{self.tables[name]}\n{purpose}\n")
        if self.mails:
            write_csv(self.state.folder / "trace.csv", TRACE, [mail(n, *one) for n, one in enumerate(self.mails)])
            tables.append('[sources.trace]\nconnector = "exchange_trace"\npath = "trace.csv"\n')
        path.write_text(path.read_text(encoding="utf-8") + "\n" + "\n".join(tables), encoding="utf-8")
        return str(path)

    def settings(self) -> Settings:
        loaded = audit.config.load(self.state.folder / self.write())
        return replace(loaded, sources=tuple(self._shown(source) for source in loaded.sources))

    def _shown(self, source: Any) -> Any:
        if source.name not in self.shown:
            return source
        return replace(source, connector=replace(source.connector, fetch=self._fetch(source.name)))

    def _fetch(self, name: str) -> Callable[[Source], Iterator[Item]]:
        def fetch(source: Source) -> Iterator[Item]:
            if name in self.down:
                raise SourceDown(f"{name}: no answer")
            for number, values in enumerate(self.shown[name]):
                yield Raw(values, name, f"/{name}/{number}", f"{number}" * 64, source.now, source.options)
            yield from [self.left_out[name]] if name in self.left_out else []

        return fetch

    def night(self, day: date = DAY) -> Night:
        at = NOON + (day - DAY)
        return audit.night.run.run(self.settings(), day, clock=lambda: at)


@pytest.fixture
def own(state: State) -> Own:
    state.accounts["export"] = [account("tidyfern", display_name="MaineDOT news")]
    shown = {
        "social": [social(ADA)],
        "forum": [forum(LEE)],
        "pds": [pds(REMY)],
        "code": [code(ADA)],
        "portfolio": [portfolio(NOOR)],
    }
    return Own(state, shown)


def standing(night: Night) -> dict[str, list[str]]:
    """The rules that hold for the accounts of the State's own systems, by source."""
    found: dict[str, list[str]] = {}
    for one in night.findings:
        if one.status is not FindingStatus.RESOLVED and not {"export", "trace"}.intersection(one.sources):
            found.setdefault(one.sources[0], []).append(one.rule_id)
    return {source: sorted(rules) for source, rules in sorted(found.items())}


def of_rule(night: Night, rule_id: str) -> Finding:
    (found,) = (one for one in night.findings if one.rule_id == rule_id)
    return found


def inventory(night: Night, agency: str = "") -> list[dict[str, Any]]:
    """The rows of the sheet State-run platforms, by heading."""
    book = agency_sheets(night, agency) if agency else sheets(night)
    (sheet,) = (sheet for sheet in book if sheet.name == "State-run platforms")
    table = sheet.parts[-1]
    headings = [column.heading for column in table.columns]  # type: ignore[union-attr]
    return [dict(zip(headings, row, strict=True)) for row in table.rows]  # type: ignore[union-attr]


# Work


def test_five_accounts_on_five_own_systems(own: Own) -> None:
    night = own.night()
    assert standing(night) == {"pds": ["R-4"]}
    rows = inventory(night)
    assert [(row["System"], row["Owner's standing"], row["Holder"]) for row in rows] == [
        ("pds", "has left", "Remy Cyr"),
        ("code", "employed", "Ada Thibodeau"),
        ("portfolio", "employed", "Noor Haddad"),  # on leave
        ("social", "employed", "Ada Thibodeau"),
        ("forum", "employed", "Lee Ouellette"),
    ]
    assert [row["What to do"] for row in rows][1:] == ["nothing"] * 4
    assert {row["Last seen"] for row in rows[1:]} == {DAY}


def test_each_agency_sees_its_own_and_nothing_else(own: Own) -> None:
    night = own.night()
    assert [row["Holder"] for row in inventory(night, "16-222")] == ["Lee Ouellette"]
    assert [row["System"] for row in inventory(night, "17")] == ["pds", "code", "portfolio", "social"]
    assert agency_book(own.state.folder / "out" / DAY.isoformat(), "16-222").is_file()
    said = str(inventory(night, "16-222")) + str([sheet.parts for sheet in agency_sheets(night, "16-222")])
    for other in ("Thibodeau", "Remy Cyr", ADA):
        assert other not in said


def test_it_is_written_again_as_it_was(own: Own) -> None:
    night = own.night()
    assert publish_again(own.settings()).seats == night.seats != ()


def test_the_holder_is_named_to_whoever_runs_the_system_and_to_nobody_else(own: Own) -> None:
    night = own.night()
    found = of_rule(night, "R-4")
    assert (found.tier, found.severity, found.clause) == ("finding", "high", "A")
    assert (found.employee_id, found.employee_name, found.agency_code) == ("00019", "Remy Cyr", "17")
    assert (found.mailbox, found.matched_text) == (REMY, REMY)
    assert found.because.endswith(f"Its address is {REMY}, whose holder, Remy Cyr, has left, says HR.")
    assert night.notices == ()


@pytest.mark.parametrize(
    ("mailbox", "change", "rule", "holder"),
    [
        (ADA, {}, "", SeatHolder.EMPLOYED),
        (NOOR, {}, "", SeatHolder.EMPLOYED),
        ("N.Haddad+social@state.me.us", {}, "", SeatHolder.EMPLOYED),
        (REMY, {}, "finding", SeatHolder.LEFT),
        (ADA, {"end_date": "2026-11-19"}, "finding", SeatHolder.LEFT),
        (ADA, {"end_date": "2026-11-20"}, "", SeatHolder.EMPLOYED),
        (ADA, {"start_date": "2026-12-01"}, "", SeatHolder.NOT_YET),
        (ADA, {"status": "sabbatical"}, "", SeatHolder.UNCLEAR),
        (ADA, {"end_date": "soon"}, "", SeatHolder.UNCLEAR),
        (NOBODY, {}, "lead", SeatHolder.UNKNOWN),
        ("remy.cyr@courts.maine.gov", {}, "lead", SeatHolder.UNKNOWN),
        ("", {}, "", SeatHolder.NO_ADDRESS),
        ("not an address", {}, "", SeatHolder.NO_ADDRESS),
        ("ada.thibodeau @ maine.gov", {}, "", SeatHolder.NO_ADDRESS),
    ],
)  # fmt: skip
def test_left_is_what_hr_says_and_unknown_is_not_left(
    own: Own, mailbox: str, change: dict[str, str], rule: str, holder: SeatHolder
) -> None:
    own.state.people[0] |= change
    own.state.people += [person(f"{n:05}", "Quill", f"Marsh{n}") for n in range(30, 40)]
    own.state.official[0]["supervisor_employee_id"] = "00018"
    own.shown = {"forum": [forum(mailbox)]}
    own.state.options["directory"] = "expect = { usable = { status = 0.0 } }"
    own.purposes["forum"] = 'work"\nexpect = { filled = { registered_email = 0.0 } }  # "'
    night = own.night()
    found = [(one.rule_id, str(one.tier)) for one in night.findings if one.sources == ("forum",)]
    assert found == ([("R-4", rule)] if rule else [])
    assert [seat.holder for seat in night.seats] == [holder]


def test_of_several_who_have_the_address_one_who_is_employed_is_enough(own: Own) -> None:
    own.shown = {"social": [social(REMY)]}
    own.state.people += [person("00021", "Remy", "Cyr", status="terminated", agency_code="16")]
    left = of_rule(own.night(), "R-4")
    assert (left.tier, left.employee_id, left.agency_code) == ("finding", "", "")
    assert "all 2 people who have that address have left" in left.because
    own.state.people[-1]["status"] = "active"
    assert standing(own.night(DAY + timedelta(1))) == {}
    assert events(own, "R-4")[-1] == ("resolved", Cause.DIRECTORY)


def test_the_mailbox_of_an_official_account_is_an_agencys(own: Own) -> None:
    own.shown = {"social": [social(NOBODY)]}
    assert standing(own.night()) == {"social": ["R-4"]}
    own.state.official[0]["registered_email"] = "Press.Office+x@State.me.us"
    night = own.night(DAY + timedelta(1))
    assert events(own, "R-4")[-1] == ("resolved", Cause.REGISTRY)
    assert standing(night) == {}
    assert [row["Owner's standing"] for row in inventory(night)] == ["an agency's mailbox"]


def test_a_lead_says_what_else_it_may_be_and_names_nobody(own: Own) -> None:
    own.shown = {"social": [social(NOBODY)]}
    lead = of_rule(own.night(), "R-4")
    assert (lead.tier, lead.employee_id, lead.employee_name) == (Tier.LEAD, "", "")
    assert "may be a shared or service mailbox" in lead.because


@pytest.mark.parametrize("mailbox", [REMY, NOBODY, STRANGER])
@pytest.mark.parametrize("how", ["suspended", "disabled"])
def test_a_seat_that_is_closed_already_is_at_rest(own: Own, mailbox: str, how: str) -> None:
    own.shown = {"social": [social(mailbox)]}
    own.night()
    own.shown = {"social": [social(mailbox, **{how: True})]}
    night = own.night(DAY + timedelta(1))
    assert [(one.rule_id, str(one.status)) for one in night.findings if one.sources == ("social",)] == [
        ("R-5" if mailbox == STRANGER else "R-4", "resolved")
    ]
    assert [seat.holder for seat in night.seats] == [SeatHolder.CLOSED]
    assert events(own, "R-")[-1] == ("resolved", Cause.ACCOUNT)
    own.purposes = {"social": "public"}
    night = own.night(DAY + timedelta(2))
    assert "closed account" not in str([one.evidence for one in night.findings])


def test_one_account_shown_for_two_people_is_held_against_neither(own: Own) -> None:
    seat = {"platform": "metabusiness", "account_id": "71002"}
    own.state.accounts["seats"] = [{**seat, "registered_email": mailbox} for mailbox in (REMY, LEE)]
    own.shown = {}
    night = own.night()
    assert [one.rule_id for one in night.findings if one.sources == ("seats",)] == []
    assert {seat.holder for seat in night.seats} == {SeatHolder.SEVERAL}
    assert {seat.employee_name for seat in night.seats} == {""}


# A private address


def test_a_seat_under_a_private_address_keeps_no_more_than_its_domain(own: Own) -> None:
    bio = "<p>Mother of three, allergic to bees</p>"
    own.shown = {"social": [social(STRANGER, note=bio, display_name="Quill Rivermoor")]}
    found = of_rule(own.night(), "R-5")
    assert (found.tier, found.severity, found.employee_id, found.mailbox) == ("finding", "medium", "", "")
    assert found.because.endswith("Its address lies at example.org, which is not the State's.")
    assert (found.account_id, found.handle, found.matched_text) == ("301", "otter301", "example.org")
    (row,) = inventory(own.night(DAY + timedelta(1)))
    assert (row["Address"], row["Owner's standing"]) == ("example.org", "cannot tell: the address is not the State's")
    kept = written(own.state.folder / "out")
    for text in (STRANGER, "Quill Rivermoor", "allergic"):
        assert text.encode() not in kept


def test_where_nothing_else_names_the_seat_its_address_does(own: Own) -> None:
    own.shown = {}
    seats = [{"platform": "metabusiness", "registered_email": f"{name}@example.org"} for name in ("quill", "marsh")]
    own.state.accounts["seats"] = seats
    own.state.options["seats"] = 'purpose = "work"'
    night = own.night()
    found = [one for one in night.findings if one.rule_id == "R-5"]
    assert sorted(one.matched_text for one in found) == ["marsh@example.org", "quill@example.org"]
    assert sorted(row["Address"] for row in inventory(night)) == ["marsh@example.org", "quill@example.org"]
    assert all(row["Rule"] for row in inventory(night))


def test_a_state_address_beside_a_private_one_is_enough(own: Own) -> None:
    own.shown = {}
    own.state.accounts["seats"] = [
        {"platform": "metabusiness", "account_id": "71002", "registered_email": f"{STRANGER}; {ADA}"}
    ]
    night = own.night()
    assert [one.rule_id for one in night.findings if one.sources == ("seats",)] == []
    assert [seat.address for seat in night.seats] == [ADA]


def test_a_large_export_of_seats_is_read_whole(own: Own, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "SMALL", -1)  # a file of any size is read as a large one is
    own.shown = {}
    own.state.accounts["seats"] = [
        {"platform": "metabusiness", "account_id": f"{72000 + n}", "registered_email": f"p{n}@example.org"}
        for n in range(300)
    ]
    own.state.options["seats"] = 'purpose = "work"'
    assert len(own.night().seats) == 300


# Public


def test_the_same_instance_declared_public(own: Own) -> None:
    own.purposes = dict.fromkeys(TABLES, "public")
    night = own.night()
    assert standing(night) == {
        "code": ["E-1"],
        "forum": ["E-1"],
        "pds": ["E-2"],
        "portfolio": ["E-2"],
        "social": ["E-1"],
    }
    assert night.seats == ()
    assert inventory(night) == []


@pytest.mark.parametrize("name", ASKED)
def test_left_out_it_is_a_configuration_error(own: Own, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    del own.purposes[name]
    assert main(["run", "--config", own.write(), "--as-of", DAY.isoformat()]) == 78
    assert f"[sources.{name}] purpose: is missing" in "".join(capsys.readouterr())


# Their own words


def test_a_and_c_still_judge_their_own_words(own: Own) -> None:
    bio = "<p>Trooper with the Maine State Police, Augusta</p>"
    own.shown = {"social": [social(LEE, note=bio), social(ADA, 302, display_name="Ada Thibodeau MaineDOT")]}
    found = {(one.rule_id, one.employee_name) for one in own.night().findings if one.sources == ("social",)}
    assert ("C-1", "Lee Ouellette") in found
    assert ("A-1", "Ada Thibodeau") in found
    assert {rule for rule, _ in found} <= {"A-1", "C-1"}


def test_a_page_of_an_agency_there_is_no_personal_account(own: Own) -> None:
    page = social(ADA, display_name="Maine Department of Transportation", note="<p>Official account of MaineDOT</p>")
    own.shown = {"social": [page]}
    night = own.night()
    assert standing(night) == {}
    assert [row["What to do"] for row in inventory(night)] == [
        "It presents itself as an agency's: have it registered as an official account."
    ]
    own.purposes = {"social": "public"}
    assert standing(own.night(DAY + timedelta(1))) == {"social": ["B-1", "E-2"]}


def test_a_registered_official_account_stands_on_its_own_sheet(own: Own) -> None:
    own.state.official.append(
        {"platform": "mastodon", "handle": "otter301@social.example.gov", "agency_code": "17", "status": "active",
         "supervisor_employee_id": "00017", "registered_email": REMY},
    )  # fmt: skip
    own.shown = {"social": [social(REMY)]}
    night = own.night()
    assert (standing(night), night.seats) == ({}, ())


# From night to night


def events(own: Own, rule_id: str) -> list[tuple[str, str]]:
    ledger = audit.ledger.Ledger(own.state.folder / "out" / "ledger.sqlite", read_only=True)
    with ledger:
        said = [
            one.content for one in ledger.chain.said() if str(one.content.get("finding_id", "")).startswith(rule_id)
        ]
    return [(one["kind"], one["cause"]) for one in said]


def test_a_changed_purpose_is_the_cause_and_back_again(own: Own) -> None:
    own.shown = {"social": [social(LEE)], "portfolio": [portfolio(REMY)]}
    turns = ("public", "work", "public", "work", "public")
    for days, turn in enumerate(turns):
        own.purposes = dict.fromkeys(own.shown, turn)
        own.night(DAY + timedelta(days))
    changed = Cause.CONFIGURATION
    back_and_forth = [("resolved", changed), ("reopened", changed), ("resolved", changed), ("reopened", changed)]
    assert events(own, "E-1") == [("new", Cause.FIRST), *back_and_forth]
    assert events(own, "E-2") == [("new", Cause.FIRST), *back_and_forth]
    assert events(own, "R-4") == [("new", changed), *back_and_forth[:3]]


def test_a_decision_outlasts_a_purpose_that_is_changed_and_changed_back(own: Own) -> None:
    (own.state.folder / "reviews").mkdir()
    own.shown = {"social": [social(REMY), social(STRANGER, 302)]}
    night = own.night()
    words = {"Disposition": "confirmed", "Reviewer": "Lou"}
    cells = {(one.finding_id, heading): word for one in night.findings for heading, word in words.items()}
    book = own.state.folder / "out" / DAY.isoformat() / "audit.xlsx"
    typed(book, own.state.folder / "reviews" / "lou.xlsx", cells)
    for days, turn in enumerate(("work", "public", "work"), 1):
        own.purposes = {"social": turn}
        night = own.night(DAY + timedelta(days))
    seats = {one.rule_id: (str(one.status), one.disposition) for one in night.findings if one.rule_id != "E-2"}
    assert seats == {"R-4": ("reopened", "confirmed"), "R-5": ("reopened", "confirmed")}


def test_nor_does_a_seat_under_a_private_address_end_as_an_account_that_is_gone(own: Own) -> None:
    own.shown = {"social": [social(STRANGER)]}
    for days, turn in enumerate(("work", "public", "work")):
        own.purposes = {"social": turn}
        own.night(DAY + timedelta(days))
    changed = Cause.CONFIGURATION
    assert events(own, "R-5") == [("new", Cause.FIRST), ("resolved", changed), ("reopened", changed)]


def test_a_purpose_says_nothing_about_what_an_account_says_of_itself(own: Own) -> None:
    own.shown = {"social": [social(LEE, note="<p>Trooper with the Maine State Police, Augusta</p>")]}
    for days, turn in enumerate(("public", "work")):
        own.purposes = {"social": turn}
        own.night(DAY + timedelta(days))
    assert events(own, "C-1") == [("new", Cause.FIRST)]


def test_whoever_leaves_is_found_and_whoever_hr_forgets_stays_the_same_finding(own: Own) -> None:
    own.shown = {"social": [social(LEE)]}
    assert standing(own.night()) == {}
    own.state.people[1]["status"] = "terminated"
    left = of_rule(own.night(DAY + timedelta(1)), "R-4")
    del own.state.people[1]
    own.state.options["directory"] = "expect = { may_shrink = 1.0, usable = { still_there = 0.0, same_id = 0.0 } }"
    forgotten = of_rule(own.night(DAY + timedelta(2)), "R-4")
    assert (left.tier, forgotten.tier) == (Tier.FINDING, Tier.LEAD)
    assert forgotten.finding_id == left.finding_id
    assert events(own, "R-4")[0] == ("new", Cause.FIRST)


def test_a_closed_seat_resolves_it(own: Own) -> None:
    own.shown = {"social": [social(REMY), social(LEE, 302)]}
    own.night()
    own.shown = {"social": [social(LEE, 302)]}
    night = own.night(DAY + timedelta(1))
    assert of_rule(night, "R-4").status == "resolved"
    assert events(own, "R-4")[-1] == ("resolved", Cause.ACCOUNT)
    assert [row["Status"] for row in inventory(night)] == ["resolved", "no finding"]


def test_a_system_that_is_down_changes_nothing(own: Own) -> None:
    own.shown = {"social": [social(REMY)]}
    own.night()
    own.down = {"social"}
    night = own.night(DAY + timedelta(1))
    assert of_rule(night, "R-4").status == "not rechecked"
    assert [(seat.holder, seat.shown_on) for seat in night.seats] == [(SeatHolder.LEFT, DAY)]


def test_a_system_that_keeps_most_addresses_back_tonight_resolves_nothing(own: Own) -> None:
    own.shown = {"code": [code(REMY), *(code(LEE) | {"databaseId": number} for number in range(5))]}
    assert of_rule(own.night(), "R-4").status == "new"
    own.left_out = {"code": Dropped(6, NO_ADDRESS)}
    own.shown = {"code": []}
    night = own.night(DAY + timedelta(1))
    assert of_rule(night, "R-4").status == "not rechecked"
    (pull,) = (pull for pull in night.pulls if pull.source == "code")
    assert pull.reason == (
        "code: 0 of 6 items were of use, at the last healthy pull 6; the others were left out (no address in a verified"
        " domain). Check what the platform still shows; if so many are really gone, set expect = { may_shrink = 1.0 }"
        " in [sources.code] for one night."
    )
    own.tables["code"] = f"{TABLES['code']}\nexpect = {{ may_shrink = 1.0 }}"
    assert of_rule(own.night(DAY + timedelta(2)), "R-4").status == "resolved"


@pytest.mark.parametrize("hidden", [None, ""])
@pytest.mark.parametrize(("purpose", "rule", "mailbox"), [("public", "E-1", LEE), ("work", "R-4", REMY)])
def test_an_address_that_is_not_told_tonight_is_no_answer(
    own: Own, purpose: str, rule: str, mailbox: str, hidden: Any
) -> None:
    others = [social("quill@example.org", number) for number in range(400, 430)]
    own.purposes = {"social": purpose}
    own.shown = {"social": [*others, *(social(mailbox, number) for number in (301, 302, 303))]}
    assert {one.status for one in own.night().findings if one.rule_id == rule} == {"new"}
    shut = social(hidden, 302, suspended=True)
    own.shown = {"social": [*others, social(hidden, 301, note="MaineDOT"), shut, social("ada@example.org", 303)]}
    night = own.night(DAY + timedelta(1))
    assert {one.handle: one.status for one in night.findings if one.rule_id == rule} == {
        "otter301": "not rechecked", "otter302": "resolved", "otter303": "resolved",
    }  # fmt: skip
    told = [one.reason for one in night.problems if one.source == "social" and "no registered address" in one.reason]
    assert told == [
        "1 account shows no registered address (the first here), so nobody can tell whether it is the organization's."
        " What was known of them before stands. Where they should have one, look at them on the platform."
    ]
    own.shown = {"social": [*others, social(mailbox, 301)]}
    night = own.night(DAY + timedelta(2))
    assert {one.handle: one.status for one in night.findings if one.rule_id == rule} == {"otter301": "open"}


def test_the_next_holder_of_a_mailbox_does_not_inherit_a_decision(own: Own) -> None:
    own.shown = {"social": [social("a.marsh@maine.gov")]}
    own.state.people += [person("00050", "Ada", "Marsh", work_email="a.marsh@maine.gov", status="terminated")]
    first = of_rule(own.night(), "R-4")
    own.state.people[-1] = person("00051", "Arlo", "Marsh", work_email="a.marsh@maine.gov", start_date="2026-11-01")
    own.state.options["directory"] = "expect = { usable = { still_there = 0.0, same_id = 0.0 } }"
    assert standing(own.night(DAY + timedelta(1))) == {}
    own.state.people[-1]["status"] = "terminated"
    again = [one for one in own.night(DAY + timedelta(2)).findings if one.status != "resolved" and one.rule_id == "R-4"]
    assert [one.finding_id == first.finding_id for one in again] == [False]


def test_no_note_goes_to_anybody_about_a_seat(own: Own) -> None:
    own.shown = {"social": [social(REMY), social(STRANGER, 302)]}
    night = own.night()
    policy = own.settings().organization.policy
    ledger = audit.ledger.Ledger(own.state.folder / "out" / "ledger.sqlite", read_only=True)
    with ledger:
        past = ledger.findings.past()
    said = {one.finding.rule_id: refusal(one, policy, night.as_of) for one in past.values()}
    assert "is about a seat on a state-run system" in said["R-4"]
    assert "is about a seat on a state-run system" in said["R-5"]


def test_purge_forgets_the_seats_of_a_source_that_was_taken_out(own: Own) -> None:
    own.night()
    ledger = audit.ledger.Ledger(own.state.folder / "out" / "ledger.sqlite")
    with ledger:
        ledger.purge(DAY + timedelta(800), 730, ["export", "social"])
        assert [seat.systems for seat in ledger.seats.seats(f"{DAY}.1")] == [("social",)]
        assert not list(ledger.altered())


def test_purge_leaves_the_seats_of_findings_on_hold(own: Own) -> None:
    own.shown = {"social": [social(REMY), social(LEE, 302), social(STRANGER, 303)]}
    night = own.night()
    held = {of_rule(night, rule).finding_id for rule in ("R-4", "R-5")}
    with audit.ledger.Ledger(own.state.folder / "out" / "ledger.sqlite") as ledger:
        ledger.purge(DAY + timedelta(800), 730, ["export"], held)
        assert [seat.account_id for seat in ledger.seats.seats(f"{DAY}.1")] == ["301", "303"]
        assert not list(ledger.altered())


# Mail from the platform of an organization of the State's own


def of_mail(night: Night) -> list[tuple[str, str, str]]:
    """Clause, platform and person of what rests on the mail log."""
    found = [one for one in night.findings if "trace" in one.sources and one.status is not FindingStatus.RESOLVED]
    return sorted((one.clause, one.platform, one.employee_name) for one in found)


@pytest.mark.parametrize(
    ("source", "seat", "sent", "held"),
    [
        ("code", code(LEE), [(GITHUB[0], LEE, GITHUB[1])], []),
        ("code", code(LEE), [("noreply@github.com", LEE, "[GitHub] A new public key was added")], []),
        ("code", code(NOOR), [(GITHUB[0], "n.haddad@maine.gov", GITHUB[1])], []),  # another mailbox of the holder
        ("code", code(NOBODY), [(GITHUB[0], NOBODY, GITHUB[1])], []),
        ("code", code(REMY), [(GITHUB[0], REMY, GITHUB[1])], []),
        ("portfolio", portfolio(LEE), [(FACEBOOK[0], LEE, FACEBOOK[1])], []),  # Meta writes of a portfolio as Facebook
        ("code", code(ADA), [(GITHUB[0], LEE, GITHUB[1])], [("E", "github", "Lee Ouellette")]),
        ("code", code(LEE), [(LINKEDIN[0], LEE, LINKEDIN[1])], [("E", "linkedin", "Lee Ouellette")]),
        ("code", code(LEE), [(FACEBOOK[0], LEE, FACEBOOK[1])], [("E", "facebook", "Lee Ouellette")]),
        ("portfolio", portfolio(LEE), [(GITHUB[0], LEE, GITHUB[1])], [("E", "github", "Lee Ouellette")]),
    ],
)  # fmt: skip
def test_members_are_spared_on_the_platform_of_their_seat(
    own: Own, source: str, seat: dict[str, Any], sent: list[tuple[str, str, str]], held: list[tuple[str, str, str]]
) -> None:
    own.shown, own.mails = {source: [seat]}, sent
    night = own.night()
    assert of_mail(night) == held
    assert len(night.seats) == 1
    own.purposes[source] = "public"
    assert of_mail(own.night(DAY + timedelta(1)))


@pytest.mark.parametrize(("source", "seat", "sent"), [
    ("code", code(LEE), GITHUB), ("code", code(NOOR), GITHUB), ("portfolio", portfolio(LEE), FACEBOOK),
])  # fmt: skip
def test_what_a_seat_spares_ends_by_the_configuration(
    own: Own, source: str, seat: dict[str, Any], sent: tuple[str, str]
) -> None:
    mailbox = "n.haddad@maine.gov" if seat == code(NOOR) else LEE
    own.shown, own.mails = {source: [seat]}, [(sent[0], mailbox, sent[1])]
    for days, turn in enumerate(("public", "work", "public")):
        own.purposes[source] = turn
        night = own.night(DAY + timedelta(days))
        assert bool(of_mail(night)) is (turn == "public")
    causes = {(kind, cause) for kind, cause in events(own, "E-") if kind != "new"}
    assert causes == {("resolved", Cause.CONFIGURATION), ("reopened", Cause.CONFIGURATION)}


def test_an_account_of_its_own_under_the_same_address_is_still_one(own: Own) -> None:
    own.shown = {"code": [code(LEE)]}
    mine = account("tidyowl", platform="github", account_id="1234", registered_email=LEE)
    own.state.accounts["export"] = [mine]
    assert [(one.rule_id, one.account_id) for one in own.night().findings] == [("E-1", "1234")]
