"""Sources that ask key by key, through whole nights: resumed, stalest first, never resolving what was not asked."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from audit.config import Settings, load
from audit.model.night import Night, PullStatus
from audit.model.settings import Approval, SourceSettings
from audit.night.run import run
from connectors import bluesky
from connectors.contract import (
    Answer,
    Connector,
    Covers,
    Declared,
    Expect,
    KeyedOn,
    Outcome,
    Raw,
    Source,
    SourceDown,
    Sweep,
)
from connectors.http import OutOfBudget
from connectors.http.sweep import Part, canaries, swept
from tests.states import State

FIRST = date(2026, 11, 20)


@dataclass
class Platform:
    """A made platform: what it shows for each key, and how many keys a night may ask."""

    shows: dict[str, list[str]]
    room: int = 1000
    broken: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    down: str = ""

    def fetch(self, source: Source) -> Iterator[Answer]:
        if self.down:
            raise SourceDown(f"{source.name}: {self.down}")
        room = iter(range(self.room))

        def ask(batch: tuple[str, ...]) -> Iterator[Answer]:
            if next(room, None) is None:
                raise OutOfBudget("the night is over")
            (key,) = batch
            self.asked.append(key)
            if key in self.broken:
                raise SourceDown("no answer")
            if key not in self.shows:
                yield Answer(key, outcome=Outcome.NOT_FOUND)
            else:
                yield Answer(key, tuple(raw(source, handle) for handle in self.shows[key]))

        yield from swept(source, Part(keys(source), ask))


def raw(source: Source, handle: str) -> Raw:
    values = {
        "did": f"did:plc:{handle}", "handle": f"{handle}.bsky.social", "displayName": "MaineDOT Updates",
        "description": "News from MaineDOT", "createdAt": "2024-01-01T00:00:00Z",
    }  # fmt: skip
    return Raw(values, source.name, f"/x:{handle}", "0" * 64, source.now, source.options)


def keys(source: Source) -> tuple[str, ...]:
    return (*source.options["keys"], *canaries(source))


def declared(source: Source) -> dict[str, Declared]:
    names = {key: key[1:].partition(".")[0] for key in keys(source) if key.startswith("@")}
    return {key: Declared("bluesky", key[1:], f"did:plc:{name}") for key, name in names.items()}


def settings_for(platform: Platform, base: Settings, connector: Connector | None = None, **options: Any) -> Settings:
    connector = connector or replace(
        bluesky.CONNECTOR,
        fetch=platform.fetch,
        expect=Expect(),
        sweep=Sweep(KeyedOn.BRANDS, keys, lambda _, asked: len(asked), declared=declared),
    )
    source = SourceSettings("sky", connector, {"keys": list(platform.shows), **options}, connector.expect)
    return replace(base, sources=(source,))


@pytest.fixture
def state(tmp_path: Path) -> Settings:
    people = [
        {
            "employee_id": f"{number}", "given_name": "Avery", "family_name": f"Quill{number}", "agency_code": "DOT",
            "work_email": f"avery.quill{number}@maine.gov", "status": "active",
        }
        for number in range(5)
    ]  # fmt: skip
    agency = {"agency_code": "DOT", "name": "Department of Transportation", "acronyms": "MaineDOT"}
    official = {
        "platform": "x",
        "handle": "dot",
        "agency_code": "DOT",
        "status": "active",
        "supervisor_employee_id": "0",
    }
    unused = {"unused": [{"platform": "x", "handle": "a"}]}
    return load(State(tmp_path, people, unused, [official], [agency]).write())


def night(settings: Settings, number: int) -> Night:
    at = datetime(2026, 11, 20, 1, tzinfo=UTC) + timedelta(days=number)
    return run(settings, FIRST + timedelta(days=number), clock=lambda: at)


def statuses(night: Night) -> dict[str, str]:
    return {finding.handle: str(finding.status) for finding in night.findings}


def pull(night: Night):
    return next(pull for pull in night.pulls if pull.source == "sky")


def test_what_has_no_room_tonight_comes_first_the_next_night(state):
    platform = Platform({f"term {number}": [f"a{number}"] for number in range(10)}, room=4)
    settings = settings_for(platform, state)
    counts = [pull(night(settings, number)).sweep for number in range(3)]
    assert sorted(platform.asked[:10]) == sorted(platform.shows)
    assert platform.asked[10:] == platform.asked[:2]
    assert [(count.asked, count.left, count.never) for count in counts] == [(4, 6, 6), (4, 6, 2), (4, 6, 0)]
    assert counts[-1].oldest == datetime(2026, 11, 20, 1, tzinfo=UTC)
    assert counts[-1].within == (8, 10, 10)


def test_an_account_whose_key_was_not_asked_stands_and_one_that_was_resolves(state):
    platform = Platform({"one": ["a1"], "two": ["a2"]}, room=1)
    settings = settings_for(platform, state)
    assert set(statuses(night(settings, 0)).values()) == {"new"}
    assert len(statuses(night(settings, 1))) == 2
    platform.shows = {"one": [], "two": ["a2"]}
    third = statuses(night(settings, 2))  # asks for "one"
    assert third == {"a1.bsky.social": "resolved", "a2.bsky.social": "not rechecked"}


def test_an_official_account_whose_key_was_not_asked_has_not_vanished(state, tmp_path):
    official = tmp_path / "official.csv"
    for number in range(2):
        with official.open("a", encoding="utf-8") as file:
            file.write(f"bluesky,a{number}.bsky.social,did:plc:a{number},,DOT,0,,active,\n")
    platform = Platform({"@a0.bsky.social": ["a0"], "@a1.bsky.social": ["a1"]}, room=2)
    settings = settings_for(platform, state)
    assert vanished(night(settings, 0)) == {}
    platform.shows, platform.room = {}, 1
    second = night(settings, 1)
    assert vanished(second) == {"a0.bsky.social": "new"}, "the other key was not asked"
    seen = {row.account.handle: row.seen for row in second.registry}
    assert seen["a0.bsky.social"] == "not seen"
    assert seen["a1.bsky.social"].startswith("cannot tell")
    assert vanished(night(settings, 2)) == {"a0.bsky.social": "open", "a1.bsky.social": "new"}


def vanished(night: Night) -> dict[str, str]:
    return {one.handle: str(one.status) for one in night.findings if one.rule_id == "R-1"}


def test_what_two_keys_show_resolves_only_when_neither_does(state):
    platform = Platform({"one": ["a1"], "two": ["a1"]})
    settings = settings_for(platform, state)
    assert len(night(settings, 0).findings) == 1
    platform.shows["one"] = []
    assert statuses(night(settings, 1)) == {"a1.bsky.social": "open"}
    platform.shows["two"] = []
    assert statuses(night(settings, 2)) == {"a1.bsky.social": "resolved"}


def test_a_key_that_fails_keeps_what_it_showed(state):
    platform = Platform({f"term {number}": [f"a{number}"] for number in range(9)})
    settings = settings_for(platform, state)
    night(settings, 0)
    platform.broken = {"term 3"}
    second = night(settings, 1)
    assert pull(second).status is PullStatus.COMPLETE
    assert pull(second).sweep.failed == 1
    assert statuses(second)["a3.bsky.social"] == "not rechecked"
    assert {status for handle, status in statuses(second).items() if handle != "a3.bsky.social"} == {"open"}


ANSWER, MISSING, REFUSED, LIMITED, FAILED = (
    Outcome.ANSWERED, Outcome.NOT_FOUND, Outcome.REFUSED, Outcome.LIMITED, Outcome.FAILED,
)  # fmt: skip


@pytest.mark.parametrize(
    ("outcomes", "judged"),
    [
        ([FAILED], False),
        ([REFUSED], False),
        ([FAILED] * 9, False),
        ([FAILED, ANSWER], False),
        ([FAILED, ANSWER, MISSING], True),  # its key keeps what it showed, and is asked for again
        ([FAILED] * 2 + [ANSWER] * 4, False),
        ([FAILED] * 2 + [ANSWER] * 8, True),
        ([FAILED] * 5 + [MISSING] * 4, False),
        ([REFUSED, ANSWER], True),  # one account of two is suspended
        ([REFUSED] * 2 + [ANSWER], False),
        ([MISSING] * 3, True),  # an answer: there is no such account
        ([LIMITED] * 8 + [ANSWER], True),  # they go on another night
        ([LIMITED] * 8 + [FAILED], False),
    ],
)
def test_a_share_of_failures_decides_whatever_the_number_of_keys(state, outcomes, judged):
    named = {f"term {number}": outcome for number, outcome in enumerate(outcomes)}

    def fetch(source: Source) -> Iterator[Answer]:
        for key, outcome in named.items():
            yield Answer(key, (raw(source, key.replace(" ", "")),) if outcome is ANSWER else (), outcome)

    platform = Platform({key: [] for key in named})
    platform.fetch = fetch  # type: ignore[method-assign]
    shown = night(settings_for(platform, state), 0)
    assert (pull(shown).status is PullStatus.COMPLETE) is judged
    assert judged or "look-ups failed or were refused" in pull(shown).reason


def test_a_sweep_that_suddenly_finds_nothing_is_not_believed(state):
    platform = Platform({f"term {number}": [f"a{number}"] for number in range(40)})
    settings = settings_for(platform, state)
    night(settings, 0)
    platform.shows = {term: [] for term in platform.shows}
    second = night(settings, 1)
    assert pull(second).status is PullStatus.NOT_JUDGED
    assert "find nothing now" in pull(second).reason
    assert set(statuses(second).values()) == {"not rechecked"}


def test_a_key_that_is_no_longer_asked_for_takes_its_accounts_along(state):
    platform = Platform({"one": ["a1"], "two": ["a2"]})
    night(settings_for(platform, state), 0)
    del platform.shows["two"]
    assert statuses(night(settings_for(platform, state), 1)) == {"a1.bsky.social": "open", "a2.bsky.social": "resolved"}


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"must_find": "@gone"}, "the canary @gone was not found"),
        ({"must_not_find": "one"}, "the canary one, which must not exist, was found"),
        ({"must_not_find": "ONE"}, "the canary ONE, which must not exist, was found"),
        ({"must_find": "one", "must_not_find": "@gone"}, ""),
        ({"must_find": "One"}, ""),
    ],
)
def test_canaries(state, options, reason):
    platform = Platform({"two": ["a2"], "one": ["a1"]})
    told = night(settings_for(platform, state, **options), 0)
    assert pull(told).status is (PullStatus.NOT_JUDGED if reason else PullStatus.COMPLETE)
    assert reason in pull(told).reason
    assert bool(told.findings) is not bool(reason)
    assert platform.asked[0].casefold() in {canary.casefold() for canary in options.values()}


def test_a_source_that_is_down_changes_nothing(state):
    platform = Platform({"one": ["a1"]})
    settings = settings_for(platform, state)
    night(settings, 0)
    platform.down = "no route"
    second = night(settings, 1)
    assert (pull(second).status, pull(second).reason) == (PullStatus.NOT_JUDGED, "sky: no route")
    assert statuses(second) == {"a1.bsky.social": "not rechecked"}
    platform.down = ""
    assert statuses(night(settings, 2)) == {"a1.bsky.social": "open"}


def test_a_key_rests_when_it_has_been_answered_and_not_when_it_failed(state):
    platform = Platform({"one": ["a1"], "two": ["a2"], "three": []}, broken={"two"})
    settings = settings_for(platform, state, refresh_days=3, must_find="one")
    asked = []
    for number in range(5):
        platform.asked.clear()
        assert pull(night(settings, number)).status is PullStatus.COMPLETE
        asked.append(list(platform.asked))
        platform.broken.clear()
    assert asked == [["one", "two", "three"], ["one", "two"], ["one"], ["one", "three"], ["one", "two"]]


def test_a_night_on_which_every_key_rests_is_judged(state):
    platform = Platform({"one": ["a1"]})
    settings = settings_for(platform, state, refresh_days=30)
    night(settings, 0)
    second = night(settings, 1)
    assert (pull(second).status, pull(second).sweep.left) == (PullStatus.COMPLETE, 1)
    assert statuses(second) == {"a1.bsky.social": "not rechecked"}


@pytest.mark.parametrize("where", ["fetch", "parse"])
def test_a_fault_of_our_own_costs_one_source_and_tells_no_data(state, where):
    platform = Platform({"one": ["a1"]})
    settings = settings_for(platform, state)
    night(settings, 0)

    def breaks(*_: object) -> None:
        raise KeyError("jane.doe@maine.gov")

    (source,) = settings.sources
    fault: dict[str, Any] = {where: breaks}
    broken = replace(source.connector, **fault)
    second = night(replace(settings, sources=(replace(source, connector=broken),)), 1)
    assert pull(second).status is PullStatus.NOT_JUDGED
    assert "KeyError, test_sweeps.py:" in pull(second).reason
    assert "jane.doe" not in pull(second).reason
    assert statuses(second) == {"a1.bsky.social": "not rechecked"}


def test_no_key_stands_in_the_ledger(state):
    platform = Platform({"jane.private.word": ["a1"]})
    settings = settings_for(platform, state)
    night(settings, 0)
    for path in settings.output.folder.rglob("*"):
        if path.is_file():
            assert b"jane.private.word" not in path.read_bytes(), path


def test_each_look_up_that_discloses_is_written_down_before_it_is_sent(state):
    lines: list[int] = []
    platform = Platform({})
    log = state.output.folder / "disclosures.jsonl"

    def fetch(source: Source) -> Iterator[Answer]:
        def ask(batch: tuple[str, ...]) -> Iterator[Answer]:
            lines.append(len(log.read_text(encoding="utf-8").splitlines()))
            yield from (Answer(key, outcome=Outcome.NOT_FOUND) for key in batch)

        yield from swept(source, Part(source.addresses, ask, 2))

    sweep = Sweep(KeyedOn.EMPLOYEES, lambda source: source.addresses, lambda _, asked: len(asked), "the address")
    connector = replace(bluesky.CONNECTOR, fetch=fetch, expect=Expect(), sweep=sweep, covers=Covers.THOSE_ASKED)
    told = night(settings_for(platform, state, connector), 0)
    written = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert pull(told).sweep.not_found == len(written) > 2
    assert lines[:2] == [2, 4]
    assert all(len(entry["key_sha256"]) == 32 and "@" not in str(entry) for entry in written)


def test_sources_of_two_hosts_are_read_at_the_same_time(state):
    meeting = Barrier(2, timeout=20)

    def fetch(source: Source) -> Iterator[Answer]:
        meeting.wait()  # passes only when both are being read
        yield from swept(source, Part(("one",), lambda batch: [Answer(batch[0], (raw(source, "a1"),))]))

    sweep = Sweep(KeyedOn.BRANDS, lambda _: ("one",), lambda _, asked: len(asked))
    connector = replace(bluesky.CONNECTOR, fetch=fetch, expect=Expect(), sweep=sweep)
    sources = tuple(
        SourceSettings(name, connector, {"url": f"https://{name}.example.org"}, Expect()) for name in ("one", "two")
    )
    told = night(replace(state, sources=sources), 0)
    assert [pull.status for pull in told.pulls if pull.source in ("one", "two")] == [PullStatus.COMPLETE] * 2


def test_a_source_with_approval_names_it_and_stops_when_it_has_run_out(state):
    platform = Platform({"one": ["a1"]})
    settings = settings_for(platform, state)
    approval = Approval("Dana Cole", date(2026, 1, 1), "AI-2026-17", FIRST)
    (source,) = settings.sources
    settings = replace(settings, sources=(replace(source, approval=approval),))
    night(settings, 0)
    written = json.loads((settings.output.folder / "latest/run.json").read_text(encoding="utf-8"))
    approvals = [one["approval"] for one in written["sources"] if one["source"] == "sky"]
    assert approvals == ["AI-2026-17, by Dana Cole on 2026-01-01, until 2026-11-20"]
    asked = len(platform.asked)
    assert "AI-2026-17" in pull(night(settings, 1)).reason
    assert len(platform.asked) == asked
