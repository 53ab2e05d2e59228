"""Every live connector goes through the one session that refuses closed doors: nothing else can reach a network."""

import ast
from pathlib import Path

import pytest

import connectors

MODULES = sorted(Path(connectors.__path__[0]).rglob("*.py"))
NETWORK = {
    "requests",
    "urllib3",
    "urllib",
    "http",
    "httpx",
    "aiohttp",
    "socket",
    "ssl",
    "ldap3",
    "smtplib",
    "ftplib",
}
ALLOWED = {
    "wire": {"requests", "urllib3", "http", "socket", "ssl"},
    "trust": {"ssl"},
    "http": {"requests"},
    "replies": {"requests"},
    "ldap": {"ldap3", "socket", "ssl"},
    "session": {"socket"},
    "made_platform": {"requests"},
    "conformance_http": {"requests"},
}
"""Who may touch the network, and through what: the session's own modules, LDAP, which is not HTTP, and Spark's, which
looks whether its server is there. The last two are for tests, look at the requests that a made platform was asked, and
send none."""


def imported(path: Path) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module)
    return {name.split(".")[0] for name in found - {"urllib.parse"}}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_nobody_else_reaches_the_network(path):
    assert imported(path) & NETWORK <= ALLOWED.get(path.parent.name if path.stem == "__init__" else path.stem, set())


def test_every_request_is_checked_first():
    """Nothing reaches the wire but through the session's `get` and `post`, and both ask doors.refuse first."""
    tree = ast.parse(Path(connectors.__path__[0], "http", "__init__.py").read_text(encoding="utf-8"))
    session = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Session")
    calls = {
        method.name: [ast.unparse(node.func) for node in ast.walk(method) if isinstance(node, ast.Call)]
        for method in session.body
        if isinstance(method, ast.FunctionDef)
    }
    assert [name for name, called in calls.items() if "self._wire.exchange" in called] == ["_attempt"]
    senders = [name for name, called in calls.items() if "self._send" in called]
    assert sorted(senders) == ["get", "post"]
    assert all("doors.refuse" in calls[name] for name in senders)
