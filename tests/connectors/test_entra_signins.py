"""Which of a tenant's applications are a platform's own, which sign-ins count, and what Okta's sign-on page says."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from connectors import entra_grants, entra_signins, okta_log
from connectors.contract import Connector, Dropped, Item, Purpose, Raw
from connectors.records import Account, Strength
from connectors.sign_ins import events
from tests.conversing import Platform, configured, conversation, fetched


def read(connector: Connector[Account], folder: Path, purpose: Purpose | None = None, **more: Any) -> list[Item]:
    source = configured(connector, folder)
    return fetched(replace(source, options={**source.options, **more}, purpose=purpose), Platform(connector))


def told(connector: Connector[Account], items: list[Item]) -> set[tuple[str, str, Strength]]:
    found = [connector.parse(one) for one in items if isinstance(one, Raw)]
    return {(one.registered_email, one.platform, one.registration) for one in found if one}


def left(items: list[Item]) -> dict[str, int]:
    return {one.reason: one.count for one in items if isinstance(one, Dropped)}


def test_an_application_is_the_platforms_where_its_sign_ins_are_answered_there(tmp_path):
    items = read(entra_signins.CONNECTOR, tmp_path)
    assert told(entra_signins.CONNECTOR, items) == {
        ("jane.doe@maine.gov", "linkedin", Strength.STRONG), ("ravi.lee@maine.gov", "reddit", Strength.WEAK),
    }  # fmt: skip
    assert left(items) == {events.NOT_LISTED: 2, events.ADMINISTERED: 2, events.FAILED: 1, events.FURTHER: 1}
    details = sorted(entra_signins.parse(one).evidence[0].detail for one in items if isinstance(one, Raw))
    assert "2 times between 2026-11-12 and 2026-11-13" in details[0]
    assert "only the application's name" in details[1]


def test_the_log_is_asked_for_the_applications_of_platforms_alone(tmp_path):
    connector = entra_signins.CONNECTOR
    platform = Platform(connector)
    fetched(configured(connector, tmp_path), platform)
    asked = "".join(str(request.url) for request in platform.asked if "signIns" in str(request.url))
    tenant = conversation(connector)
    assert [one in asked for one in (tenant.LINKEDIN, tenant.REDDIT, tenant.GITHUB)] == [True, True, False]


@pytest.mark.parametrize(
    ("options", "purpose", "expected"),
    [
        ({"applications": {"0f1e2d3c-0000-4000-8000-000000000002": "reddit"}}, None, ("reddit", Strength.STRONG)),
        ({"for_work": ["Reddit"]}, None, None),
        ({"for_work": ["0f1e2d3c-0000-4000-8000-000000000002"]}, None, None),
        ({"for_work": ["Reddit"]}, Purpose.WORK, ("reddit", Strength.WEAK)),
        ({"days": 3}, None, None),
    ],
)
def test_what_audit_toml_says(tmp_path, options, purpose, expected):
    found = told(entra_signins.CONNECTOR, read(entra_signins.CONNECTOR, tmp_path, purpose, **options))
    ravi = [(platform, strength) for who, platform, strength in found if who.startswith("ravi")]
    assert ravi == ([expected] if expected else [])


def test_a_grant_counts_where_somebody_gave_it_for_themselves(tmp_path):
    items = read(entra_grants.CONNECTOR, tmp_path)
    assert told(entra_grants.CONNECTOR, items) == {
        ("jane.doe@maine.gov", "linkedin", Strength.STRONG), ("ravi.lee@maine.gov", "linkedin", Strength.WEAK),
        ("ravi.lee@maine.gov", "reddit", Strength.WEAK),
    }  # fmt: skip
    assert left(items) == {events.NOT_LISTED: 1, events.ADMINISTERED: 1, entra_grants.NO_ADDRESS: 1}
    jane = next(entra_grants.parse(one) for one in items if isinstance(one, Raw))
    assert jane.evidence[0].detail == (
        "Allowed LinkedIn to sign in the state account jane.doe@maine.gov (application A name of its own, client id"
        " 0f1e2d3c-0000-4000-8000-000000000001)"
    )


@pytest.mark.parametrize(
    ("purpose", "more", "expected"),
    [
        (None, {}, {"github", "linkedin"}),
        (None, {"for_work": ["GitHub"]}, {"github", "linkedin"}),
        (Purpose.PUBLIC, {}, {"github", "linkedin"}),
        (Purpose.PUBLIC, {"for_work": ["GitHub"]}, {"linkedin"}),
    ],
)
def test_a_sign_on_by_okta_never_proves_whose_an_account_is(tmp_path, purpose, more, expected):
    found = told(okta_log.CONNECTOR, read(okta_log.CONNECTOR, tmp_path, purpose, **more))
    assert {platform for _, platform, _ in found} == expected
    assert {strength for _, _, strength in found} == {Strength.WEAK}
