"""The directory over SCIM against scim2-server (Apache-2.0), a whole SCIM service in this process, on loopback."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, make_server

import pytest
import requests

from connectors import hr_scim
from connectors.contract import Dropped, Raw
from connectors.http import Refused
from connectors.records import Person, Status
from tests.loopback import FakeTime, source

pytestmark = pytest.mark.skipif(
    find_spec("scim2_server") is None, reason="scim2-server is not installed (it comes with the extra dev)"
)

TOKEN = "canary-7f3Qx9ZpL0vB2nK8sT4w"
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
USERS = 23


class Quiet(WSGIRequestHandler):
    """Logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing."""


def user(number: int) -> dict[str, Any]:
    return {
        "schemas": ["urn:ietf:params:scim:schemas:core:2.0:User", ENTERPRISE],
        "userName": f"user{number}", "externalId": f"x{number}", "active": number % 5 != 0, "title": "Planner",
        "name": {"givenName": "Rémy", "familyName": f"Cyr{number}"}, "nickName": "R",
        "emails": [
            {"value": f"remy.cyr{number}@maine.gov", "type": "work", "primary": True},
            {"value": f"private{number}@example.org", "type": "home"},
        ],
        "phoneNumbers": [{"value": "+1 207 555 0100", "type": "home"}],
        ENTERPRISE: {"employeeNumber": f"000{number}", "department": "DOT", "organization": "State of Maine"},
    }  # fmt: skip


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # Only here, for it takes seconds, which each worker would spend to collect the tests.
    from scim2_server.memory import InMemoryStorage
    from scim2_server.testserver.application import BearerTokenApplication
    from scim2_server.utils import load_default_provider

    app = BearerTokenApplication(InMemoryStorage(), load_default_provider(), bearer_tokens=[TOKEN])
    with make_server("127.0.0.1", 0, app, handler_class=Quiet) as server:
        Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        base = f"http://127.0.0.1:{server.server_port}/v2"
        with requests.Session() as talk:
            talk.headers["Authorization"] = f"Bearer {TOKEN}"
            robot = {"schemas": ["urn:ietf:params:scim:schemas:core:2.0:User"], "userName": "copier"}
            for one in (*map(user, range(1, USERS + 1)), robot):
                made = talk.post(f"{base}/Users", json=one, timeout=10)
                assert made.status_code == 201, made.text
        yield base
        server.shutdown()


def fetched(folder: Path, url: str, token: str = TOKEN, **options: Any) -> list[Any]:
    (folder / "token").write_text(token, encoding="utf-8")
    given = source(folder, "hr", url=url, token={"file": "token"}, **options)
    return list(hr_scim.fetch(given, FakeTime().clock))


@pytest.mark.parametrize("page", [1, 7, 24, 100])
def test_everybody_comes_whatever_the_pages(tmp_path, url, page):
    items = fetched(tmp_path, url, page=page)
    assert [type(item) for item in items].count(Dropped) == 1  # the copier has no employee id
    people = [hr_scim.parse(item) for item in items if isinstance(item, Raw)]
    assert sorted(one.employee_id for one in people) == sorted(f"000{number}" for number in range(1, USERS + 1))


def test_one_person(tmp_path, url):
    items = fetched(tmp_path, url, agency="organization")
    found: dict[str, Person] = {one.employee_id: one for one in map(hr_scim.parse, raws(items))}
    remy = found["0003"]
    assert (remy.given_name, remy.family_name, remy.title, remy.status) == ("Rémy", "Cyr3", "Planner", Status.ACTIVE)
    assert (remy.work_email, remy.other_emails) == ("remy.cyr3@maine.gov", ())
    assert (remy.agency_code, remy.agency) == ("DOT", "State of Maine")
    assert found["0005"].status is Status.UNKNOWN  # switched off: gone, or on leave
    assert "example.org" not in repr(items)
    assert "207 555" not in repr(items)


def test_a_token_that_is_not_accepted(tmp_path, url):
    with pytest.raises(Refused, match="Check the token"):
        fetched(tmp_path, url, "another")


def raws(items: list[Any]) -> list[Raw]:
    return [item for item in items if isinstance(item, Raw)]
