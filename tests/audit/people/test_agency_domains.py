"""Domains that the agencies' list names: another state's is told, and nobody's address there is the State's."""

from tests.states import State, account


def test_an_agency_s_domain_of_another_state_is_told_and_not_taken(state: State) -> None:
    state.agencies[0]["domains"] = "mainedot.gov; dot.vermont.gov"
    state.accounts["export"] = [
        account("tidyfern", registered_email="jo.reed@dot.vermont.gov"),
        account("busybirch7", registered_email="jo.reed@mainedot.gov"),
    ]
    night = state.night()
    (told,) = (one for one in night.problems if "dot.vermont.gov" in one.reason)
    assert told.where == state.agencies[0]["agency_code"]
    assert "'dot.vermont.gov' is Vermont's, so addresses there were not taken for the State's" in told.reason
    assert {finding.handle for finding in night.findings} == {"busybirch7"}
