"""By what a night was judged: the program, its reference tables, packages of others, and the policy, as one digest.

Two nights that have it in common were judged alike: what one said of a case, the other would say.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, replace
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from unicodedata import unidata_version

from audit.extensions import ORIGINS
from audit.model.organization import Organization
from audit.model.policy import Policy
from connectors.records import Provenance

PACKAGES = ("audit", "connectors", "identity_audit_reference")
NOWHERE = Provenance("", "", None, "")
ENDINGS = (".py", ".csv", ".toml")


def judged_by(policy: Policy) -> str:
    """The SHA-256 of the program's own files, of what takes part beside it, and of a policy."""
    said = json.dumps([asdict(policy), sorted({*ORIGINS.values()})], default=str, sort_keys=True)
    return hashlib.sha256(f"{_program()}\n{said}".encode()).hexdigest()


def read_by(policy: Policy, organization: Organization) -> str:
    """What stands for all by which a profile's words are read: `judged_by`, and the organization without where and when
    its registry was read. Letters are folded by Unicode as Python has it."""
    registry = tuple(replace(entry, provenance=NOWHERE, notes=()) for entry in organization.official)
    said = repr(replace(organization, official=registry))
    return hashlib.sha256(f"{judged_by(policy)}\n{unidata_version}\n{said}".encode()).hexdigest()


@cache
def _program() -> str:
    digest = hashlib.sha256()
    for package in PACKAGES:
        for path, file in _files(resources.files(package), package):
            digest.update(f"{path}\n{hashlib.sha256(file.read_bytes()).hexdigest()}\n".encode())
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _files(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(ENDINGS):
            yield f"{path}/{entry.name}", entry
