import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import responses

from connectors import hibp
from connectors.contract import Answer, BadRow, Dropped, Outcome, Raw, SourceChanged, SourceDown
from connectors.http import Refused
from connectors.records import Strength
from tests.loopback import FakeTime, source

BASE = "https://haveibeenpwned.com/api/v3"
KEY = "0123456789abcdef0123456789abcdef"
ALL = (*hibp.FLAGS, "IsSubscriptionFree")
Reply = tuple[int, dict[str, str], str]


def breach(name: str, domain: str = "linkedin.com", **more: Any) -> dict[str, object]:
    flags = {flag: flag == "IsVerified" for flag in ALL}
    return {"Name": name, "Title": f"{name}!", "Domain": domain, "BreachDate": "2012-05-05", **flags, **more}


def told(value: object) -> Reply:
    return 200, {"Content-Type": "application/json"}, json.dumps(value)


class Pwned:
    """Answers /breaches with `breaches` and each domain with its entry of `domains`; 404 for others."""

    def __init__(self, breaches: object, domains: dict[str, object | Reply] | None = None) -> None:
        self.breaches = breaches
        self.domains = domains or {}
        self.asked: list[str] = []

    def __call__(self, request) -> Reply:
        path = urlsplit(request.url).path.removeprefix("/api/v3")
        self.asked.append(path)
        assert request.headers["hibp-api-key"] == KEY
        assert request.headers["User-Agent"].startswith("identity-audit")
        found = self.breaches if path == "/breaches" else self.domains.get(path.rpartition("/")[2], (404, {}, ""))
        return found if isinstance(found, tuple) else told(found)


def fetched(folder: Path, pwned: Callable[..., Reply], *domains: str, time: FakeTime | None = None, **options: Any):
    (folder / "key").write_text(f"{KEY}\n")
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for domain in ("", *domains, "maine.gov", "never.example"):
            url = f"{BASE}/breacheddomain/{domain}" if domain else f"{BASE}/breaches"
            mock.add_callback(responses.GET, url, pwned)
        given = source(folder, "leaks", domains=domains or ("maine.gov",), **{"key": {"file": "key"}, **options})
        return list(hibp.fetch(given, (time or FakeTime()).clock))


def raws(answer: Answer) -> list[Raw]:
    return [one for one in answer.items if isinstance(one, Raw)]


def dropped(answer: Answer) -> dict[str, int]:
    return {one.reason: one.count for one in answer.items if isinstance(one, Dropped)}


def test_an_address_is_a_lead_on_each_platform_and_says_why_it_is_no_proof(tmp_path):
    breaches = [breach("Tumblr", "tumblr.com"), breach("LinkedIn"), breach("LinkedInScrape", "www.LinkedIn.com")]
    pwned = Pwned(breaches, {"maine.gov": {"jane.doe": ["LinkedInScrape", "Tumblr", "LinkedIn"]}})
    (answer,) = fetched(tmp_path, pwned)
    accounts = {account.platform: account for account in map(hibp.parse, raws(answer))}
    assert (answer.key, answer.outcome, list(accounts)) == ("maine.gov", Outcome.ANSWERED, ["linkedin", "tumblr"])
    linkedin = accounts["linkedin"]
    assert (linkedin.registered_email, linkedin.registration) == ("jane.doe@maine.gov", Strength.WEAK)
    assert (linkedin.account_id, linkedin.handle, linkedin.url, linkedin.emails) == ("", "", "", ())
    assert [(piece.kind, piece.strength) for piece in linkedin.evidence] == [("breach list", Strength.WEAK)] * 2
    assert linkedin.evidence[0].detail == (
        "jane.doe@maine.gov stands in the platform’s breached data (LinkedIn!, 2012-05-05), says Have I Been Pwned."
        " That proves no registration: addresses are not always verified at sign-up"
    )
    assert pwned.asked == ["/breaches", "/breacheddomain/maine.gov"]


@pytest.mark.parametrize(
    ("more", "reason"),
    [
        *(({flag: True}, hibp.FLAGGED) for flag in hibp.FLAGS if flag != "IsVerified"),
        ({"IsVerified": False}, hibp.FLAGGED),
        ({"IsSomethingNew": True}, hibp.FLAGGED),
        ({"IsSomethingNew": "yes"}, hibp.FLAGGED),
        ({"Domain": "dating.example.org"}, hibp.ELSEWHERE),
        ({"Domain": "adobe.com"}, hibp.ELSEWHERE),  # a platform by its name, without a profile's host
        ({"Domain": "notlinkedin.com"}, hibp.ELSEWHERE),
        ({"Domain": "linkedin.com.example.org"}, hibp.ELSEWHERE),
        ({"Domain": ""}, hibp.ELSEWHERE),
        ({"Domain": None}, hibp.ELSEWHERE),
        ({"Domain": "", "IsSensitive": True}, hibp.ELSEWHERE),
        ({"Name": "Another"}, hibp.UNLISTED),
        ({"IsSubscriptionFree": True}, ""),
    ],
)
def test_what_is_left_out_before_anything_leaves(tmp_path, more, reason):
    pwned = Pwned([breach("Telling") | more], {"maine.gov": {"jane.doe": ["Telling"], "ravi.lee": ["Telling"]}})
    (answer,) = fetched(tmp_path, pwned)
    assert dropped(answer) == ({reason: 2} if reason else {})
    assert len(raws(answer)) == (0 if reason else 2)
    if reason:
        assert not any(secret in repr(answer) for secret in ("jane.doe", "Telling", "dating"))


def test_a_domain_is_clean_or_not_verified_and_the_others_go_on(tmp_path):
    domains: dict[str, Any] = {"maine.gov": (403, {}, "Domain is not verified"), "ok.example.gov": {"a": ["LinkedIn"]}}
    answers = fetched(
        tmp_path, Pwned([breach("LinkedIn")], domains), "maine.gov", "clean.example.gov", "ok.example.gov"
    )
    assert [(one.key, one.outcome, len(one.items)) for one in answers] == [
        ("maine.gov", Outcome.REFUSED, 0),
        ("clean.example.gov", Outcome.ANSWERED, 0),
        ("ok.example.gov", Outcome.ANSWERED, 1),
    ]


def test_it_keeps_to_its_pace_and_waits_as_asked(tmp_path):
    time, refusals = FakeTime(), [1]

    def pwned(request) -> Reply:
        if "maine.gov" in request.url and refusals:
            refusals.pop()
            return 429, {"Retry-After": "2"}, '{"statusCode": 429, "message": "Rate limit is exceeded."}'
        return told([breach("LinkedIn")]) if request.url.endswith("/breaches") else (404, {}, "")

    domains = [f"agency{number}.example.gov" for number in range(19)]
    answers = fetched(tmp_path, pwned, "maine.gov", *domains, time=time)
    assert {one.outcome for one in answers} == {Outcome.ANSWERED}
    assert sum(time.slept) >= 20 / 9 * 60 - 60  # no more than nine of the ten that are allowed in a minute


def test_the_plan_and_the_canaries(tmp_path):
    given = source(tmp_path, "leaks", must_find="leaked.example.gov", must_not_find="nobody@maine.gov")
    assert hibp.keys(given) == ("maine.gov", "leaked.example.gov")
    assert hibp.requests(given, hibp.keys(given)) == 3


SOUND: dict[str, Any] = {"maine.gov": {"a": ["LinkedIn"]}}


@pytest.mark.parametrize(
    ("breaches", "domains"),
    [
        ([], SOUND),
        ({"x": 1}, SOUND),
        ([{"Name": "LinkedIn"}], SOUND),
        ([breach("LinkedIn", IsStealerLog=None)], SOUND),
        ([{name: value for name, value in breach("LinkedIn").items() if name != "IsMalware"}], SOUND),
        ([breach("LinkedIn") | {"Name": 5}], SOUND),
        ([breach("LinkedIn")], {"maine.gov": {}}),
        ([breach("LinkedIn")], {"maine.gov": ["a"]}),
        ([breach("LinkedIn")], {"maine.gov": {"a": "LinkedIn"}}),
        ([breach("LinkedIn")], {"maine.gov": {"a": [5]}}),
        ([breach("LinkedIn")], {"maine.gov": (400, {}, "")}),
    ],
)
def test_another_shape_stops(tmp_path, breaches, domains):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, Pwned(breaches, domains))


@pytest.mark.parametrize(
    ("reply", "fault"),
    [((401, {}, "Access denied due to invalid hibp-api-key."), Refused), ((403, {}, ""), Refused)],
)
def test_a_key_or_user_agent_that_is_not_accepted_stops_everything(tmp_path, reply, fault):
    with pytest.raises(fault, match="leaks"):
        fetched(tmp_path, Pwned(reply, SOUND))


@pytest.mark.parametrize("options", [{"key": KEY}, {"key": {"file": "none"}}, {"requests": 0}, {"url": "http://a.gov"}])
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown) as fault:
        fetched(tmp_path, Pwned([breach("LinkedIn")], SOUND), **options)
    assert KEY not in str(fault.value)


FOUND = {"Name": "LinkedIn", "Title": "LinkedIn", "BreachDate": "2012-05-05"}


@pytest.mark.parametrize(
    ("address", "fields"),
    [
        ("@maine.gov", {}),
        ("jane@elsewhere@maine.gov", {}),
        ("jane.doe@maine.gov", {"Title": None}),
        ("jane.doe@maine.gov", {"BreachDate": 2012}),
        ("jane.doe@maine.gov", {"BreachDate": "long ago"}),
    ],
)
def test_fields_of_another_kind(address, fields):
    with pytest.raises(BadRow):
        hibp.parse(
            Raw({"address": address, "platform": "linkedin", "breaches": [FOUND | fields]}, "leaks", "/x", "0" * 64)
        )
