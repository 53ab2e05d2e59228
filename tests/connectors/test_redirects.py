"""Addresses that only lead on: mail filters' links, archives, search engines, platforms' own redirects."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pyarrow as pa
import pytest

from connectors.contract import Nexus
from connectors.platforms import from_url, profile, stands_for_nobody
from connectors.redirects import leads_nowhere, redirects, unwrapped
from connectors.sift import sift, terms_of
from tests.states import DAY, State, person

ANN = ("x", "ann")
LEADING = [
    ("https://urldefense.com/v3/__https://x.com/ann__;!!key!hash$", ANN),
    ("https://urldefense.com/v3/__https:/x.com/ann__;!!key!hash$", ANN),
    ("https://urldefense.us/v3/__https://x.com/ann?s=20__;Kg!!key!hash$", ANN),
    ("https://urldefense.com/v3/__https://www.tiktok.com/*ann__;QA!!key!hash$", ("tiktok", "ann")),
    ("https://urldefense.com/v3/__https://www.facebook.com/profile.php?id=100064800000017__;!!k!h$",
     ("facebook", "100064800000017")),
    ("https://urldefense.proofpoint.com/v2/url?u=https-3A__x.com_ann-5Flee&d=Dw&c=k&r=h", ("x", "ann_lee")),
    ("https://urldefense.proofpoint.com/v2/url?u=https-3A__www.facebook.com_profile.php-3Fid-3D100064800000017&d=D",
     ("facebook", "100064800000017")),
    ("https://urldefense.proofpoint.com/v1/url?u=https://x.com/ann&k=key", ANN),
    ("https://gcc02.safelinks.protection.outlook.com/ap/x-59584e83/?url=https%3A%2F%2Fx.com%2Fann&data=05", ANN),
    ("https://nam02.safelinks.protection.office365.us/?url=https%3A%2F%2Fx.com%2Fann&data=05", ANN),
    ("https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Furldefense.com%2Fv3%2F__https%3A%2F%2F"
     "l.facebook.com%2Fl.php%3Fu%3Dhttps%253A%252F%252Fx.com%252Fann__%3B!!k!h%24&data=05", ANN),
    ("https://linkprotect.cudasvc.com/url?a=https%3a%2f%2fx.com%2fann&c=E,1,k&typo=1", ANN),
    ("https://secure-web.cisco.com/1AbC_d/https%3A%2F%2Fx.com%2Fann", ANN),
    ("https://protect.checkpoint.com/v2/___https://x.com/ann___.YXAz", ANN),
    ("https://us-west-2.protection.sophos.com/?d=x.com&u=aHR0cHM6Ly94LmNvbS9hbm4=&i=k", ANN),
    ("https://web.archive.org/web/20240101000000/https://x.com/ann", ANN),
    ("https://web.archive.org/web/20240101000000id_/http://www.facebook.com:80/ann.lee", ("facebook", "ann.lee")),
    ("https://web.archive.org/web/*/https://x.com/ann", ANN),
    ("web.archive.org/web/2024/x.com/ann", ANN),
    ("https://web.archive.org/web/2024/https://www.facebook.com/profile.php?id=100064800000017",
     ("facebook", "100064800000017")),
    ("https://archive.ph/2024.01.01-120000/https://x.com/ann", ANN),
    ("https://webcache.googleusercontent.com/search?q=cache:AbCd:https://x.com/ann&hl=en", ANN),
    ("https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fx.com%2Fann", ANN),
    ("https://www.bing.com/ck/a?!&&p=k&u=a1aHR0cHM6Ly94LmNvbS9hbm4&ntb=1", ANN),
    ("https://r.search.yahoo.com/_ylt=A0/RV=2/RU=https%3a%2f%2fx.com%2fann/RK=2/RS=k-", ANN),
    ("https://duckduckgo.com/l/?uddg=https%3A%2F%2Fx.com%2Fann", ANN),
    ("https://urldefense.com/v3/__https://example.org/ann__;!!key!hash$", None),
    ("https://example.org/?url=https%3A%2F%2Fx.com%2Fann", None),
    ("https://google.example.org/url?q=https%3A%2F%2Fx.com%2Fann", None),
    ("https://notweb.archive.org.example/web/2024/https://x.com/ann", None),
]  # fmt: skip


@pytest.mark.parametrize(("url", "who"), LEADING)
def test_a_profile_behind_another_address_is_the_profile(url: str, who: tuple[str, str] | None) -> None:
    assert from_url(url) == who


def test_letters_that_proofpoint_took_out_are_put_back() -> None:
    url = "https://urldefense.com/v3/__https://example.org/*ann/**Bann/*__;QMOpw6nDqQ!!key!hash$"
    assert unwrapped(url) == "https://example.org/@ann/éééann/"


NOWHERE = [
    "https://protect-us.mimecast.com/s/AbCd?domain=x.com",
    "https://url.uk.m.mimecastprotect.com/s/AbCd?domain=x.com",
    "https://shared.outlook.inky.com/link?domain=x.com&t=key",
    "https://archive.ph/AbCdE",
    "https://urldefense.com/v3/",
    "https://www.bing.com/ck/a?!&&p=k&u=a1%ff&ntb=1",
    "https://www.google.com/url?sa=t",
]


@pytest.mark.parametrize("url", NOWHERE)
def test_a_link_that_does_not_say_where_it_leads_is_nobodys(url: str) -> None:
    assert profile(url) is None
    assert leads_nowhere(url)
    assert stands_for_nobody(url)


def test_another_address_leads_nowhere_else() -> None:
    for url in ("https://x.com/ann", "https://example.org/url?q=https://x.com/ann", "", "https://[", "mailto:a@b.org"):
        assert unwrapped(url) == url
        assert not leads_nowhere(url)


def test_redirects_within_one_another_come_to_an_end() -> None:
    url = "https://x.com/ann"
    for _ in range(50):
        url = f"https://web.archive.org/web/2024/{url}"
    assert unwrapped(url).startswith("https://web.archive.org/web/2024/https://")


def test_every_row_says_where_the_other_address_stands() -> None:
    known = {"", "__", "path"}
    assert all(one.holds in known or one.holds.startswith("?") for one in redirects())


BEHIND = [
    "https://urldefense.com/v3/__https://www.facebook.com/MaineDOT__;!!key!{night}$",
    "https://urldefense.proofpoint.com/v2/url?u=https-3A__www.facebook.com_MaineDOT&d=DwMFaQ&c={night}",
    "https://nam02.safelinks.protection.outlook.com/?url=https%3A%2F%2Fwww.facebook.com%2FMaineDOT&data={night}",
    "https://web.archive.org/web/2024010100000{night}/https://www.facebook.com/MaineDOT",
    "https://l.facebook.com/l.php?u=https%3A%2F%2Fwww.facebook.com%2FMaineDOT&h={night}",
    "https://www.google.com/url?q=https%3A%2F%2Fwww.facebook.com%2FMaineDOT&sa={night}",
]


def _state(folder: Path, official: list[dict[str, str]], url: str) -> State:
    row = {"platform": "facebook", "url": url, "display_name": "MaineDOT", "registered_email": "una.reed@maine.gov",
           "bio": "Official page of the Maine Department of Transportation"}  # fmt: skip
    return State(
        folder,
        people=[person("00033", "Una", "Reed")],
        official=official,
        agencies=[{"agency_code": "17", "name": "Department of Transportation", "acronyms": "MaineDOT; DOT"}],
        accounts={"export": [row]},
        options={"export": 'registration = "verified"'},
    )


ROW = {"platform": "facebook", "agency_code": "17", "supervisor_employee_id": "00033"}
OTHER = {"platform": "x", "handle": "MaineParks", "agency_code": "17"}


@pytest.mark.parametrize("url", BEHIND)
def test_an_official_account_behind_a_filters_link_is_official(tmp_path: Path, url: str) -> None:
    shown, plain = url.format(night=1), "https://www.facebook.com/MaineDOT"
    for number, (official, seen) in enumerate(((plain, shown), (shown, plain))):
        night = _state(tmp_path / str(number), [ROW | {"url": official}], seen).night()
        assert (night.findings, night.problems) == ((), ())


def test_a_link_that_is_another_one_every_night_is_one_account(tmp_path: Path) -> None:
    state = _state(tmp_path, [OTHER], BEHIND[0].format(night=1))
    before = {f.finding_id for f in state.night().findings}
    state.accounts["export"][0]["url"] = BEHIND[1].format(night=2)
    after = state.night(DAY + timedelta(days=1)).findings
    assert {f.finding_id for f in after} == before
    assert {(f.handle, f.status) for f in after} == {("MaineDOT", "open")}


def test_a_sealed_link_is_told_and_is_no_identity(tmp_path: Path) -> None:
    night = _state(tmp_path, [OTHER], NOWHERE[0]).night()
    assert {(f.handle, f.url, f.mailbox) for f in night.findings} == {("", "", "una.reed@maine.gov")}
    assert any("is nobody's profile and was left empty" in one.reason for one in night.problems)


def test_a_row_whose_link_is_written_in_other_letters_is_looked_at() -> None:
    terms = terms_of(Nexus(domains=("maine.gov",), terms=("maine_dot",)), ("url",))
    urls = [
        "https://urldefense.proofpoint.com/v2/url?u=https-3A__x.com_maine-5Fdot&d=D",
        "https://www.bing.com/ck/a?!&&p=k&u=a1aHR0cHM6Ly94LmNvbS9tYWluZV9kb3Q&ntb=1",
        "https://x.com/ann",
    ]
    assert terms is not None
    assert sift(pa.RecordBatch.from_pydict({"url": urls}), terms).to_pylist() == [True, True, False]
