"""`schedule`: the night, the purge and the failure notice for systemd, cron and Windows, printed or written whole."""

from __future__ import annotations

import getpass
import re
import shlex
import tomllib
from collections.abc import Callable, Iterator, Mapping
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from audit.verbs.new_files import write_new_files
from connectors.http.secrets import looks_secret

FILES = resources.files("identity_audit_reference") / "schedule"
"""What is written, with names in double braces for what differs from state to state."""
ENVIRONMENT, NOTICE = "identity-audit.env", "identity-audit-failed.sh"
_NAME = re.compile(r"\{\{(\w+)\}\}")
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def schedule_in_short(config: Path, program: Path) -> str:
    """How to run every night at 02:15 under cron, systemd and Windows, as lines to copy."""
    command = f'"{program}" run --config "{config}"'
    return f"""# Whole files, with a failure notice and the purge: identity-audit schedule --write DIR

# cron (crontab -e):
15 2 * * *  {command} >> "{config.parent / "night.log"}" 2>&1

# systemd (/etc/systemd/system/identity-audit.service, then a timer with OnCalendar=*-*-* 02:15:00):
[Service]
Type=oneshot
ExecStart={command}
SuccessExitStatus=3

# Windows Task Scheduler:
schtasks /Create /SC DAILY /ST 02:15 /TN identity-audit /TR "{command.replace('"', chr(92) + '"')}"

# Exit codes: 0 complete, 3 partial (a source was not judged), 65 input unusable, 73 cannot write,
# 75 another run is at work, 78 configuration, 130 and 143 stopped by a signal."""


def write_schedule(folder: Path, config: Path, program: Path) -> list[Path]:
    """Write everything a schedule needs into a folder; returns the paths. The environment file, where secrets go, has
    the names that audit.toml takes from the environment, no values, and is its owner's alone.

    Raises FileExistsError before it overwrites any file, and OSError.
    """
    folder = folder.resolve()
    templates = {folder / path: text for path, text in _texts(FILES)}
    names = {
        "PROGRAM": str(program),
        "CONFIG": str(config),
        "ENV": str(folder / ENVIRONMENT),
        "FAILED": str(folder / NOTICE),
        "LOG": str(config.parent / "night.log"),
        "USER": _owner(config),
    }
    secrets = "\n".join(f"# {where}\n{name}=''" for name, where in variables(config).items())
    files = {}
    for path, text in templates.items():
        script = folder / ("windows/identity-audit.ps1" if path.parent.name == "windows" else "identity-audit.sh")
        filled = _filled(text, {**names, "SCRIPT": str(script)}, _QUOTED.get(path.suffix, str))
        filled = filled.replace("{{SECRETS}}", secrets)
        files[path] = filled.encode("utf-16" if path.suffix == ".xml" else "utf-8")
    return write_new_files(files, "schedule", private=[folder / ENVIRONMENT])


def how_to_begin(folder: Path) -> str:
    """What to do with the files once they are written."""
    folder, tasks = folder.resolve(), folder.resolve() / "windows"
    return f"""Fill in {folder / ENVIRONMENT}, then choose one:
  systemd  sudo cp {shlex.quote(str(folder / "systemd"))}/* /etc/systemd/system/ && sudo systemctl daemon-reload
           sudo systemctl enable --now identity-audit.timer identity-audit-purge.timer
  cron     crontab -e, and add the lines of {folder / "crontab"}
  Windows  schtasks /Create /TN identity-audit /XML "{tasks / "identity-audit.xml"}" /RU USER /RP *
           schtasks /Create /TN identity-audit-purge /XML "{tasks / "identity-audit-purge.xml"}" /RU USER /RP *
Try the failure notice before you need it: sh {shlex.quote(str(folder / NOTICE))} test"""


def variables(config: Path) -> dict[str, str]:
    """The variables of the environment that audit.toml names, each with the first setting that wants it."""
    found: dict[str, str] = {}
    for where, name in _environment(tomllib.loads(config.read_text(encoding="utf-8-sig")), ""):
        if _VARIABLE.fullmatch(name) and not looks_secret(name):
            found.setdefault(name, where)
    return found


def _environment(tables: Mapping[str, Any], where: str) -> Iterator[tuple[str, str]]:
    for key, value in tables.items():
        place = f"{where}.{key}" if where else key
        if isinstance(value, dict) and list(value) == ["env"]:
            yield place, str(value["env"])
        elif isinstance(value, dict):
            yield from _environment(value, place)


def _texts(folder: Traversable, below: Path = Path()) -> Iterator[tuple[Path, str]]:
    for entry in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if entry.is_dir():
            yield from _texts(entry, below / entry.name)
        else:
            yield below / entry.name, entry.read_text(encoding="utf-8")


def _filled(text: str, names: Mapping[str, str], quoted: Callable[[str], str]) -> str:
    return _NAME.sub(lambda match: quoted(names[match[1]]) if match[1] in names else match[0], text)


def _owner(config: Path) -> str:
    """Whom the night runs as: whose the configuration is."""
    try:
        return config.owner()
    except (NotImplementedError, KeyError, OSError):
        return getpass.getuser()


def _of_unit(text: str) -> str:
    """As systemd reads it: a percent sign begins a name of its own."""
    return text.replace("%", "%%")


def _in_powershell(text: str) -> str:
    doubled = text.replace("'", "''")
    return f"'{doubled}'"


def _in_crontab(text: str) -> str:
    """As cron reads it: a percent sign ends the command."""
    return shlex.quote(text).replace("%", "\\%")


_QUOTED: Mapping[str, Callable[[str], str]] = {
    ".sh": shlex.quote,
    "": _in_crontab,
    ".ps1": _in_powershell,
    ".service": _of_unit,
    ".xml": escape,
}
