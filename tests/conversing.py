"""Made platforms of our connectors: tests/connectors/conversations/<name>.py, spoiled as a test wants.

Each of them has `OPTIONS` (its table of audit.toml), `answer` (a healthy reply to each request), `described` (asserts
that a request and its reply are as the official description has them), and, where the platform says "nothing found"
with an object that lacks what was asked for, `EMPTY` (those bodies as text). connectors/made_platform.py
talks for them.
"""

from __future__ import annotations

import importlib.util
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from connectors.contract import Connector, Source
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

__all__ = [
    "ADDRESSES", "CANARY", "EMPLOYEES", "HASHES", "PRIVATE", "Calm", "Platform", "Reply", "Spoil", "configured",
    "conversation", "fetched", "made", "outcomes", "raws", "records", "text_of",
]  # fmt: skip
CONVERSATIONS = Path(__file__).with_name("connectors") / "conversations"


class Platform(MadePlatform):
    """The platform of one of our connectors, as its conversation has it."""

    def __init__(self, connector: Connector, spoils: Spoils = lambda *_: None) -> None:
        super().__init__(connector, made(connector), spoils)


def made(connector: Connector) -> Made:
    """The conversation's platform as a value."""
    talk = conversation(connector)
    return Made(talk.OPTIONS, talk.answer, getattr(talk, "EMPTY", ()))


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
