"""The bytes that the ledger keeps: chain and seals cover them, so that they may not change from version to version."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from audit.ledger.codec import row_of, text_of, value_in, value_of
from audit.model.finding import Cause, Change, Earlier, FindingStatus
from connectors.records import Account, Evidence, MailSignal, Provenance, Strength

AT = datetime(2026, 11, 19, 8, tzinfo=UTC)
ACCOUNT = Account(
    platform="x",
    account_id="555",
    handle="busybirch7",
    url="",
    display_name="Zoë “B.”",
    bio="",
    links=("https://a.example",),
    emails=(),
    registered_email="a.b@maine.gov",
    registration=Strength.WEAK,
    created_at=datetime(2020, 1, 2, 3, 4, 5, 6, timezone(timedelta(hours=2))),
    provenance=Provenance("export", "export.csv:2", None, "0a"),
    evidence=(Evidence("export", "registered address", "x", AT, "0b"),),
    signals=(MailSignal("sign-up", Strength.STRONG, False, 2, 1, AT, AT, ("0c",)),),
)
TEXT = (
    '{"platform": "x", "account_id": "555", "handle": "busybirch7", "url": "", "display_name": "Zoë “B.”", "bio": "",'
    ' "links": ["https://a.example"], "emails": [], "registered_email": "a.b@maine.gov", "registration": "weak",'
    ' "created_at": "2020-01-02T03:04:05.000006+02:00",'
    ' "provenance": {"source": "export", "where": "export.csv:2", "observed_at": null, "sha256": "0a"},'
    ' "evidence": [{"source": "export", "kind": "registered address", "detail": "x",'
    ' "observed_at": "2026-11-19T08:00:00+00:00", "sha256": "0b", "strength": "strong"}], "notes": [],'
    ' "signals": [{"kind": "sign-up", "strength": "strong", "third_party": false, "count": 2, "days": 1,'
    ' "first_at": "2026-11-19T08:00:00+00:00", "last_at": "2026-11-19T08:00:00+00:00", "messages": ["0c"]}],'
    ' "registered_others": [], "unread": [], "unread_handle": "", "dated": false, "against": "", "said": []}'
)


def test_an_account_keeps_its_bytes() -> None:
    assert text_of(ACCOUNT) == TEXT
    assert value_of(Account, TEXT) == ACCOUNT
    assert text_of(value_of(Account, TEXT)) == TEXT


def test_an_account_of_before_a_field_was_kept_has_its_default() -> None:
    before = TEXT.replace(', "unread": [], "unread_handle": "", "dated": false, "against": "", "said": []', "")
    assert before != TEXT
    assert value_of(Account, before) == ACCOUNT


def test_an_event_keeps_its_bytes() -> None:
    change = Change("E-1-0", FindingStatus.REOPENED, "the “name” changed", Cause.ACCOUNT, {"reviewer": "K.", "a": ""})
    assert text_of(change, in_order=True) == (
        '{"cause": "the account changed", "finding_id": "E-1-0", "kind": "reopened", "reason": "the “name” changed",'
        ' "set_aside": {"a": "", "reviewer": "K."}}'
    )


def test_a_row_and_back() -> None:
    earlier = Earlier("confirmed", "K.", date(2026, 11, 20), None, "the name changed")
    row = row_of(earlier)
    assert (row["decided_on"], row["suppress_until"]) == ("2026-11-20", None)
    assert value_in(Earlier, {"finding_id": "E-1-0", **row}) == earlier
    assert row_of(replace(ACCOUNT, emails=("ä@a.b",)), but=("provenance",))["emails"] == '["\\u00e4@a.b"]'


@pytest.mark.parametrize("wrong", ["", "{}", "[]", TEXT.replace("weak", "sure"), TEXT.replace("2020", "last year")])
def test_what_no_program_wrote_is_told_in_a_line(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"^[^\n]+$"):
        value_of(Account, wrong)
