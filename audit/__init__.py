"""Judgement: what the facts mean under the policy, and the workbook in which people decide.

`audit.load(folder, run="latest")` gives a published night as frames; pandas is imported when it is first asked for.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from audit.notebook.load import load

__all__ = ["load"]


def __getattr__(name: str) -> Any:
    if name == "load":
        from audit.notebook.load import load  # noqa: PLC0415  (importing audit stays light)

        return load
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
