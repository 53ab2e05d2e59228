"""Pictures for notebooks, each with its words for those who do not see it; one without anything to show says why.

Jupyter has no agreed place for an image's alternative text: nbconvert reads it from the output's metadata, JupyterLab
and editors only from HTML. A Picture gives both. Matplotlib is asked for here alone.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from html import escape
from io import BytesIO

import pandas as pd
from matplotlib import pyplot as plt
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

INK, SECOND, SOFT = "#1f3a5f", "#a4551e", "#5b6472"
"""The colours of text and lines; on white each has a contrast above 4.5 to 1."""


@dataclass(frozen=True)
class Picture:
    """What a cell shows where it is its last line: a figure and its words, or the words alone."""

    figure: Figure | None
    words: str

    def __repr__(self) -> str:
        return self.words

    def _repr_html_(self) -> str:
        if self.figure is None:
            return f"<p>{escape(self.words)}</p>"
        image = b64encode(self._png()).decode()
        return f'<img src="data:image/png;base64,{image}" alt="{escape(self.words)}" style="max-width: 100%">'

    def _repr_png_(self) -> tuple[bytes, dict[str, str]] | None:
        return None if self.figure is None else (self._png(), {"alt": self.words})

    def _png(self) -> bytes:
        assert self.figure is not None
        file = BytesIO()
        self.figure.savefig(file, format="png", dpi=110)
        return file.getvalue()


def canvas(height: float, title: str, across: str = "", up: str = "") -> tuple[Figure, Axes]:
    """An empty figure of `height` inches with its title and the titles of its axes. It shows where a Picture does."""
    figure, axes = plt.subplots(figsize=(8, height), layout="constrained")
    plt.close(figure)
    axes.set(title=title, xlabel=across, ylabel=up)
    return figure, axes


def bars(counts: pd.Series, title: str, counted: str, of: str, nothing: str) -> Picture:
    """Horizontal bars, one a count, the first on top, each with its number; without any count above 0, `nothing`.

    `counted` and `of` are the titles of the axes.
    """
    if not counts.sum():
        return Picture(None, f"{title}: no picture. {nothing}")
    figure, axes = canvas(1.2 + 0.32 * len(counts), title, counted, of)
    names = [str(name) for name in counts.index]
    axes.bar_label(axes.barh(names, counts.to_numpy(), color=INK), padding=3)
    axes.invert_yaxis()
    axes.margins(x=0.12)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True))
    told = ", ".join(f"{name} {count:,}" for name, count in zip(names, counts, strict=True))
    return Picture(figure, f"{title}. Bars, {counted.lower()} by {of.lower()}: {told}.")
