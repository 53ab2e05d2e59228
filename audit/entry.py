"""Where the command begins: what needs none of the verbs is answered before they are imported, which takes a second."""

from __future__ import annotations

import sys
from importlib.metadata import version


def command() -> int:
    """Run the command; returns the exit code."""
    if sys.argv[1:] == ["--version"]:
        sys.stdout.write(f"{version_line()}\n")
        return 0
    from audit import cli  # noqa: PLC0415

    return cli.main()


def version_line() -> str:
    """What `--version` says."""
    return f"identity-audit {version('identity-audit')}"


if __name__ == "__main__":
    sys.exit(command())
