"""Which addresses of a member count, on systems that list several of one person. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.contract import Source


def own_addresses(source: Source, given: Iterable[Any]) -> list[Any]:
    """The State's addresses among those of one member, each once; where there is none, the first. Private ones that
    stand beside the State's go no further."""
    domains = tuple(end for domain in source.nexus.domains for end in (f"@{domain}", f".{domain}"))
    found = list(dict.fromkeys(email for email in given if email))
    return [email for email in found if str(email).casefold().endswith(domains)] or found[:1]
