import json
from contextlib import suppress

import pytest
import responses
from hypothesis import given
from hypothesis import strategies as st
from responses.registries import OrderedRegistry

from connectors.contract import BadRow, Rejected, SourceChanged, SourceDown
from connectors.http import Reply, Service, Session, paging
from tests.loopback import FakeTime, Server, http, sends, source

BASE = "https://api.example.org/v1"
SERVICE = Service("Example", 6000, 60)


@pytest.fixture
def talk(tmp_path):
    with Session(source(tmp_path), SERVICE, BASE, clock=FakeTime().clock) as session:
        yield session


@pytest.fixture
def script():
    with responses.RequestsMock(assert_all_requests_are_fired=True, registry=OrderedRegistry) as mock:
        yield mock


def add(script, url, value, link=""):
    script.add(responses.GET, url, json=value, headers={"Link": link} if link else None)


def test_link_header(talk, script):
    more = f'<{BASE}/items?max_id=2>; rel="next", <{BASE}/items?min_id=9>; rel="prev"'
    add(script, f"{BASE}/items?limit=2", [1, 2], more)
    add(script, f"{BASE}/items?max_id=2", [3], f'<{BASE}/items?min_id=3>; rel="prev"')
    assert [reply.value for reply in paging.linked(talk, "/items", {"limit": 2})] == [[1, 2], [3]]


def test_a_full_page_that_names_no_next_one(talk, script):
    add(script, f"{BASE}/items", [1, 2])
    with pytest.raises(SourceChanged, match="a full page names no next one"):
        list(paging.linked(talk, "/items", {}, full=2))
    add(script, f"{BASE}/items", [1])
    assert [reply.value for reply in paging.linked(talk, "/items", {}, full=2)] == [[1]]


def test_a_next_page_may_name_the_port_that_goes_without_saying(talk, script):
    there = "https://api.example.org:443/v1/items?page=2"
    add(script, f"{BASE}/items", [1], f'<{there}>; rel="next"')
    add(script, there, [2])
    assert [reply.value for reply in paging.linked(talk, "/items", {})] == [[1], [2]]


LINKS = [
    # (header, target of its next)
    ('<a>; rel="next"', "a"),
    ("<a>; Rel=next", "a"),
    ("<a>;REL = NEXT", "a"),
    ('<a>; rel="next last"', "a"),
    ('<a>; rel="last next"', "a"),
    ("<a>; rel='next'", "a"),
    ('<a?x=1,2;3>; title="x, <b>; rel=\\"next\\""; rel=prev, <c>;rel="next"', "c"),
    (' , <a>; rel="prev" , ,<b> ; rel = "next",', "b"),
    ('<a>; rel="next"; title="a=b;c,d"', "a"),
    ("<a>; title*=UTF-8'de'n%c3%a4chstes; rel=prev, <b>; rel=next; title*=UTF-8'de'x", "b"),
    ("<a>; title=O'Brien; rel=prev, <b>; rel=next", "b"),
    ("<a>; foo; ; rel=next", "a"),
    ("<a>; rel=next, <b>; rel=next", "a"),
    ("<a>; rel=prev; rel=next", ""),
    ('<a>; rel=next; anchor="#elsewhere"', ""),
    ('<a>; rev="next"', ""),
    ('<a>; rel="nextish"', ""),
    ("<a>; title=next", ""),
    ("<a>", ""),
    ("", ""),
]


@pytest.mark.parametrize(("header", "target"), LINKS)
def test_which_link_is_the_next(header, target):
    assert paging.next_link(header) == target


@pytest.mark.parametrize(
    "header", ["a; rel=next", "<a; rel=next", '<a>; rel="next', "<a> rel=next", "<a>; rel=prev <b>; rel=next", "soon"]
)
def test_a_link_header_that_cannot_be_read_is_no_last_page(talk, script, header):
    add(script, f"{BASE}/items", [1], header)
    with pytest.raises(SourceChanged, match="Link header"):
        list(paging.linked(talk, "/items", {}))


@given(st.text(alphabet="<>;,=\"' \\relnxt", max_size=40))
def test_any_header_is_read_or_refused(header):
    with suppress(ValueError):
        assert isinstance(paging.next_link(header), str)


@pytest.mark.parametrize("target", ["?page=2", "items?page=2", "/v1/items?page=2", "//api.example.org/v1/items?page=2"])
def test_a_relative_link_starts_from_its_page(talk, script, target):
    add(script, f"{BASE}/items?limit=2", [1], f'<{target}>; rel="next"')
    add(script, f"{BASE}/items?page=2", [2], '<?page=3>; rel="next"')
    add(script, f"{BASE}/items?page=3", [3])
    assert [reply.value for reply in paging.linked(talk, "/items", {"limit": 2})] == [[1], [2], [3]]


def test_several_link_headers_are_one(talk):
    first = http(b"[1]", "Link: <?page=0>; rel=prev", "Link: <?page=2>; rel=next")
    with (
        Server(sends(first), sends(http(b"[2]"))) as server,
        Session(talk.source, SERVICE, server.url, clock=talk.clock) as session,
    ):
        assert [reply.value for reply in paging.linked(session, "/items", {})] == [[1], [2]]


def test_next_link_is_followed_as_it_stands(talk, script):
    following = f"{BASE}/users?$top=2&$skiptoken=RFNwdAIAAQ%2B%3D"
    add(script, f"{BASE}/users?$top=2", {"value": [1, 2], "@odata.nextLink": following})
    add(script, following, {"value": [3]})
    pages = paging.named_next(talk, "/users", {"$top": 2})
    assert [reply.value["value"] for reply in pages] == [[1, 2], [3]]
    assert script.calls[1].request.url == following


def test_cursor(talk, script):
    add(script, f"{BASE}/find?q=a+b", {"cursor": "c1", "items": [1]})
    add(script, f"{BASE}/find?q=a+b&cursor=c1", {"items": [2]})
    assert [reply.value["items"] for reply in paging.cursors(talk, "/find", {"q": "a b"})] == [[1], [2]]


def test_continue(talk, script):
    add(script, f"{BASE}/api.php?list=users", {"continue": {"aufrom": "B", "continue": "-||"}, "query": 1})
    add(script, f"{BASE}/api.php?list=users&aufrom=B&continue=-%7C%7C", {"batchcomplete": True, "query": 2})
    assert [reply.value["query"] for reply in paging.continued(talk, "/api.php", {"list": "users"})] == [1, 2]


CIRCLES = [
    ("link", lambda talk: paging.linked(talk, "/a", {})),
    ("next", lambda talk: paging.named_next(talk, "/a", {})),
    ("cursor", lambda talk: paging.cursors(talk, "/a", {})),
    ("continue", lambda talk: paging.continued(talk, "/a", {})),
]


@pytest.mark.parametrize(("name", "pages"), CIRCLES, ids=[name for name, _ in CIRCLES])
def test_a_cursor_that_repeats_is_refused(talk, name, pages):
    value = {"@odata.nextLink": f"{BASE}/a?x=1", "cursor": "same", "continue": {"x": "1"}}
    with responses.RequestsMock() as mock:
        mock.add(responses.GET, f"{BASE}/a", json=value, headers={"Link": f'<{BASE}/a?x=1>; rel="next"'})
        handed = []
        with pytest.raises(SourceChanged, match="in a circle"):
            handed.extend(pages(talk))
        assert len(mock.calls) == 2
        assert len(handed) == 1, "whoever reads a bounded number of pages would not see that one came again"


ELSEWHERE = [
    "https://evil.example/v1/a", "http://api.example.org/v1/a", "https://api.example.org:444/v1/a",
    "https://api.example.org/other", "https://me@api.example.org/v1/a", "https://api.example.org/v1/../a",
    "https://api.example.org/v1/%2e%2e/a", "https://api.example.org:bad/v1/a", "https://v1.api.example.org/v1/a",
    "https://example.org/v1/a", "https://api.example.org.evil.example/v1/a", "//evil.example/v1/a", "ftp://api.example.org/v1/a",
    "file:///v1/a", "https://api.example.org@evil.example/v1/a", "/other",
]  # fmt: skip


@pytest.mark.parametrize("url", ELSEWHERE)
@pytest.mark.parametrize("pages", [paging.named_next, paging.linked])
def test_a_next_page_somewhere_else_is_refused(talk, script, pages, url):
    """And nothing but the first page is asked for: the credentials do not follow it."""
    add(script, f"{BASE}/a", {"@odata.nextLink": url}, f'<{url}>; rel="next"')
    with pytest.raises(SourceChanged, match="somewhere else"):
        list(pages(talk, "/a", {}))
    assert len(script.calls) == 1


@pytest.mark.parametrize("value", [[1], "text", None, 5])
def test_a_page_that_is_no_object(talk, script, value):
    script.add(responses.GET, f"{BASE}/a", body=json.dumps(value), content_type="application/json")
    with pytest.raises(SourceChanged, match="no JSON object"):
        list(paging.named_next(talk, "/a", {}))


def counted(talk, **more):
    found = paging.offsets(
        talk, "/Users", {"count": 2}, items=lambda value: value.get("items"), total=lambda value: value.get("total"),
        key=lambda item: item, **more,
    )  # fmt: skip
    return [item for _, item in found]


def at(script, start, items, total):
    add(script, f"{BASE}/Users?count=2&startIndex={start}", {"items": items, "total": total})


def test_offsets_advance_by_what_came(talk, script):
    at(script, 1, ["a", "b"], 4)
    at(script, 3, ["c"], 4)
    at(script, 4, ["d"], 4)
    assert counted(talk) == ["a", "b", "c", "d"]


def test_a_total_that_changes_is_read_twice(talk, script):
    at(script, 1, ["a", "b"], 4)
    at(script, 3, ["d"], 3)  # "a" is gone: "c" has moved to a page that was read already
    at(script, 1, ["b", "c"], 3)
    at(script, 3, ["d"], 3)
    assert counted(talk) == ["a", "b", "d", "c"]


def test_items_that_repeat_across_pages_come_once(talk, script):
    at(script, 1, ["a", "b"], 3)
    at(script, 3, ["b", "c"], 3)
    assert counted(talk) == ["a", "b", "c"]


def test_fewer_than_promised_is_no_answer(talk, script):
    at(script, 1, ["a", "b"], 5)
    at(script, 3, [], 5)
    with pytest.raises(SourceDown, match="says it has 5 items and gave 2"):
        counted(talk)


@pytest.mark.parametrize("total", [1, 0, -1, True])
def test_more_than_promised_is_no_answer_either(talk, script, total):
    """What is said of the length is wrong, so that nobody knows where the list ends."""
    at(script, 1, ["a", "b"], total)
    with pytest.raises(SourceDown, match=f"says it has {total:,} items and gave 2"):
        counted(talk)


def test_a_total_that_is_only_the_page_s(talk, script):
    at(script, 1, ["a", "b"], 2)
    at(script, 3, ["c", "d"], 2)
    with pytest.raises(SourceDown, match="says it has 2 items and gave 4"):
        counted(talk, full=2)


@pytest.mark.parametrize("behind", [[], ["a", "b"]])
def test_one_page_that_is_full(talk, script, behind):
    at(script, 1, ["a", "b"], 2)
    at(script, 3, behind, 2)  # nothing, or of a service that knows no second page what it had already
    assert counted(talk, full=2) == ["a", "b"]


def test_nothing_at_all(talk, script):
    at(script, 1, [], 0)
    assert counted(talk) == []


@pytest.mark.parametrize(
    "value", [{"items": "abc", "total": 3}, {"items": [1]}, {"total": 3}, {"items": [1], "total": "1"}]
)
def test_pages_of_another_shape(talk, script, value):
    add(script, f"{BASE}/Users?count=2&startIndex=1", value)
    with pytest.raises(SourceChanged, match="list or its total"):
        counted(talk)


@given(st.lists(st.integers(0, 20)))
def test_once(items):
    assert list(paging.once(items, lambda item: item)) == list(dict.fromkeys(items))


def named(item):
    if not isinstance(item.get("id"), str):
        raise BadRow("an item has no id")
    return item["id"]


GOOD, ODD = {"id": "a"}, {"id": 5}
PAGES = [
    # (pages of one session, what comes of each: names, how many are rejected; None where it stops)
    ([[GOOD, GOOD]], [("aa", 0)]),
    ([[GOOD, None]], [("a", 1)]),
    ([[ODD, "text", GOOD, [], 7]], [("a", 4)]),
    ([[]], [("", 0)]),
    ([[GOOD], [None]], [("a", 0), ("", 1)]),
    ([[None]], [None]),
    ([[GOOD], [None, ODD]], [("a", 0), None]),
    ([[GOOD], []], [("a", 0), ("", 0)]),
    ([None], [None]),
    ([{"id": "a"}], [None]),
]


@pytest.mark.parametrize(("pages", "expected"), PAGES)
def test_an_odd_item_is_rejected_and_an_odd_page_stops(talk, pages, expected):
    found: list[tuple[str, int] | None] = []
    for page in pages:
        try:
            made = paging.each(talk, Reply(200, {}, page, "/items"), page, named)
        except SourceChanged:
            found.append(None)
            continue
        odd = [one for one in made if isinstance(one, Rejected)]
        assert all(one.unnamed and one.where == "/items" for one in odd)
        found.append(("".join(one for one in made if isinstance(one, str)), len(odd)))
    assert found == expected


def test_a_page_of_too_many_items_is_none(talk, monkeypatch):
    monkeypatch.setattr(paging, "MOST_ITEMS", 2)
    with pytest.raises(SourceChanged, match="a page holds 3 items"):
        paging.each(talk, Reply(200, {}, None, "/items"), [GOOD] * 3, named)


def test_what_has_no_name_comes_once_for_each_time_it_is_there(talk, script):
    rejected = Rejected("/items", "odd", unnamed=True)
    assert list(paging.once(["a", rejected, "a", rejected], str)) == ["a", rejected, rejected]
    at(script, 1, ["a", None], 4)
    at(script, 3, [None, "b"], 4)
    assert counted(talk) == ["a", None, None, "b"]
