"""Which sightings are one account, and that none of them is held any longer than it is needed."""

import gc
from datetime import UTC, datetime

import pytest

from audit.cases.tie import Sighting, let_go, same_account
from audit.people.addresses import MailSystem
from connectors.records import Account, Provenance

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SYSTEM = MailSystem("maine.gov", frozenset({"maine.gov"}), frozenset({"maine.gov"}))


def sighting(
    platform: str, account_id: str = "", handle: str = "", email: str = "", source: str = "export"
) -> Sighting:
    origin = Provenance(source, f"{source}.csv:2", NOON, "0" * 64)
    account = Account(platform, account_id=account_id, handle=handle, registered_email=email, provenance=origin)
    return Sighting(account, source, fresh=True)


@pytest.mark.parametrize(
    ("seen", "groups"),
    [
        ([sighting("x", "1", "ada"), sighting("x", "", "ada", source="other")], [2]),
        ([sighting("x", "1", "ada"), sighting("facebook", "", "ada")], [1, 1]),
        ([sighting("x", "1", "ada"), sighting("x", "2", "ada"), sighting("x", "", "ada", source="other")], [1, 1, 1]),
        ([sighting("x", "", "ada", "ada@maine.gov"), sighting("x", email="Ada@maine.gov", source="other")], [2]),
        ([sighting("x"), sighting("x", source="other")], [2]),
        ([], []),
    ],
)
def test_a_weaker_name_stands_for_a_stronger_one_of_its_platform(seen: list[Sighting], groups: list[int]) -> None:
    assert [len(group) for group in same_account(seen, SYSTEM)] == groups


def test_groups_come_by_platform_and_name() -> None:
    seen = [sighting(platform, number) for platform in ("x", "facebook") for number in "213"]
    found = [(one.account.platform, one.account.account_id) for (one,) in same_account(seen, SYSTEM)]
    assert found == [(platform, number) for platform in ("facebook", "x") for number in "123"]


def test_what_is_let_go_comes_in_its_order() -> None:
    seen = [sighting("x", number) for number in "213"]
    assert [one.account.account_id for one in let_go(seen)] == ["2", "1", "3"]
    assert not seen


def test_no_sighting_is_held_once_its_group_was_taken() -> None:
    seen = [sighting(platform, str(number)) for platform in ("facebook", "x") for number in range(50)]
    groups = same_account(let_go(seen), SYSTEM)
    before = _alive()
    for taken in range(1, 101):
        next(groups)
        assert _alive() <= before - taken + 1, "one that was taken is held"


def _alive() -> int:
    return sum(type(one) is Sighting for one in gc.get_objects())
