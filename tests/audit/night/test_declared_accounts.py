"""Declared accounts through whole nights: what is renamed has not vanished, nor what nobody was asked for."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from audit.model.night import Night
from tests.states import DAY, State

HOST = "https://public.api.bsky.app/xrpc/app.bsky.actor"
DOT, OTHER = "did:plc:z72i7hdynmk6r22z27h6tvur", "did:plc:ewvi7nxzyoun6zhxrhs64oiz"
NAME, NEW, STRANGE, SENT = "dot.maine.gov", "roads.maine.gov", "dot.mañe.example", "dot.xn--mae-8ma.example"


class AppView:
    """Bluesky with some accounts, did → handle. A handle that is not confirmed belongs to nobody."""

    def __init__(self, accounts: dict[str, str], *, found: bool = False, fails: bool = False) -> None:
        self.accounts, self.found, self.fails = accounts, found, fails
        self.actors: list[str] = []

    def __call__(self, request: Any) -> tuple[int, dict[str, str], str]:
        asked = parse_qs(urlsplit(request.url).query)
        profiles = [
            {"did": did, "handle": handle, "displayName": "MaineDOT", "description": "Roads of MaineDOT"}
            for did, handle in self.accounts.items()
        ]
        self.actors += asked.get("actors", [])
        if "actors" not in asked:
            return 200, {"Content-Type": "application/json"}, json.dumps({"actors": profiles if self.found else []})
        if self.fails:
            return 404, {"Content-Type": "application/json"}, "{}"
        shown = [one for one in profiles if {one["did"], one["handle"]} - {"handle.invalid"} & set(asked["actors"])]
        return 200, {"Content-Type": "application/json"}, json.dumps({"profiles": shown})


@pytest.fixture
def state(tmp_path: Path) -> State:
    keeper = {"employee_id": "7", "given_name": "Avery", "family_name": "Quill", "status": "active"}
    agency = {"agency_code": "DOT", "name": "Department of Transportation", "acronyms": "MaineDOT"}
    return State(
        tmp_path,
        [keeper | {"agency_code": "DOT", "work_email": "avery.quill@maine.gov"}],
        official=[{"platform": "bluesky", "agency_code": "DOT", "supervisor_employee_id": "7", "status": "active"}],
        agencies=[agency],
        options={"directory": '[sources.sky]\nconnector = "bluesky"\nterms = ["MaineDOT"]'},
    )


def night(state: State, view: AppView, number: int = 0) -> Night:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as mock:
        for method in ("searchActors", "getProfiles"):
            mock.add_callback(responses.GET, f"{HOST}.{method}", view)
        return state.night(DAY + timedelta(days=number))


def told(night: Night) -> tuple[str, str]:
    """(What is said of whether the registered account was seen, the status of R-1 on it)."""
    (row,) = night.registry
    vanished = [str(one.status) for one in night.findings if one.rule_id == "R-1"]
    return row.seen.partition(":")[0], " ".join(vanished)


LIVES = {
    # (handle and did in the registry; Bluesky on the first night; on the second; what is told on the second)
    "nothing happens": ((NAME, DOT), {DOT: NAME}, {DOT: NAME}, "seen", ""),
    "a new handle": ((NAME, DOT), {DOT: NAME}, {DOT: NEW}, f"seen, under the handle {NEW}", ""),
    "a handle that is not confirmed any more": ((NAME, DOT), {DOT: NAME}, {DOT: "handle.invalid"}, "seen", ""),
    "gone": ((NAME, DOT), {DOT: NAME}, {}, "not seen", "new"),
    "gone, without a did": ((NAME, ""), {DOT: NAME}, {}, "not seen", "new"),
    "renamed, without a did": ((NAME, ""), {DOT: NAME}, {DOT: NEW}, "not seen", "new"),
    "gone, and its handle somebody else's": ((NAME, DOT), {DOT: NAME}, {OTHER: NAME}, "cannot tell", "new"),
    "renamed, and its handle somebody else's": (
        (NAME, DOT), {DOT: NAME}, {DOT: NEW, OTHER: NAME}, f"seen, under the handle {NEW}", "",
    ),
    "a did alone": (("", DOT), {DOT: NAME}, {DOT: NEW}, f"seen, under the handle {NEW}", ""),
    "a did alone, gone": (("", DOT), {DOT: NAME}, {}, "not seen", "new"),
    "a bare name with a did": (
        ("mainedot", DOT), {DOT: "mainedot.bsky.social"}, {DOT: "mainedot.bsky.social"}, "seen", "",
    ),
    "letters beyond ASCII": ((STRANGE, ""), {DOT: SENT}, {DOT: SENT}, "seen", ""),
    "letters beyond ASCII, gone": ((STRANGE, ""), {DOT: SENT}, {}, "not seen", "new"),
}  # fmt: skip


@pytest.mark.parametrize(("row", "first", "second", "seen", "vanished"), LIVES.values(), ids=LIVES)
def test_what_becomes_of_a_declared_account(state, row, first, second, seen, vanished):
    state.official[0] |= {"handle": row[0], "account_id": row[1]}
    night(state, AppView(first))
    assert told(night(state, AppView(first), 1))[1] == ""
    assert told(night(state, AppView(second), 2)) == (seen, vanished)


def test_what_a_search_does_not_find_any_more_has_not_vanished(state):
    """A search gives what fits best: only the answer to an account's own key says that it is gone."""
    state.official[0] |= {"handle": "mainedot", "account_id": ""}
    shown = AppView({DOT: "mainedot.bsky.social"}, found=True)
    assert told(night(state, shown)) == ("seen", "")
    second = night(state, AppView({}), 1)
    assert told(second) == ("cannot tell", "")
    (problem,) = [one for one in second.problems if one.where == "@mainedot"]
    assert "was not asked for" in problem.reason
    assert "mainedot.bsky.social" in problem.reason
    assert shown.actors == []


def test_a_failed_look_up_takes_back_no_word_and_adds_none(state):
    state.official[0] |= {"handle": NAME, "account_id": DOT}
    night(state, AppView({DOT: NAME}))
    assert told(night(state, AppView({DOT: NAME}, fails=True), 1)) == ("cannot tell", "")
    assert told(night(state, AppView({}), 2)) == ("not seen", "new")
    assert told(night(state, AppView({}, fails=True), 3)) == ("cannot tell", "not rechecked")
    assert told(night(state, AppView({DOT: NEW}), 4)) == (f"seen, under the handle {NEW}", "resolved")
