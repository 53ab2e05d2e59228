"""Hold a release's list of parts (SBOM, CycloneDX) against what is installed where nothing else is.

    python .ci/check_sbom.py SBOM SITE-PACKAGES

Ends with 1 where it is no valid CycloneDX, misses a package that identity-audit needs, names one that it does not need,
another version, or another licence than `.ci/licences.csv`: a sentence each. It wants the extra `release`.
"""

import csv
import json
import sys
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

OURS = "identity-audit"
LICENCES = Path(__file__).with_name("licences.csv")
SYSTEMS = tuple(
    {"sys_platform": platform, "platform_system": system, "os_name": name}
    for platform, system, name in (
        ("linux", "Linux", "posix"),
        ("darwin", "Darwin", "posix"),
        ("win32", "Windows", "nt"),
    )
)


def needed(installed: dict[str, Distribution], systems: tuple[dict[str, str], ...] = ({},)) -> set[str]:
    """The packages that identity-audit needs on any of the systems, and what these need, among the installed ones."""
    found: set[tuple[str, str]] = set()
    waiting = [(OURS, "")]
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in found:
            continue
        found.add((name, extra))
        for words in installed[name].requires or () if name in installed else ():
            other = Requirement(words)
            if other.marker is None or any(other.marker.evaluate({**one, "extra": extra}) for one in systems):
                waiting += [(canonicalize_name(other.name), one) for one in ("", *other.extras)]
    return {name for name, _ in found} - {OURS}


def by_name(*places: str) -> dict[str, Distribution]:
    """What is installed in these folders (none given: here), by its name."""
    found = list(distributions(path=list(places)) if places else distributions())
    return {canonicalize_name(one.metadata["Name"]): one for one in reversed(found)}  # the first of a name is imported


def licences() -> dict[str, dict[str, str]]:
    """The rows of the table of licences, by package."""
    with LICENCES.open(encoding="utf-8", newline="") as file:
        return {row["package"]: row for row in csv.DictReader(line for line in file if not line.startswith("#"))}


def said_licence(package: Distribution) -> str:
    """In which words a package says under which licence it is: in the first of three places where it says it."""
    told = package.metadata
    named = [one.rpartition(" :: ")[2] for one in told.get_all("Classifier") or () if one.startswith("License ::")]
    return str(told.get("License-Expression") or (told.get("License") or "").partition("\n")[0] or ", ".join(named))


def faults(sbom: dict[str, Any], installed: dict[str, Distribution]) -> Iterator[str]:
    """In what a list of parts is not what is needed."""
    listed = {canonicalize_name(one["name"]): str(one["version"]) for one in sbom.get("components", ())}
    whole = sbom.get("metadata", {}).get("component", {})
    if (whole.get("name"), whole.get("version")) != (OURS, installed[OURS].version):
        yield f"it is not about {OURS} {installed[OURS].version}."
    wanted = needed(installed)
    yield from (f"{name} is needed, and not in it." for name in sorted(wanted - listed.keys()))
    yield from (f"{name} is in it, and not needed." for name in sorted(listed.keys() - wanted))
    known = licences()
    for name in sorted(wanted & listed.keys()):
        if name not in installed:
            yield f"{name} is needed, and not installed."
        elif installed[name].version != listed[name]:
            yield f"{name} is {installed[name].version}, in it {listed[name]}."
        elif known.get(name, {}).get("as_said") != (words := said_licence(installed[name])):
            yield f"{name} says of its licence “{words}”: read it, then put it into {LICENCES.name}."


def main(sbom: Path, site: str) -> int:
    """Print the faults, or that there are none; returns the exit code."""
    from cyclonedx.schema import SchemaVersion  # noqa: PLC0415  (of the extra `release`: the tests do without it)
    from cyclonedx.validation.json import JsonStrictValidator  # noqa: PLC0415

    text = sbom.read_text(encoding="utf-8")
    content = json.loads(text)
    invalid = JsonStrictValidator(SchemaVersion.from_version(content["specVersion"])).validate_str(text)
    found = [f"no valid CycloneDX: {invalid}"] if invalid else list(faults(content, by_name(site)))
    told = found or [f"{len(content['components'])} packages, exactly those that {OURS} needs; valid CycloneDX."]
    sys.stdout.write("".join(f"{sbom}: {line}\n" for line in told))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2]))
