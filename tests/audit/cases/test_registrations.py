"""Mail evidence through a whole night: what becomes a finding, a lead, or nothing, and how windows add up."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from audit.cases.build import Watch, build_cases
from audit.cases.registrations import added_up, weighed
from audit.cases.tie import Sighting
from audit.model.organization import Organization
from audit.model.thresholds import MailSettings
from audit.people.addresses import mail_system
from audit.people.directory import directory
from audit.people.identity import registry
from audit.rules import RULES, judge
from connectors.records import Account, Evidence, MailSignal, OfficialAccount, Person, Provenance, Status, Strength

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)
MAINE = Organization("State of Maine", "ME", ("maine.gov", "state.me.us"))
SYSTEM = mail_system(MAINE)
ORIGIN = Provenance("trace", "trace.csv", NOON, "00")


def person(employee_id: str, name: str) -> Person:
    given, family = name.split()
    email = f"{given}.{family}@maine.gov".lower()
    return Person(employee_id, given, family, "", email, (), "17", "", "", Status.ACTIVE, None, None, ORIGIN)


PEOPLE = directory([person("1", "Ada Roy"), person("2", "Bob Fox")], SYSTEM, frozenset({"17"}), DAY)


def signal(
    kind: str,
    *,
    count: int = 1,
    at: datetime = NOON,
    until: datetime | None = None,
    strength: Strength = Strength.STRONG,
    third_party: bool = False,
    messages: tuple[str, ...] = (),
) -> MailSignal:
    last = until or at
    days = 1 if last.date() == at.date() else min(count, (last - at).days + 1)
    return MailSignal(kind, strength, third_party, count, days, at, last, messages)


def received(platform: str, mailbox: str, *signals: MailSignal) -> Account:
    evidence = tuple(Evidence("trace", f"mail: {one.kind}", "…", NOON, "00", one.strength) for one in signals)
    return Account(platform, registered_email=mailbox, provenance=ORIGIN, evidence=evidence, signals=signals)


def found(*accounts: Account, official: tuple[OfficialAccount, ...] = ()) -> list[tuple[str, str, str]]:
    entries = registry(official)
    sightings, _ = weighed([Sighting(a, "trace", fresh=True) for a in accounts], PEOPLE, official, DAY, MailSettings())
    cases = build_cases(sightings, PEOPLE, MAINE, entries, Watch({}, {}, frozenset({"trace"})))
    verdicts = judge(cases, RULES)
    drafts = verdicts.holding.values()
    return sorted((d.rule.rule_id, d.case["platform"], d.case["employee_id"]) for d in drafts if not d.case["official"])


VERIFICATION = signal("verification", strength=Strength.WEAK, third_party=True)
INVITATION = signal("invitation_nonmember", strength=Strength.NONE, third_party=True)
RESET = signal("password_reset", third_party=True)


@pytest.mark.parametrize(
    ("mailbox", "signals", "expected"),
    [
        ("ada.roy@maine.gov", [signal("security")], [("E-1", "linkedin", "1")]),
        ("Ada.Roy+li@state.me.us", [signal("digest", count=9, until=NOON + timedelta(9))], [("E-1", "linkedin", "1")]),
        ("ada.roy@maine.gov", [VERIFICATION], [("E-2", "linkedin", "1")]),
        ("ada.roy@maine.gov", [RESET], [("E-2", "linkedin", "1")]),
        ("ada.roy@maine.gov", [INVITATION], []),
        ("ada.roy@maine.gov", [signal("marketing", strength=Strength.WEAK)], []),
        ("help.desk@maine.gov", [signal("security")], [("E-2", "linkedin", "")]),
        ("ada.roy@maine.gov", [signal("security", at=NOON - timedelta(days=700))], [("E-2", "linkedin", "1")]),
    ],
)  # fmt: skip
def test_what_mails_prove(mailbox: str, signals: list[MailSignal], expected: list[tuple[str, str, str]]) -> None:
    assert found(received("linkedin", mailbox, *signals)) == expected


def test_registration_bombing_is_held_against_nobody() -> None:
    platforms = ("facebook", "x", "reddit", "pinterest", "tumblr", "quora")
    accounts = [received(name, "ada.roy@maine.gov", VERIFICATION) for name in platforms]
    assert found(*accounts) == []
    assert len(found(*accounts[:3])) == 3
    shown = [Sighting(account, "trace", fresh=True) for account in accounts]
    kept, (note,) = weighed(shown, PEOPLE, (), DAY, MailSettings())
    assert kept == []
    assert (note.source, note.where) == ("trace", "ada.roy@maine.gov")
    assert "held against nobody" in note.reason


def test_a_supervisor_is_spared_on_the_platform_of_the_official_account() -> None:
    entry = OfficialAccount("facebook", "MaineDOT", "", "", "17", "1", "", False, None, ORIGIN)
    mails = [received(name, "ada.roy@maine.gov", signal("security")) for name in ("facebook", "linkedin")]
    assert found(*mails, official=(entry,)) == [("E-1", "linkedin", "1")]


class Owners(tuple[str, ...]):
    """The owners of a mailbox; how often any mailbox's are looked at is counted."""

    looks = 0

    def __iter__(self):
        Owners.looks += 1
        return super().__iter__()

    def __contains__(self, one: object) -> bool:
        Owners.looks += 1
        return super().__contains__(one)


def test_however_many_official_accounts_there_are_a_mailbox_is_looked_at_once() -> None:
    people = directory([person(str(at), f"Ada Roy{at}") for at in range(200)], SYSTEM, frozenset({"17"}), DAY)
    people.owners = {mailbox: Owners(owners) for mailbox, owners in people.owners.items()}
    official = tuple(
        OfficialAccount("facebook", f"office{at}", "", "", "17", str(at), "", False, None, ORIGIN) for at in range(100)
    )
    mails = [received("facebook", f"ada.roy{at}@maine.gov", signal("registered")) for at in range(200)]
    Owners.looks = 0
    kept, _ = weighed([Sighting(one, "trace", fresh=True) for one in mails], people, official, DAY, MailSettings())
    assert Owners.looks <= len(people.owners)
    assert [one.account.registered_email for one in kept] == [f"ada.roy{at}@maine.gov" for at in range(100, 200)]


def test_the_mails_and_the_export_of_one_account_are_one_finding() -> None:
    exported = Account(
        "linkedin", "", "adaroy", "", "", "", (), (), "ada.roy@maine.gov", Strength.STRONG, provenance=ORIGIN
    )
    assert found(exported, received("linkedin", "ada.roy@maine.gov", signal("security"))) == [("E-1", "linkedin", "1")]


def test_windows_add_up_and_nothing_that_was_known_is_lost() -> None:
    week = timedelta(days=7)
    first = received("x", "a@maine.gov", signal("digest", count=5, until=NOON + week))
    later = received("x", "a@maine.gov", signal("digest", count=3, at=NOON + 2 * week, until=NOON + 3 * week))
    other = received("reddit", "a@maine.gov", signal("welcome"))
    (kept, summed) = added_up([first, other], [later])
    assert kept == other
    assert (summed.signals[0].count, summed.signals[0].last_at) == (8, NOON + 3 * week)


def test_the_same_window_twice_counts_once() -> None:
    few = received("x", "a@maine.gov", signal("digest", count=2, until=NOON + timedelta(1), messages=("m1", "m2")))
    more = received("x", "a@maine.gov", signal("digest", count=2, until=NOON + timedelta(2), messages=("m2", "m3")))
    many = received("x", "a@maine.gov", signal("digest", count=90, until=NOON + timedelta(30), messages=("m1",)))
    assert added_up([few], [few])[0].signals[0].count == 2
    assert added_up([few], [more])[0].signals[0].count == 3
    assert added_up([many], [many])[0].signals[0].count == 90


@pytest.mark.parametrize("shift", [timedelta(milliseconds=123), timedelta(hours=-5), timedelta(hours=13)])
@pytest.mark.parametrize("turned", [False, True])
def test_a_message_whose_time_two_logs_write_differently_is_one_on_one_day(shift: timedelta, turned: bool) -> None:
    one = signal("password_reset", count=1, messages=("m1",))
    other = replace(one, first_at=one.first_at + shift, last_at=one.last_at + shift)
    nights = [received("x", "a@maine.gov", each) for each in ((other, one) if turned else (one, other))]
    (account,) = added_up(nights[:1], nights[1:])
    (summed,) = account.signals
    assert (summed.count, summed.days, summed.first_at == summed.last_at) == (1, 1, True)


@pytest.mark.parametrize("turned", [False, True])
def test_mails_without_dates_neither_grow_night_by_night_nor_make_others_younger(turned: bool) -> None:
    long_ago = signal("digest", count=1, at=NOON - timedelta(700), messages=("m1",))
    undated = replace(signal("digest", count=1, at=NOON, messages=("m2",)), days=0)
    again = replace(undated, first_at=NOON + timedelta(1), last_at=NOON + timedelta(1))
    nights = [received("x", "a@maine.gov", one) for one in (undated, again, undated)]
    (alone,) = added_up(nights[:2], nights[2:])[0].signals
    assert (alone.count, alone.days) == (1, 0)
    both = [received("x", "a@maine.gov", long_ago), *nights]
    known: list[Account] = []
    for night in reversed(both) if turned else both:
        known = added_up(known, [night])
    (summed,) = known[0].signals
    assert (summed.count, summed.days, summed.last_at) == (2, 1, long_ago.last_at)


@pytest.mark.parametrize(
    ("first", "second", "count", "days"),
    [
        (("m1",), ("m1",), 1, 1),
        (("m1", "m2"), ("m2",), 2, 2),
        (("m1", "m2"), ("m2", "m3"), 3, 2),
        (("m1",), ("m2",), 2, 1),
    ],
)
def test_a_mail_at_the_edge_of_two_windows_counts_once(
    first: tuple[str, ...], second: tuple[str, ...], count: int, days: int
) -> None:
    """The first window ends with the very moment that the second begins with: a mail of that moment is in both."""
    before = signal("digest", count=len(first), at=NOON - timedelta(len(first) - 1), until=NOON, messages=first)
    after = signal("digest", count=len(second), at=NOON, until=NOON + timedelta(len(second) - 1), messages=second)
    for one, other in ((before, after), (after, before)):
        (account,) = added_up([received("x", "a@maine.gov", one)], [received("x", "a@maine.gov", other)])
        (summed,) = account.signals
        assert (summed.count, set(summed.messages), summed.days) == (count, {*first, *second}, days)
