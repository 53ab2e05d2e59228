import csv
import json
import re
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st

from connectors import exchange_trace, graph_trace
from connectors.contract import Dropped, Raw, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused, night_capacity
from connectors.mail.signals import load_signals, packaged, told_of
from connectors.platforms import platforms
from connectors.records import Account, Strength
from tests.descriptions import csdl, csdl_members, is_entity
from tests.loopback import NOON, FakeTime, source

PAYLOAD = json.loads((Path(__file__).parent / "payloads/graph_trace.json").read_text(encoding="utf-8"))
TRACES = "https://graph.microsoft.com/v1.0/admin/exchange/tracing/messageTraces"
TOKENS = "https://login.microsoftonline.com/maine.example/oauth2/v2.0/token"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
ASKED = graph_trace.packaged_senders
LINKEDIN, FACEBOOK = "security-noreply@linkedin.com", "registration@facebookmail.com"


@pytest.fixture(autouse=True)
def few_senders(monkeypatch):
    monkeypatch.setenv("GRAPH_SECRET", CANARY)
    monkeypatch.setattr(graph_trace, "packaged_senders", lambda _: [LINKEDIN, FACEBOOK])


def row(number: int, sender: str, to: str, day: int, subject: str, status: str = "delivered") -> dict[str, object]:
    return {
        "id": f"trace-{number}",
        "senderAddress": sender,
        "recipientAddress": to,
        "messageId": f"<{number}@mail.example>",
        "receivedDateTime": f"2026-{10 + day // 31}-{day % 31 + 1:02d}T08:{number % 60:02d}:00Z",
        "subject": subject,
        "size": 1000,
        "fromIP": "192.0.2.1",
        "toIP": "",
        "status": status,
    }


ROWS = [
    row(1, LINKEDIN, "Ada.Thibodeau@maine.gov", 40, "Your password was changed"),
    row(2, LINKEDIN, "ada.thibodeau@maine.gov", 41, "Here's your PIN 123456"),
    row(3, LINKEDIN, "noor.haddad@maine.gov", 41, "Your password was changed", "failed"),
    row(4, LINKEDIN, "noor.haddad@maine.gov", 42, "Your password was changed", "filteredAsSpam"),
    row(5, FACEBOOK, "ada.thibodeau@maine.gov", 5, "12345 is your Facebook confirmation code"),
    row(5, FACEBOOK, "lee.ouellette@maine.gov", 5, "12345 is your Facebook confirmation code"),
    row(6, LINKEDIN, "ada.thibodeau@maine.gov", 41, "Your password was changed", "pending"),
]


class Tenant:
    """Answers message traces like the service: by sender and time, `top` rows a page."""

    def __init__(self, rows: list[dict[str, object]], top: int = 2) -> None:
        self.rows, self.top = rows, top
        self.filters: list[tuple[str, datetime, datetime]] = []
        self.fail_after = 10**9

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        if len(self.filters) >= self.fail_after:
            return 401, {}, json.dumps({"error": {"code": "InvalidAuthenticationToken", "message": "expired"}})
        asked = parse_qs(urlsplit(request.url).query)
        found = re.fullmatch(
            r"receivedDateTime ge (\S+Z) and receivedDateTime le (\S+Z) and senderAddress eq '([^']+)'",
            asked["$filter"][0],
        )
        assert found, asked
        start, end = datetime.fromisoformat(found[1]), datetime.fromisoformat(found[2])
        assert timedelta(0) <= end - start <= timedelta(days=10)
        assert NOON - start <= timedelta(days=90)
        skip = int(asked.get("$skiptoken", ["0"])[0])
        if not skip:
            self.filters.append((found[3], start, end))
        own = [one for one in self.rows if one["senderAddress"] == found[3]]
        own = [one for one in own if start <= datetime.fromisoformat(str(one["receivedDateTime"])) <= end]
        value: dict[str, object] = {"value": own[skip : skip + self.top]}
        if skip + self.top < len(own):
            base = request.url.split("&$skiptoken")[0].split("&%24skiptoken")[0]
            value["@odata.nextLink"] = f"{base}&$skiptoken={skip + self.top}"
        return 200, {"Content-Type": "application/json"}, json.dumps(value)


def fetched(folder: Path, tenant: Tenant, time: FakeTime | None = None, **options: Any) -> list:
    options = {"tenant": "maine.example", "client_id": "app", "client_secret": {"env": "GRAPH_SECRET"}, **options}
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.POST, TOKENS, json={"access_token": "token", "expires_in": 86400})
        mock.add_callback(responses.GET, TRACES, tenant)
        return list(graph_trace.fetch(source(folder, "trace", **options), (time or FakeTime()).clock))


def accounts(items: list, parse=graph_trace.parse) -> dict[tuple[str, str], Account]:
    records = [parse(item) for item in items if isinstance(item, Raw)]
    return {(record.registered_email, record.platform): record for record in records}


def test_what_the_trace_says(tmp_path):
    found = accounts(fetched(tmp_path, Tenant(ROWS)))
    assert set(found) == {
        ("ada.thibodeau@maine.gov", "linkedin"), ("ada.thibodeau@maine.gov", "facebook"),
        ("lee.ouellette@maine.gov", "facebook"),
    }  # fmt: skip
    ada = found["ada.thibodeau@maine.gov", "linkedin"]
    assert ada.registration is Strength.STRONG
    assert sum(signal.count for signal in ada.signals) == 2  # what is pending has not arrived
    assert ada.provenance.where == "/admin/exchange/tracing/messageTraces"


def test_the_same_mails_as_an_export_make_the_same_records(tmp_path):
    headings = ["Received", "SenderAddress", "RecipientAddress", "Subject", "Status", "MessageId"]
    names = ["receivedDateTime", "senderAddress", "recipientAddress", "subject", "status", "messageId"]
    with (tmp_path / "trace.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows([one[name] for name in names] for one in ROWS)
    exported = accounts(
        list(exchange_trace.fetch(source(tmp_path, "x", path="trace.csv"))), exchange_trace.CONNECTOR.parse
    )
    traced = accounts(fetched(tmp_path, Tenant(ROWS)))
    assert set(exported) == set(traced)
    for key, account in exported.items():
        assert account.signals == traced[key].signals
        assert account.registration == traced[key].registration
        assert [one.detail for one in account.evidence] == [one.detail for one in traced[key].evidence]


def test_every_row_is_an_item_or_dropped(tmp_path):
    items = fetched(tmp_path, Tenant(ROWS))
    kept = [item for item in items if isinstance(item, Raw)]
    assert len(kept) + sum(item.count for item in items if isinstance(item, Dropped)) == len(ROWS)


def test_one_query_a_sender_and_window(tmp_path):
    tenant = Tenant(ROWS, top=1)
    fetched(tmp_path, tenant)
    assert {sender for sender, _, _ in tenant.filters} == {LINKEDIN, FACEBOOK}
    assert len(tenant.filters) == 2 * len(graph_trace.windows(NOON))
    spans = [(start, end) for sender, start, end in tenant.filters if sender == LINKEDIN]
    assert all(before[1] == after[0] for before, after in pairwise(spans))
    assert spans[-1][1] == NOON


def test_it_keeps_to_100_requests_in_5_minutes(tmp_path, monkeypatch):
    time = FakeTime()
    monkeypatch.setattr(graph_trace, "packaged_senders", lambda _: [f"n{n}@facebookmail.com" for n in range(30)])
    tenant = Tenant([])
    stamps: list[float] = []

    def stamped(request):
        stamps.append(time.at)
        return tenant(request)

    fetched(tmp_path, stamped, time)  # type: ignore[arg-type]
    assert len(stamps) == 30 * len(graph_trace.windows(NOON))
    assert all(sum(start <= at < start + 299 for at in stamps) <= 100 for start in stamps)


def test_a_sweep_that_is_cut_off_goes_on_where_it_stopped(tmp_path):
    options: dict[str, Any] = {"checkpoint": "trace.sqlite"}
    whole = accounts(fetched(tmp_path, Tenant(ROWS)))
    cut = Tenant(ROWS)
    cut.fail_after = 13
    with pytest.raises(Refused):
        fetched(tmp_path, cut, **options)
    rest = Tenant(ROWS)
    assert {key: one.signals for key, one in accounts(fetched(tmp_path, rest, **options)).items()} == {
        key: one.signals for key, one in whole.items()
    }
    assert len(rest.filters) < 2 * len(graph_trace.windows(NOON)) - 10


def test_a_night_out_of_budget_is_continued_by_the_next(tmp_path):
    options: dict[str, Any] = {"checkpoint": "trace.sqlite", "most_requests": 12}
    nights = 0
    while True:
        nights += 1
        try:
            items = fetched(tmp_path, Tenant(ROWS), **options)
            break
        except OutOfBudget:
            assert nights < 5
    assert nights > 1
    assert {key: one.signals for key, one in accounts(items).items()} == {
        key: one.signals for key, one in accounts(fetched(tmp_path, Tenant(ROWS))).items()
    }


def test_the_second_night_asks_only_for_what_may_have_changed(tmp_path):
    first, second = Tenant(ROWS), Tenant(ROWS)
    once = accounts(fetched(tmp_path, first, checkpoint="trace.sqlite"))
    again = accounts(fetched(tmp_path, second, checkpoint="trace.sqlite"))
    assert {key: one.signals for key, one in once.items()} == {key: one.signals for key, one in again.items()}
    assert len(second.filters) <= 2 * 2


def test_what_the_checkpoint_holds(tmp_path):
    fetched(tmp_path, Tenant(ROWS), checkpoint="trace.sqlite")
    stored = (tmp_path / "trace.sqlite").read_bytes()
    for private in (b"password was changed", b"PIN", b"confirmation", b"mail.example", CANARY.encode()):
        assert private not in stored
    assert (tmp_path / "trace.sqlite").stat().st_mode & 0o077 == 0


def test_a_checkpoint_that_is_none(tmp_path):
    (tmp_path / "trace.sqlite").write_bytes(b"this is no database, " * 100)
    with pytest.raises(SourceDown, match="damaged"):
        fetched(tmp_path, Tenant(ROWS), checkpoint="trace.sqlite")
    with pytest.raises(SourceDown, match="cannot be written"):
        fetched(tmp_path, Tenant(ROWS), checkpoint="none/trace.sqlite")


def test_nothing_of_a_subject_or_secret_is_in_the_items(tmp_path):
    shown = repr(fetched(tmp_path, Tenant(ROWS)))
    assert "password was" not in shown
    assert CANARY not in shown


def test_it_asks_and_is_answered_as_described(tmp_path, shared):
    properties = csdl(shared, "exchangeMessageTrace")
    for one in (*ROWS, *PAYLOAD["value"]):
        is_entity(shared, "exchangeMessageTrace", one)
    assert {"receivedDateTime", "senderAddress"} <= set(properties)
    assert {"failed", "filteredAsSpam", "quarantined"} <= csdl_members(shared, "exchangeMessageTraceStatus")
    assert accounts(fetched(tmp_path, Tenant(PAYLOAD["value"])))


@pytest.mark.parametrize("value", [{"value": [{"senderAddress": "a"}]}, {"value": 5}, [], {}])
def test_another_shape_stops(tmp_path, value):
    with pytest.raises(SourceChanged):
        fetched(tmp_path, lambda _: (200, {"Content-Type": "application/json"}, json.dumps(value)))  # type: ignore[arg-type]


OPTIONS = [
    ({"senders": "a@b.c"}, "list of addresses"),
    ({"senders": ["somebody@example.org"]}, "no platform's sender"),
    ({"client_secret": "plain"}, "not written"),
]


@pytest.mark.parametrize(("options", "words"), OPTIONS)
def test_options_that_cannot_be_used(tmp_path, options, words):
    source_ = source(
        tmp_path,
        "trace",
        **{"tenant": "m.example", "client_id": "a", "client_secret": {"env": "GRAPH_SECRET"}, **options},
    )
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        mock.add(responses.POST, re.compile("https://login.*"), json={"access_token": "token", "expires_in": 86400})
        mock.add_callback(responses.GET, TRACES, Tenant([]))
        with pytest.raises(SourceDown, match=words):
            list(graph_trace.fetch(source_, FakeTime().clock))


def test_every_address_that_is_asked_about_is_one_that_the_table_of_signals_reads() -> None:
    signals, asked = packaged(), ASKED(packaged())
    assert len(set(asked)) == len(asked) > 100
    for sender in asked:
        found = signals.read(sender, "")
        assert found is not None, sender
        assert found.platform == signals.senders[sender].platform
        assert platforms()[found.platform].social
    assert set(graph_trace.CONNECTOR.platforms) == {signals.senders[sender].platform for sender in asked}
    assert set(graph_trace.CONNECTOR.platforms) <= set(told_of())
    assert not [sender for sender in asked if "*" in sender]


def test_a_first_night_of_every_packaged_address_has_room_and_ends_in_time(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(graph_trace, "packaged_senders", ASKED)
    service = graph_trace.SERVICE
    asked = graph_trace.requests(source(tmp_path, "trace"))
    assert asked == len(ASKED(packaged())) * len(graph_trace.windows(NOON))
    assert asked * 1.5 < night_capacity(
        source(tmp_path, "trace"), service
    )  # a busy sender's windows take several pages
    assert asked * service.seconds / service.requests < service.most_minutes * 60 / 2


def test_addresses_of_one_s_own_table_are_asked_about_too(tmp_path) -> None:
    own = "platform,domains,mailbox,subject,kind,implies,stranger,senders\n"
    own += "mastodon,social.maine.gov,,,notification,strong,no,mailer@social.maine.gov\n"
    (tmp_path / "mine.csv").write_text(own, encoding="utf-8")
    assert "mailer@social.maine.gov" in ASKED(load_signals(tmp_path / "mine.csv"))


@given(st.floats(0, 6000, allow_subnormal=False))
def test_windows_cover_ninety_days_in_fixed_places(days):
    now = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(days=days)
    found = graph_trace.windows(now)
    assert 9 <= len(found) <= 10
    assert found[0][0] <= now - graph_trace.REACH < found[0][1]
    assert found[-1][0] <= now < found[-1][1]
    assert all(one[1] == other[0] for one, other in pairwise(found))
    assert set(found[1:]) <= set(graph_trace.windows(now + timedelta(days=1)))


def test_it_takes_up_of_a_row_what_it_says() -> None:
    taken = re.findall(r'row(?:\.get\(|\[)"(\w+)"', Path(graph_trace.__file__).read_text(encoding="utf-8"))
    taken += graph_trace.NEEDED
    assert set(taken) == set(graph_trace.CONNECTOR.reads)


def test_members_of_a_group_have_no_account_by_the_mail_that_the_group_got(tmp_path):
    """Status `expanded` is the group's row; its members have rows of their own."""
    subject = "Your password was changed"
    rows = [
        row(1, LINKEDIN, "web@maine.gov", 40, subject, "expanded"), row(1, LINKEDIN, "ada@maine.gov", 40, subject),
        row(2, LINKEDIN, "lee@maine.gov", 40, subject),
    ]  # fmt: skip
    assert set(accounts(fetched(tmp_path, Tenant(rows)))) == {("lee@maine.gov", "linkedin")}
