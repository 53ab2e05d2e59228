"""The list of connectors: what identity-audit can read. A new one is its file and one line here."""

from __future__ import annotations

from connectors import (
    accounts_csv,
    agencies_csv,
    bluesky,
    exchange_trace,
    github_org,
    google_mail_log,
    graph_trace,
    hr_csv,
    hr_graph,
    hr_ldap,
    hr_scim,
    mastodon_admin,
    official_csv,
    postfix_log,
)
from connectors.contract import Connector

CONNECTORS: dict[str, Connector] = {
    connector.name: connector
    for connector in (
        # the organization and its people
        agencies_csv.CONNECTOR,
        official_csv.CONNECTOR,
        hr_csv.CONNECTOR,
        hr_graph.CONNECTOR,
        hr_ldap.CONNECTOR,
        hr_scim.CONNECTOR,
        # accounts and registrations
        accounts_csv.CONNECTOR,
        exchange_trace.CONNECTOR,
        google_mail_log.CONNECTOR,
        postfix_log.CONNECTOR,
        graph_trace.CONNECTOR,
        github_org.CONNECTOR,
        mastodon_admin.CONNECTOR,
        bluesky.CONNECTOR,
    )
}
"""Every connector by the name that audit.toml uses."""
