"""Under which agency a finding stands: the one that its person, or its official account, belongs to tonight. Pure.

An agency's copy names its own people. A finding that no source shows tonight, or that was resolved long ago, is about
somebody who may work elsewhere by now; only whoever is judged afresh has it from tonight's case.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from audit.findings.passing import holders_of_finding
from audit.model.finding import Finding, LinkStep, Past
from audit.people.directory import Directory
from audit.people.holders import noted_holders, passed
from audit.people.identity import registry_name
from connectors.records import OfficialAccount


def in_agencies_of_today(
    past: Mapping[str, Past], directory: Directory, official: Iterable[OfficialAccount]
) -> dict[str, Past]:
    """The findings of the nights before, by id, each under the agency that tonight's directory or registry says.

    Whoever is in neither any more, or whose id has passed to another person, stands under the agency last known.
    """
    listed = {(entry.platform, registry_name(entry)): entry.agency_code for entry in official}
    return {finding_id: _placed(one, directory, listed) for finding_id, one in past.items()}


def _placed(past: Past, directory: Directory, listed: Mapping[tuple[str, str], str]) -> Past:
    finding = past.finding
    code = _agency(finding, directory, listed)
    if code in ("", finding.agency_code):
        return past
    now = noted_holders((finding.employee_id,), directory)
    if finding.link_step is not LinkStep.OFFICIAL_REGISTRY and passed(holders_of_finding(finding, past.facts), now):
        return past
    return replace(past, finding=replace(finding, agency_code=code))


def _agency(finding: Finding, directory: Directory, listed: Mapping[tuple[str, str], str]) -> str:
    if finding.link_step is LinkStep.OFFICIAL_REGISTRY:
        return listed.get((finding.platform, finding.link_value), "")
    person = directory.employees.get(finding.employee_id)
    return person.agency_code if person else ""
