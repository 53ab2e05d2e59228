"""Which platform an app belongs to that was granted a Google account. From data/reference/oauth_clients.csv; pure."""

from __future__ import annotations

import unicodedata
from functools import cache

from connectors.reference import table

EMAIL = frozenset({"email", "https://www.googleapis.com/auth/userinfo.email"})
"""Scopes that give an app the account's address (developers.google.com/identity/protocols/oauth2/scopes)."""
SIGN_IN = EMAIL | {"openid", "profile", "https://www.googleapis.com/auth/userinfo.profile"}
"""Scopes of a sign-in: who it is, and no more."""


def platforms_with_apps() -> tuple[str, ...]:
    """Ids of the platforms that have an app in the table."""
    return tuple(sorted({row["platform"] for row in table("oauth_clients.csv")}))


def app(client_id: str, name: str) -> tuple[str, bool]:
    """(platform, whether the client id is known to be that platform's own) of an app; ("", False) for any other.

    A name counts as a whole, without letter case: it is the developer's choice and proves nothing by itself.
    """
    by_client, by_name = _apps()
    known = by_client.get(client_id)
    return (known, True) if known else (by_name.get(_folded(name), ""), False)


@cache
def _apps() -> tuple[dict[str, str], dict[str, str]]:
    by_client: dict[str, str] = {}
    by_name: dict[str, str] = {}
    for row in table("oauth_clients.csv"):
        by_client |= dict.fromkeys(filter(None, row["client_ids"].split(";")), row["platform"])
        by_name |= {_folded(name): row["platform"] for name in row["display_texts"].split(";")}
    return by_client, by_name


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
