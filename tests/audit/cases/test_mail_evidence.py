"""What mails prove: case tables for findings, leads, nothing; stale accounts; registration bombing."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.cases.mail_evidence import DEFAULT, Bombing, bombed, proof_of
from audit.model.thresholds import MailSettings
from connectors.mail.signals import KINDS
from connectors.records import Account, MailSignal, Provenance, Strength

DAY = date(2026, 11, 20)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
STRONG, WEAK, NONE = Strength.STRONG, Strength.WEAK, Strength.NONE


def signal(
    kind: str, strength: Strength = STRONG, stranger: bool = False, count: int = 1, days: int = 1,
    first: datetime = NOON, last: datetime | None = None,
) -> MailSignal:  # fmt: skip
    return MailSignal(kind, strength, stranger, count, days, first, last or first, ("ab",))


def account(platform: str, *signals: MailSignal) -> Account:
    where = Provenance("mail", "t.csv", NOON, "0")
    return Account(platform, "", "", "", "", "", (), (), "ada@maine.gov", WEAK, None, provenance=where, signals=signals)


LATER = NOON + timedelta(days=3)
RESET = signal("password_reset", STRONG, True)
CASES = [
    ("a security notice", [signal("security")], "finding"),
    (
        "a digest beside an invitation",
        [signal("digest"), signal("invitation_nonmember", NONE, True)],
        "finding",
    ),
    ("a lone verification", [signal("verification", WEAK, True)], "lead"),
    ("verifications on two days", [signal("verification", WEAK, True, 2, 2, NOON, LATER)], "lead"),
    ("a lone reset", [RESET], "lead"),
    (
        "two resets on one day",
        [signal("password_reset", STRONG, True, 2, 1, NOON, NOON + timedelta(hours=1))],
        "lead",
    ),
    ("resets on two days", [signal("password_reset", STRONG, True, 2, 2, NOON, LATER)], "finding"),
    ("a reset and a code on other days", [RESET, signal("security", STRONG, True, first=LATER)], "finding"),
    ("a reset and a code on one day", [RESET, signal("security", STRONG, True)], "lead"),
    ("a security notice, no date", [signal("security", days=0)], "lead"),
    ("a security notice and one without a date", [signal("digest"), signal("security", days=0)], "finding"),
    ("a security notice without a date beside a dated code", [signal("security", days=0), RESET], "lead"),
    ("two resets, no dates", [signal("password_reset", STRONG, True, 2, 0)], "lead"),
    ("a weak notification", [signal("notification", WEAK, True, 9, 9, NOON, LATER)], "lead"),
    ("a recovery alert", [signal("recovery", WEAK)], "lead"),
    ("an invitation", [signal("invitation_nonmember", NONE, True, 5, 5, NOON, LATER)], "nothing"),
    ("an advertisement, weak in the table", [signal("marketing", WEAK, count=5)], "nothing"),
    ("an advertisement, strong by mistake", [signal("marketing", STRONG, count=5)], "nothing"),
    ("nothing at all", [], "nothing"),
]


@pytest.mark.parametrize(("signals", "expected"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_standing(signals: list[MailSignal], expected: str) -> None:
    assert proof_of(signals, DAY).strength == expected


def test_because_in_plain_words() -> None:
    first, last = datetime(2025, 2, 3, tzinfo=UTC), datetime(2026, 11, 18, tzinfo=UTC)
    signals = [
        signal("digest", count=39, days=39, first=first, last=last),
        signal("security", count=2, days=2, first=LATER),
    ]
    verdict = proof_of(signals, DAY, platform="LinkedIn")
    assert verdict.because == (
        "LinkedIn wrote to this mailbox 41 times between 2025-02-03 and 2026-11-18: 2 security notices, 39 digests. "
        "Such mails are only sent where the address has an account, and nobody else can bring them about."
    )
    assert "once on 2026-11-02: 1 verification." in proof_of([signal("verification", WEAK, True)], DAY).because
    assert "recovery address" in proof_of([signal("recovery", WEAK)], DAY).because
    undated = proof_of([signal("security", days=0)], DAY).because
    assert "the log has no dates" in undated
    assert "whoever has the mailbox now may not have had it then" in undated


@pytest.mark.parametrize(
    ("last", "days", "settings", "stale"),
    [
        (date(2025, 5, 20), 1, DEFAULT, True),
        (date(2025, 5, 21), 1, DEFAULT, False),
        (date(2025, 5, 20), 0, DEFAULT, False),
        (date(2026, 10, 1), 1, MailSettings(stale_after_days=30), True),
    ],
)
def test_stale(last: date, days: int, settings: MailSettings, stale: bool) -> None:
    moment = datetime(last.year, last.month, last.day, tzinfo=UTC)
    verdict = proof_of([signal("security", days=days, first=moment)], DAY, settings)
    assert (verdict.strength, verdict.stale) == ("finding" if days else "lead", stale)


def test_an_invitation_does_not_keep_an_account_fresh() -> None:
    old = signal("security", first=NOON - timedelta(days=700))
    assert proof_of([old, signal("invitation_nonmember", NONE, True)], DAY).stale


def burst(names: str, minutes: int, kind: str = "verification", first: datetime = NOON) -> list[Account]:
    strength = WEAK if kind == "verification" else STRONG
    return [
        account(
            name,
            signal(kind, strength, kind == "verification", first=first + timedelta(minutes=minutes * at)),
        )
        for at, name in enumerate(names.split())
    ]


@pytest.mark.parametrize(
    ("accounts", "platforms"),
    [
        (burst("x facebook reddit tumblr medium", 15), 5),
        (burst("x facebook reddit tumblr medium", 16), 0),
        (burst("x facebook reddit tumblr", 5), 0),
        (burst("x facebook reddit tumblr medium flickr vimeo", 5, "welcome"), 7),
        (burst("x facebook reddit tumblr medium flickr", 5, "digest"), 0),
        (
            [
                *burst("x facebook reddit", 5),
                *burst("x facebook reddit tumblr medium flickr", 5, first=LATER),
            ],
            6,
        ),
        ([], 0),
    ],
)
def test_bombing(accounts: list[Account], platforms: int) -> None:
    found = bombed(accounts)
    assert (len(found.platforms) if found else 0) == platforms


def test_what_a_burst_brought_is_held_against_nobody() -> None:
    accounts = burst("x facebook reddit tumblr medium", 5, "welcome")
    accounts[0] = account("x", signal("welcome"), signal("security", first=LATER))
    found = bombed(accounts)
    assert isinstance(found, Bombing)
    verdicts = {one.platform: proof_of(one.signals, DAY, bombing=found) for one in accounts}
    assert verdicts["facebook"].strength == "nothing"
    assert "held against nobody" in verdicts["facebook"].because
    assert verdicts["x"].strength == "finding"
    assert proof_of(accounts[1].signals, DAY).strength == "finding"


signals = st.builds(
    signal, st.sampled_from(KINDS), st.sampled_from(Strength), st.booleans(), st.integers(1, 50), st.integers(0, 5),
    st.integers(0, 2_400).map(lambda days: NOON - timedelta(days=days)),
)  # fmt: skip


@given(st.lists(signals, max_size=6), st.randoms(use_true_random=False))
def test_order_does_not_matter_and_more_evidence_never_lowers(found: list[MailSignal], random: object) -> None:
    order = ["nothing", "lead", "finding"]
    verdict = proof_of(found, DAY)
    shuffled = list(found)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert proof_of(shuffled, DAY) == verdict
    more = proof_of([*found, signal("security")], DAY)
    assert order.index(more.strength) >= order.index(verdict.strength)
    if verdict.strength == "finding":
        assert any(one.strength is STRONG and one.kind not in {"marketing", "invitation_nonmember"} for one in found)
