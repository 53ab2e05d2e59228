"""Registries of official accounts as they are published: what is read of each layout, and what is told of it."""

import json
import tomllib
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import official_csv
from connectors.contract import BadRow, Raw, Remark, Source, SourceChanged, SourceDown
from connectors.files import registry_cells
from connectors.files.gathered import gathered
from connectors.records import OfficialAccount
from connectors.reference import table

Read = list[tuple[str, str, str]]


def read(
    folder: Path, text: str, name: str = "registry.csv", **options: Any
) -> tuple[list[OfficialAccount], list[str]]:
    """The accounts of a registry, and what is told of its files."""
    (folder / name).write_text(text, "utf-8")
    items = list(official_csv.fetch(Source("registry", folder, {"path": name, **options})))
    found = [official_csv.parse(item) for item in items if isinstance(item, Raw)]
    return found, [item.text for item in items if isinstance(item, Remark)]


def named(found: list[OfficialAccount]) -> Read:
    return [(one.platform, one.handle, one.account_id) for one in found]


CELLS: list[tuple[str, str, Read, str]] = [
    ("Twitter", "OakTrails", [("x", "OakTrails", "")], ""),
    ("Twitter", "@OakTrails", [("x", "OakTrails", "")], ""),
    ("twitter_url", "https://twitter.com/OakTrails", [("x", "OakTrails", "")], ""),
    ("Twitter", "twitter.com/OakTrails since 2015", [("x", "OakTrails", "")], "'since 2015' stands beside"),
    ("Twitter", "https://x.com/OakTrails (closed 2021)", [("x", "OakTrails", "")], "may say that the account is gone"),
    ("Twitter", "@OakTrails (retired)", [("x", "OakTrails", "")], "may say that the account is gone"),
    ("Twitter", "@OakTrails / @OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ("Twitter", "https://x.com/OakTrails; https://x.com/OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ("Twitter", "x.com/OakTrails | x.com/OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ("Twitter", "https://x.com/OakTrails, https://x.com/OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ("Twitter", "@OakTrails\n@OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ("Instagram handle", "oak.trails", [("instagram", "oak.trails", "")], ""),
    ("FacebookURL", "https://m.facebook.com/OakTrails", [("facebook", "OakTrails", "")], ""),
    ("YouTube Channel", "https://www.youtube.com/@OakFilms", [("youtube", "OakFilms", "")], ""),
    ("facebook_id", "900000000000077", [("facebook", "", "900000000000077")], ""),
    ("Twitter", "https://www.facebook.com/OakTrails", [("facebook", "OakTrails", "")], "its address is on Facebook"),
    *(("Twitter", nothing, [], "") for nothing in ("NA", "n/a", "None", "~", "-", "")),
]


@pytest.mark.parametrize(("heading", "cell", "accounts", "note"), CELLS)
def test_a_cell_under_a_platform_s_name(tmp_path: Path, heading: str, cell: str, accounts: Read, note: str) -> None:
    text = f'Office,{heading},LinkedIn\nOak Office,"{cell}",\nElm Office,,linkedin.com/company/elm-office\n'
    found, told = read(tmp_path, text, columns={"agency_code": "Office"})
    assert named(found) == [*accounts, ("linkedin", "elm-office", "")]
    assert all(one.agency_code == "Oak Office" for one in found[:-1])
    assert [note in one for one in sum((one.notes for one in found), ())] == ([True] if note else [])
    assert [f'"{heading}" = ' in one for one in told] == [True]


def test_the_row_and_the_heading_say_where_an_account_stands(tmp_path: Path) -> None:
    found, _ = read(tmp_path, "Office,Twitter,Facebook\nOak,OakTrails,OakTrails\n")
    assert [one.provenance.where for one in found] == ["registry.csv:2 (Twitter)", "registry.csv:2 (Facebook)"]


TOGETHER = [
    ("twitter,twitter_id", "OakTrails,7001", [("x", "OakTrails", "7001")]),
    ("twitter,Twitter URL", "OakTrails,https://x.com/oaktrails", [("x", "OakTrails", "")]),
    ("twitter,Twitter URL", "OakTrails,https://x.com/OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")]),
    ("facebook,facebook_id", "900000000000077,900000000000077", [("facebook", "", "900000000000077")]),
    ("twitter,twitter_id", "@OakTrails / @OakBikes,7001", [
        ("x", "OakTrails", ""), ("x", "OakBikes", ""), ("x", "", "7001"),
    ]),
    ("twitter,url", "OakTrails,https://oak.example.gov", [("x", "OakTrails", "")]),
    ("twitter,url", "OakTrails,https://facebook.com/Oak", [("x", "OakTrails", ""), ("facebook", "Oak", "")]),
]  # fmt: skip


@pytest.mark.parametrize(("headings", "row", "accounts"), TOGETHER)
def test_columns_of_one_account_are_one(tmp_path: Path, headings: str, row: str, accounts: Read) -> None:
    assert named(read(tmp_path, f"name,{headings}\nOak,{row}\n")[0]) == accounts


def test_a_column_that_is_said_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    text = "name,Tw,user_id,WA\nOak,OakTrails,7001,OakChat\n"
    assert named(read(tmp_path, text, platform_columns={"Tw": "x", "user_id": "x id"})[0]) == [
        ("x", "OakTrails", "7001")
    ]
    with pytest.raises(SourceDown, match=r"'Insta gran', which platforms.csv.*Did you mean 'instagram'"):
        read(tmp_path, text, platform_columns={"Tw": "Insta gran"})
    with pytest.raises(SourceDown, match=r"'Twiter', which platforms.csv.*Did you mean 'x'"):
        read(tmp_path, text, platform="Twiter")
    with pytest.raises(SourceDown, match="platform_columns must be a table"):
        read(tmp_path, text, platform_columns=["Tw"])


@pytest.mark.parametrize("heading", ["Medium", "WA", "Signal", "Twitter followers", "Twitter verified", "Website"])
def test_an_everyday_word_is_no_platform_by_itself(tmp_path: Path, heading: str) -> None:
    found, _ = read(tmp_path, f"name,Facebook,{heading}\nOak,OakTrails,oil\nElm,ElmTrails,paper\n")
    assert named(found) == [("facebook", "OakTrails", ""), ("facebook", "ElmTrails", "")]


def test_a_platform_s_column_without_accounts_is_left_and_told(tmp_path: Path) -> None:
    found, told = read(tmp_path, "name,Facebook,Twitter\nOak,OakTrails,not in use\nElm,ElmTrails,asked for it\n")
    assert [one.platform for one in found] == ["facebook", "facebook"]
    assert any("'Twitter' is a platform's name, but" in one for one in told)


@pytest.mark.parametrize("cells", ["@OakBikes;see Oak;N/A", "OakBikes;ask the web team;not yet"])
def test_one_account_in_a_platform_s_column_is_enough(tmp_path: Path, cells: str) -> None:
    first, second, third = cells.split(";")
    text = f"name,Facebook,Twitter\nOak,OakTrails,{first}\nElm,ElmTrails,{second}\nAsh,AshTrails,{third}\n"
    found, _ = read(tmp_path, text)
    assert ("x", "OakBikes", "") in named(found)
    assert [one.unread_handle for one in found if one.platform == "x"][1] == second


def test_a_short_or_everyday_name_beside_a_platform_s_column_is_one(tmp_path: Path) -> None:
    text = "name,Twitter,IG,Threads,WA\nOak,@OakTrails,oak_trails,oaktrails,ME\nElm,@ElmTrails,elm_trails,,NH\n"
    found, told = read(tmp_path, text)
    assert [one.handle for one in found if one.platform == "instagram"] == ["oak_trails", "elm_trails"]
    assert [one.handle for one in found if one.platform == "threads"] == ["oaktrails"]
    assert {one.platform for one in found} == {"x", "instagram", "threads"}
    assert any("'WA' is a platform's name, but" in one for one in told)


@pytest.mark.parametrize("cells", ["1200;310", "12.3k;8k", "x;X"])
def test_how_many_follow_is_no_account(tmp_path: Path, cells: str) -> None:
    first, second = cells.split(";")
    found, told = read(tmp_path, f"name,Facebook,Twitter\nOak,OakTrails,{first}\nElm,ElmTrails,{second}\n")
    assert [one.platform for one in found] == ["facebook", "facebook"]
    assert any("'Twitter' is a platform's name, but" in one for one in told)


@pytest.mark.parametrize("row", [",,Elm Office,,", ",,* renewed each quarter,,", ",,,,renewed each quarter"])
def test_a_row_of_one_cell_that_is_no_account_is_told_and_refuses_nothing(tmp_path: Path, row: str) -> None:
    text = f"platform,handle,agency_code,status,Remarks\nx,OakTrails,oak,active,seen\n{row}\nx,ElmTrails,elm,,\n"
    found, told = read(tmp_path, text)
    assert [one.handle for one in found] == ["OakTrails", "ElmTrails"]
    assert ["holds one cell at most, and no account" in one for one in told] == [True]


@pytest.mark.parametrize(
    ("headings", "row"),
    [
        ("platform,handle,agency_code,Remarks", ",,oak,@OakTrails"),  # an account where nothing is read, perhaps
        ("platform,handle,agency_code,", ",,oak,@OakTrails"),
        ("platform,handle,agency_code,supervisor_employee_id", ",,oak,000123"),
    ],
)
def test_a_row_with_more_than_one_cell_stays_a_row(tmp_path: Path, headings: str, row: str) -> None:
    (tmp_path / "registry.csv").write_text(f"{headings}\nx,ElmTrails,elm,\n{row}\n", "utf-8")
    items = list(official_csv.fetch(Source("registry", tmp_path, {"path": "registry.csv"})))
    assert len([item for item in items if isinstance(item, Raw)]) == 2


@pytest.mark.parametrize(
    ("heading", "cells", "told"),
    [
        ("Date closed", ("2022-01-01", ""), True),
        ("Deactivated?", ("Yes", "No"), True),
        ("Deactivated?", ("No", "No"), False),
        ("Closed", ("", ""), False),
        ("Opened", ("2022-01-01", ""), False),
    ],
)
def test_a_column_that_may_say_what_is_closed_is_told(
    tmp_path: Path, heading: str, cells: tuple[str, str], told: bool
) -> None:
    text = f"platform,handle,{heading}\nx,OakTrails,{cells[0]}\nx,ElmTrails,{cells[1]}\n"
    assert [f"the column '{heading}' may say" in one for one in read(tmp_path, text)[1]] == [True] * told
    assert read(tmp_path, text, left_unread=[heading])[1] == []


ROWS: list[tuple[dict[str, str], Read, str]] = [
    ({"url": "https://ca.linkedin.com/company/oak/about/"}, [("linkedin", "oak", "")], ""),
    ({"url": "www.instagram.com/oak_trails"}, [("instagram", "oak_trails", "")], ""),
    ({"handle": "https://m.facebook.com/OakTrails"}, [("facebook", "OakTrails", "")], ""),
    ({"platform": "X", "url": "https://twitter.com/OakTrails"}, [("x", "OakTrails", "")], ""),
    (
        {"platform": "Intagram", "url": "https://instagram.com/oak_trails"},
        [("instagram", "oak_trails", "")],
        "'Intagram'",
    ),
    ({"platform": "Facebook", "url": "https://twitter.com/OakTrails"}, [("x", "OakTrails", "")], "and not on Facebook"),
    ({"platform": "Intagram", "handle": "oak_trails"}, [("", "", "")], "did you mean instagram"),
    ({"url": "https://x.com/OakTrails\nhttps://x.com/OakBikes"}, [("x", "OakTrails", ""), ("x", "OakBikes", "")], ""),
    ({"url": "https://x.com/OakTrails (old)"}, [("x", "OakTrails", "")], "may say that the account is gone"),
]


@pytest.mark.parametrize(("values", "accounts", "note"), ROWS)
def test_what_the_platform_s_word_and_the_url_say(
    tmp_path: Path, values: dict[str, str], accounts: Read, note: str
) -> None:
    names = ("platform", "handle", "url")
    row = ",".join(f'"{values.get(name, "")}"' for name in names)
    found, _ = read(tmp_path, f"{','.join(names)}\n{row}\n")
    assert named(found) == accounts
    assert any(note in one for one in sum((one.notes for one in found), ("",)))
    assert bool(note) == any(one.notes for one in found)


def test_no_column_of_the_platform_is_needed_where_addresses_say_it(tmp_path: Path) -> None:
    assert named(read(tmp_path, "url,agency_code\nhttps://x.com/OakTrails,7\n")[0]) == [("x", "OakTrails", "")]
    assert named(read(tmp_path, "handle,agency_code\nx.com/OakTrails,7\n")[0]) == [("x", "OakTrails", "")]
    assert named(read(tmp_path, "handle,agency_code\nOakTrails,7\n", platform="x")[0]) == [("x", "OakTrails", "")]
    with pytest.raises(SourceDown, match="no column is headed platform"):
        read(tmp_path, "handle,agency_code\nOakTrails,7\n")


def test_names_of_pages_are_no_handles(tmp_path: Path) -> None:
    text = (
        "Account,platform,url\nOak Office,Facebook,https://facebook.com/OakTrails\n@OakTrails,X,https://x.com/OakTrails\n"
        "Elm,Instagram,https://instagram.com/elm.office\nElm Office,YouTube,https://youtube.com/@ElmFilms\n"
    )
    found, told = read(tmp_path, text, columns={"handle": "Account"})
    assert [one.handle for one in found] == ["OakTrails", "OakTrails", "elm.office", "ElmFilms"]
    assert not any(one.unread_handle or one.notes for one in found)
    assert ["under 'Account' stand names of pages" in one for one in told] == [True]
    text = "handle,platform,url\nOakTrails,Facebook,https://facebook.com/OakBikes\n"  # no name: two handles
    (one,), told = read(tmp_path, text)
    assert (one.handle, one.unread_handle, told) == ("OakTrails", "OakBikes", [])


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("published", ""), ("Archive_Requested", ""), ("", ""), ("-", ""), ("null", ""), ("Archived", "retired"),
        ("closed", "retired"),
        ("Under Review", "pending"), ("publish-requested", "pending"), ("draft", "pending"), ("Gone", "retired"),
    ],
)  # fmt: skip
def test_words_for_a_state(tmp_path: Path, word: str, state: str) -> None:
    text = f"platform,handle,status\nx,OakTrails,{word}\n"
    (one,), _ = read(tmp_path, text, status_values={"gone": "retired"})
    assert (one.retired, one.pending, one.notes) == (state == "retired", state == "pending", ())


def test_an_unknown_state_is_told_and_a_strange_meaning_refused(tmp_path: Path) -> None:
    (one,), _ = read(tmp_path, "platform,handle,status\nx,OakTrails,parked\n")
    assert (one.retired, one.pending) == (False, False)
    assert "status 'parked' is neither" in one.notes[0]
    with pytest.raises(SourceDown, match="active, retired, pending"):
        read(tmp_path, "platform,handle\nx,OakTrails\n", status_values={"parked": "asleep"})
    assert {row["status"] for row in table("registry_words.csv")} == set(registry_cells.STATES)


NOBODY_KNOWS = ["No", "TBD", "tba", "?", "??", "(?)", "unknown", "(Unknown)", "N/A", "n.a.", "#N/A", "undefined", "0"]


@pytest.mark.parametrize(
    ("word", "told"),
    [
        *((word, True) for word in (*NOBODY_KNOWS, "Active?")),
        *((word, False) for word in ("-", "—", ".", "None", "NaN")),
    ],
)
def test_a_state_that_nobody_knows_is_told_and_changes_nothing(tmp_path: Path, word: str, told: bool) -> None:
    (found,), _ = read(tmp_path, f"platform,handle,status\nX,OakTrails,{word}\n")
    assert (found.retired, found.pending) == (False, False)
    assert any(f"status {word!r}" in note and "counts as active" in note for note in found.notes) == told


def test_what_an_empty_cell_means_is_said_of_one_that_nobody_knows(tmp_path: Path) -> None:
    text = "platform,handle,status\nx,OakTrails,\nx,ElmTrails,TBD\nx,AshTrails,?\n"
    found, _ = read(tmp_path, text, status_values={"": "retired", "?": "pending"})
    assert [(one.retired, one.pending, len(one.notes)) for one in found] == [
        (True, False, 0), (True, False, 1), (False, True, 0),
    ]  # fmt: skip
    assert "'TBD' is neither" in found[1].notes[0]
    assert "counts as retired" in found[1].notes[0]


def test_removals_in_a_file_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "gone.csv").write_text("platform,handle\nx,OakTrails\nx,ElmTrails\n", "utf-8")
    found, _ = read(tmp_path, "platform,handle\nx,OakTrails\n", retired_path="gone.csv")
    assert [(one.handle, one.retired, one.provenance.where) for one in found] == [
        ("OakTrails", True, "gone.csv:2"), ("ElmTrails", True, "gone.csv:3"), ("OakTrails", False, "registry.csv:2"),
    ]  # fmt: skip


CONTACTS = [
    ("000123", "", "000123", ()),
    ("1,003", "", "1003", ()),
    ("000123|000124", "", "", ("000123", "000124")),
    ("ann.oak@maine.gov", "", "", ("ann.oak@maine.gov",)),
    ("", "ann.oak@maine.gov|bob.elm@maine.gov", "", ("ann.oak@maine.gov", "bob.elm@maine.gov")),
    ("000123", "ann.oak@maine.gov", "", ("000123", "ann.oak@maine.gov")),
    ("", "", "", ()),
    ("000123 / 000124", "", "", ("000123", "000124")),
    ("E00123/E00124", "", "", ("E00123", "E00124")),
    ("000123 and 000124", "", "", ("000123", "000124")),
    ("17/000123", "", "17/000123", ()),
    ("jdoe", "", "jdoe", ()),
    ("Ann Oak", "", "", ()),
    ("Oak, Ann", "", "", ()),
    ("Ann Oak; 000124", "", "000124", ()),
    ("Ann Oak (000124)", "", "", ("000124",)),
    ("Ann Oak, 000124", "", "", ("000124",)),
    ("Ann Oak (000124); Bob Elm (000125)", "", "", ("000124", "000125")),
    ("", "Ann Oak (ann.oak@maine.gov)", "", ("ann.oak@maine.gov",)),
    ("Ann Oak (207) 555-1234", "", "", ()),
    ("Employee 000124", "", "Employee 000124", ()),
    ("Ann Oak", "ann.oak@maine.gov", "", ("ann.oak@maine.gov",)),
]


NAMED = ("Ann Oak", "Oak, Ann", "Ann Oak; 000124", "Ann Oak (207) 555-1234")


@pytest.mark.parametrize(("employee_id", "email", "supervisor", "contacts"), CONTACTS)
def test_who_may_answer_for_an_account(
    tmp_path: Path, employee_id: str, email: str, supervisor: str, contacts: tuple[str, ...]
) -> None:
    text = f'platform,handle,supervisor_employee_id,supervisor_email\nx,OakTrails,"{employee_id}","{email}"\n'
    (one,), _ = read(tmp_path, text)
    assert (one.supervisor_employee_id, one.contacts) == (supervisor, contacts)
    assert ["is words and no id" in note for note in one.notes] == [True] * (employee_id in NAMED)


@pytest.mark.parametrize("written", ["ditto", "same", "〃", "TBD", "N/A", "vacant?"])
def test_a_word_in_the_supervisor_s_place_is_nobody_s_id(tmp_path: Path, written: str) -> None:
    (one,), _ = read(tmp_path, f"platform,handle,supervisor_employee_id\nx,OakTrails,{written}\n")
    known = written == "vacant?"  # a word that may be an id is one
    assert (one.supervisor_employee_id, len(one.notes)) == (written if known else "", int(not known))


def test_lists_and_objects_of_json(tmp_path: Path) -> None:
    row = {
        "url": {"url": "https://x.com/OakTrails"},
        "agency_code": [{"name": "Oak Office", "agency_id": "oak"}, {"name": "Elm Office"}],
        "supervisor_email": [{"email": "ann.oak@maine.gov", "name": "Ann Oak"}],
    }
    (one,), _ = read(tmp_path, json.dumps(row) + "\n", "registry.jsonl")
    assert (one.handle, one.agency_code, one.contacts) == (
        "OakTrails",
        "Oak Office; Elm Office",
        ("ann.oak@maine.gov",),
    )


HEADLESS = (
    "http://oak.example.gov,Oak Office,x.com/OakTrails\nhttp://elm.example.gov,Elm,x.com/ElmTrails,en,more\n,Ash\n"
)


def test_a_file_without_headings(tmp_path: Path) -> None:
    found, told = read(tmp_path, HEADLESS.replace(",Ash\n", ""), headings=["site", "agency_code", "url"])
    assert [(one.handle, one.agency_code, one.provenance.where) for one in found] == [
        ("OakTrails", "Oak Office", "registry.csv:1"), ("ElmTrails", "Elm", "registry.csv:2"),
    ]  # fmt: skip
    assert ["more fields than headings" in one for one in told] == [True]
    with pytest.raises(SourceDown, match=r"looks like a row: 'http://elm.*headings = \["):
        read(tmp_path, HEADLESS)
    with pytest.raises(SourceDown, match=r"headings in audit\.toml must be a list"):
        read(tmp_path, HEADLESS, headings="site")


def test_a_row_that_says_nothing_is_told(tmp_path: Path) -> None:
    (tmp_path / "registry.csv").write_text("platform,handle,url\nx,n/a,\n", "utf-8")
    (item,) = official_csv.fetch(Source("registry", tmp_path, {"path": "registry.csv"}))
    assert isinstance(item, Raw)
    with pytest.raises(BadRow, match="no handle and no account_id"):
        official_csv.parse(item)


GATHERED: list[tuple[str, Read]] = [
    ("https://x.com/OakTrails, https://facebook.com/OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("https://x.com/OakTrails,https://facebook.com/OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("x.com/OakTrails facebook.com/OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("Twitter: @OakTrails; Facebook: /OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("Twitter: OakTrails Facebook: OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("Twitter @OakTrails, FB - OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("Twitter:\n@OakTrails\nFacebook:\n@OakBikes", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("Twitter (@OakTrails, Facebook: OakBikes)", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("@OakTrails (Twitter) @OakBikes (Facebook)", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("@OakTrails on Twitter, @OakBikes on Facebook", [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]),
    ("X (formerly Twitter): @OakTrails", [("x", "OakTrails", "")]),
    ("Twitter: @OakTrails, https://x.com/OakTrails", [("x", "OakTrails", "")]),
    ("Twitter: @OakTrails, @OakBikes", [("x", "OakTrails", ""), ("x", "OakBikes", "")]),
    ("Facebook, Instagram & X: @OakTrails", [("facebook", "OakTrails", ""), ("instagram", "OakTrails", ""),
        ("x", "OakTrails", "")]),
    ("Twitter: none; Facebook: OakBikes", [("facebook", "OakBikes", "")]),
    ("n/a", []),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "accounts"), GATHERED)
def test_a_cell_with_all_accounts_of_a_row(tmp_path: Path, cell: str, accounts: Read) -> None:
    text = f'Office,Social media accounts\nOak,"{cell}"\nElm,"LinkedIn: elm-office"\n'
    found, told = read(tmp_path, text, columns={"agency_code": "Office"})
    assert named(found) == [*accounts, ("linkedin", "elm-office", "")]
    assert all(one.agency_code == "Oak" and not one.notes for one in found[:-1])
    assert ['platform_columns = { "Social media accounts" = "any" }' in one for one in told] == [True]
    stated, told = read(tmp_path, text, platform_columns={"Social media accounts": "any"})
    assert (named(stated), told) == (named(found), [])


def test_accounts_of_which_some_are_said_to_be_anothers_are_nobody_knows_whose(tmp_path: Path) -> None:
    found, _ = read(tmp_path, 'Office,Links\nOak,"Twitter: @Oak & @OakBikes on Facebook; https://x.com/OakTrails"\n')
    assert [(one.platform, one.unread_handle) for one in found] == [("x", ""), ("", "@Oak & @OakBikes (Facebook)")]


@pytest.mark.parametrize(
    "text",
    ["@OakBikes", "see the web team", "https://bit.ly/oak", "https://social.oak.gov/@oak", "OakBikes (Twitter): news"],
)
def test_what_a_cell_says_without_a_platform_is_told_and_held_against_nobody(tmp_path: Path, text: str) -> None:
    found, _ = read(tmp_path, f'Office,Links\nOak,"{text}; https://x.com/OakTrails"\n')
    assert [(one.handle, one.unread_handle) for one in found] == [("OakTrails", ""), ("", text)]
    assert found[1].provenance.where == "registry.csv:2 (Links)"
    assert "the row names no platform" in found[1].notes[0]


def test_words_and_sites_among_accounts_are_told(tmp_path: Path) -> None:
    (one,), told = read(
        tmp_path, 'Office,Links\nOak,"https://x.com/OakTrails (closed 2021), https://oak.example.gov"\n'
    )
    assert "'(closed 2021)' stands here, which may say that the account is gone" in one.notes[0]
    assert ["'https://oak.example.gov' is no address of a platform" in text for text in told] == [False, True]


def test_a_column_of_any_platforms_is_read_beside_others(tmp_path: Path) -> None:
    wide = "Office,Twitter,Other social media\nOak,OakTrails,IG: oak_trails\nElm,ElmTrails,\n"
    assert named(read(tmp_path, wide)[0]) == [
        ("instagram", "oak_trails", ""), ("x", "OakTrails", ""), ("x", "ElmTrails", ""),
    ]  # fmt: skip
    rows = ['X,OakTrails,,"FB: OakBikes, https://x.com/oaktrails"', "X,,https://bit.ly/elm,", ",,,IG: ash"]
    long = "\n".join(["platform,handle,url,Links", *rows, ""])
    found, told = read(tmp_path, long)
    assert named(found) == [
        ("facebook", "OakBikes", ""),
        ("x", "OakTrails", ""),
        ("x", "", ""),
        ("instagram", "ash", ""),
    ]
    assert ["beside the account of each row" in one for one in told] == [True]


@pytest.mark.parametrize(
    ("headings", "row", "options", "advice"),
    [
        ("platform,handle,Notes", "X,OakTrails,also https://facebook.com/OakBikes", {}, '{ "Notes" = "any" }'),
        ("platform,handle,Notes", "X,OakTrails,also on Twitter: @OakBikes", {}, '{ "Notes" = "any" }'),
        ("platform,handle,Instagram", "X,OakTrails,oak_trails", {}, '{ "Instagram" = "instagram" }'),
        ("Twitter,FB", "OakTrails,OakBikes", {"platform_columns": {"Twitter": "x"}}, '{ "FB" = "facebook" }'),
        ("platform,handle,Notes", "X,OakTrails,Facebook is closed", {}, ""),
        ("platform,handle,Site", "X,OakTrails,https://oak.example.gov", {}, ""),
        ("platform,handle,wikidata_id", "X,OakTrails,", {}, ""),
    ],
)  # fmt: skip
def test_accounts_in_a_column_that_nothing_reads_are_told(
    tmp_path: Path, headings: str, row: str, options: dict[str, Any], advice: str
) -> None:
    text = f"{headings}\n{row}\n"
    told = read(tmp_path, text, **options)[1]
    assert [f"platform_columns = {advice}" in one for one in told] == ([True] if advice else [])
    assert read(tmp_path, text, **options, left_unread=headings.split(",")[-1:])[1] == []


@pytest.mark.parametrize("cell", ["yes we are", "https://oak.example.gov", "@OakTrails"])
def test_a_registry_that_says_no_platform_is_refused_with_what_to_write(tmp_path: Path, cell: str) -> None:
    with pytest.raises(SourceDown, match=r"'Office', 'Social media'.*platform = “x” where.*or “any” for one whose"):
        read(tmp_path, f"Office,Social media\nOak,{cell}\n")


UNDER_GROUPS = [
    ("Office,Twitter,,Facebook,", ",Handle,URL,Handle,URL", "Oak,@OakTrails,https://x.com/OakTrails,OakBikes,"),
    ("Office,Twitter,,Facebook,", ",Handle,URL,Page,Link", "Oak,@OakTrails,https://x.com/OakTrails,OakBikes,"),
    ("Office,Twitter,,Facebook,", ",Handle,Followers,Page,Likes", "Oak,OakTrails,10,OakBikes,20"),
    ("Office,Twitter,Facebook", ",URL,URL", "Oak,https://x.com/OakTrails,https://facebook.com/OakBikes"),
    ("Office,Twitter,,Facebook", ",Handle,URL,Page", "Oak,,https://x.com/OakTrails,OakBikes"),
    (",Twitter,Facebook,Status", "Office,Handle,Page,", "Oak,OakTrails,OakBikes,active"),
]


@pytest.mark.parametrize(("upper", "lower", "row"), UNDER_GROUPS)
def test_platforms_above_their_headings(tmp_path: Path, upper: str, lower: str, row: str) -> None:
    found, told = read(tmp_path, f"{upper}\n{lower}\n{row}\n", columns={"agency_code": "Office"})
    assert named(found) == [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]
    assert {one.agency_code for one in found} == {"Oak"}
    assert not any(one.notes for one in found)
    assert any("the headings stand in two rows" in one for one in told)


def test_what_is_told_to_settle_it_can_be_pasted(tmp_path: Path) -> None:
    text = "Office,Twitter,,Facebook,\n,Handle,URL,Handle,URL\nOak,OakTrails,https://x.com/OakTrails,OakBikes,\n"
    found, told = read(tmp_path, text)
    table = next(one for one in told if "platform_columns" in one).partition("platform_columns = ")[2].rstrip(".")
    again, told = read(tmp_path, text, platform_columns=tomllib.loads(f"said = {table}")["said"])
    assert named(again) == named(found)
    assert ["the headings stand in two rows" in one for one in told] == [True]


def book(folder: Path, sheets: dict[str, list[list[str]]], **options: Any) -> tuple[list[OfficialAccount], list[str]]:
    """The accounts of a workbook with these sheets, and what is told of it."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
    workbook.save(folder / "registry.xlsx")
    items = list(official_csv.fetch(Source("registry", folder, {"path": "registry.xlsx", **options})))
    found = [official_csv.parse(item) for item in items if isinstance(item, Raw)]
    return found, [item.text for item in items if isinstance(item, Remark)]


def test_a_sheet_for_each_platform(tmp_path: Path) -> None:
    heads = ["agency", "handle", "link"]
    sheets = {
        "Twitter": [heads, ["Oak", "@OakTrails", "https://x.com/OakTrails"], ["Elm", "", "https://x.com/ElmTrails"]],
        "FB pages": [["Official pages"], heads, ["Oak", "OakBikes", ""], ["Elm", "", "https://x.com/ElmBikes"]],
        "Instgram": [heads, ["Oak", "oak_trails", ""]],
    }
    found, told = book(tmp_path, sheets, columns={"agency_code": "agency", "url": "link"})
    assert [(one.platform, one.handle, one.provenance.where) for one in found] == [
        ("x", "OakTrails", "registry.xlsx:Twitter:2"), ("x", "ElmTrails", "registry.xlsx:Twitter:3"),
        ("facebook", "OakBikes", "registry.xlsx:FB pages:3"), ("x", "ElmBikes", "registry.xlsx:FB pages:4"),
        ("", "", "registry.xlsx:Instgram:2"),
    ]  # fmt: skip
    assert "its address is on X (formerly Twitter), and not on Facebook" in found[3].notes[0]
    assert "'Instgram' is unknown; did you mean instagram" in found[4].notes[0]
    assert found[4].unread_handle == "oak_trails"
    assert any("names of sheets do: the rows of 'Twitter', 'FB pages', 'Instgram'" in one for one in told)


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (["office", "page name"], "registry.xlsx:Facebook: the sheet has a platform's name"),
        (["agency", "handle", "status"], "the sheet 'Facebook' looks like more of the list"),
    ],
)
def test_a_sheet_of_a_platform_that_is_not_read_is_a_refusal(tmp_path: Path, other: list[str], says: str) -> None:
    sheets = {"Twitter": [["agency", "handle"], ["Oak", "OakTrails"]], "Facebook": [other, ["Oak", "OakBikes", ""]]}
    with pytest.raises(SourceDown, match=says):
        book(tmp_path, sheets)


def test_sheets_that_name_no_platform_say_none(tmp_path: Path) -> None:
    with pytest.raises(SourceDown, match=r"registry\.xlsx:Sheet1: no column is headed platform"):
        book(tmp_path, {"Sheet1": [["agency", "handle"], ["Oak", "OakTrails"]]})
    sheets = {"Twitter": [["agency", "platform", "handle"], ["Oak", "Facebook", "OakBikes"]]}
    assert named(book(tmp_path, sheets)[0]) == [("facebook", "OakBikes", "")]


@pytest.mark.parametrize("upper", [["Office", "Twitter", "Facebook"], ["Office", "Social media"]])
def test_a_workbook_needs_no_heading_beside_its_accounts(tmp_path: Path, upper: list[str]) -> None:
    row = ["Oak", "OakTrails", "OakBikes"] if len(upper) > 2 else ["Oak", "Twitter: OakTrails; Facebook: OakBikes"]
    assert named(book(tmp_path, {"List": [upper, row]})[0]) == [("x", "OakTrails", ""), ("facebook", "OakBikes", "")]


def test_the_sheets_that_are_read_are_all_named_where_another_is_not(tmp_path: Path) -> None:
    heads = ["agency", "handle"]
    sheets = {
        "Twitter": [heads, ["Oak", "OakTrails"]],
        "Facebook": [heads, ["Oak", "OakBikes"]],
        "Contacts": [["supervisor_email", "agency_code", "handle", "url"], ["ann.oak@maine.gov", "oak", "", ""]],
    }
    with pytest.raises(SourceDown, match=r'if not, sheet = \["Twitter", "Facebook"\]'):
        book(tmp_path, sheets)


def test_a_row_without_an_account_in_json_is_no_crash(tmp_path: Path) -> None:
    rows = [{"platform": "x", "handle": "OakTrails", "agency_code": "oak"}, {"agency_code": "elm"}]
    text = "".join(json.dumps(row) + "\n" for row in rows)
    found, told = read(tmp_path, text, "registry.jsonl")
    assert [one.handle for one in found] == ["OakTrails"]
    assert ["holds one cell at most, and no account" in one for one in told] == [True]


PIECES = st.lists(
    st.tuples(
        st.sampled_from(
            ("", "Twitter: ", "FB - ", "Facebook/Instagram: ", "X (formerly Twitter): ", "see ", "(", "or ")
        ),
        st.sampled_from(("@Oak{}", "https://x.com/Oak{}", "facebook.com/Oak{}", "https://bit.ly/Oak{}", "Oak{}")),
        st.sampled_from((" (main)", " (Twitter)", ")", " closed", "", " on Facebook")),
        st.sampled_from(("; ", ", ", " / ", "\n", " ", " and ", " & ", " | ")),
    ),
    min_size=1,
    max_size=5,
)


@given(PIECES)
def test_nothing_that_stands_in_a_cell_is_lost(pieces: list[tuple[str, str, str, str]]) -> None:
    cell = "".join(front + one.format(at) + behind + end for at, (front, one, behind, end) in enumerate(pieces))
    found = gathered(cell)
    kept = " ".join((*found.texts.values(), *found.unread, *found.sites))
    assert [number for number in range(len(pieces)) if f"Oak{number}" not in kept] == []


def test_two_columns_of_one_platform_ask_for_another_heading(tmp_path: Path) -> None:
    with pytest.raises(
        SourceChanged, match=r"'twitter' stands over columns 2 and 3, .* Rename one of them in the export"
    ):
        read(tmp_path, "Office,Twitter,Twitter\nOak,@OakTrails,@OakBikes\n")
    found, _ = read(tmp_path, "Office,Twitter,Twitter 2\nOak,@OakTrails,@OakBikes\n")
    assert named(found) == [("x", "OakTrails", ""), ("x", "OakBikes", "")]
