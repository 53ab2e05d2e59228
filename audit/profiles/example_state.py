"""The example state: the organization that labelled profiles are read for where nobody gave one of their own."""

from __future__ import annotations

from collections.abc import Mapping

from audit.model.organization import Organization
from audit.profiles.agency_names import split
from connectors.records import Agency
from connectors.reference import table


def default_organization() -> Organization:
    """The State of Maine with the agencies of data/reference/agencies/maine.csv and no registry of accounts.

    For evaluation and trials where no configuration is given. Mail domains: cisagov/dotgov-data and openstates.
    """
    return Organization(
        name="State of Maine",
        state="ME",
        mail_domains=("maine.gov", "state.me.us"),
        other_domains=("legislature.maine.gov", "courts.maine.gov"),
        agencies=tuple(_agency(row) for row in table("agencies/maine.csv")),
    )


def _agency(row: Mapping[str, str]) -> Agency:
    handles = (handle.partition(":") for handle in split(row["handles"]))
    return Agency(
        agency_code=row["agency_code"],
        name=row["name"],
        acronyms=split(row["acronyms"]),
        parent_code=row["parent_code"],
        aliases=split(row["aliases"]),
        domains=split(row["domains"]),
        handles=tuple((platform, handle) for platform, _, handle in handles),
    )
