"""Seats on systems that the State itself runs are for work: no finding or lead about a personal account."""

import pytest

import audit.config
from audit.model.settings import ConfigError
from tests.states import State, account


def seat(mailbox: str, platform: str = "metabusiness") -> dict[str, str]:
    return {"platform": platform, "account_id": "71001", "registered_email": mailbox}


def rules_of(state: State, **night: object) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one in state.night(**night).findings:  # type: ignore[arg-type]
        if one.status != "resolved":
            found.setdefault(one.account_id or one.handle or one.mailbox, set()).add(one.rule_id)
    return found


@pytest.mark.parametrize("platform", ["metabusiness", "Meta Business Suite", "business manager"])
@pytest.mark.parametrize(
    ("mailbox", "rules"),
    [
        ("lee.ouellette@maine.gov", {}),
        ("nobody.known@maine.gov", {"71001": {"R-4"}}),
        ("remy.cyr@maine.gov", {"71001": {"R-4"}}),
        ("quill@example.org", {"71001": {"R-5"}}),
    ],
)
def test_a_seat_in_a_portfolio_is_nobodys_own(
    state: State, platform: str, mailbox: str, rules: dict[str, set[str]]
) -> None:
    state.accounts["export"] = [seat(mailbox, platform)]
    assert rules_of(state) == rules
    (told,) = (problem for problem in state.night().problems if "for work" in problem.reason)
    assert told.source == "export"


def test_what_the_operator_says_goes_first(state: State) -> None:
    state.accounts["export"] = [seat("lee.ouellette@maine.gov")]
    state.options["export"] = 'purpose = "public"'
    assert rules_of(state) == {"71001": {"E-1"}}
    state.accounts["forum"] = [account("tidyfern", registered_email="ada.thibodeau@maine.gov")]
    state.options["forum"] = 'purpose = "work"'
    assert "E-1" not in rules_of(state).get(account("tidyfern")["account_id"], set())


def test_its_own_words_are_still_read(state: State) -> None:
    bio = "Trooper with the Maine State Police, Augusta"
    state.accounts["forum"] = [account("trooperlee", registered_email="lee.ouellette@maine.gov", bio=bio)]
    state.options["forum"] = 'purpose = "work"'
    assert rules_of(state) == {account("trooperlee")["account_id"]: {"C-1"}}


def test_the_same_person_is_found_elsewhere(state: State) -> None:
    elsewhere = account("tidyfern", platform="reddit", registered_email="lee.ouellette@maine.gov")
    state.accounts["export"] = [seat("lee.ouellette@maine.gov"), elsewhere]
    assert rules_of(state) == {elsewhere["account_id"]: {"E-1"}}


@pytest.mark.parametrize(
    ("where", "line", "says"),
    [
        ("export", 'purpose = "leisure"', "purpose"),
        ("directory", 'purpose = "work"', "only a source of accounts"),
    ],
)
def test_a_purpose_that_means_nothing_is_refused(state: State, where: str, line: str, says: str) -> None:
    state.accounts["export"] = [account("tidyfern")]
    state.options[where] = line
    with pytest.raises(ConfigError, match=says):
        audit.config.load(state.write())


def test_a_search_of_the_public_cannot_be_for_work(state: State) -> None:
    path = state.write()
    path.write_text(path.read_text() + '\n[sources.sky]\nconnector = "bluesky"\npurpose = "work"\n')
    with pytest.raises(ConfigError, match="other systems"):
        audit.config.load(path)
