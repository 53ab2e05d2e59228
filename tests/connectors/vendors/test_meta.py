"""Meta's two connectors: the State's own portfolio, and the search for Pages."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import meta_business, meta_pages
from connectors.contract import Answer, BadRow, Nexus, Outcome, Raw, Source, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from connectors.records import Strength
from tests.loopback import NOON, FakeTime

CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"
JSON = {"Content-Type": "application/json; charset=UTF-8"}
NAMES = ("MaineDOT", "Maine Department of Labor", "Maine State Police")
Data = dict[str, list[dict[str, object]]]


def page(number: int, **fields: Any) -> dict[str, object]:
    return {"id": str(number), "name": f"Page {number}", "link": f"https://www.facebook.com/page.{number}", **fields}


def error(code: int, message: str, status: int = 400) -> tuple[int, dict[str, str], str]:
    said = {"message": message, "type": "OAuthException", "code": code, "fbtrace_id": "AbC"}
    return status, JSON, json.dumps({"error": said})


class Graph:
    """Gives out what it holds for an edge, or for a term, two at a time; `fails` answers a request in its place."""

    def __init__(self, held: Data, fails: Callable[[int], Any] = lambda _: None, **headers: Any) -> None:
        self.held, self.fails, self.headers = held, fails, JSON | headers
        self.asked: list[tuple[str, dict[str, list[str]]]] = []
        self.signed: set[str] = set()

    def __call__(self, request) -> tuple[int, dict[str, str], str]:
        url = urlsplit(request.url)
        edge, asked = url.path.rpartition("/")[2], parse_qs(url.query)
        self.asked.append((edge, asked))
        self.signed.add(request.headers["Authorization"])
        if fault := self.fails(len(self.asked)):
            return fault
        found = self.held.get(asked["q"][0] if "q" in asked else edge, [])
        start = int(asked.get("after", ["0"])[0])
        paging = {"cursors": {"before": "0", "after": str(start + 2)}}
        more = {"next": f"https://elsewhere.example/?access_token={CANARY}"} if start + 2 < len(found) else {}
        return 200, self.headers, json.dumps({"data": found[start : start + 2], "paging": paging | more})


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("META", CANARY)


def fetched(connector: Any, folder: Path, graph: Callable[..., Any], **options: Any) -> list[Any]:
    given = {"token": {"env": "META"}, **({"businesses": ["17"]} if connector is meta_business else {}), **options}
    nexus = Nexus(("maine.gov",), names=NAMES)
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for path in ("17/owned_pages", "17/business_users", "17/pending_users", "23/owned_pages", "pages/search"):
            mock.add_callback(responses.GET, f"https://graph.facebook.com/v26.0/{path}", graph)
        return list(connector.fetch(Source("meta", folder, given, nexus, NOON), FakeTime().clock))


PORTFOLIO: Data = {
    "owned_pages": [page(1, username="mainedot", fan_count=9), page(2), page(3, link="https://www.facebook.com/3")],
    "business_users": [{"id": "71", "email": "ada@maine.gov", "name": "Ada Thibodeau"}, {"id": "72"}],
    "pending_users": [{"id": "81", "email": "noor@maine.gov", "role": "ADMIN"}],
}


def test_a_portfolio(tmp_path):
    found = list(map(meta_business.parse, fetched(meta_business, tmp_path, Graph(PORTFOLIO))))
    pages, (ada, unknown, noor) = found[:3], found[3:]
    assert [(one.platform, one.account_id, one.handle) for one in pages] == [
        ("facebook", "1", "mainedot"), ("facebook", "2", "page.2"), ("facebook", "3", ""),
    ]  # fmt: skip
    assert (pages[0].url, pages[0].display_name) == ("https://www.facebook.com/page.1", "Page 1")
    assert {one.registration for one in pages} == {Strength.NONE}
    assert (ada.platform, ada.account_id, ada.registered_email) == ("metabusiness", "71", "ada@maine.gov")
    assert (ada.registration, unknown.registration, noor.registration) == (Strength.WEAK, Strength.NONE, Strength.NONE)
    assert "has the address ada@maine.gov" in ada.evidence[0].detail
    assert "invitation" in noor.evidence[0].detail
    assert noor.evidence[0].strength is Strength.NONE
    assert (unknown.registered_email, unknown.evidence) == ("", ())


def test_what_is_asked_of_a_portfolio_and_what_is_left(tmp_path):
    graph = Graph(PORTFOLIO)
    shown = repr(fetched(meta_business, tmp_path, graph))
    for private in ("Thibodeau", "fan_count", "ADMIN", CANARY):
        assert private not in shown
    fields = {edge: asked["fields"] for edge, asked in graph.asked}
    assert fields == {
        "owned_pages": ["id,name,username,link"], "business_users": ["id,email"], "pending_users": ["id,email"],
    }  # fmt: skip
    assert graph.signed == {f"Bearer {CANARY}"}
    assert all("access_token" not in asked for _, asked in graph.asked)


def test_pages_by_cursor_and_never_by_the_address_of_the_next(tmp_path):
    graph = Graph(PORTFOLIO)
    fetched(meta_business, tmp_path, graph, people=False, businesses=["17", "23", "17"])
    assert [(edge, asked.get("after")) for edge, asked in graph.asked] == [
        ("owned_pages", None), ("owned_pages", ["2"]), ("owned_pages", None), ("owned_pages", ["2"]),
    ]  # fmt: skip


@pytest.mark.parametrize("cursors", [{}, {"cursors": {"before": "0"}}, {"cursors": {"after": ""}}])
def test_a_next_page_without_a_cursor_is_not_the_end(tmp_path, cursors):
    more = {"paging": cursors | {"next": "https://graph.facebook.com/v26.0/17/owned_pages?offset=2"}}
    body = json.dumps({"data": [page(1)]} | more)
    with pytest.raises(SourceChanged, match="names a next one and no cursor"):
        fetched(meta_business, tmp_path, lambda _: (200, JSON, body))


def test_a_search(tmp_path):
    graph = Graph({"MaineDOT": [page(1), page(2), page(2), page(3), page(4)], "Maine State Police": [page(1)]})
    answers = fetched(meta_pages, tmp_path, graph)
    assert {answer.key: [raw.values["id"] for raw in answer.items] for answer in answers} == {
        "MaineDOT": ["1", "2", "3"], "Maine Department of Labor": [], "Maine State Police": ["1"],
    }  # fmt: skip
    assert {answer.outcome for answer in answers} == {Outcome.ANSWERED}
    assert len(graph.asked) == 4 <= meta_pages.CONNECTOR.sweep.requests(Source("meta", tmp_path), NAMES)
    assert {tuple(asked["fields"]) for _, asked in graph.asked} == {("id,name,link",)}
    found = meta_pages.parse(answers[0].items[0])
    assert (found.platform, found.account_id, found.handle, found.display_name) == ("facebook", "1", "page.1", "Page 1")
    assert found.registered_email == ""


def test_terms_and_pages_of_audit_toml(tmp_path):
    graph = Graph({"Otters": [page(number) for number in range(9)]})
    (answer,) = fetched(meta_pages, tmp_path, graph, terms=["Otters"], pages=3)
    assert (len(answer.items), len(graph.asked)) == (6, 3)


LIMITS = [
    error(4, "(#4) Application request limit reached", 403),
    error(4, "(#4) Application request limit reached"),
    error(17, "(#17) User request limit reached"),
    error(32, "(#32) Page request limit reached"),
    error(613, "(#613) Calls to this api have exceeded the rate limit."),
    error(80001, "(#80001) There have been too many calls to this Page account. Wait a bit and try again."),
]


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_ends_the_night(tmp_path, limit):
    graph = Graph({}, lambda _: limit)
    with pytest.raises(OutOfBudget, match="next night"):
        fetched(meta_business, tmp_path, graph)
    assert len(graph.asked) == 1, "a limit is not asked again"
    later = Graph({"MaineDOT": [page(1)]}, lambda count: limit if count > 1 else None)
    assert [answer.key for answer in fetched(meta_pages, tmp_path, later)] == ["MaineDOT"]
    assert len(later.asked) == 2


@pytest.mark.parametrize("used", [100, 140])
def test_an_allowance_that_is_used_up_is_not_gone_over(tmp_path, used):
    spent = {"17": [{"type": "pages", "call_count": used, "total_time": 3, "estimated_time_to_regain_access": 19}]}
    headers: dict[str, Any] = {"X-Business-Use-Case-Usage": json.dumps(spent)}
    graph = Graph(PORTFOLIO, **headers)
    with pytest.raises(OutOfBudget):
        fetched(meta_business, tmp_path, graph)
    assert len(graph.asked) == 1


REFUSALS = [
    error(190, "Error validating access token: Session has expired on Friday, 20-Nov-26 04:00:00 PST."),
    error(190, "Invalid OAuth access token - Cannot parse access token", 401),
    error(104, "Invalid access token signature."),
    error(200, "(#200) Requires business_management permission to manage the object", 403),
    error(200, "(#200) Requires pages_show_list permission to manage the object"),
    error(10, "(#10) To use 'Page Public Metadata Access', your use of this endpoint must be reviewed.", 403),
]


@pytest.mark.parametrize("connector", [meta_business, meta_pages])
@pytest.mark.parametrize("refusal", REFUSALS)
def test_a_refusal(tmp_path, connector, refusal):
    graph = Graph({}, lambda _: refusal)
    with pytest.raises(Refused, match=r"Use an? .*token"):
        fetched(connector, tmp_path, graph)
    assert len(graph.asked) == 1


def test_a_request_that_is_not_understood(tmp_path):
    with pytest.raises(SourceChanged, match="Tried accessing nonexisting field"):
        fetched(
            meta_business, tmp_path, Graph({}, lambda _: error(100, "(#100) Tried accessing nonexisting field (x)"))
        )


@pytest.mark.parametrize("body", [[], {}, {"data": "x"}, {"data": [1]}, {"data": [{"id": 5}]}, {"data": [{}]}])
@pytest.mark.parametrize("connector", [meta_business, meta_pages])
def test_another_shape_stops(tmp_path, connector, body):
    with pytest.raises(SourceChanged):
        fetched(connector, tmp_path, lambda _: (200, JSON, json.dumps(body)))


def test_pages_that_repeat_stop(tmp_path):
    turning = {"data": [page(1)], "paging": {"cursors": {"after": "x"}, "next": "https://graph.facebook.com/"}}
    with pytest.raises(SourceChanged, match="circle"):
        fetched(meta_business, tmp_path, lambda _: (200, JSON, json.dumps(turning)))


BUSINESS = [{"businesses": "17"}, {"businesses": ["x"]}, {"businesses": [17]}, {"people": "no"}, {"token": CANARY}]
SEARCH = [{"terms": "x"}, {"terms": [""]}, {"pages": 0}, {"token": CANARY}, {"url": "http://graph.facebook.com"}]


@pytest.mark.parametrize(
    ("connector", "options"),
    [*((meta_business, options) for options in BUSINESS), *((meta_pages, options) for options in SEARCH)],
)
def test_options_that_cannot_be_used(tmp_path, connector, options):
    with pytest.raises(SourceDown, match=r"audit\.toml") as caught:
        fetched(connector, tmp_path, Graph({}), **options)
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("fields", [{"name": 5}, {"link": []}, {"id": ""}])
def test_fields_of_another_kind(fields):
    for connector in (meta_business, meta_pages):
        with pytest.raises(BadRow):
            connector.parse(Raw({**page(1), "edge": "owned_pages", **fields}, "meta", "/x", "0" * 64))
    with pytest.raises(BadRow):
        meta_business.parse(Raw({"edge": "business_users", "id": "7", "email": 5}, "meta", "/x", "0" * 64))


def test_what_a_search_answers_is_one_answer_a_key(tmp_path):
    assert all(isinstance(answer, Answer) for answer in fetched(meta_pages, tmp_path, Graph({})))
