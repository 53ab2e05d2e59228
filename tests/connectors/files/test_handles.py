"""Ids, handles and addresses of exports as spreadsheets and clerks write them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import accounts_csv, official_csv
from connectors.contract import BadRow, Raw, Source
from connectors.files.handles import named_in
from connectors.placeholders import is_placeholder
from connectors.platforms import platforms
from connectors.records import Account, OfficialAccount

READ = [
    ("x", "@MaineParks (backup)", ("MaineParks",)),
    ("x", "’@MaineParks", ("MaineParks",)),
    ("x", '="MaineParks"', ("MaineParks",)),
    ("x", '=HYPERLINK("https://twitter.com/MaineParks","Parks")', ("MaineParks",)),
    ("x", "\ufeffMaine\u200bParks\u200e", ("MaineParks",)),
    ("x", "\u00a0＠MaineParks ;", ("MaineParks",)),
    ("x", "MaineParks ✔", ("MaineParks",)),
    ("x", "Twitter: @MaineParks", ("MaineParks",)),
    ("x", "handle = MaineParks", ("MaineParks",)),
    ("x", "Maine Parks (@MaineParks)", ("MaineParks",)),
    ("x", "MaineParks - news", ("MaineParks",)),
    ("x", "MaineParks, official", ("MaineParks",)),
    ("x", "twitter.com/MaineParks?s=20", ("MaineParks",)),
    ("x", "@MaineParks & @MaineTrails", ("MaineParks", "MaineTrails")),
    ("x", "MaineParks / MaineTrails", ("MaineParks", "MaineTrails")),
    ("x", "https://x.com/MaineParks\nhttps://x.com/MaineTrails", ("MaineParks", "MaineTrails")),
    ("linkedin", "company/maine-parks", ("maine-parks",)),
    ("linkedin", "https://www.linkedin.com/in/ann-lee-12/", ("ann-lee-12",)),
    ("reddit", "u/parks_ann", ("parks_ann",)),
    ("tumblr", "parks.tumblr.com", ("parks",)),
    ("bluesky", "@parks.maine.gov", ("parks.maine.gov",)),
    ("mastodon", "@parks@maine.social", ("parks@maine.social",)),
    ("wikipedia", "Ann Lee", ("Ann Lee",)),
    ("x", "N/A", ()),
    ("x", "@None", ()),
    ("instagram", "(unknown)", ()),
    ("youtube", "#REF!", ()),
]


@pytest.mark.parametrize(("platform", "text", "handles"), READ)
def test_a_handle_is_read_where_it_has_one_meaning(platform: str, text: str, handles: tuple[str, ...]) -> None:
    named = named_in(text, platform)
    assert (named.handles, named.account_id, named.unread) == (handles, "", "")


IDS = [
    ("facebook", "Maine-Parks-100064812345678", "100064812345678"),
    ("facebook", "https://www.facebook.com/p/Maine-Parks-100064812345678/", "100064812345678"),
    ("facebook", "pages/category/Park/Maine-Parks-207812345/", "207812345"),
    ("facebook", "100064812345678", "100064812345678"),
    ("youtube", "UC" + "x1-_" * 5 + "ab", "UC" + "x1-_" * 5 + "ab"),
    ("flickr", "1234567@N03", "1234567@N03"),
]


@pytest.mark.parametrize(
    ("text", "unread"),
    [
        ("@Maine Parks", "Maine Parks"),
        ("@ Maine State Parks", "Maine State Parks"),
        ("@MaineParks 511", "MaineParks 511"),
        ("@MaineParks Main Account", ""),
        ("@MaineParks Twitter", "Twitter"),
        ("@MaineParks - Trails", ""),
    ],
)
def test_words_behind_a_handle_may_be_the_rest_of_it(text: str, unread: str) -> None:
    assert named_in(text, "x").unread == unread


@pytest.mark.parametrize(("platform", "text", "account_id"), IDS)
def test_an_id_in_a_handle_s_place_is_an_id(platform: str, text: str, account_id: str) -> None:
    assert (named_in(text, platform).account_id, named_in(text, platform).handles) == (account_id, ())


@pytest.mark.parametrize(
    ("platform", "text"),
    [
        ("x", "Maine Parks"),
        ("x", "Maine Parks, Augusta"),
        ("x", "parks@example.org"),
        ("x", "intent"),
        ("facebook", "p"),
        ("facebook", "profile.php"),
        ("instagram", "https://www.instagram.com/p/Cab12/"),
        ("facebook", "https://www.facebook.com/share/1AbC/"),
    ],
)
def test_what_is_no_handle_is_not_taken_for_one(platform: str, text: str) -> None:
    assert (named_in(text, platform).handles, named_in(text, platform).unread) == ((), text)


def row(**values: str) -> Raw:
    return Raw(values, "export", "export.csv:2", "0" * 64)


def account(**values: str) -> Account:
    return accounts_csv.parse(row(**{"platform": "x"} | values))


def entry(**values: str) -> OfficialAccount:
    return official_csv.parse(row(**{"platform": "x"} | values))


@pytest.mark.parametrize(
    ("platform", "url", "kept"),
    [
        ("x", "https://t.co/Ab1", False),
        ("facebook", "https://fb.watch/ab1", False),
        ("x", "https://urldefense.com/v3/__https://t.co/Ab1__;!!ab", False),
        ("x", "https://urldefense.com/v3/__https://x.com/MaineParks__;!!ab", True),
        ("x", "https://x.com/MaineParks", True),
        ("wordpress", "https://blog.example.org/", True),
        ("glassdoor", "https://www.glassdoor.com/Overview/ab.htm", True),
    ],
)
def test_an_address_that_only_leads_on_is_no_official_account_s(platform: str, url: str, kept: bool) -> None:
    found = entry(platform=platform, url=url, supervisor_employee_id="0042")
    assert (bool(found.url), found.unread_handle) == (kept, "" if kept else "account of 0042")
    assert kept or any("does not say which account" in note for note in found.notes)
    assert entry(platform=platform, url=url).url


def test_a_sealed_link_in_the_registry_may_be_any_account_of_its_supervisor() -> None:
    sealed = "https://protect-us.mimecast.com/s/AbCd?domain=x.com"
    found = entry(url=sealed, supervisor_employee_id="0042")
    assert (found.url, found.unread_handle) == ("", "account of 0042")
    assert any("is nobody's profile and was left empty" in note for note in found.notes)
    with pytest.raises(BadRow, match="its url shows none"):
        entry(url=sealed)


KNOWN_BY = [
    ({"account_id": "#N/A", "handle": "ann"}, ("", "ann", ""), "account_id '#N/A' is a placeholder"),
    ({"account_id": "null", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "0", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "-", "handle": "ann", "url": "n/a"}, ("", "ann", ""), ""),
    ({"account_id": "000000", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "00000000-0000-0000-0000-000000000000", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "999999999", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "9999", "handle": "ann"}, ("9999", "ann", ""), ""),
    ({"account_id": "-1", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": r"\N", "handle": "ann"}, ("", "ann", ""), ""),
    ({"account_id": "N", "handle": "ann"}, ("N", "ann", ""), ""),
    ({"account_id": "X", "handle": "ann"}, ("", "ann", ""), "account_id 'X' is no id"),
    ({"account_id": "7", "handle": "deleted_user"}, ("7", "", ""), "handle 'deleted_user' is a placeholder"),
    ({"account_id": "7", "handle": "n_a"}, ("7", "n_a", ""), ""),
    ({"handle": "none", "account_id": "7"}, ("7", "", ""), "handle 'none' is a placeholder"),
    ({"handle": "ann", "url": "https://x.com/undefined"}, ("", "ann", ""), "nobody's profile"),
    ({"handle": "ann", "url": "https://x.com/home"}, ("", "ann", ""), "nobody's profile"),
    ({"handle": "ann", "account_id": "8,123,456"}, ("8123456", "ann", ""), ""),
    ({"handle": "ann", "account_id": "8123456.0"}, ("8123456", "ann", ""), ""),
    ({"handle": "ann", "account_id": "'0081"}, ("0081", "ann", ""), ""),
    ({"handle": "ann", "account_id": "987654321012345000"}, ("987654321012345000", "ann", ""), ""),
    ({"handle": "ann", "account_id": "9.8765E17"}, ("", "ann", ""), "rounded by a spreadsheet"),
    ({"handle": "ann", "account_id": "not on file"}, ("", "ann", ""), "is no id"),
    ({"account_id": "@ann"}, ("", "ann", ""), ""),
    ({"account_id": "7", "handle": "Ann Lee"}, ("7", "", ""), "'Ann Lee' cannot be a handle"),
    ({"account_id": "7", "handle": "@ann / @bob"}, ("7", "", ""), "names 2 accounts"),
    ({"account_id": "7", "handle": "ann@example.org"}, ("7", "", ""), "(an e-mail address)"),
    (
        {"handle": "", "url": "https://www.facebook.com/l.php?u=https%3A%2F%2Fx.com%2Fann&h=1"},
        ("", "ann", "https://x.com/ann"),
        "",
    ),
]


@pytest.mark.parametrize(("values", "expected", "note"), KNOWN_BY)
def test_what_a_row_is_known_by(values: dict[str, str], expected: tuple[str, str, str], note: str) -> None:
    found = account(**values)
    assert (found.account_id, found.handle, found.url) == expected
    assert [note in one for one in found.notes] == ([True] if note else [])


def test_a_row_of_placeholders_says_nothing() -> None:
    with pytest.raises(BadRow, match="nothing says which account"):
        account(account_id="N/A", handle="-", url="null")


def test_a_registry_row_that_is_not_understood_is_kept_and_told() -> None:
    found = entry(handle="Maine Parks", account_id="tbd")
    assert (found.handle, found.account_id, found.unread_handle) == ("", "", "Maine Parks")
    assert [word in note for note, word in zip(found.notes, ("'tbd'", "'Maine Parks'", "held against"), strict=True)]
    assert entry(handle="Maine Parks", url="https://x.com/MaineParks").handle == "MaineParks"
    with pytest.raises(BadRow, match="no handle and no account_id"):
        entry(handle="N/A", account_id="N/A")


SPELLINGS = (
    "{}", "@{}", " @{} ", "'@{}", "{} (main)", "https://x.com/{}", "twitter.com/{}", "https://www.twitter.com/{}?lang=en",
    "\u200b{}", "={}".replace("{}", '"{}"'), "{},", "<{}>", "X: @{}", "https://mobile.twitter.com/{}/status/1",
)  # fmt: skip


@given(st.from_regex(r"[A-Za-z][A-Za-z0-9_]{3,14}", fullmatch=True), st.sampled_from(SPELLINGS))
def test_every_spelling_of_a_handle_is_that_handle(handle: str, spelling: str) -> None:
    if platforms()["x"].is_handle(handle):
        named = named_in(spelling.format(handle), "x")
        assert (named.handles, named.unread) == ((handle,), "")


@given(st.text(max_size=40), st.sampled_from(sorted(platforms())))
def test_no_text_breaks_the_reader_or_becomes_a_placeholder(text: str, platform: str) -> None:
    named = named_in(text, platform)
    assert not any(is_placeholder(handle) for handle in named.handles)


SEVERAL = [
    ({"platform": "Twitter / Facebook", "handle": "Parks"}, [("x", "Parks", ""), ("facebook", "Parks", "")]),
    ({"platform": "FB & IG", "handle": "@Parks"}, [("facebook", "Parks", ""), ("instagram", "Parks", "")]),
    ({"platform": "X (formerly Twitter), Threads", "handle": "Parks"}, [("x", "Parks", ""), ("threads", "Parks", "")]),
    ({"platform": "YouTube and TikTok", "handle": "@A1 / @B1"}, [
        ("youtube", "A1", ""), ("youtube", "B1", ""), ("tiktok", "A1", ""), ("tiktok", "B1", ""),
    ]),
    ({"platform": "", "url": "https://www.instagram.com/parks/"}, [("instagram", "parks", "")]),
    ({"platform": "various", "handle": "https://x.com/parks"}, [("x", "parks", "")]),
    ({"platform": "FB/IG", "handle": "parks", "account_id": "10099887766"}, [
        ("facebook", "parks", "10099887766"), ("instagram", "parks", "10099887766"),
    ]),
    ({"platform": "Social media", "handle": "Parks"}, [("", "", "Parks")]),
]  # fmt: skip


@pytest.mark.parametrize(("values", "entries"), SEVERAL)
def test_a_registry_row_stands_for_each_platform_it_names(
    tmp_path: Path, values: dict[str, str], entries: list[tuple[str, str, str]]
) -> None:
    names = ("platform", "handle", "account_id", "url")
    text = ",".join(names) + "\n" + ",".join(f'"{values.get(name, "")}"' for name in names) + "\n"
    (tmp_path / "registry.csv").write_text(text, "utf-8")
    source = Source("registry", tmp_path, {"path": "registry.csv"})
    raws = [item for item in official_csv.fetch(source) if isinstance(item, Raw)]
    found = [official_csv.parse(raw) for raw in raws]
    assert [(one.platform, one.handle, one.unread_handle) for one in found] == entries
    assert all(one.notes for one in found if one.unread_handle)
