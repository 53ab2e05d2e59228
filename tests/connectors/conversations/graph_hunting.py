"""A tenant whose EmailEvents hold a few mails of LinkedIn and X; it answers the one kind of query that is sent."""

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {
    "tenant": "maine.example", "client_id": "6731de76-14a6-49ae-97bc-6eba6914391e", "client_secret": {"file": "token"},
}  # fmt: skip
JSON = {"Content-Type": "application/json; odata.metadata=minimal; charset=utf-8"}
TOKEN = {"token_type": "Bearer", "expires_in": 86399, "access_token": "issued"}
QUERY = re.compile(
    r"EmailEvents\n\| where Timestamp >= datetime\((?P<start>\S+Z)\) and Timestamp < datetime\((?P<end>\S+Z)\)\n"
    r"\| where EmailDirection == \"Inbound\"\n\| where SenderFromDomain has_any \((?P<domains>[^)]*)\)\n"
    r"\| where SenderFromDomain matches regex @\"(?P<ends>[^\"]*)\"\n\| project (?P<columns>[\w, ]+)\n"
    r"\| order by Timestamp asc\n\| take (?P<top>\d+)"
)
KNOWN = {
    "Timestamp", "NetworkMessageId", "InternetMessageId", "SenderMailFromAddress", "SenderFromAddress",
    "SenderDisplayName", "SenderMailFromDomain", "SenderFromDomain", "RecipientEmailAddress", "Subject",
    "EmailDirection", "DeliveryAction", "DeliveryLocation", "ThreatTypes", "AuthenticationDetails",
    "LatestDeliveryAction", "LatestDeliveryLocation",
}  # fmt: skip
"""Columns of EmailEvents (learn.microsoft.com/defender-xdr/advanced-hunting-emailevents-table)."""


def mail(number: int, sender: str, to: str, day: int, subject: str) -> dict[str, str]:
    return {
        "Timestamp": f"2026-11-{day:02d}T10:30:0{number}.1234567Z",
        "InternetMessageId": f"<{number}.PRIVATE-7261@a.example>",
        "SenderFromAddress": sender, "SenderMailFromAddress": f"b-{number}@bounce.{sender.partition('@')[2]}",
        "RecipientEmailAddress": to, "Subject": f"{subject}, PRIVATE-7261", "DeliveryAction": "Delivered",
        "DeliveryLocation": "Inbox/folder", "LatestDeliveryLocation": "Inbox/folder",
        "AuthenticationDetails": '{"SPF":"pass","DMARC":"pass"}',
    }  # fmt: skip


MAILS = [
    mail(1, "security-noreply@linkedin.com", "Jane.Doe@maine.gov", 12, "Your password was changed"),
    mail(2, "security-noreply@linkedin.com", "ravi.lee@maine.gov", 12, "Your password was changed"),
    mail(3, "verify@x.com", "jane.doe@maine.gov", 13, "New login to X"),
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    if urlsplit(str(request.url)).hostname == "login.microsoftonline.com":
        return 200, JSON, json.dumps(TOKEN)
    asked = QUERY.fullmatch(query(request))
    assert asked, "the query is not one that this tenant knows"
    ends = re.compile(asked["ends"])
    columns = asked["columns"].split(", ")
    own = [
        {name: one[name] for name in columns}
        for one in MAILS
        if at(asked["start"]) <= at(one["Timestamp"]) < at(asked["end"])
        and ends.search(one["SenderFromAddress"].partition("@")[2])
    ]
    schema = [{"name": name, "type": "DateTime" if name == "Timestamp" else "String"} for name in columns]
    return 200, JSON, json.dumps({"schema": schema, "results": own[: int(asked["top"])]})


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    """Held to the page of security-security-runhuntingquery and the quotas of advanced hunting; the metadata that are
    stored have no hunting."""
    assert shared.is_dir()
    url = urlsplit(str(request.url))
    if url.hostname == "login.microsoftonline.com":
        assert (request.method, url.path, url.query) == ("POST", "/maine.example/oauth2/v2.0/token", "")
        assert set(parse_qs(str(request.body))) == {"client_id", "client_secret", "scope", "grant_type"}
        return
    assert (request.method, url.path, url.query) == ("POST", "/v1.0/security/runHuntingQuery", "")
    assert request.headers["Content-Type"] == "application/json"
    assert request.headers["Authorization"] == "Bearer issued"
    asked = QUERY.fullmatch(query(request))
    assert asked
    assert set(asked["columns"].split(", ")) <= KNOWN
    assert 1 <= int(asked["top"]) <= 100_000
    assert at(asked["start"]) >= datetime.fromisoformat("2026-11-20T12:00:00Z") - timedelta(days=30)
    assert {one["name"] for one in json.loads(body)["schema"]} == set(asked["columns"].split(", "))


def query(request: requests.PreparedRequest) -> str:
    value = json.loads(request.body or b"")
    assert set(value) == {"Query"}
    return str(value["Query"])


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)
