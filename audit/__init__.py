"""Judgement: what the facts mean under the policy, and the workbook in which people decide.

For notebooks: `audit.load(folder, run="latest")` gives a published night as frames, `audit.nights(folder)` the nights
there are, `audit.panel(folder)` the findings of all of them. pandas is imported when one is first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.notebook.load import load
    from audit.notebook.nights import nights, panel

__all__ = ["load", "nights", "panel"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        return getattr(import_module(f"audit.notebook.{'load' if name == 'load' else 'nights'}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
