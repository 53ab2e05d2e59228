"""Members of the State's own GitHub organizations whose GitHub account holds a verified state address.

Source: docs.github.com/graphql, Organization.membersWithRole and User.organizationVerifiedDomainEmails: "Verified email
addresses that match verified domains for a specified organization the user is a member of". Needs a token with read:org
of an organization owner. Nothing else of a member is asked for: no name, no biography, no repositories. It tells about
members and nobody else: that an employee is not among them says nothing about an account on GitHub (covers nobody).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from functools import partial
from typing import Any

from connectors import http
from connectors.account_age import time_opened
from connectors.contract import (
    Access,
    BadRow,
    Connector,
    Dropped,
    Expect,
    Interface,
    Item,
    Purpose,
    Raw,
    Rejected,
    Remark,
    Source,
    SourceDown,
    registered,
)
from connectors.http import SYSTEM, Clock, Refused, Reply, Session
from connectors.http.paging import changed, each, once
from connectors.http.tokens import bearer
from connectors.records import Account, Strength
from connectors.vendors import github
from connectors.vendors.members import own_addresses

PATH, PAGE = "/graphql", 100
"""Where GraphQL is asked; members a page, as QUERY has it."""
QUERY = """query($org: String!, $after: String) {
  organization(login: $org) {
    membersWithRole(first: 100, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes { databaseId login url createdAt organizationVerifiedDomainEmails(login: $org) }
    }
  }
}"""
FIELDS = ("databaseId", "login", "url", "createdAt")
SERVICE = replace(
    github.SERVICE,
    most_requests=2_000,
    advice="Use a token of an owner of the organization, with read:org, and authorize it for single sign-on.",
)

NO_ADDRESS = "no address in a verified domain"


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every member with a verified address, an item for each of the State's; the others are dropped.

    Raises SourceDown.
    """
    organizations = source.options.get("organizations")
    if not isinstance(organizations, list) or not all(isinstance(name, str) and name for name in organizations):
        raise SourceDown(
            f'{source.name}: organizations in audit.toml is a list of logins: organizations = ["my-state"].'
        )
    with Session(source, SERVICE, sign=bearer(source), clock=clock) as talk:
        members = (found for name in organizations for found in _members(talk, name))
        for found in once(members, lambda found: found if isinstance(found, Remark) else found[1]["databaseId"]):
            yield from (found,) if isinstance(found, Rejected | Remark) else _items(talk, *found)


def parse(raw: Raw) -> Account:
    """One member as an account verified for its address. Raises BadRow for a field of another kind."""
    member = raw.values
    emails, login = member["emails"], member["login"]
    if not isinstance(login, str) or not emails or not all(isinstance(email, str) for email in emails):
        raise BadRow("the member's login or addresses are of another kind; GitHub has changed")
    detail = f"verified for {{}}, as GitHub tells the organization {member['organization']}"
    return Account(
        platform="github",
        account_id=str(member["databaseId"]),
        handle=login,
        url=member["url"] if isinstance(member["url"], str) else f"https://github.com/{login}",
        registered_email=emails[0],
        registration=Strength.STRONG,
        **time_opened(raw, None if member["createdAt"] is None else str(member["createdAt"])),
        provenance=raw.provenance,
        evidence=tuple(
            one for email in emails for one in registered(raw, email, detail.format(email), Strength.STRONG)
        ),
    )


def _items(talk: Session, name: str, member: Mapping[str, Any]) -> Iterator[Item]:
    emails = own_addresses(talk.source, member["organizationVerifiedDomainEmails"])
    for email in emails:
        values = {**{field: member.get(field) for field in FIELDS}, "emails": [email], "organization": name}
        yield talk.item(f"{PATH}:{name}/{member['databaseId']}", values)
    if not emails:
        yield Dropped(1, NO_ADDRESS)


def _member(name: str, member: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    """(organization, member). Raises BadRow."""
    emails = member.get("organizationVerifiedDomainEmails")
    listed = isinstance(emails, list) and all(isinstance(email, str) for email in emails)
    if not listed or not isinstance(member.get("databaseId"), int):
        raise BadRow("a member has no id or no list of addresses")
    return name, member


def _members(talk: Session, name: str) -> Iterator[tuple[str, Mapping[str, Any]] | Rejected | Remark]:
    """(organization, member) page after page. Raises SourceDown where fewer come than there are: one that comes twice
    has taken the place of another."""
    after, seen, known, odd, shows = None, set[str](), set[int](), 0, False
    while True:
        reply = talk.post(PATH, json={"query": QUERY, "variables": {"org": name, "after": after}})
        connection = _connection(talk, reply, name)
        nodes, page, total = connection.get("nodes"), connection.get("pageInfo"), connection.get("totalCount")
        if not isinstance(nodes, list) or not isinstance(page, dict) or not isinstance(total, int):
            raise changed(talk, reply, "the list of members is not where it was")
        for found in each(talk, reply, nodes, partial(_member, name)):
            if isinstance(found, Rejected):
                odd += 1
            else:
                known.add(found[1]["databaseId"])
                shows = shows or bool(found[1]["organizationVerifiedDomainEmails"])
            yield found
        after = page.get("endCursor")
        if not page.get("hasNextPage"):
            break
        if not isinstance(after, str) or after in seen:
            raise changed(talk, reply, "its pages repeat in a circle")
        seen.add(after)
    if (given := len(known) + odd) < total:
        raise SourceDown(
            f"{talk.source.name}: GitHub says that {name} has {total:,} members and gave {given:,}. Try again the next"
            " night."
        )
    if known and not shows:
        yield Remark(
            f"{PATH}:{name}",
            f"none of the members of {name} ({len(known):,}) shows an address in a verified domain. Where the"
            " organization has verified none, GitHub tells no address, and nothing is known of anybody: look at it in"
            " the organization's settings (Verified and approved domains).",
        )


def _connection(talk: Session, reply: Reply, name: str) -> Mapping[str, Any]:
    """The list of members in a reply; GraphQL reports its errors with status 200."""
    value = reply.value if isinstance(reply.value, dict) else {}
    errors = value.get("errors")
    if isinstance(errors, list) and errors:
        kind = errors[0].get("type") if isinstance(errors[0], dict) else ""
        what = f"{talk.source.name}: GitHub does not tell about {name} ({kind or 'an error without a type'})."
        raise (Refused if kind == "FORBIDDEN" else SourceDown)(f"{what} {SERVICE.advice}")
    organization = (value.get("data") or {}).get("organization")
    found = organization.get("membersWithRole") if isinstance(organization, dict) else None
    if not isinstance(found, dict):
        raise changed(talk, reply, f"there is no organization {name}")
    return found


CONNECTOR = Connector(
    name="github_org",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Verified state addresses of members of the organization's own GitHub organizations",
    fetch=fetch,
    parse=parse,
    interface=Interface(
        "GraphQL, without versions", date(2026, 11, 22), "https://docs.github.com/graphql/overview/breaking-changes"
    ),
    reads=(*FIELDS, "emails", "organization"),
    expect=Expect(filled={"registered_email": 1.0}),
    needs=("organizations", "token"),
    options={
        **http.OPTIONS,
        "organizations": 'the logins of the organizations: organizations = ["my-state"]',
        "token": 'an owner\'s token with read:org, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the API's address, where it is not {SERVICE.url} (GitHub Enterprise)",
    },
    service=SERVICE,
    page=PAGE,
    platforms=("github",),
    purpose=Purpose.WORK,
    credentials="a token of an owner of the organization with read:org, authorized for single sign-on"
    " (github.com/settings/tokens); the organization must have verified its domains",
    terms="https://docs.github.com/site-policy/github-terms/github-terms-of-service",
)
