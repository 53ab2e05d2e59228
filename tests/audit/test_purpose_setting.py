"""What the accounts of a source are for: every connector says it, or audit.toml must."""

from pathlib import Path

import pytest

import audit.config
from audit.cli import main
from audit.model.settings import ConfigError
from connectors.catalog import CONNECTORS
from connectors.contract import Access, Purpose, may_be_for_work
from connectors.records import Account

BASE = """[organization]
name = "State of Maine"
state = "ME"
mail_domains = ["maine.gov"]
agencies = "agencies.csv"
[directory]
connector = "hr_csv"
path = "hr.csv"
"""
URL = 'url = "https://social.example.org"\n'
SECRETS = {
    "mastodon_admin": URL + 'token = { env = "T" }\n',
    "discourse_admin": URL + 'api_key = { env = "T" }\napi_username = "audit"\n',
    "wordpress_site": URL + 'username = "audit"\napplication_password = { env = "T" }\n',
    "atproto_pds": URL + 'admin_password = { env = "T" }\n',
}
WORK = 'purpose = "work"   # people have accounts there because of their job'


def written(folder: Path, table: str) -> Path:
    path = folder / "audit.toml"
    path.write_text(BASE + "[sources.social]\n" + table, encoding="utf-8")
    return path


def test_only_the_operator_knows_of_an_instance_of_ones_own() -> None:
    own = {
        name
        for name, one in CONNECTORS.items()
        if one.record is Account and one.access is Access.OWN_SYSTEM and one.service and not one.service.url
    }
    own.remove("okta_log")  # the organization's own sign-on page: what it opens is there for work
    assert own == {name for name, one in CONNECTORS.items() if one.purpose is None} == SECRETS.keys()


def test_what_can_be_for_work() -> None:
    sign_ins = {"signin_log", "entra_signins", "entra_grants", "okta_log", "saas_inventory"}
    assert {name for name, one in CONNECTORS.items() if may_be_for_work(one)} == {
        *SECRETS, *sign_ins, "accounts_csv", "github_org", "meta_business", "mastodon", "mediawiki",
    }  # fmt: skip
    assert {name for name, one in CONNECTORS.items() if one.purpose is Purpose.WORK} == {
        "github_org", "meta_business", "okta_log",
    }  # fmt: skip


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("verb", ["run", "doctor", "sources"])
def test_left_out_is_a_configuration_error_with_the_line_to_write(
    name: str, verb: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, f'connector = "{name}"\n{SECRETS[name]}')
    more = ["--plan"] if verb == "sources" else []
    assert main([verb, "--config", str(path), *more]) == 78
    said = "".join(capsys.readouterr())
    assert f"{path}: [sources.social] purpose: is missing" in said
    lines = [line.strip() for line in said.splitlines()]
    assert WORK in lines
    assert any(line.startswith('purpose = "public"   # ') for line in lines)


@pytest.mark.parametrize("name", SECRETS)
@pytest.mark.parametrize("number", [0, 1])
def test_each_of_the_lines_may_be_copied_as_it_stands(name: str, number: int, tmp_path: Path) -> None:
    path = written(tmp_path, f'connector = "{name}"\n{SECRETS[name]}')
    with pytest.raises(ConfigError) as told:
        audit.config.load(path)
    line = [line for line in str(told.value).splitlines() if line.strip().startswith("purpose = ")][number]
    (source,) = audit.config.load(written(tmp_path, f'connector = "{name}"\n{SECRETS[name]}{line}\n')).sources
    assert source.purpose is (Purpose.WORK, Purpose.PUBLIC)[number]


@pytest.mark.parametrize(
    ("url", "missing"),
    [
        ("https://en.wikipedia.org/w/api.php", False),
        ("https://wiki.maine.gov/w/api.php", True),
        ("https://maine.gov.example.org/w/api.php", False),
        ("https://WIKI.Maine.GOV./w/api.php", True),
    ],
)
def test_a_search_of_ones_own_instance_has_to_say_it_too(url: str, *, missing: bool, tmp_path: Path) -> None:
    table = f'connector = "mediawiki"\ncontact = "a@maine.gov"\nurl = "{url}"\n'
    if missing:
        with pytest.raises(ConfigError, match=r"\[sources\.social\] purpose: is missing"):
            audit.config.load(written(tmp_path, table))
    for purpose in Purpose:
        (source,) = audit.config.load(written(tmp_path, f'{table}purpose = "{purpose}"\n')).sources
        assert source.purpose is purpose
