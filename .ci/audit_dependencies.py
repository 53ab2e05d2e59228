"""Ask whether a package that is used has a known vulnerability: for a schedule, also where nobody answers.

    python .ci/audit_dependencies.py           the versions of constraints.txt
    python .ci/audit_dependencies.py PLACE …   other lists of versions, or folders site-packages: what is installed

Ends with 0 where every package was asked about and none is known to be vulnerable, with 1 where one is, and with 3
where not all could be asked about: that is never called clean. It wants pip-audit, of the extra `release`.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

PINNED = Path(__file__).parents[1] / "constraints.txt"
CLEAN, VULNERABLE, NOT_ASKED = 0, 1, 3
SECONDS = 900
SHOWN = 10
"""Packages that are named, of those that nobody could be asked about; the others are counted."""
OURS = "identity-audit"
"""No advisory service knows it: it is in no public index."""


def answers(place: Path, service: str, ignored: list[str]) -> list[dict[str, Any]]:
    """What pip-audit says of each package. Raises ValueError, with why, where it says nothing."""
    command = [sys.executable, "-m", "pip_audit", "-f", "json", "--progress-spinner", "off", "-s", service]
    command += [word for one in ignored for word in ("--ignore-vuln", one)]
    command += ["--path", str(place)] if place.is_dir() else ["--no-deps", "--disable-pip", "-r", str(place)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired:
        raise ValueError(f"no answer within {SECONDS} seconds") from None
    try:
        return [one for one in json.loads(done.stdout)["dependencies"] if one["name"] != OURS]
    except (ValueError, KeyError):
        raise ValueError((done.stderr.strip().splitlines() or ["pip-audit said nothing"])[-1]) from None


def main() -> int:
    """Print a line for each vulnerability, and for what nobody could be asked about; returns the exit code."""
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("places", nargs="*", type=Path, default=[PINNED], metavar="PLACE")
    words.add_argument("--service", default="pypi", help="who is asked: pypi, or osv")
    words.add_argument("--ignore", action="append", default=[], metavar="ID", help="an advisory that was looked into")
    given = words.parse_args()
    asked, unasked, vulnerable = 0, [], []
    for place in given.places:
        try:
            found = answers(place, given.service, given.ignore)
        except ValueError as why:
            unasked.append(f"{place}: {why}")
            continue
        asked += sum("skip_reason" not in one for one in found)
        unasked += [one["skip_reason"] for one in found if "skip_reason" in one]
        for one in found:
            for known in one.get("vulns", ()):
                names = ", ".join([known["id"], *known["aliases"]])
                mended = ", ".join(known["fix_versions"]) or "no version yet"
                vulnerable.append(f"{one['name']} {one['version']}: {names}; mended in {mended}")
    lines = [*(f"VULNERABLE  {one}" for one in vulnerable), *(f"NOT ASKED   {one}" for one in unasked[:SHOWN])]
    lines += [f"NOT ASKED   {len(unasked) - SHOWN:,} more"] if len(unasked) > SHOWN else []
    if vulnerable:
        lines += ["Raise it in constraints.txt, run .ci/run, install; or --ignore ID once somebody has looked into it."]
    elif unasked or not asked:
        lines += [f"{asked:,} packages were asked about. Of the others nothing is known: ask again, or --service osv."]
    else:
        lines += [f"{asked:,} packages were asked about, and none is known to be vulnerable."]
    sys.stdout.write("\n".join(lines) + "\n")
    return VULNERABLE if vulnerable else NOT_ASKED if unasked or not asked else CLEAN


if __name__ == "__main__":
    sys.exit(main())
