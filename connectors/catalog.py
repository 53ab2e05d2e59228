"""The list of connectors: what identity-audit can read. A new one is its file and one line here."""

from __future__ import annotations

from typing import Any

from connectors import (
    accounts_csv,
    agencies_csv,
    atproto_pds,
    blogger,
    bluesky,
    discourse_admin,
    exceptions_csv,
    exchange_trace,
    flickr,
    github_org,
    github_public,
    google_grants,
    google_mail_log,
    graph_trace,
    gravatar,
    hibp,
    hr_csv,
    hr_graph,
    hr_ldap,
    hr_scim,
    mastodon,
    mastodon_admin,
    mediawiki,
    meta_business,
    meta_pages,
    official_csv,
    postfix_log,
    reddit,
    tumblr,
    wordpress_site,
    x,
    youtube,
)
from connectors.contract import Connector

CONNECTORS: dict[str, Connector[Any]] = {
    connector.name: connector
    for connector in (
        # the organization and its people
        agencies_csv.CONNECTOR,
        official_csv.CONNECTOR,
        exceptions_csv.CONNECTOR,
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
        google_grants.CONNECTOR,
        mastodon_admin.CONNECTOR,
        mastodon.CONNECTOR,
        mediawiki.CONNECTOR,
        reddit.CONNECTOR,
        discourse_admin.CONNECTOR,
        wordpress_site.CONNECTOR,
        atproto_pds.CONNECTOR,
        meta_business.CONNECTOR,
        blogger.CONNECTOR,
        bluesky.CONNECTOR,
        flickr.CONNECTOR,
        github_public.CONNECTOR,
        gravatar.CONNECTOR,
        hibp.CONNECTOR,
        meta_pages.CONNECTOR,
        tumblr.CONNECTOR,
        x.CONNECTOR,
        youtube.CONNECTOR,
    )
}
"""Every connector by the name that audit.toml uses; audit.extensions adds those of packages that it allows."""
