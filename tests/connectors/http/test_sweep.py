"""A whole directory read from a service that enforces its limit and misbehaves at random, on a clock of our own."""

import json
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import responses

from connectors import hr_scim
from connectors.contract import Raw
from connectors.http import OutOfBudget
from tests.loopback import FakeTime, source

BASE = "https://idp.example.gov/scim/v2"
PEOPLE, PAGE, LIMIT, SPAN = 13_000, 100, 60, 60.0
ENTERPRISE = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"


class Service:
    """13,000 users; more than LIMIT requests in SPAN seconds are refused; every seventh reply or so is a fault."""

    def __init__(self, time: FakeTime, seed: int, faults: float = 0.15) -> None:
        self.time, self.random, self.faults = time, Random(seed), faults
        self.stamps: list[float] = []
        self.refused = 0

    def __call__(self, request) -> tuple[int, dict[str, str], str | bytes]:
        now = self.time.at
        self.stamps.append(now)
        if sum(now - SPAN < at <= now for at in self.stamps) > LIMIT:
            self.refused += 1
            return 429, {"Retry-After": "30"}, ""
        headers = {"Content-Type": "application/scim+json"}
        start = int(parse_qs(urlsplit(request.url).query)["startIndex"][0])
        users = [self._user(number) for number in range(start, min(start + PAGE, PEOPLE + 1))]
        body = json.dumps({"totalResults": PEOPLE, "Resources": users})
        if self.random.random() < self.faults:
            return self.random.choice(
                [
                    (429, {"Retry-After": "20"}, ""),
                    (500, {}, "oops"),
                    (503, {"Retry-After": "3"}, ""),
                    (200, headers, body[: len(body) // 2]),
                    (200, headers, ""),
                ]
            )
        return 200, headers, body

    @staticmethod
    def _user(number: int) -> dict[str, object]:
        mail = [{"value": f"person.{number}@maine.gov", "type": "work"}]
        return {"id": f"u{number}", "emails": mail, ENTERPRISE: {"employeeNumber": f"{number:05d}"}, "active": True}


def swept(folder: Path, service: Service, time: FakeTime, **options: Any) -> list:
    with responses.RequestsMock() as mock:
        mock.add_callback(responses.GET, f"{BASE}/Users", service)
        given = {"url": BASE, "token": {"file": "token"}, "page": PAGE, **options}
        return list(hr_scim.fetch(source(folder, "hr", **given), time.clock))


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "token").write_text("canary-7f3Qx9ZpL0vB2nK8sT4w", encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("seed", range(3))
def test_everybody_is_covered_whatever_goes_wrong(folder, seed):
    time = FakeTime()
    service = Service(time, seed)
    items = swept(folder, service, time)
    assert len({item.values["id"] for item in items if isinstance(item, Raw)}) == len(items) == PEOPLE
    assert service.refused == 0
    assert PEOPLE / PAGE < len(service.stamps) <= PEOPLE / PAGE * 1.5


def test_a_calm_service_is_asked_as_planned(folder):
    time = FakeTime()
    service = Service(time, 0, faults=0)
    swept(folder, service, time)
    assert len(service.stamps) == PEOPLE / PAGE
    assert PEOPLE / PAGE / LIMIT * SPAN <= time.at - 1000 <= PEOPLE / PAGE / LIMIT * SPAN * 1.5


def test_a_service_that_only_fails_is_soon_left_alone(folder):
    time = FakeTime()
    service = Service(time, 0, faults=1)
    with pytest.raises(Exception, match="also when asked again"):
        swept(folder, service, time)
    assert len(service.stamps) == 5


def test_a_budget_ends_the_sweep(folder):
    time = FakeTime()
    service = Service(time, 0, faults=0)
    with pytest.raises(OutOfBudget):
        swept(folder, service, time, most_requests=20)
    assert len(service.stamps) == 20
