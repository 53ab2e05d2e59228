import base64
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import atproto_pds
from connectors.contract import BadRow, Dropped, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import CLOSED, Strength
from tests.loopback import FakeTime, source

BASE = "https://pds.example.gov"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
JSON = {"Content-Type": "application/json; charset=utf-8"}
ELSEWHERE = 400, {"error": "InvalidToken", "message": "Unexpected authorization type"}
"""How the reference server answers for searchAccounts, which it does not have (atproto issue 4736)."""


def account(number: int, **fields: Any) -> dict[str, object]:
    return {
        "did": f"did:plc:otter{number}", "handle": f"o{number}.maine.gov", "email": f"o{number}@maine.gov",
        "indexedAt": "2024-01-02T03:04:05.000Z", "emailConfirmedAt": "2024-01-02T03:10:00.000Z",
        "inviteNote": "knows Lee", "invites": [{"code": "maine-1"}], **fields,
    }  # fmt: skip


class Pds:
    """Has the accounts given; `search` is how it answers for searchAccounts where it has none of its own."""

    def __init__(
        self,
        *accounts: dict[str, object],
        search: tuple[int, object] | None = None,
        page: int = 50,
        kind: str = JSON["Content-Type"],
    ) -> None:
        self.accounts = accounts
        self.kind = kind
        self.search = search
        self.page = page
        self.keeps_back: set[object] = set()
        self.shut = False
        self.asked: list[tuple[str, dict[str, list[str]]]] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        url = urlsplit(request.url)
        method, asked = url.path.rpartition(".")[2], parse_qs(url.query)
        self.asked.append((method, asked))
        self.signed = request.headers.get("Authorization", "")
        if method == "getAccountInfos" and self.shut:
            return 401, JSON, json.dumps({"error": "AuthenticationRequired", "message": "Authentication Required"})
        if method == "getAccountInfos":
            told = [one for one in self.accounts if one["did"] in asked["dids"] and one["did"] not in self.keeps_back]
            return 200, JSON, json.dumps({"infos": told})
        if method == "searchAccounts" and self.search:
            return self.search[0], {"Content-Type": self.kind}, json.dumps(self.search[1])
        start = int(asked.get("cursor", ["0"])[0])
        end = start + min(self.page, int(asked["limit"][0]))
        name = "repos" if method == "listRepos" else "accounts"
        listed = [{name: one[name] for name in ("did", "status") if name in one} for one in self.accounts[start:end]]
        value: dict[str, object] = {name: listed}
        return 200, JSON, json.dumps(value | ({"cursor": str(end)} if end < len(self.accounts) else {}))


@pytest.fixture(autouse=True)
def password(monkeypatch):
    monkeypatch.setenv("PDS", CANARY)


def fetched(folder: Path, pds: Pds, **options: Any) -> list:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("admin.searchAccounts", "admin.getAccountInfos", "sync.listRepos"):
            mock.add_callback(responses.GET, f"{BASE}/xrpc/com.atproto.{method}", pds)
        given = {"url": BASE, "admin_password": {"env": "PDS"}, **options}
        return list(atproto_pds.fetch(source(folder, "pds", **given), FakeTime().clock))


def test_accounts(tmp_path):
    unproved = account(2, handle="handle.invalid")
    del unproved["emailConfirmedAt"]
    pds = Pds(account(1), unproved, {"did": "did:web:a.example.org", "handle": "a.example.org", "indexedAt": "x"})
    first, second, third = map(atproto_pds.parse, fetched(tmp_path, pds))
    assert (first.platform, first.account_id, first.handle) == ("bluesky", "did:plc:otter1", "o1.maine.gov")
    assert first.url == "https://bsky.app/profile/o1.maine.gov"
    assert (first.registered_email, first.registration) == ("o1@maine.gov", Strength.STRONG)
    assert (second.handle, second.url) == ("", "https://bsky.app/profile/did:plc:otter2")
    assert (second.registered_email, second.registration) == ("o2@maine.gov", Strength.WEAK)
    assert "never confirmed" in second.evidence[0].detail
    assert (third.registered_email, third.registration, third.evidence) == ("", Strength.NONE, ())
    assert third.created_at is None


def test_restraint(tmp_path):
    pds = Pds(account(1))
    shown = repr(fetched(tmp_path, pds))
    for private in ("knows Lee", "maine-1", CANARY):
        assert private not in shown
    assert base64.b64decode(pds.signed.removeprefix("Basic ")).decode() == f"admin:{CANARY}"


@pytest.mark.parametrize(
    ("search", "lists"),
    [
        (None, "searchAccounts"),
        (ELSEWHERE, "listRepos"),
        ((501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"}), "listRepos"),
        ((404, {"error": "XRPCNotSupported"}), "listRepos"),
        ((401, {"error": "AuthMissing", "message": "Authentication Required"}), "listRepos"),
        ((403, {"error": "Forbidden"}), "listRepos"),
        ((405, {"error": "Method Not Allowed"}), "listRepos"),
        ((200, {"accounts": []}), "listRepos"),
    ],
)
def test_which_list_names_the_accounts(tmp_path, search, lists):
    pds = Pds(*(account(number) for number in range(120)), search=search)
    assert len(fetched(tmp_path, pds)) == 120
    assert [method for method, _ in pds.asked] == ["searchAccounts", *[lists, "getAccountInfos"] * 3]
    assert [len(asked["dids"]) for method, asked in pds.asked if method == "getAccountInfos"] == [50, 50, 20]


@pytest.mark.parametrize("status", [403, 404, 501])
def test_a_page_of_a_server_in_front_means_that_it_cannot_search(tmp_path, status):
    pds = Pds(account(1), search=(status, "<html>Caddy</html>"), kind="text/html")
    assert len(fetched(tmp_path, pds)) == 1
    assert [method for method, _ in pds.asked] == ["searchAccounts", "listRepos", "getAccountInfos"]


def test_accounts_that_are_shut_or_deleted(tmp_path):
    listed = [
        account(1),
        account(2, status="takendown"),
        account(3, status="deactivated"),
        account(4, status="deleted"),
    ]
    pds = Pds(*listed, account(5, status="deleted"), search=ELSEWHERE, page=4)
    pds.keeps_back = {"did:plc:otter4", "did:plc:otter5"}
    items = fetched(tmp_path, pds)
    assert [item for item in items if isinstance(item, Dropped)] == [Dropped(1, atproto_pds.GONE)] * 2
    found = [atproto_pds.parse(item) for item in items if isinstance(item, Raw)]
    closed = [[piece.detail for piece in one.evidence if piece.kind == CLOSED] for one in found]
    assert closed == [[], ["takendown on the server"], []]


def test_an_account_that_comes_again_is_asked_for_once(tmp_path):
    pds = Pds(account(1), account(2), account(1), page=2)
    assert len(fetched(tmp_path, pds)) == 2


def test_an_account_that_is_kept_back(tmp_path):
    pds = Pds(account(1), account(2))
    pds.keeps_back = {"did:plc:otter2"}
    with pytest.raises(SourceDown, match="of which it tells nothing"):
        fetched(tmp_path, pds)


@pytest.mark.parametrize("accounts", [(), (account(1),)])
def test_a_password_that_is_wrong(tmp_path, accounts):
    """A server that does not know searchAccounts may say 401 to it, too: getAccountInfos tells the two apart."""
    pds = Pds(*accounts, search=(401, {"error": "AuthenticationRequired", "message": "Authentication Required"}))
    pds.shut = True
    with pytest.raises(Refused, match="PDS_ADMIN_PASSWORD"):
        fetched(tmp_path, pds)


@pytest.mark.parametrize("body", [[], {"accounts": "x"}, {"accounts": [1]}, {"accounts": [{"did": "otter"}]}])
def test_another_shape_stops(tmp_path, body):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, Pds(search=(200, body)))


@pytest.mark.parametrize("options", [{"url": ""}, {"url": "http://pds.example.gov"}, {"admin_password": "x"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Pds(), **options)


@pytest.mark.parametrize("fields", [{"did": ""}, {"email": 5}, {"handle": []}])
def test_fields_of_another_kind(fields):
    with pytest.raises(BadRow):
        atproto_pds.parse(Raw({**account(1), **fields}, "pds", "/x", "0" * 64))
