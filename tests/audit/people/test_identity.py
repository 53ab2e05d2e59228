"""What an account is known by, and which registry row it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.people.identity import (
    called,
    fold_url,
    handle_key,
    identities,
    identity_of,
    known_by,
    registry,
    registry_key,
)
from connectors import accounts_csv, official_csv
from connectors.contract import BadRow, Raw
from connectors.records import Account, OfficialAccount

NOW = datetime(2026, 11, 20, tzinfo=UTC)


def account(**values: Any) -> Account:
    return accounts_csv.parse(Raw({"platform": "x"} | values, "export", "export.csv:2", "0" * 64, NOW))


def entry(**values: Any) -> OfficialAccount:
    return official_csv.parse(Raw({"platform": "x"} | values, "registry", "official.csv:2", "0" * 64, NOW))


def known(found: Account) -> str:
    return known_by(found.account_id, found.handle, found.url, found.registered_email)


@pytest.mark.parametrize(
    ("parts", "identity"),
    [
        (("7", "@Ann", "https://x.com/ann", "a@maine.gov"), "7"),
        (("", "@Ann", "https://x.com/ann", "a@maine.gov"), "ann"),
        (("", "", "http://www.Example.org/ann/", "a@maine.gov"), "example.org/ann"),
        (("", "", "", "A@Maine.gov"), "a@maine.gov"),
        (("", "", "", ""), ""),
    ],
)
def test_the_strongest_name_is_the_identity(parts: tuple[str, str, str, str], identity: str) -> None:
    assert known_by(*parts) == identity
    assert [name.partition(":")[2] for name in identities("x", *parts)][:1] == ([identity] if identity else [])


@pytest.mark.parametrize(
    ("parts", "name", "identity"),
    [
        (("7", "@Ann", "https://x.com/ann"), "@Ann", "7"),
        (("", "@Ann", "https://x.com/ann"), "@Ann", "ann"),
        (("7", "", "https://x.com/ann"), "7", "7"),
        (("", "", "https://x.com/ann/"), "https://x.com/ann/", "x.com/ann"),
        (("", "", ""), "", ""),
    ],
)
def test_what_an_account_is_called_is_not_what_it_is_known_by(
    parts: tuple[str, str, str], name: str, identity: str
) -> None:
    fields: dict[str, Any] = dict(zip(("account_id", "handle", "url"), parts, strict=True))
    one = replace(account(registered_email="ann@maine.gov"), **fields)
    assert (called(one), identity_of(one)) == (name, identity)


def test_addresses_are_one_however_they_are_written() -> None:
    same = {
        fold_url(url)
        for url in ("https://example.org/Ann", "HTTP://www.example.org/Ann/", "https://example.org:443/Ann#x")
    }
    assert same == {"example.org/Ann"}
    assert fold_url("https://example.org/p?u=1") != fold_url("https://example.org/p?u=2")


def test_a_platform_says_which_handles_are_one() -> None:
    assert handle_key("facebook", "Ann.Lee") == handle_key("facebook", "annlee")
    assert handle_key("instagram", "ann.lee") != handle_key("instagram", "annlee")
    assert handle_key("bluesky", "ann") == handle_key("bluesky", "Ann.bsky.social")
    assert handle_key("mastodon", "ann", "https://a.social/@ann") != handle_key(
        "mastodon", "ann", "https://b.social/@ann"
    )


SPELLED = (
    lambda number, name: {"url": f"https://www.facebook.com/p/{name}-{number}/"},
    lambda number, name: {"url": f"facebook.com/people/{name}/{number}"},
    lambda number, name: {"url": f"https://m.facebook.com/profile.php?id={number}&sk=about"},
    lambda number, name: {"url": f"https://facebook.com/pages/category/Park/{name}-{number}"},
    lambda number, name: {"account_id": f"'{number}"},
    lambda number, name: {"account_id": f' ="{number}" '},
    lambda number, name: {"handle": f"{name}-{number}"},
    lambda number, name: {"account_id": "N/A", "handle": f"https://www.facebook.com/{number}"},
    lambda number, name: {"url": f"https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2F{number}"},
)


@given(
    st.integers(10**13, 10**15 - 1),
    st.from_regex(r"[A-Z][a-z]{2,8}-[A-Z][a-z]{2,8}", fullmatch=True),
    st.sampled_from(SPELLED),
)
def test_one_identity_in_every_spelling(number: int, name: str, spelled) -> None:
    assert known(account(platform="facebook", **spelled(number, name))) == str(number)


GARBAGE = st.sampled_from(
    ["", "N/A", "#n/a", "null", "None", "NIL", "-", "--", ".", "0", "unknown", "TBD", "not applicable", "#REF!", "'",
     "?", "(none)", "[null]", "#VALUE!", "n.a.", "…", "@", "=\"\"", "Not Available", "0.0", "\u200b", "\u00a0", "nan"]
)  # fmt: skip
NOBODYS = st.sampled_from(
    ["", "n/a", "https://x.com/", "https://x.com/None", "https://x.com/home", "https://www.facebook.com/profile.php",
     "https://www.facebook.com/profile.php?id=0", "https://x.com/i/status/1", "https://x.com/#N/A", "-"]
)  # fmt: skip


@given(GARBAGE, GARBAGE, NOBODYS)
def test_what_only_fills_cells_joins_nobody(account_id: str, handle: str, url: str) -> None:
    rows = [
        account(account_id=account_id, handle=handle, url=url, registered_email=mailbox)
        for mailbox in ("jane.doe@maine.gov", "jo.roe@maine.gov")
    ]
    assert [known(one) for one in rows] == ["jane.doe@maine.gov", "jo.roe@maine.gov"]
    with pytest.raises(BadRow):
        account(account_id=account_id, handle=handle, url=url)


MEANT = [
    ("Maine Parks", "maine_parks", True),
    ("Maine Parks", "MaineParks", True),
    ("MaineParks – Bureau of Parks", "MaineParks", True),
    ("Maine Parks and Lands", "parks", True),
    ("Maine Parks", "MaineTrails", False),
    ("Maine Parks", "ann", False),
]


@pytest.mark.parametrize(("written", "handle", "meant"), MEANT)
def test_a_registry_row_that_is_not_understood_may_mean(written: str, handle: str, meant: bool) -> None:
    official = registry((entry(handle=written),))
    one = account(handle=handle)
    assert (official.may_mean(one) is not None) is meant
    assert official.position(one) is None
    assert not official.knows(one)


def test_a_row_with_an_address_alone_is_known_by_it() -> None:
    page = "https://nextdoor.com/agency-detail/me/parks"
    official = registry((entry(platform="nextdoor", url=page),))
    assert official.knows(account(platform="nextdoor", url="http://www.nextdoor.com/agency-detail/me/parks/"))
    assert official.position(account(platform="nextdoor", url="https://nextdoor.com/agency-detail/me/roads")) is None


def test_the_registry_knows_its_accounts_in_every_spelling() -> None:
    rows = (
        entry(handle="MaineParks (main)", account_id="N/A"),
        entry(platform="facebook", url="https://www.facebook.com/p/Maine-Parks-100064800000017/"),
        entry(platform="mastodon", handle="@parks@maine.social"),
    )
    official = registry(rows)
    assert official.position(account(handle="maineparks", account_id="81")) == 0
    assert official.position(account(account_id="N/A", handle="ann")) is None
    assert official.position(account(platform="facebook", account_id="100064800000017")) == 1
    assert (
        official.position(account(platform="facebook", url="https://www.facebook.com/p/Tess-Birch-100064800000018/"))
        is None
    )
    assert official.position(account(platform="mastodon", url="https://maine.social/@parks")) == 2
    assert official.position(account(platform="mastodon", url="https://toot.social/@parks")) is None
    assert official.may_mean(account(platform="mastodon", handle="parks")) is not None
    assert len({registry_key(one) for one in rows}) == 3


PAGE = "https://www.linkedin.com/{}/harborview"


@pytest.mark.parametrize(
    ("listed", "seen", "known", "may_be"),
    [
        ("company", "company", True, False),
        ("school", "in", False, False),
        ("company", "in", False, False),
        ("company", "school", False, True),
        ("company", "", False, True),
        ("in", "company", False, False),
        ("in", "in", True, False),
        ("", "company", True, False),
    ],
)
def test_an_organization_s_page_is_not_the_person_of_its_name(
    listed: str, seen: str, known: bool, may_be: bool
) -> None:
    def where(kind: str) -> dict[str, str]:
        return {"platform": "linkedin", "handle": "harborview", "url": PAGE.format(kind) if kind else ""}

    listing, shown = registry((entry(**where(listed)),)), account(**where(seen))
    assert (listing.position(shown) is not None, listing.knows(shown)) == (known, known)
    assert (not known and listing.may_mean(shown) is not None) == may_be


def test_a_person_and_an_organization_s_page_are_two_accounts() -> None:
    person, page = (account(platform="linkedin", url=PAGE.format(kind)) for kind in ("in", "company"))
    assert known(person) == "harborview"
    assert known(page) == "company/harborview"


@pytest.mark.parametrize("platform", ["Social media", "", "all of them", "Website"])
def test_a_row_whose_platform_nobody_knows_may_mean_any(platform: str) -> None:
    listing = registry((entry(platform=platform, handle="@HarborView", account_id="88123456"),))
    for shown in ({"handle": "harborview"}, {"platform": "facebook", "account_id": "88123456"}):
        assert listing.may_mean(account(**shown)) is not None
    assert listing.may_mean(account(handle="harbor")) is None
