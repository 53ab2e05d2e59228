"""How often Python looks for garbage while a night runs, and that it is afterwards as it was."""

import gc
from collections.abc import Iterator

import pytest

import audit.config
from audit.night.garbage import NEW_OBJECTS, rare_collections
from audit.night.run import UnusableDate, run
from tests.states import DAY, NOON, State


@pytest.fixture(autouse=True)
def as_it_was() -> Iterator[None]:
    before = gc.get_threshold()
    yield
    gc.set_threshold(*before)


def test_a_night_looks_rarely_and_afterwards_all_is_as_it_was(state: State) -> None:
    gc.set_threshold(600, 9, 8)
    seen = []

    def clock():
        seen.append(gc.get_threshold())
        return NOON

    run(audit.config.load(state.write()), DAY, clock=clock)
    assert set(seen) == {(NEW_OBJECTS, 9, 8)}
    assert gc.get_threshold() == (600, 9, 8)


def test_also_after_a_night_that_was_refused(state: State) -> None:
    gc.set_threshold(600, 9, 8)
    with pytest.raises(UnusableDate):
        run(audit.config.load(state.write()), DAY.replace(year=2100), clock=lambda: NOON)
    assert gc.get_threshold() == (600, 9, 8)


@pytest.mark.parametrize("chosen", [(0, 10, 10), (NEW_OBJECTS * 2, 5, 5)])
def test_who_chose_to_look_more_rarely_still_does(chosen: tuple[int, int, int]) -> None:
    gc.set_threshold(*chosen)
    with rare_collections():
        assert gc.get_threshold() == chosen
    assert gc.get_threshold() == chosen
