"""What the README says of the sources is what the catalogue holds."""

from pathlib import Path

from audit.verbs.sources_table import BEGIN, END, markdown
from connectors.catalog import CONNECTORS

README = Path(__file__).parents[1] / "README.md"


def test_the_table_of_sources_is_the_catalogue_s():
    text = README.read_text(encoding="utf-8")
    table = text.partition(BEGIN)[2].partition(END)[0].strip()
    wanted = markdown(CONNECTORS.values())
    assert table == wanted, f"put the output of `identity-audit sources --markdown` between {BEGIN} and {END}"
