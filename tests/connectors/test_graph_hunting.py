import json
import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import responses

from connectors import exchange_trace, graph_hunting
from connectors.contract import Dropped, Item, Raw, Rejected, SourceChanged, SourceDown
from connectors.mail.accounts import parse
from connectors.mail.signals import packaged
from connectors.records import Account
from tests.loopback import NOON, FakeTime, source
from tests.made_mails import MadeMail
from tests.mail_formats import defender_csv, email_event

HUNT = "https://graph.microsoft.com/v1.0/security/runHuntingQuery"
TOKENS = "https://login.microsoftonline.com/maine.example/oauth2/v2.0/token"
LINKEDIN = "security-noreply@linkedin.com"
AT = datetime(2026, 11, 2, 13, tzinfo=UTC)
MAILS = [
    MadeMail(1, LINKEDIN, "s-1@bounce.linkedin.com", "ada@maine.gov", "Your password was changed", AT),
    MadeMail(2, "verify@x.com", "b-2@bounce.x.com", "ada@maine.gov", "New login to X from Firefox", AT),
    MadeMail(3, LINKEDIN, "x@evil.example", "kim@maine.gov", "Your password was changed", AT, proven=False),
    MadeMail(4, LINKEDIN, "s-4@bounce.linkedin.com", "lee@maine.gov", "Your password was changed", AT, arrived=False),
    MadeMail(5, LINKEDIN, "s-5@bounce.linkedin.com", "sam@maine.gov", "Here's your PIN 1", AT + timedelta(days=3)),
]


class Hunting:
    """Answers like the service, `take` rows a query."""

    def __init__(self, mails: list[MadeMail]) -> None:
        self.mails = mails
        self.asked: list[tuple[datetime, datetime]] = []
        self.reply: dict[str, Any] = {}

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        query = json.loads(request.body)["Query"]
        start, end = (datetime.fromisoformat(text) for text in re.findall(r"datetime\((\S+Z)\)", query))
        self.asked.append((start, end))
        top = int(re.findall(r"take (\d+)", query)[0])
        own = [email_event(one) for one in sorted(self.mails, key=lambda one: one.at) if start <= one.at < end]
        value = self.reply or {"schema": [], "results": own[:top]}
        return 200, {"Content-Type": "application/json"}, json.dumps(value)


def fetched(folder: Path, tenant: Hunting, **options: Any) -> list[Item]:
    given = {"tenant": "maine.example", "client_id": "app", "client_secret": {"file": "secret"}, **options}
    (folder / "secret").write_text("canary")
    (folder / "secret").chmod(0o600)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.POST, TOKENS, json={"access_token": "token", "expires_in": 86400})
        mock.add_callback(responses.POST, HUNT, tenant)
        return list(graph_hunting.fetch(source(folder, "hunt", **given), FakeTime().clock))


def accounts(items: list[Item]) -> dict[tuple[str, str], Account]:
    found = [parse(item) for item in items if isinstance(item, Raw)]
    return {(one.registered_email, one.platform): one for one in found}


def test_the_same_mails_as_an_export_make_the_same_records(tmp_path: Path) -> None:
    (tmp_path / "events.csv").write_text(defender_csv(MAILS), encoding="utf-8", newline="")
    exported = accounts(list(exchange_trace.fetch(source(tmp_path, "x", path="events.csv"))))
    items = fetched(tmp_path, Hunting(MAILS))
    hunted = accounts(items)
    assert {key: one.signals for key, one in hunted.items()} == {key: one.signals for key, one in exported.items()}
    assert ("ada@maine.gov", "x") in hunted
    assert {item.where for item in items if isinstance(item, Raw)} == {graph_hunting.PATH}
    assert sum(one.count if isinstance(one, Dropped) else 1 for one in items) == len(MAILS)


def test_it_asks_day_by_day_as_far_back_as_it_may(tmp_path: Path) -> None:
    tenant = Hunting([])
    fetched(tmp_path, tenant)
    assert all(end - start <= timedelta(days=1) for start, end in tenant.asked)
    assert [start for start, _ in tenant.asked][1:] == [end for _, end in tenant.asked][:-1]
    assert (NOON - timedelta(days=30) < tenant.asked[0][0], tenant.asked[-1][1]) == (True, NOON)
    few = Hunting([])
    fetched(tmp_path, few, days=2)
    assert few.asked[0][0] == NOON - timedelta(days=2)


def test_a_day_of_many_mails_is_asked_for_in_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(graph_hunting, "PAGE", 2)
    mails = [
        MadeMail(
            n, LINKEDIN, "s@bounce.linkedin.com", f"p{n}@maine.gov", "Here's your PIN 1", AT + timedelta(minutes=n // 2)
        )
        for n in range(1, 8)
    ]
    tenant = Hunting([mails[0], *mails[1::2]])
    assert len(accounts(fetched(tmp_path, tenant, days=20))) == 4
    crowd = Hunting([MadeMail(n, LINKEDIN, "", f"p{n}@maine.gov", "Hi", AT) for n in range(3)])
    with pytest.raises(SourceDown, match=r"have one time .*exchange_trace"):
        fetched(tmp_path, crowd, days=20)


def test_a_row_that_cannot_be_read_costs_itself_alone(tmp_path: Path) -> None:
    tenant = Hunting([])
    whole = [email_event(one) for one in MAILS[:2]]
    tenant.reply = {"results": [None, whole[0], {"Timestamp": "2026-11-02T00:00:00Z"}, whole[1]]}
    items = fetched(tmp_path, tenant, days=1)
    assert set(accounts(items)) == {("ada@maine.gov", "linkedin"), ("ada@maine.gov", "x")}
    said = {one.reason.partition(".")[0] for one in items if isinstance(one, Rejected)}
    lacking = "a row lacks one of SenderFromAddress, RecipientEmailAddress, DeliveryAction, Timestamp"
    assert said == {"an item is no object", lacking}


OTHER_COLUMNS = {"schema": [{"name": "Timestamp", "type": "DateTime"}], "results": []}
NO_ROW = {"results": [{"Timestamp": "2026-11-02T00:00:00Z"}] * 2}


@pytest.mark.parametrize("reply", [{"error": 1}, {"results": {}}, NO_ROW, OTHER_COLUMNS])
def test_an_answer_of_another_shape(reply: dict[str, Any], tmp_path: Path) -> None:
    tenant = Hunting([])
    tenant.reply = reply
    with pytest.raises(SourceChanged, match="runHuntingQuery"):
        fetched(tmp_path, tenant)


@pytest.mark.parametrize(
    ("options", "fault"),
    [
        ({}, ""), ({"days": 3}, ""), ({"days": 31}, "1 to 30 days"), ({"days": 1.5}, "1 to 30"),
        ({"days": True}, "1 to 30 days"),
        ({"cloud": "gcc-high"}, ""), ({"cloud": "china"}, "no advanced hunting in china"),
        ({"cloud": "mars"}, "none of"),
    ],
)  # fmt: skip
def test_options_that_cannot_be(options: dict[str, Any], fault: str) -> None:
    said = graph_hunting.CONNECTOR.fault(options)
    assert fault in said
    assert bool(said) == bool(fault)


def test_the_query_names_every_listed_domain_and_nothing_else() -> None:
    query = graph_hunting.query("2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z", packaged())
    ends = re.compile(re.findall(r'@"([^"]*)"', query)[0])
    for domain in packaged().bases:
        assert ends.search(domain)
        assert ends.search(f"mail.{domain}")
        assert not ends.search(f"not{domain}.example")
    assert not ends.search("maine.gov")
    assert re.findall(r'"([^"]+)"', re.findall(r"has_any \((.*)\)", query)[0]) == list(packaged().bases)
