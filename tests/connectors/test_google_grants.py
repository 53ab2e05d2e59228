import base64
import importlib.util
import json
import logging
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import responses

from connectors import google_grants
from connectors.contract import Answer, BadRow, Dropped, Nexus, Outcome, Raw, Source, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from connectors.platforms import platform_id
from connectors.records import SIGN_IN, Strength
from connectors.reference import table
from connectors.vendors import oauth_clients
from tests.loopback import FakeTime

SPEC = importlib.util.spec_from_file_location("tenant", Path(__file__).parent / "conversations/google_grants.py")
tenant = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(tenant)

OK = {"Content-Type": "application/json; charset=UTF-8"}
ADDRESSES = ("jane.doe@maine.gov", "ravi.lee@maine.gov", "o'neil+x@maine.gov")
OTHER = "1-a.apps.googleusercontent.com"


class Google:
    """Gives `grants` to everybody but those whose address says gone or elsewhere; its tokens last `lasts` seconds."""

    def __init__(self, grants: list[dict[str, object]] | None = None, lasts: object = 3599) -> None:
        self.grants, self.lasts = tenant.GRANTS if grants is None else grants, lasts
        self.issued: list[dict[str, Any]] = []
        self.asked: list[str] = []

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        url = urlsplit(request.url)
        if url.hostname == "oauth2.googleapis.com":
            self.issued.append(tenant.claims(request))
            return 200, OK, json.dumps({"access_token": f"ya29.{len(self.issued)}", "expires_in": self.lasts})
        assert request.headers["Authorization"] == f"Bearer ya29.{len(self.issued)}"
        self.asked.append(unquote(url.path.split("/")[5]))
        if self.asked[-1].startswith(("gone", "elsewhere")):
            return refusal(404 if "gone" in self.asked[-1] else 403, "forbidden")
        return 200, OK, json.dumps({"kind": "admin#directory#tokenList", "items": self.grants})


def refusal(status: int, reason: str) -> tuple[int, dict[str, str], str]:
    error = {"code": status, "message": "Not Authorized.", "errors": [{"domain": "usageLimits", "reason": reason}]}
    return status, OK, json.dumps({"error": error})


def fetched(
    folder: Path, platform, addresses: tuple[str, ...] = ADDRESSES, time: FakeTime | None = None, **options: object
) -> list[Answer]:
    source = Source("grants", folder, {**tenant.OPTIONS, **options}, Nexus(("maine.gov",)), addresses=addresses)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add_callback(responses.POST, "https://oauth2.googleapis.com/token", platform)
        path = re.compile(r"https://admin\.googleapis\.com/admin/directory/v1/users/[^/]+/tokens\?fields=.*")
        mock.add_callback(responses.GET, path, platform)
        return list(google_grants.fetch(source, (time or FakeTime()).clock))


def kept(folder: Path, *grants: dict[str, object]) -> list[Any]:
    (answer,) = fetched(folder, Google(list(grants)), ADDRESSES[:1])
    return list(answer.items)


@pytest.mark.parametrize(
    ("client", "name", "scopes", "platform", "strength"),
    [
        (tenant.PINTEREST, "Pinterest", ["openid", tenant.MAIL], "pinterest", Strength.STRONG),
        (tenant.PINTEREST, "Anything", ["email"], "pinterest", Strength.STRONG),
        (tenant.PINTEREST, "Pinterest", ["openid", tenant.PROFILE], "pinterest", Strength.WEAK),
        (OTHER, "Pinterest", ["openid", "email"], "pinterest", Strength.WEAK),
        (OTHER, " STACK  overflow", ["email", "x/drive"], "stackexchange", Strength.WEAK),
        (OTHER, "Ｔwitter", ["email"], "x", Strength.WEAK),
    ],
)
def test_sign_ins(tmp_path, client, name, scopes, platform, strength):
    (raw,) = kept(tmp_path, tenant.grant(client, name, *scopes))
    account = google_grants.parse(raw)
    assert (account.platform, account.registered_email, account.registration) == (platform, ADDRESSES[0], strength)
    assert (account.account_id, account.handle, account.emails) == ("", "", ())
    (piece,) = account.evidence
    assert (piece.strength, piece.kind) == (strength, SIGN_IN)
    assert ADDRESSES[0] in piece.detail
    assert ("not given the address" in piece.detail) == ("email" not in scopes and tenant.MAIL not in scopes)
    assert ("its developer chose" in piece.detail) == (client == OTHER)
    assert "drive" not in repr(raw)


@pytest.mark.parametrize(
    ("name", "scopes", "reason"),
    [
        ("Meeting Finder", ["openid", "email"], google_grants.NOT_LISTED),
        ("Pinterest Scheduler", ["openid", "email"], google_grants.NOT_LISTED),
        ("Slack", ["openid", "email"], google_grants.NOT_LISTED),
        ("", ["email"], google_grants.NOT_LISTED),
        ("LinkedIn", ["https://www.googleapis.com/auth/contacts.readonly"], google_grants.NO_SIGN_IN),
        ("LinkedIn", [], google_grants.NO_SIGN_IN),
    ],
)
def test_every_other_grant_is_left_unread(tmp_path, name, scopes, reason):
    assert kept(tmp_path, tenant.grant(OTHER, name, *scopes)) == [Dropped(1, reason)]


def test_the_table_of_apps():
    rows = table("oauth_clients.csv")
    assert [platform_id(row["platform"]) for row in rows] == [row["platform"] for row in rows]
    names = [name.casefold() for row in rows for name in row["display_texts"].split(";")]
    ids = [one for row in rows for one in row["client_ids"].split(";") if one]
    assert len(set(names)) == len(names)
    assert len(set(ids)) == len(ids)
    assert all(one.endswith(".apps.googleusercontent.com") for one in ids)
    assert oauth_clients.app("none", "none") == ("", False)


def test_who_is_not_there_and_who_is_elsewhere(tmp_path):
    addresses = (*ADDRESSES, "gone@maine.gov", *(f"elsewhere{one}@courts.maine.gov" for one in range(9)))
    platform = Google([])
    answers = fetched(tmp_path, platform, addresses)
    assert [one.outcome for one in answers] == [
        *[Outcome.ANSWERED] * 3, Outcome.NOT_FOUND, *[Outcome.REFUSED] * 9,
    ]  # fmt: skip
    assert platform.asked == list(addresses)
    with pytest.raises(Refused, match=r"Not Authorized.*Admin SDK API"):
        fetched(tmp_path, platform, addresses[4:])


def test_the_token_is_signed_for_and_renewed(tmp_path):
    platform, time = Google([], lasts=3599), FakeTime()
    addresses = tuple(f"person{one}@maine.gov" for one in range(120))
    fetched(tmp_path, platform, addresses, time, requests=1, seconds=60)
    first, *others = platform.issued
    assert len(others) == (time.at - 1000) // 3299 > 0
    assert (first["iss"], first["sub"]) == (tenant.FILE["client_email"], "auditor@example.org")
    assert first["aud"] == "https://oauth2.googleapis.com/token"  # not the token_uri of the key file
    assert first["exp"] - first["iat"] == 3600
    assert all(later["iat"] > first["iat"] for later in others)


def test_it_asks_no_more_than_planned(tmp_path):
    addresses = tuple(f"person{one}@maine.gov" for one in range(300))
    source, time = Source("grants", tmp_path, tenant.OPTIONS, addresses=addresses), FakeTime()
    platform = Google([])
    answers = fetched(tmp_path, platform, addresses, time)
    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    planned = google_grants.CONNECTOR.sweep.requests(source, google_grants.CONNECTOR.sweep.keys(source))
    assert len(platform.asked) + len(platform.issued) <= planned <= 306
    assert google_grants.CONNECTOR.sweep.requests(source, ()) == 0
    assert (300 - 216) / 36 <= time.at - 1000 < 3  # 0.9 of 2,400 a minute, a tenth of it at once


def test_a_canary_is_asked_first(tmp_path):
    platform = Google([])
    fetched(tmp_path, platform, ADDRESSES, must_find="ravi.lee@maine.gov")
    assert platform.asked[0] == "ravi.lee@maine.gov"
    assert sorted(platform.asked) == sorted(ADDRESSES)


@pytest.mark.parametrize(
    ("reason", "last"),
    [
        ("userRateLimitExceeded", [Outcome.LIMITED]),  # asked again and again, and still too fast
        ("quotaExceeded", [Outcome.LIMITED]),
        ("dailyLimitExceeded", []),
    ],
)
def test_a_rate_is_no_refusal_of_anybody(tmp_path, reason, last):
    platform = Google([])

    def spent(request) -> tuple[int, dict[str, str], str]:
        return platform(request) if len(platform.asked) < 2 else refusal(403, reason)

    assert [one.outcome for one in fetched(tmp_path, spent)] == [Outcome.ANSWERED, Outcome.ANSWERED, *last]
    with pytest.raises(OutOfBudget):
        fetched(tmp_path, lambda request: refusal(403, reason) if request.method == "GET" else Google()(request))


def test_credentials_that_end_in_mid_run_refuse_nobody(tmp_path):
    platform = Google([])

    def revoked(request) -> tuple[int, dict[str, str], str]:
        return platform(request) if len(platform.asked) < 2 else refusal(401, "authError")

    with pytest.raises(Refused, match="not accepted"):
        fetched(tmp_path, revoked)


def test_nothing_tells_whom_it_asked_for(tmp_path, caplog):
    caplog.set_level(logging.DEBUG)
    bodies = [(200, "[]"), (200, '{"kind": "x"}'), (500, ""), (400, '{"error": {"message": "jane.doe@maine.gov?"}}')]
    for status, body in bodies:
        platform = Google()
        with pytest.raises(SourceDown) as caught:
            fetched(
                tmp_path,
                lambda request: (status, OK, body) if request.method == "GET" else platform(request),  # noqa: B023
                tuple(f"person{one}@maine.gov" for one in range(6)),
            )
        assert "@" not in str(caught.value)
    assert "@" not in caplog.text
    assert "ya29" not in caplog.text


@pytest.mark.parametrize("grants", [{}, [5], [{"clientId": 5, "scopes": []}], [{"clientId": "x"}]])
def test_another_shape_stops(tmp_path, grants):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, Google(grants))


@pytest.mark.parametrize("lasts", ["3599", 0, None])
def test_a_token_of_another_shape_stops(tmp_path, lasts):
    with pytest.raises(SourceChanged, match="token_url"):
        fetched(tmp_path, Google(lasts=lasts))


def encoded(**fields: object) -> str:
    return base64.b64encode(json.dumps({**tenant.FILE, **fields}).encode()).decode()


@pytest.mark.parametrize(
    "key",
    ["AIza-no-service-account", "{}", '{"client_email": 5', encoded(private_key="no key"), encoded(private_key=5)],
)
def test_keys_that_cannot_sign(tmp_path, monkeypatch, key):
    monkeypatch.setenv("KEY", key)
    with pytest.raises(SourceDown, match="no service account's JSON key") as caught:
        fetched(tmp_path, Google(), key={"env": "KEY"})
    assert key not in str(caught.value)


def test_a_key_in_one_line(tmp_path, monkeypatch):
    monkeypatch.setenv("KEY", json.dumps(tenant.FILE))
    assert len(fetched(tmp_path, Google([]), key={"env": "KEY"})) == 3


@pytest.mark.parametrize("options", [{"admin": None}, {"admin": "auditor"}, {"key": None}, {"url": "http://a.example"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, Google(), **options)


def test_fields_of_another_kind(tmp_path):
    (raw,) = kept(tmp_path, tenant.grant(tenant.PINTEREST, "Pinterest", "email") | {"displayText": 5})
    with pytest.raises(BadRow):
        google_grants.parse(raw)
    assert isinstance(raw, Raw)


POOL = "projects/123456/locations/global/workloadIdentityPools/state/providers/night"
KEYLESS = {
    "federated_token": {"file": "token"},
    "provider": POOL,
    "account": "login-audit@state.iam.gserviceaccount.com",
}


def without_key(folder: Path, sts: tuple[int, str], signs: tuple[int, str], **options: object) -> list:
    """(host, path, what was said) of each request that one look-up takes, for a source that has no key."""
    (folder / "token").write_text("header.federated.signature", encoding="utf-8")
    given = {"admin": "auditor@example.org", **KEYLESS, **options}
    source = Source("grants", folder, given, Nexus(("maine.gov",)), addresses=ADDRESSES[:1])
    replies = {
        "sts.googleapis.com": sts,
        "iamcredentials.googleapis.com": signs,
        "oauth2.googleapis.com": (200, json.dumps({"access_token": "ya29.delegated", "expires_in": 3599})),
        "admin.googleapis.com": (200, json.dumps({"kind": "admin#directory#tokenList", "items": tenant.GRANTS})),
    }
    asked = []

    def answer(request) -> tuple[int, dict[str, str], str]:
        url = urlsplit(request.url)
        asked.append((url.hostname, unquote(url.path), request.headers.get("Authorization"), request.body))
        status, body = replies[url.hostname]
        return status, OK, body

    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in (responses.GET, responses.POST):
            mock.add_callback(method, re.compile(".*"), answer)
        (told,) = google_grants.fetch(source, FakeTime().clock)
    assert told.outcome is Outcome.ANSWERED
    assert google_grants.LOOKUP.sweep.requests(source, ADDRESSES[:1]) >= len(asked)
    return asked


TRUSTED = 200, json.dumps({"access_token": "federated", "expires_in": 3599, "token_type": "Bearer"})
SIGNED = 200, json.dumps({"keyId": "k", "signedJwt": "signed.by.google"})


def test_without_a_key_google_signs(tmp_path):
    exchanged, signed, issued, listed = without_key(tmp_path, TRUSTED, SIGNED)
    assert exchanged[:3] == ("sts.googleapis.com", "/v1/token", None)
    form = parse_qs(exchanged[3])
    assert form["audience"] == [f"//iam.googleapis.com/{POOL}"]
    assert form["grant_type"] == ["urn:ietf:params:oauth:grant-type:token-exchange"]
    assert form["subject_token"] == ["header.federated.signature"]
    path = f"/v1/projects/-/serviceAccounts/{KEYLESS['account']}:signJwt"
    assert signed[:3] == ("iamcredentials.googleapis.com", path, "Bearer federated")
    claims = json.loads(json.loads(signed[3])["payload"])
    assert (claims["iss"], claims["sub"]) == (KEYLESS["account"], "auditor@example.org")
    assert claims["aud"] == "https://oauth2.googleapis.com/token"
    assert claims["exp"] - claims["iat"] == 3600
    assert parse_qs(issued[3])["assertion"] == ["signed.by.google"]
    assert listed[2] == "Bearer ya29.delegated"


KEYLESS_FAULTS = [
    ({"key": {"env": "K"}}, TRUSTED, SIGNED, "gives key and federated_token. Leave one"),
    ({"account": "audit@example.org"}, TRUSTED, SIGNED, "account in audit.toml must be like audit@project"),
    ({"provider": "state/night"}, TRUSTED, SIGNED, "provider in audit.toml must be like projects/NUMBER"),
    ({"federated_token": "x.y.z"}, TRUSTED, SIGNED, "federated_token is not written into audit.toml"),
    ({}, (400, '{"error": "invalid_grant"}'), SIGNED, "Security Token Service at sts.googleapis.com"),
    ({}, (200, "{}"), SIGNED, "the token endpoint answers in another shape.$"),
    ({}, TRUSTED, (403, "{}"), "Service Account Token Creator of the account"),
    ({}, TRUSTED, (200, "{}"), "Service Account Credentials answers in another shape"),
]


@pytest.mark.parametrize(("options", "sts", "signs", "words"), KEYLESS_FAULTS)
def test_without_a_key_what_is_wrong_is_told(tmp_path, options, sts, signs, words):
    with pytest.raises(SourceDown, match=words) as caught:
        without_key(tmp_path, sts, signs, **options)
    assert "federated.signature" not in str(caught.value)
    assert "auditor" not in str(caught.value)
