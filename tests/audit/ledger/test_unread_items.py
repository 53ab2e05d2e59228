"""What a platform showed before, of which it gives an item tonight that cannot be read."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from audit.ledger import IN_MEMORY, Ledger, sources
from audit.ledger.sources import key_digest
from audit.model.coverage import Asked, SweepRecord
from connectors.contract import Outcome
from connectors.records import Account, Provenance

AT = datetime(2026, 11, 20, 22, tzinfo=UTC)


def account(name: str) -> Account:
    return Account("mastodon", account_id=name, provenance=Provenance("social", f"/accounts/{name}", AT, "0" * 64))


LISTS = [
    # (shown tonight, where unread items stand, what is kept of "a", "b" and "c")
    ("abc", (), "abc"),
    ("ac", (), "ac"),
    ("ac", ("/accounts/b",), "acb"),
    ("ac", ("",), "acb"),
    ("a", ("/accounts/b",), "ab"),
    ("a", ("",), "abc"),
    ("a", ("/accounts/z",), "a"),
    ("abc", ("", "/accounts/b"), "abc"),
]


@pytest.mark.parametrize(("shown", "places", "kept"), LISTS)
def test_what_may_be_the_item_that_cannot_be_read_stays(shown, places, kept):
    with Ledger(IN_MEMORY) as ledger:
        runs = [ledger.begin(date(2026, 11, day), AT) for day in (20, 21)]
        for run_id, names, unread in ((runs[0], "abc", {}), (runs[1], shown, {"": places} if places else {})):
            with ledger.transaction():
                ledger.sources.replace_accounts(run_id, "social", (("", account(name)) for name in names), None, unread)
        found = {one.account_id: run_id for _, _, run_id, one in ledger.sources.accounts()}
    assert set(found) == set(kept)
    assert {name for name, run_id in found.items() if run_id == runs[1]} == set(shown)


def test_of_two_accounts_of_a_mailbox_known_by_their_addresses_on_the_web_the_unread_one_stays():
    blogs = [
        replace(account(""), url=f"https://{name}.example.org/blog", registered_email="ada@maine.gov")
        for name in ("one", "two")
    ]
    with Ledger(IN_MEMORY) as ledger:
        runs = [ledger.begin(date(2026, 11, day), AT) for day in (20, 21)]
        for run_id, shown, unread in ((runs[0], blogs, {}), (runs[1], blogs[:1], {"": ("",)})):
            with ledger.transaction():
                ledger.sources.replace_accounts(run_id, "export", (("", one) for one in shown), None, unread)
        found = [(one.url, run_id) for _, _, run_id, one in ledger.sources.accounts()]
    assert found == [(blogs[0].url, runs[1]), (blogs[1].url, runs[0])]


def test_only_the_key_whose_answer_cannot_be_read_keeps_what_it_had():
    keys = {name: key_digest("social", name) for name in "xyz"}
    with Ledger(IN_MEMORY) as ledger:
        runs = [ledger.begin(date(2026, 11, day), AT) for day in (20, 21)]
        nights: tuple[Any, ...] = (
            (runs[0], Outcome.ANSWERED, "xyz", {}),
            (runs[1], Outcome.FAILED, "", {keys["x"]: {""}, keys["z"]: {""}}),
        )
        for run_id, last, names, unread in nights:
            asked = tuple(Asked(key, last if name == "z" else Outcome.ANSWERED, 0) for name, key in keys.items())
            pairs = ((keys[name], account(name)) for name in names)
            with ledger.transaction():
                record = SweepRecord(frozenset(keys.values()), asked, AT)
                ledger.sources.replace_accounts(run_id, "social", pairs, record, unread)
        found = {one.account_id for _, _, _, one in ledger.sources.accounts()}
    assert found == {"x", "z"}


def test_no_account_is_made_to_see_which_are_shown_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sources, "value_of", lambda *_: pytest.fail("an account was made of its row"))
    with Ledger(IN_MEMORY) as ledger:
        for day, names in ((20, "abc"), (21, "ac")):
            run_id = ledger.begin(date(2026, 11, day), AT)
            with ledger.transaction():
                pairs = (("", account(name)) for name in names)
                ledger.sources.replace_accounts(run_id, "social", pairs, None, {"": {""}})
        kept = ledger.connection.execute("SELECT account_id, run_id FROM accounts ORDER BY account_id").fetchall()
    assert kept == [("a", run_id), ("b", "2026-11-20.1"), ("c", run_id)]
