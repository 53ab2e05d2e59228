"""A starting configuration for a new state."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

STARTER = resources.files("identity_audit_reference") / "starter"


def write_starter_files(folder: Path) -> list[Path]:
    """Write the starter files into `folder` and return their paths. Raises FileExistsError before overwriting any."""
    entries = sorted((entry for entry in STARTER.iterdir() if entry.is_file()), key=lambda entry: entry.name)
    paths = [folder / entry.name for entry in entries]
    for path in paths:
        if path.exists():
            raise FileExistsError(f"{path} is already there; `init` overwrites nothing. Choose another folder.")
    folder.mkdir(parents=True, exist_ok=True)
    for entry, path in zip(entries, paths, strict=True):
        path.write_bytes(entry.read_bytes())
    return paths
