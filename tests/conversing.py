"""Made platforms of our connectors: tests/connectors/conversations/<name>.py, spoiled as a test wants.

Each of them has `OPTIONS` (its table of audit.toml), `answer` (a healthy reply to each request), `described` (asserts
that a request and its reply are as the official description has them), and, where the platform says "nothing found"
with an object that lacks what was asked for, `EMPTY` (those bodies as text); where its lists of objects stand inside
of one account, `LISTS_WITHIN = True`; where it can be asked by id, `RENAMED`, a declared account of another handle than
the registry has (platform, id, that handle); where a method may be missing, `PROBES`, the paths at which a refusal may
say so. connectors/made_platform.py talks for them.
"""

from __future__ import annotations

import importlib.util
import json
from datetime import date
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from connectors.contract import Access, Connector, Source
from connectors.made_platform import (
    ADDRESSES,
    CANARY,
    EMPLOYEES,
    HASHES,
    PRIVATE,
    Calm,
    Made,
    MadePlatform,
    Reply,
    Spoil,
    Spoils,
    asking,
    fetched,
    outcomes,
    raws,
)
from connectors.made_platform import (
    made_records as records,
)
from connectors.made_platform import (
    request_text as text_of,
)
from connectors.records import Person

__all__ = [
    "ADDRESSES", "CANARY", "EMPLOYEES", "HASHES", "PRIVATE", "Calm", "Platform", "Reply", "Spoil", "configured",
    "conversation", "fetched", "made", "outcomes", "raws", "records", "text_of", "toml", "written",
]  # fmt: skip
CONVERSATIONS = Path(__file__).with_name("connectors") / "conversations"
STATE = """
[organization]
name = "State of Maine"
state = "ME"
mail_domains = ["maine.gov"]
agencies = "agencies.csv"
"""
FILES = {
    "directory": '[directory]\nconnector = "hr_csv"\npath = "hr.csv"\n',
    "sources.test": '[sources.test]\nconnector = "accounts_csv"\npath = "accounts.csv"\n',
}


class Platform(MadePlatform):
    """The platform of one of our connectors, as its conversation has it."""

    def __init__(self, connector: Connector, spoils: Spoils = lambda *_: None) -> None:
        super().__init__(connector, made(connector), spoils)


def made(connector: Connector) -> Made:
    """The conversation's platform as a value."""
    talk = conversation(connector)
    return Made(
        talk.OPTIONS,
        talk.answer,
        empty=getattr(talk, "EMPTY", ()),
        lists_within=getattr(talk, "LISTS_WITHIN", False),
        ids=(talk.RENAMED,) if hasattr(talk, "RENAMED") else (),
        probes=getattr(talk, "PROBES", ()),
    )


def conversation(connector: Connector) -> ModuleType:
    """The module that talks for the connector's platform; where there is none, the test fails and says what to add."""
    return _module(connector.name)


@cache
def _module(name: str) -> ModuleType:
    path = CONVERSATIONS / f"{name}.py"
    if not path.is_file():
        pytest.fail(
            f"add tests/connectors/conversations/{name}.py: OPTIONS, answer(request) and described(shared, request,"
            f" status, headers, body), so that what {name} asks can be held against its platform"
        )
    spec = importlib.util.spec_from_file_location(f"conversation_{name}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def configured(connector: Connector, folder: Path) -> Source:
    """The source that a conversation is held with; its folder holds the file "token"."""
    return asking(connector, made(connector), folder)


def toml(value: Any) -> str:
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{json.dumps(key)} = {toml(one)}' for key, one in value.items())} }}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(toml, value))}]"
    return value.isoformat() if isinstance(value, date) else json.dumps(value)


def written(folder: Path, connector: Connector[Any], network: dict[str, Any], **options: Any) -> Path:
    """An audit.toml with [network] and the source, which knows of no network by itself."""
    table = {"connector": connector.name, **conversation(connector).OPTIONS, **options}
    if connector.purpose is None:
        table["purpose"] = "public"
    if connector.access is Access.APPROVAL:
        table["approval"] = {"by": "D. Cole", "on": date(2026, 1, 15), "reference": "1", "expires": date(2027, 1, 14)}
    name = "directory" if connector.record is Person else "sources.test"
    own = "".join(f"{key} = {toml(value)}\n" for key, value in table.items())
    tables = [text for other, text in FILES.items() if other != name] + [f"[{name}]\n{own}"]
    ways = "".join(f"{key} = {toml(value)}\n" for key, value in network.items())
    path = folder / "audit.toml"
    path.write_text("\n".join([STATE, *tables, "[network]", ways]), encoding="utf-8")
    return path
