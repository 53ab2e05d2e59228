"""Pictures of a workbook's sheets, to be looked at: as a screen shows them at 100 %, and as they are printed.

Run from the repository's root: python -m tests.pictures OUT BOOK.xlsx [--sheets NAME ...] [--pages 2]

    python -m tests.pictures --readme

The first writes "NN Sheet screen.png" and "NN Sheet print 1.png" … into OUT, the second the pictures of the README from
the example in data/sample. LibreOffice draws them (`soffice`, with `pdftoppm`
and `pdftotext` of poppler), in the letters of Calibri where Carlito, which has its measures, is installed.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from tests.paths import ROOT

SCREEN = (1920, 1080)
"""Dots of a screen, 96 to an inch."""
AROUND = (45, 300)
"""Of them taken by Excel's own parts (row numbers, scroll bar; title, ribbon, headings, tabs) and by the task bar."""
MARK = "sheet:"
SAMPLE = ROOT / "data" / "sample"
README_PICTURES = {"Start here": "start_here.png", "Findings": "findings.png"}
README_DOTS = (1250, 450)
"""What the README shows of a screen, from its upper left corner."""
_PAGES = (
    "<(printOptions|pageMargins|pageSetup) [^>]*/>",
    "<(headerFooter|rowBreaks)[ >].*?</(headerFooter|rowBreaks)>",
)


def screen_book(source: Path, target: Path) -> Path:
    """A copy of the workbook whose pages are what Excel shows of a sheet in a maximized window at 100 %."""
    wide, high = (round((dots - own) / 96 * 25.4) for dots, own in zip(SCREEN, AROUND, strict=True))
    margins = '<pageMargins left="0" right="0" top="0" bottom="0.2" header="0" footer="0"/>'
    paper = f'<pageSetup paperWidth="{wide}mm" paperHeight="{high + 5}mm" scale="100" orientation="portrait"/>'
    page = f"{margins}{paper}<headerFooter><oddFooter>&amp;L&amp;8{MARK} &amp;A</oddFooter></headerFooter>"
    with ZipFile(source) as old, ZipFile(target, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if re.fullmatch(r"xl/worksheets/sheet\d+\.xml", name):
                text = re.sub("|".join(_PAGES), "", content.decode("utf-8"), flags=re.DOTALL)
                text = text.replace('fitToPage="1"', 'fitToPage="0"')
                at = min(found for end in ("<drawing", "<legacyDrawing", "<tableParts", "</worksheet>")
                         if (found := text.find(end)) >= 0)  # fmt: skip
                content = f"{text[:at]}{page}{text[at:]}".encode()
            elif name == "xl/workbook.xml":
                content = re.sub(rb"<definedNames>.*</definedNames>", b"", content, flags=re.DOTALL)
            new.writestr(name, content)
    return target


def printed(book: Path, folder: Path) -> Path:
    """The workbook as LibreOffice prints it: a PDF in `folder`."""
    profile = f"-env:UserInstallation={(folder / 'profile').absolute().as_uri()}"
    command = [
        "soffice",
        profile,
        "--headless",
        "--norestore",
        "--convert-to",
        "pdf",
        "--outdir",
        str(folder),
        str(book),
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=1_800)
    return folder / f"{book.stem}.pdf"


def pages_of(pdf: Path, names: list[str], mark: str) -> dict[str, list[int]]:
    """The pages of each sheet, counted from 1, as the lines at their feet tell."""
    found: dict[str, list[int]] = {name: [] for name in names}
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    for at, page in enumerate(text.split("\f")[:-1], 1):
        foot = next((line.strip() for line in reversed(page.split("\n")) if line.strip()), "")
        name = foot.removeprefix(mark).strip() if mark else re.sub(r"\s+Page \d+ of \d+$", "", foot)
        if name in found:
            found[name].append(at)
    return found


def draw_page(pdf: Path, page: int, dots: int, target: Path, corner: tuple[int, int] | None = None) -> Path:
    """One page as a PNG, with so many dots to an inch; with `corner` so many across and down of its upper left."""
    at = ["-f", str(page), "-l", str(page), "-r", str(dots)]
    if corner:
        at += ["-x", "0", "-y", "0", "-W", str(corner[0]), "-H", str(corner[1])]
    subprocess.run(["pdftoppm", *at, "-png", "-singlefile", str(pdf), str(target.with_suffix(""))], check=True)
    return target


def draw_pictures(book: Path, out: Path, sheets: list[str], most: int) -> None:
    """Pictures of the sheets (all where none is named): the screen, and the first `most` printed pages of each."""
    out.mkdir(parents=True, exist_ok=True)
    with ZipFile(book) as archive:
        names = re.findall(r'<sheet name="([^"]+)"', archive.read("xl/workbook.xml").decode("utf-8"))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        screens, paper = printed(screen_book(book, folder / "screen.xlsx"), folder), printed(book, folder)
        on_screen, on_paper = pages_of(screens, names, MARK), pages_of(paper, names, "")
        for at, sheet in enumerate(names, 1):
            if sheets and sheet not in sheets:
                continue
            sys.stdout.write(f"{sheet}: {len(on_paper[sheet])} printed pages\n")
            for page in on_screen[sheet][:1]:
                draw_page(screens, page, 96, out / f"{at:02} {sheet} screen.png")
            for count, page in enumerate(on_paper[sheet][:most], 1):
                draw_page(paper, page, 100, out / f"{at:02} {sheet} print {count}.png")


def draw_readme_pictures() -> None:
    """The pictures of the README, from the example in data/sample."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        screens = printed(screen_book(SAMPLE / "example" / "audit.xlsx", folder / "screen.xlsx"), folder)
        first = pages_of(screens, list(README_PICTURES), MARK)
        for sheet, picture in README_PICTURES.items():
            draw_page(screens, first[sheet][0], 96, SAMPLE / picture, README_DOTS)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("out", type=Path, nargs="?")
    parser.add_argument("book", type=Path, nargs="?")
    parser.add_argument("--readme", action="store_true")
    parser.add_argument("--sheets", nargs="*", default=[])
    parser.add_argument("--pages", type=int, default=2)
    given = parser.parse_args()
    if given.readme:
        return draw_readme_pictures()
    if not given.book:
        parser.error("OUT and BOOK.xlsx, or --readme")
    return draw_pictures(given.book, given.out, given.sheets, given.pages)


if __name__ == "__main__":
    main()
