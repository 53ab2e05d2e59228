"""Connectors against real servers: those whose address an environment variable names, each skipped with the reason.

How to start them stands in tests/README.md. A test makes its own accounts under names that no earlier run has used, so
a server may serve many runs; it is not for one that anybody uses.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests

from connectors import atproto_pds, mediawiki, wordpress_site
from connectors.catalog import CONNECTORS
from connectors.contract import Answer, Connector, Item, Nexus, Outcome, Raw, Source, SourceDown
from connectors.http import Refused
from connectors.records import Account, Strength
from tests.paths import ROOT
from tests.real_servers import DESCRIPTIONS, proofs, row

WORDPRESS, MEDIAWIKI, PDS = (f"IDENTITY_AUDIT_{name}" for name in ("WORDPRESS", "MEDIAWIKI", "PDS"))
SECRET = "{}_PASSWORD"
SECONDS = 60


def address(variable: str) -> str:
    """The server's address; without one the test is skipped."""
    found = os.environ.get(variable, "")
    if not found:
        pytest.skip(f"{variable} names no server (tests/README.md says how to start one)")
    return found.rstrip("/")


def asked(folder: Path, options: dict[str, Any], nexus: Nexus | None = None) -> Source:
    return Source("real", folder, options, nexus or Nexus(), datetime.now(UTC))


def accounts(connector: Connector[Account], items: Iterable[Item]) -> dict[str, Account]:
    """What parse makes of everything that came, by handle."""
    raws = (part for item in items for part in (item.items if isinstance(item, Answer) else (item,)))
    read = (connector.parse(raw) for raw in raws if isinstance(raw, Raw))
    return {account.handle: account for account in read if account is not None}


def test_the_table_of_the_page_has_every_connector_that_asks():
    live = {name for name, connector in CONNECTORS.items() if connector.service is not None}
    assert {proof.connector for proof in proofs()} == {*live, "hr_ldap"}
    assert set(DESCRIPTIONS) == live
    page = (ROOT / "tests/README.md").read_text(encoding="utf-8")
    assert [row(proof) for proof in proofs() if row(proof) not in page] == []


def name() -> str:
    return f"otter{secrets.token_hex(5)}"


# WordPress


def test_a_wordpress_site(tmp_path):
    url, secret = address(WORDPRESS), os.environ.get(SECRET.format(WORDPRESS), "")
    login, _, password = secret.partition(":")
    made = []
    for number in range(3):
        one = {
            "username": name(), "password": secrets.token_hex(12), "name": f"R&D <{number}> O'Otter",
            "email": f"r&d.{name()}@maine.gov", "url": "https://a.example/?b&c",
            "description": 'At R&D of <em>MaineDOT</em> <3 <a href="https://maine.gov/mdot">More</a>',
        }  # fmt: skip
        reply = requests.post(f"{url}/wp-json/wp/v2/users", json=one, auth=(login, password), timeout=SECONDS)
        assert reply.status_code == 201, reply.text
        made.append(one)
    (tmp_path / "password").write_text(password, encoding="utf-8")
    given = asked(tmp_path, {"url": url, "username": login, "application_password": {"file": "password"}})
    found = accounts(wordpress_site.CONNECTOR, wordpress_site.fetch(given))
    total = requests.get(f"{url}/wp-json/wp/v2/users?context=edit", auth=(login, password), timeout=SECONDS).headers
    assert len(found) == int(total["X-WP-Total"])
    for one in made:
        account = found[one["username"]]
        assert (account.registered_email, account.registration) == (one["email"], Strength.WEAK)
        assert account.display_name == "R&D O'Otter"  # the site itself drops the tag
        assert account.bio == "At R&D of MaineDOT <3 More"
        assert account.links == ("https://a.example/?b&c", "https://maine.gov/mdot")
        assert account.created_at is not None
    (tmp_path / "password").write_text("abcd EFGH 1234 ijkl MNOP 6789", encoding="utf-8")
    with pytest.raises(Refused, match="application password"):
        list(wordpress_site.fetch(given))


# MediaWiki


def test_a_wiki(tmp_path):
    api, contact = address(MEDIAWIKI), "https://www.example.gov/audit"
    talk = requests.Session()
    talk.headers["User-Agent"] = "identity-audit tests"

    def post(action: str, kind: str, **fields: str) -> Any:
        query = {"action": "query", "meta": "tokens", "type": kind, "format": "json", "formatversion": "2"}
        tokens = talk.get(api, params=query, timeout=SECONDS).json()["query"]["tokens"]
        named = "token" if kind == "csrf" else f"{kind.removesuffix('account')}token"
        sent = {"action": action, "format": "json", named: tokens[f"{kind}token"], **fields}
        return talk.post(api, data=sent, timeout=SECONDS).json()

    user, word = name().capitalize(), name()
    password = secrets.token_hex(12)
    made = post(
        "createaccount", "createaccount", username=user, password=password, retype=password,
        createreturnurl="https://www.example.gov/",
    )  # fmt: skip
    assert made["createaccount"]["status"] == "PASS", made
    edited = post("edit", "csrf", title=f"User:{user}", text=f"I am at R&D of '''{word}''' <nowiki><3</nowiki>")
    assert edited["edit"]["result"] == "Success", edited
    query = {"action": "query", "list": "users", "ususers": user, "format": "json", "formatversion": "2"}
    number = talk.get(api, params=query, timeout=SECONDS).json()["query"]["users"][0]["userid"]
    wiki = urlsplit(api).hostname
    nexus = Nexus(ids=(("mediawiki", f"{wiki}:{number}", "A name of old"), ("mediawiki", f"{wiki}:{10**8}", "Nobody")))
    options = {"url": api, "contact": contact, "terms": [word], "handles": [user, "no user", "a|b"], "requests": 6000}
    given = asked(tmp_path, options, nexus)
    answers = {answer.key: answer for answer in mediawiki.fetch(given)}
    assert {key: answer.outcome for key, answer in answers.items()} == {
        f"@{user}": Outcome.ANSWERED, "@no user": Outcome.NOT_FOUND, "@A name of old": Outcome.ANSWERED,
        "@Nobody": Outcome.NOT_FOUND, word: Outcome.ANSWERED,
    }  # fmt: skip
    for key in (f"@{user}", "@A name of old", word):
        (account,) = accounts(mediawiki.CONNECTOR, [answers[key]]).values()
        assert (account.handle, account.account_id) == (user, f"{wiki}:{number}")
        assert account.created_at is not None
    assert "R&D" in accounts(mediawiki.CONNECTOR, [answers[word]])[user].bio
    assert [one.where for one in mediawiki.NAMES.unasked(given)] == ["@a|b"]
    assert requests.get(account.url, timeout=SECONDS).status_code == 200


# A PDS


def test_a_pds(tmp_path):
    url, secret = address(PDS), os.environ.get(SECRET.format(PDS), "")
    domain = os.environ.get("IDENTITY_AUDIT_PDS_DOMAIN", ".test")
    made, tokens = {}, {}
    for _ in range(3):
        handle, mailbox = name() + domain, f"{name()}@maine.gov"
        sent = {"handle": handle, "email": mailbox, "password": secrets.token_hex(12)}
        reply = requests.post(f"{url}/xrpc/com.atproto.server.createAccount", json=sent, timeout=SECONDS)
        assert reply.status_code == 200, reply.text
        made[handle], tokens[handle] = mailbox, reply.json()["accessJwt"]
    shut = next(iter(tokens))
    sign = {"Authorization": f"Bearer {tokens[shut]}"}
    path = f"{url}/xrpc/com.atproto.server.deactivateAccount"
    assert requests.post(path, json={}, headers=sign, timeout=SECONDS).status_code == 200
    (tmp_path / "password").write_text(secret, encoding="utf-8")
    given = asked(tmp_path, {"url": url, "admin_password": {"file": "password"}})
    items = list(atproto_pds.fetch(given))
    found = {one.registered_email: one for one in accounts(atproto_pds.CONNECTOR, items).values()}
    for handle, mailbox in made.items():
        assert found[mailbox].handle == handle
        assert found[mailbox].registration is Strength.WEAK  # nobody has confirmed it yet
        assert found[mailbox].account_id.startswith("did:")
        assert found[mailbox].created_at is not None
    assert found[made[shut]].handle == shut, "a deactivated account is told, too"
    (tmp_path / "password").write_text("another", encoding="utf-8")
    with pytest.raises(SourceDown, match="PDS_ADMIN_PASSWORD"):
        list(atproto_pds.fetch(given))
