"""Headers that carry credentials, kept in memory only: a given token, a user's name and password (RFC 7617), OAuth
tokens by client credentials or a signed assertion (RFC 6749, 7523)."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable, Mapping

from connectors.contract import Source, SourceChanged
from connectors.http import Clock, Service, Session
from connectors.http.secrets import Secret, read_secret

MARGIN = 300.0
"""Seconds before its end at which a token is renewed: none runs out in mid-run."""


def bearer(source: Source) -> Callable[[], Mapping[str, str]]:
    """The header that carries the option `token`. Raises SourceDown where there is none."""
    token = read_secret(source, "token")
    return lambda: {"Authorization": f"Bearer {token.reveal()}"}


def basic(source: Source, user: str, name: str) -> Callable[[], Mapping[str, str]]:
    """The header that carries a user's name and the password in the option `name`. Raises SourceDown as `bearer`."""
    password = read_secret(source, name)
    return lambda: {"Authorization": f"Basic {b64encode(f'{user}:{password.reveal()}'.encode()).decode()}"}


def renewed(
    source: Source,
    service: Service,
    option: str,
    path: str,
    form: Callable[[], Mapping[str, str]],
    clock: Clock,
    client: Mapping[str, str] | None = None,
) -> Callable[[], str]:
    """A function that gives a fresh token each time it is asked; the first request is sent when it is first asked.

    The endpoint is `path` behind the address that audit.toml's `option` gives, else (or where it is empty: there is no
    such option) the service's. `form` makes the request's fields, `client` the headers that name the client where the
    endpoint wants them there. The function raises SourceDown as a session does.
    """
    url = str(source.options.get(option, service.url))
    held: dict[str, float] = {}

    def token() -> str:
        now = clock.monotonic()
        current = next((text for text, ends_at in held.items() if now < ends_at), "")
        if not current:
            held.clear()
            with Session(source, service, url, clock=clock) as talk:
                current, lasts = _read(source, option, talk.post(path, form=form(), token=True, client=client).value)
            held[current] = now + max(lasts - MARGIN, lasts / 2)
        return current

    return token


def _read(source: Source, option: str, value: object) -> tuple[str, float]:
    """(token, seconds that it lasts) from the endpoint's reply. Raises SourceChanged."""
    token, lasts = (value.get("access_token"), value.get("expires_in")) if isinstance(value, dict) else (None, None)
    if not isinstance(token, str) or not token.isascii() or not isinstance(lasts, int | float) or lasts <= 0:
        advice = f" Check {option} in audit.toml." if option else ""
        raise SourceChanged(f"{source.name}: the token endpoint answers in another shape.{advice}")
    return Secret(token, f"{source.name}: the token endpoint").reveal(), float(lasts)
