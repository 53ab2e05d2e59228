"""A starting configuration for a new state, and the lines that put the night on a schedule."""

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


def schedule(config: Path, program: Path) -> str:
    """How to run every night at 02:15 under cron, systemd and Windows."""
    command = f'"{program}" run --config "{config}"'
    return f"""# cron (crontab -e):
15 2 * * *  {command} >> "{config.parent / "night.log"}" 2>&1

# systemd (/etc/systemd/system/identity-audit.service, then a timer with OnCalendar=*-*-* 02:15:00):
[Service]
Type=oneshot
ExecStart={command}
SuccessExitStatus=3

# Windows Task Scheduler:
schtasks /Create /SC DAILY /ST 02:15 /TN identity-audit /TR "{command.replace('"', chr(92) + '"')}"

# Exit codes: 0 complete, 3 partial (a source was not judged), 65 input unusable, 73 cannot write,
# 75 another run is at work, 78 configuration."""
