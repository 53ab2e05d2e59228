"""A night has an end of its own: past it nothing is sent and no file is begun, and the workbook is written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from threading import Event
from time import monotonic

import pytest

from audit.config import Settings, load
from audit.model.night import PullStatus
from audit.model.settings import ConfigError, NightSettings, SourceSettings
from audit.night import collect
from audit.night.pull import open_source
from audit.night.run import run
from connectors import bluesky, mastodon_admin
from connectors.contract import Connector, Expect, Item, Purpose, Source, SourceDown
from connectors.records import Account
from tests.states import DAY, NOON, State

SECONDS = 1.0


@pytest.fixture
def stuck() -> Iterator[Connector[Account]]:
    """A source that does not come to an end while the test lasts."""
    over = Event()

    def fetch(_: Source) -> Iterator[Item]:
        over.wait(60)
        yield from ()

    yield replace(bluesky.CONNECTOR, name="stuck", fetch=fetch, sweep=None)
    over.set()


def ending(state: State, **connectors: Connector[Account]) -> Settings:
    """The state's settings, with further sources, for a night of a second."""
    settings = load(state.write())
    further = (
        SourceSettings(name, connector, {"url": "https://social.example"}, Expect(at_least=0), purpose=Purpose.PUBLIC)
        for name, connector in connectors.items()
    )
    return replace(settings, sources=(*further, *settings.sources), night=NightSettings(SECONDS / 60))


def test_what_is_still_going_is_told_and_the_night_is_written(
    state: State, stuck: Connector[Account], monkeypatch: pytest.MonkeyPatch
) -> None:
    state.accounts["export"] = [{"platform": "x", "handle": "wade.carter"}]
    monkeypatch.setattr(collect, "GRACE", 0.2)
    begun: list[str] = []

    def fetch(source: Source) -> Iterator[Item]:
        begun.append(source.name)
        yield from ()

    behind = replace(mastodon_admin.CONNECTOR, name="behind", fetch=fetch)
    at = monotonic()
    # the second waits for the first, whose host it shares
    night = run(ending(state, slow=stuck, behind=behind), DAY, clock=lambda: NOON)
    assert monotonic() - at < 20
    pulls = {pull.source: pull for pull in night.pulls}
    assert [pulls[name].status for name in ("slow", "behind")] == [PullStatus.NOT_JUDGED] * 2
    assert "night's time" not in pulls["export"].reason
    assert "did not come to an end in the night's time. Raise most_minutes of [night]" in pulls["slow"].reason
    assert begun == []
    told = [one.reason for one in night.problems if one.where == "[night] most_minutes"]
    assert len(told) == 1
    assert "before these sources were through: slow, behind" in told[0]
    assert (state.folder / "out" / DAY.isoformat() / "audit.xlsx").is_file()


def test_a_file_is_not_begun_when_the_night_is_over(state: State) -> None:
    state.accounts["export"] = [{"platform": "x", "handle": "wade.carter"}]
    settings = load(state.write())
    own = replace(settings.sources[0], ends_at=monotonic())
    reading = open_source(own, settings.folder, NOON, None)
    with pytest.raises(SourceDown, match=r"export: not begun, for the night's time was used up"):
        list(reading.records())


@pytest.mark.parametrize("minutes", [0, -5, 20000, '"all"'])
def test_minutes_that_are_none(state: State, minutes: object) -> None:
    path = state.write()
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[night]\nmost_minutes = {minutes}\n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"night.most_minutes"):
        load(path)
