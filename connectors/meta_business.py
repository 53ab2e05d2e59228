"""Pages and people of the State's own Business portfolios at Meta.

Source: developers.facebook.com, Business: owned_pages, business_users and pending_users (the latter two under
documentation/ads-commerce/marketing-api/reference/business). Needs a system user's token with business_management and
pages_show_list. Of people only id and address are asked for: no names, roles, or two-factor state. A person's id is the
portfolio's own and shows no Facebook account; that Meta checked the address is not documented, so it proves little, and
an invitation that nobody has accepted proves nothing. Working for the State in its portfolio is what a state address is
for: such an account is for work. That somebody is not in the portfolio says nothing about Facebook (covers nobody).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from connectors import http
from connectors.contract import (
    Access,
    Connector,
    Expect,
    Item,
    Purpose,
    Raw,
    Rejected,
    Source,
    SourceDown,
    registered,
    texts,
)
from connectors.http import SYSTEM, Clock
from connectors.http.bodies import allowed
from connectors.http.paging import once
from connectors.records import Account, Strength
from connectors.vendors import meta

PEOPLE = {
    "business_users": (Strength.WEAK, "a person of the State's own Business portfolio {} has the address {}"),
    "pending_users": (Strength.NONE, "an invitation to the State's own Business portfolio {} was sent to {}"),
}
"""What the edges with people prove of an address, and how the evidence says it."""
EDGES = {"owned_pages": meta.PAGE_FIELDS} | dict.fromkeys(PEOPLE, ("id", "email"))
"""What is read of each edge: the allow-list."""
PAGE = 100
SERVICE = replace(
    meta.SERVICE, advice="Use a token of a system user of the portfolio with business_management and pages_show_list."
)


def fetch(source: Source, clock: Clock = SYSTEM) -> Iterator[Item]:
    """Every Page and every person of the portfolios. Raises SourceDown."""
    businesses = source.options.get("businesses")
    if not isinstance(businesses, list) or not all(isinstance(one, str) and one.isdecimal() for one in businesses):
        raise SourceDown(
            f'{source.name}: businesses in audit.toml is a list of portfolios\' ids: businesses = ["123"].'
        )
    people = source.options.get("people", True)
    if not isinstance(people, bool):
        raise SourceDown(f"{source.name}: people in audit.toml is true or false.")
    with meta.meta_session(source, SERVICE, clock) as talk:
        for business, edge in product(dict.fromkeys(businesses), EDGES if people else ("owned_pages",)):
            path = f"/{business}/{edge}"
            pages = meta.pages(talk, path, {"fields": ",".join(EDGES[edge]), "limit": PAGE})
            for found in once((one for _, page in pages for one in page), lambda one: str(one["id"])):
                if isinstance(found, Rejected):
                    yield found
                    continue
                values = {**allowed(found, EDGES[edge]), "edge": edge, "business": business}
                yield talk.item(f"{path}/{found['id']}", values)


def parse(raw: Raw) -> Account:
    """A Page, or a person of the portfolio. Raises BadRow for a field of another kind."""
    if raw.values["edge"] == "owned_pages":
        return meta.page(raw)
    email = texts(raw, ("email",), "the address of a person is no text; Meta has changed")["email"]
    strength, words = PEOPLE[raw.values["edge"]]
    detail = words.format(raw.values["business"], email)
    return Account(
        platform="metabusiness",
        account_id=raw.values["id"],
        registered_email=email,
        registration=strength if email else Strength.NONE,
        provenance=raw.provenance,
        evidence=registered(raw, email, detail, strength),
    )


CONNECTOR = Connector(
    name="meta_business",
    record=Account,
    access=Access.OWN_SYSTEM,
    summary="Pages and people of the organization's own Business portfolios at Meta",
    fetch=fetch,
    parse=parse,
    interface=meta.INTERFACE,
    reads=(*dict.fromkeys(name for names in EDGES.values() for name in names), "edge", "business"),
    expect=Expect(),
    needs=("businesses", "token"),
    options={
        **http.OPTIONS,
        "businesses": 'the ids of the portfolios: businesses = ["1234567890"]',
        "people": "whether to read the portfolios' people and invitations, beside their Pages: people = false (true)",
        "token": 'a system user\'s token, as { env = "NAME" } or { file = "PATH" }',
        "url": f"the Graph API's address with its version, where it is not {SERVICE.url}",
    },
    service=SERVICE,
    page=PAGE,
    platforms=("facebook", "metabusiness"),
    purpose=Purpose.WORK,
    credentials="a token of an admin system user of the portfolio (Business settings, System users) for an app of the"
    " same portfolio, with business_management and pages_show_list",
    terms="https://developers.facebook.com/terms",
)
