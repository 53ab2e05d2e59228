"""A starting configuration for a new state."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

from audit.verbs.new_files import write_new_files

STARTER = resources.files("identity_audit_reference") / "starter"


def write_starter_files(folder: Path) -> list[Path]:
    """Write the starter files into `folder` and return their paths. Raises FileExistsError before overwriting any."""
    entries = sorted((entry for entry in STARTER.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    return write_new_files({folder / entry.name: entry.read_bytes() for entry in entries}, "init")
