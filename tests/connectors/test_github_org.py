import copy
import json
from pathlib import Path
from typing import Any

import pytest
import responses
from responses.registries import OrderedRegistry

from connectors import github_org
from connectors.contract import BadRow, Dropped, Raw, Remark, SourceChanged, SourceDown
from connectors.http import OutOfBudget, Refused
from connectors.records import Strength
from tests.loopback import NOON, FakeTime, source

PAYLOAD = json.loads((Path(__file__).parent / "payloads/github_org.json").read_text(encoding="utf-8"))
GRAPHQL = "https://api.github.com/graphql"
CANARY = "canary-7f3Qx9ZpL0vB2nK8sT4w"


@pytest.fixture(autouse=True)
def token(monkeypatch):
    monkeypatch.setenv("GITHUB_TOKEN", CANARY)


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def fetched(folder: Path, time: FakeTime | None = None, **options: Any) -> list:
    options = {"organizations": ["state-of-maine"], "token": {"env": "GITHUB_TOKEN"}, **options}
    own = source(folder, "github", domains=("maine.gov", "state.me.us"), **options)
    return list(github_org.fetch(own, (time or FakeTime()).clock))


def page(nodes: slice, total: int, cursor: str = "") -> dict[str, object]:
    value = copy.deepcopy(PAYLOAD)
    members = value["data"]["organization"]["membersWithRole"]
    members["nodes"] = members["nodes"][nodes]
    members["totalCount"] = total
    members["pageInfo"] = {"hasNextPage": bool(cursor), "endCursor": cursor or None}
    return value


def test_members(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=PAYLOAD)
    items = fetched(tmp_path)
    ada, again, noor = (github_org.parse(item) for item in items if isinstance(item, Raw))
    assert [type(item) for item in items].count(Dropped) == 1
    assert (ada.platform, ada.account_id, ada.handle) == ("github", "583231", "athibodeau-me")
    assert (ada.registered_email, ada.registration) == ("ada.thibodeau@maine.gov", Strength.STRONG)
    assert (again.account_id, again.registered_email) == ("583231", "ada.thibodeau@state.me.us")
    assert [one.detail.split(",")[0] for account in (ada, again) for one in account.evidence] == [
        "verified for ada.thibodeau@maine.gov", "verified for ada.thibodeau@state.me.us",
    ]  # fmt: skip
    assert ada.emails == ()
    assert noor.registered_email == "noor.haddad@maine.gov"
    assert CANARY not in repr(items)


def test_the_query_asks_for_nothing_else(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=PAYLOAD)
    fetched(tmp_path)
    sent = json.loads(script.calls[0].request.body)
    assert sent["variables"] == {"org": "state-of-maine", "after": None}
    for private in ("name ", "bio", "location", "company", "followers", "repositories", "avatarUrl", " email "):
        assert private not in sent["query"]
    assert script.calls[0].request.headers["Authorization"] == f"Bearer {CANARY}"


def test_pages_and_organizations(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 1), 2, "c1"))
    script.add(responses.POST, GRAPHQL, json=page(slice(1, 2), 2))
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 3), 3))
    items = fetched(tmp_path, organizations=["one", "two"])
    found = [item.where for item in items if isinstance(item, Raw)]
    assert found == ["/graphql:one/583231"] * 2 + ["/graphql:two/583233"]  # the first member is in both organizations
    variables = [json.loads(call.request.body)["variables"] for call in script.calls]
    assert variables == [{"org": "one", "after": None}, {"org": "one", "after": "c1"}, {"org": "two", "after": None}]


def test_pages_in_a_circle(tmp_path):
    with responses.RequestsMock() as mock:
        mock.add(responses.POST, GRAPHQL, json=page(slice(0, 1), 9, "c1"))
        with pytest.raises(SourceChanged, match="circle"):
            fetched(tmp_path)


def test_fewer_members_than_promised(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 3), 40))
    with pytest.raises(SourceDown, match="has 40 members and gave 3"):
        fetched(tmp_path)


def test_a_member_who_comes_twice_stands_for_nobody_else(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 2), 3, "c1"))
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 1), 3))
    with pytest.raises(SourceDown, match="has 3 members and gave 2"):
        fetched(tmp_path)


def test_an_organization_of_which_no_address_is_shown_is_told(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=page(slice(1, 2), 1))
    dropped, told = fetched(tmp_path)
    assert dropped == Dropped(1, github_org.NO_ADDRESS)
    assert isinstance(told, Remark)
    assert "none of the members of state-of-maine (1) shows an address" in told.text


ERRORS = [
    (
        {"errors": [{"type": "FORBIDDEN", "message": f"no {CANARY}"}], "data": {"organization": None}},
        Refused,
        "FORBIDDEN",
    ),
    ({"errors": [{"type": "NOT_FOUND"}], "data": None}, SourceDown, "NOT_FOUND"),
    ({"errors": ["odd"]}, SourceDown, "without a type"),
    ({"data": {"organization": None}}, SourceChanged, "no organization"),
    ({"data": {"organization": {"membersWithRole": {"nodes": []}}}}, SourceChanged, "not where it was"),
    (page(slice(0, 0), 0) | {"errors": [{"type": "INTERNAL"}]}, SourceDown, "INTERNAL"),
    ([], SourceChanged, "no organization"),
]


@pytest.mark.parametrize(("body", "kind", "words"), ERRORS)
def test_graphql_errors_come_with_status_200(tmp_path, script, body, kind, words):
    script.add(responses.POST, GRAPHQL, json=body)
    with pytest.raises(kind, match=words) as caught:
        fetched(tmp_path)
    assert CANARY not in str(caught.value)


def test_a_secondary_limit_is_waited_out_and_a_spent_hour_too(tmp_path, script):
    time = FakeTime()
    body = {"message": "You have exceeded a secondary rate limit."}
    script.add(responses.POST, GRAPHQL, json=body, status=403, headers={"Retry-After": "60"})
    reset = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": f"{NOON.timestamp() + 500:.0f}"}
    script.add(responses.POST, GRAPHQL, json=body, status=403, headers=reset)
    script.add(responses.POST, GRAPHQL, json=PAYLOAD)
    assert fetched(tmp_path, time)
    assert time.slept == pytest.approx([60, 440])


def test_a_plain_403_is_a_refusal(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json={"message": "Resource not accessible"}, status=403)
    with pytest.raises(Refused, match="owner of the organization"):
        fetched(tmp_path)


def test_out_of_budget(tmp_path, script):
    script.add(responses.POST, GRAPHQL, json=page(slice(0, 1), 2, "c1"))
    with pytest.raises(OutOfBudget):
        fetched(tmp_path, most_requests=1)


@pytest.mark.parametrize(
    "options", [{"organizations": "one"}, {"organizations": [""]}, {"organizations": None}, {"token": "x"}]
)
def test_options_that_cannot_be_used(tmp_path, options):
    with pytest.raises(SourceDown, match=r"audit\.toml"):
        fetched(tmp_path, **options)


@pytest.mark.parametrize("fields", [{"login": None}, {"emails": [5]}, {"emails": []}])
def test_fields_of_another_kind(fields):
    values = {
        "databaseId": 1,
        "login": "a",
        "url": None,
        "createdAt": None,
        "emails": ["a@b.c"],
        "organization": "o",
        **fields,
    }
    with pytest.raises(BadRow):
        github_org.parse(Raw(values, "github", "/graphql", "0" * 64))
