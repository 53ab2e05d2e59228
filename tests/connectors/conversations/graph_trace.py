"""A tenant whose mail log holds a few mails of LinkedIn, three on two pages; nothing of any other sender."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

from tests.descriptions import csdl, csdl_members, is_entity

OPTIONS = {
    "tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e", "client_secret": {"file": "token"},
}  # fmt: skip
JSON = {"Content-Type": "application/json; odata.metadata=minimal; charset=utf-8"}
FILTER = re.compile(r"receivedDateTime ge (\S+Z) and receivedDateTime le (\S+Z) and senderAddress eq '([^']+)'")
SENDER, TOP = "security-noreply@linkedin.com", 2


def mail(number: int, to: str, day: int) -> dict[str, object]:
    return {
        "id": f"4451a062-48cb-e80d-e8c0-{number:012d}", "senderAddress": SENDER, "recipientAddress": to,
        "messageId": f"<{number}.PRIVATE-7261@linkedin.example>", "receivedDateTime": f"2026-11-{day:02d}T10:30:00Z",
        "subject": "Your password was changed, PRIVATE-7261", "size": 45678, "fromIP": "PRIVATE-7261", "toIP": "",
        "status": "delivered",
    }  # fmt: skip


MAILS = [mail(1, "Jane.Doe@maine.gov", 12), mail(2, "ravi.lee@maine.gov", 12), mail(3, "jane.doe@maine.gov", 13)]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        return 200, JSON, json.dumps({"token_type": "Bearer", "expires_in": 86399, "access_token": "issued"})
    asked = parse_qs(url.query)
    start, end, sender = window(asked)
    own = [one for one in MAILS if sender == SENDER and start <= at(str(one["receivedDateTime"])) <= end]
    skip = int(asked.get("$skiptoken", ["0"])[0])
    value: dict[str, object] = {"value": own[skip : skip + TOP]}
    if skip + TOP < len(own):
        value["@odata.nextLink"] = f"{request.url}&$skiptoken={skip + TOP}"
    return 200, JSON, json.dumps(value)


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        assert (request.method, url.path, url.query) == ("POST", "/maine.example/oauth2/v2.0/token", "")
        assert set(parse_qs(str(request.body))) == {"client_id", "client_secret", "scope", "grant_type"}
        return
    assert (request.method, url.path) == ("GET", "/v1.0/admin/exchange/tracing/messageTraces")
    assert request.headers["Authorization"] == "Bearer issued"
    asked = parse_qs(url.query, strict_parsing=True)
    assert set(asked) <= {"$filter", "$top", "$skiptoken"}
    assert 1 <= int(asked["$top"][0]) <= 5000
    start, end, _ = window(asked)
    assert timedelta(0) <= end - start <= timedelta(days=10)
    assert start >= datetime.fromisoformat("2026-11-20T12:00:00Z") - timedelta(days=90)
    assert {"receivedDateTime", "senderAddress"} <= set(csdl(shared, "exchangeMessageTrace"))
    for one in json.loads(body)["value"]:
        is_entity(shared, "exchangeMessageTrace", one)
        assert one["status"] in csdl_members(shared, "exchangeMessageTraceStatus")


def window(asked: dict[str, list[str]]) -> tuple[datetime, datetime, str]:
    found = FILTER.fullmatch(asked["$filter"][0])
    assert found, "the filter is not one that the trace documents"
    return at(found[1]), at(found[2]), found[3]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
