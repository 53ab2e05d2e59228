"""A site with three accounts, two a page, with the totals in headers."""

import base64
import json
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import requests

OPTIONS = {"url": "https://news.example.gov", "username": "auditor", "application_password": {"file": "token"}}
FIELDS = {
    "id", "username", "name", "first_name", "last_name", "email", "url", "description", "link", "locale", "nickname",
    "slug", "registered_date", "roles", "capabilities", "extra_capabilities", "avatar_urls", "meta",
}  # fmt: skip
"""The schema of a user (developer.wordpress.org/rest-api/reference/users, and NOTES.md)."""
ARGUMENTS = {
    "context", "page", "per_page", "search", "include", "exclude", "offset", "order", "orderby", "slug", "roles",
    "capabilities", "has_published_posts", "_fields",
}  # fmt: skip
"""Of the list of users, and `_fields` of every list (developer.wordpress.org/rest-api/using-the-rest-api)."""
ORDERS = {"id", "include", "name", "registered_date", "slug", "include_slugs", "email", "url"}


def account(number: int, name: str, email: str, description: str = "", url: str = "") -> dict[str, object]:
    slug = name.lower().replace(" ", "-")
    return {
        "id": number, "name": name, "slug": slug, "email": email, "url": url, "description": description,
        "link": f"https://news.example.gov/author/{slug}/", "registered_date": "2022-02-01T10:00:00+00:00",
        "username": "PRIVATE-7261", "roles": ["PRIVATE-7261"], "capabilities": {"edit_posts": True}, "locale": "en_US",
        "avatar_urls": {"24": "https://secure.example.org/PRIVATE-7261"}, "meta": {"phone": "PRIVATE-7261"},
    }  # fmt: skip


ACCOUNTS = [
    account(1, "MaineDOT News", "jane.doe@maine.gov", "Roads and bridges.", "https://www.maine.gov/mdot"),
    account(2, "Ravi", "ravi.lee@maine.gov"),
    account(7, "Otter", "otter@example.org"),
]


def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], str]:
    start = 2 * int(parse_qs(urlsplit(str(request.url)).query)["page"][0]) - 2
    headers = {"Content-Type": "application/json; charset=UTF-8", "X-WP-Total": "3", "X-WP-TotalPages": "2"}
    return 200, headers, json.dumps(ACCOUNTS[start : start + 2])


def described(shared: Path, request: requests.PreparedRequest, status: int, headers: dict[str, str], body: str) -> None:
    assert (request.method, urlsplit(str(request.url)).path) == ("GET", "/wp-json/wp/v2/users")
    kind, _, secret = request.headers["Authorization"].partition(" ")
    assert kind == "Basic"
    assert base64.b64decode(secret, validate=True).decode().startswith("auditor:")
    asked = {name: value for name, (value,) in parse_qs(urlsplit(str(request.url)).query).items()}
    assert set(asked) <= ARGUMENTS
    assert asked["context"] in ("view", "embed", "edit")
    assert asked["orderby"] in ORDERS
    assert asked["order"] in ("asc", "desc")
    assert 1 <= int(asked["per_page"]) <= 100
    assert int(asked["page"]) >= 1
    assert set(asked["_fields"].split(",")) <= FIELDS
    assert headers["X-WP-Total"].isdigit()
    assert headers["X-WP-TotalPages"].isdigit()
    assert all(set(one) <= FIELDS for one in json.loads(body))
