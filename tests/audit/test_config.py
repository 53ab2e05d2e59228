import csv
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from audit.config import default_policy, installed_packs, load, load_policy
from audit.model.settings import ConfigError
from audit.model.thresholds import MailSettings, TrustSettings
from connectors.contract import Engine, Network
from tests.states import State


def test_a_written_state_loads(state: State) -> None:
    settings = load(state.write())
    assert settings.organization.state == "ME"
    assert settings.output.folder == state.folder / "out"
    assert [source.name for source in settings.sources] == ["export"]
    assert settings.organization.official_accounts is not None


def test_the_network_is_every_source_s(state: State) -> None:
    path = state.write()
    lines = '\n[network]\nproxy = { env = "PROXY" }\nca_file = "state.pem"\ntimeout = 20\n'
    path.write_text(path.read_text(encoding="utf-8") + lines, encoding="utf-8")
    settings = load(path)
    assert settings.network == Network({"env": "PROXY"}, state.folder / "state.pem", 20)
    assert all(source.network == settings.network for source in (settings.directory, *settings.sources))


@pytest.mark.parametrize(
    ("replace", "by", "says"),
    [
        ('connector = "accounts_csv"', 'connector = "account_csv"', r"'account_csv'. Did you mean 'accounts_csv'"),
        ('path = "export.csv"', 'path = "export.csv"\npaths = "x"', r"unknown option 'paths'. Did you mean 'path'"),
        ('state = "ME"', 'state = "Maine"', r"organization.state"),
        ('state = "ME"', "", r"organization.state: is missing"),
        ('mail_domains = ["maine.gov", "state.me.us"]', 'mail_domains = ["@maine.gov"]', r"not a mail domain"),
        ('mail_domains = ["maine.gov", "state.me.us"]', 'mail_domains = ["maine.gov", "Gmail.com"]', r"is Google's"),
        (
            'mail_domains = ["maine.gov", "state.me.us"]',
            'mail_domains = ["maine.gov", "state.vt.us"]',
            r"'state.vt.us' in mail_domains is Vermont's, and state is 'ME'",
        ),
        ('other_domains = [', 'other_domains = ["courts.nh.gov", ', r"'courts.nh.gov' in other_domains is New Hamp"),
        ('mail_domains = ["maine.gov", "state.me.us"]', 'mail_domains = ["me.us"]', r"own is state\.me\.us"),
        ('other_domains = [', 'other_domains = ["maine.rr.com", ', r"Charter's, where anybody"),
        ('other_domains = [', 'other_domains = ["facebook.com", ', r"Facebook's, a platform"),
        ('name = "State of Maine"', 'nme = "x"\nname = "State of Maine"', r"organization.nme: is not a setting"),
        ('path = "hr.csv"', 'path = "hr.csv', r"not valid TOML.*line"),
        ('path = "export.csv"', 'path = "export.csv"\nexpect = { at_leest = 3 }', r"expect.*at_leest"),
        ('path = "export.csv"', 'path = "export.csv"\nexpect = { at_leest = 3 }', r"expect: .*Did you mean 'at_least'"),
        ('path = "export.csv"', 'path = "export.csv"\nexpect = { at_least = "x" }', r"export.expect.at_least: "),
        ('path = "export.csv"', 'path = "export.csv"\napproval = { by = "D" }', r"export.approval.on: is missing"),
        ('[directory]', '[mail]\nburst_platforms = 1\n[directory]', r"mail.burst_platforms: .*equal to 2"),
        ('[directory]', '[trust]\nbound = 80\n[directory]', r"trust.bound: .*equal to 1"),
        ('[directory]', '[output]\nretention_days = 0\n[directory]', r"output.retention_days: .*equal to 1"),
        ('[organization]', 'path = "audit.toml"\n[organization]', r": path: is not a setting"),
        ('mail_domains', 'mail_domain', r"mail_domain: is not a setting. Did you mean 'mail_domains'\? Known here"),
        ('[directory]', '[hr]', r"Add the table \[directory\](?s:.)*hr: is not a setting. Known here: orga"),
        ('[directory]', '[dept]\n[directory]', r"dept: is not a setting. Known here: (?!.*\bpath\b)"),
        ('path = "hr.csv"', 'path = "hr.csv"\nexpect = { filled = 1 }', r"directory.expect.filled: "),
        ('mail_domains = ["maine.gov", "state.me.us"]', 'mail_domains = "maine.gov"', r'between brackets: \["…"\]'),
        ('"maine.gov", "state.me.us"', '"maine.gov; state.me.us"', r"'maine.gov; state.me.us' is not a mail domain"),
        ('"maine.gov", "state.me.us"', '"*.maine.gov"', r"'\*.maine.gov' is not a mail domain"),
        ('"state.me.us"]', '"state.me.us"]\npolicy = "Maine"', r"no policy pack 'Maine'. Did you mean 'maine'"),
        ('path = "export.csv"', 'path = "export.csv"\nexpect = { may_shrink = 50 }', r"may_shrink: 50 is no share"),
        ('path = "hr.csv"', 'path = "hr.csv"\nexpect = { usable = { name = 95 } }', r"usable.name: 95 is no share"),
        ('[sources.export]', '[sources.directory]', r"\[sources.directory\] has the name of one of the night's inputs"),
        ('connector = "hr_csv"', 'connector = "accounts_csv"', r"unknown connector 'accounts_csv'"),
    ],
)  # fmt: skip
def test_faults_say_file_setting_and_what_to_do(state: State, replace: str, by: str, says: str) -> None:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8").replace(replace, by), encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as fault:
        load(path)
    assert str(path) in str(fault.value)


def test_every_fault_is_told_at_once(state: State) -> None:
    path = state.write()
    text = (
        path.read_text(encoding="utf-8").replace('state = "ME"', 'stat = "ME"').replace("accounts_csv", "account_csv")
    )
    path.write_text(text.replace("[directory]", "[mail]\nburst_minutes = 0\n[directory]"), encoding="utf-8")
    with pytest.raises(ConfigError) as fault:
        load(path)
    lines = str(fault.value).splitlines()
    assert len(lines) == 4
    for said in ("organization.stat: ", "organization.state: ", "mail.burst_minutes: ", "[sources.export]: unknown "):
        assert sum(said in line for line in lines) == 1, said


def test_what_is_not_said_is_as_the_night_has_it(state: State) -> None:
    settings = load(state.write())
    assert (settings.mail, settings.trust) == (MailSettings(), TrustSettings())
    (source,) = settings.sources
    assert (source.expect, source.approval, source.purpose) == (source.connector.expect, None, None)
    assert settings.organization.policy == default_policy()
    assert settings.folder == state.folder


def test_what_is_expected_lies_over_what_the_connector_expects(state: State) -> None:
    state.options["export"] = 'expect = { may_lose = ["bio"] }'
    (source,) = load(state.write()).sources
    assert source.expect == replace(source.connector.expect, may_lose=("bio",))


def test_a_missing_file_says_how_to_get_one(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="identity-audit init"):
        load(tmp_path / "audit.toml")


def test_the_maine_pack_quotes_the_policy_word_for_word(shared: Path) -> None:
    words = " ".join((shared / "policy" / "maine-social-media-policy.txt").read_text(encoding="utf-8").split())
    policy = load_policy("maine", Path(), Path("audit.toml"))
    assert [clause.letter for clause in policy.clauses] == ["A", "B", "C", "D", "E"]
    for clause in policy.clauses:
        assert clause.text in words, clause.letter
    assert policy.disclaimer in words
    assert policy.out_of_scope
    assert all(one.text in words for one in policy.out_of_scope)
    assert [clause.letter for clause in policy.clauses if not clause.in_scope] == ["D"]


@pytest.mark.parametrize("name", [name for name in installed_packs() if name != "maine"])
def test_the_other_packs_quote_what_was_seen_in_full(shared: Path, name: str) -> None:
    with (shared / "data" / "policies.csv").open(encoding="utf-8", newline="") as file:
        seen = [row["quotation"] for row in csv.DictReader(file) if "full text" in str([*row.values()])]
    policy = load_policy(name, Path(), Path("audit.toml"))
    for clause in policy.clauses:
        if (name, clause.letter) != ("salt-lake-city", "A"):  # seen in full with the rest of its section, and in no row
            assert any(quoted in clause.text or clause.text in quoted for quoted in seen), clause.letter
    assert not policy.disclaimer or policy.disclaimer in seen


def test_a_pack_may_extend_another(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(
        'extends = "maine"\nname = "Mine"\n[severities]\nC-1 = "high"\n', encoding="utf-8"
    )
    policy = load_policy("mine.toml", tmp_path, tmp_path / "audit.toml")
    assert (policy.name, policy.severities["C-1"], policy.severities["E-1"]) == ("Mine", "high", "high")
    (tmp_path / "bad.toml").write_text('extends = "maine"\n[clauses.F]\ntext = "x"\nscope = 1\n', encoding="utf-8")
    with pytest.raises(
        ConfigError, match=r"(?s)bad.toml: clauses.F.in_scope: is missing.*clauses.F.scope: is not a set"
    ):
        load_policy("bad.toml", tmp_path, tmp_path / "audit.toml")
    (tmp_path / "loop.toml").write_text('extends = "loop.toml"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="circle"):
        load_policy("loop.toml", tmp_path, tmp_path / "audit.toml")
    with pytest.raises(ConfigError, match=f"Installed: .*{installed_packs()[0]}"):
        load_policy("nowhere", tmp_path, tmp_path / "audit.toml")


def test_a_source_whose_name_has_a_blank_is_written_as_told(state: State) -> None:
    path = state.write()
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("[sources.export]", "[sources.my export]"), encoding="utf-8")
    with pytest.raises(ConfigError, match='stands in quotation marks: "my export"'):
        load(path)
    path.write_text(text.replace("[sources.export]", '[sources."my export"]'), encoding="utf-8")
    assert [one.name for one in load(path).sources] == ["my export"]


def test_a_file_is_not_read_as_registry_and_as_anybodys_accounts(state: State) -> None:
    path = state.write()
    text = path.read_text(encoding="utf-8")
    assert 'official_accounts = "official.csv"' in text
    path.write_text(text.replace('"official.csv"', '"./export.csv"'), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[sources.export\] reads export.csv, and so does official_accounts"):
        load(path)
    apart = text.replace('path = "export.csv"', 'path = "official.csv"\nsheet = "Accounts"')
    path.write_text(apart, encoding="utf-8")
    assert load(path).sources[0].options["sheet"] == "Accounts"


UNUSABLE = [
    (
        "network",
        'proxy = "http://me:hunter2@p.example:3128"',
        r"\[network\] proxy holds a credential, which is not written .*env",
    ),
    ("network", 'proxy = "me:hunter2@p.example"', r"\[network\] proxy holds a credential"),
    ("network", 'proxy = "p.example:3128"', r"\[network\] proxy must be an address like http://proxy"),
    ("network", 'proxy = { vault = "p" }', r"\[network\] proxy: vault is not a setting"),
    ("network", "proxy = 3128", r"\[network\] proxy: is not written into audit.toml: give"),
    ("network", "timeout = 0", r"network.timeout: Input should be greater than 0"),
    ("network", 'timeout = "long"', r"network.timeout: "),
    ("network", 'cafile = "ca.pem"', r"network.cafile: is not a setting"),
    (
        "engine",
        'spark = "sc://h.example:443/;token=hunter2hunter2"',
        r"\[engine\] spark is not written into audit.toml .*env",
    ),
    ("engine", 'spark = "sc://me:hunter2@h.example"', r"\[engine\] spark is not written into audit.toml"),
    ("engine", 'spark = { vault = "p" }', r"\[engine\] spark: vault is not a setting"),
    ("engine", 'spark = "yarn"', r"\[engine\] spark 'yarn' is neither \"local\[\*\]\" nor the address"),
    ("engine", "spark = 2", r"engine.spark"),
    ("engine", 'sparks = "local[*]"', r"engine.sparks: is not a setting"),
]


@pytest.mark.parametrize(("section", "line", "says"), UNUSABLE)
def test_a_network_or_engine_that_cannot_be_used(state: State, section: str, line: str, says: str) -> None:
    path = state.write()
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[{section}]\n{line}", encoding="utf-8")
    with pytest.raises(ConfigError, match=says) as caught:
        load(path)
    assert "hunter2" not in str(caught.value)


def test_a_source_s_own_proxy_is_held_to_the_same(state: State) -> None:
    path = state.write()
    own = '\n[sources.sky]\nconnector = "bluesky"\nproxy = '
    path.write_text(path.read_text(encoding="utf-8") + own + '"http://me:hunter2@p.example"', encoding="utf-8")
    with pytest.raises(ConfigError, match=r"\[sources.sky\] proxy holds a credential"):
        load(path)
    path.write_text(path.read_text(encoding="utf-8").replace('"http://me:hunter2@p.example"', '""'), encoding="utf-8")
    assert load(path).sources[-1].options["proxy"] == ""


@pytest.mark.parametrize(
    ("replace", "by", "says"),
    [
        (
            'path = "export.csv"',
            'path = "s3://bucket/x"',
            r"\[sources.export\] names what lies on a cluster.*\[engine\]",
        ),
        ('path = "export.csv"', 'table = "main.audit.x"', r"\[sources.export\] names what lies on a cluster"),
        ('path = "export.csv"', 'path = "export.csv"\ntable = "a"', r"\[sources.export\] table and path both say"),
        ('path = "hr.csv"', 'path = "s3://bucket/hr"', r"\[directory\] path: hr_csv reads files of this machine"),
    ],
)
def test_what_lies_on_a_cluster_needs_one(state: State, replace: str, by: str, says: str) -> None:
    path = state.write()
    path.write_text(path.read_text(encoding="utf-8").replace(replace, by), encoding="utf-8")
    with pytest.raises(ConfigError, match=says):
        load(path)


def test_the_engine_is_every_source_s(state: State) -> None:
    path = state.write()
    written = path.read_text(encoding="utf-8").replace('path = "export.csv"', 'table = "main.audit.x"')
    path.write_text(f'{written}\n[engine]\nspark = {{ env = "SPARK" }}', encoding="utf-8")
    settings = load(path)
    assert all(source.engine == Engine({"env": "SPARK"}) for source in settings.sources)


HURTS = {
    "a number without end": ("x = " + "9" * 100_000, "holds a number that cannot be read"),
    "a name of many parts": ("[" + "a." * 1_000_000 + "a]", "it is nested too deeply"),
    "quoted parts": ("x" + ' . "a b"' * 100_000 + " = 1", "it is nested too deeply"),
    "lists in lists": ("x = " + "[" * 100_000, "it is nested too deeply"),
}


@pytest.mark.parametrize("of", ["audit.toml", "a policy pack"])
@pytest.mark.parametrize(("text", "told"), HURTS.values(), ids=HURTS)
def test_settings_made_to_hurt_are_refused_at_once(tmp_path: Path, of: str, text: str, told: str) -> None:
    path = tmp_path / ("audit.toml" if of == "audit.toml" else "pack.toml")
    path.write_text(text, encoding="utf-8")
    begun = time.process_time()
    with pytest.raises(ConfigError, match=rf"{path.name}: .*{told}"):
        load(path) if of == "audit.toml" else load_policy(path.name, tmp_path, tmp_path / "audit.toml")
    assert time.process_time() - begun < 2


@pytest.mark.skipif(sys.platform == "win32", reason="links are POSIX's")
def test_settings_that_are_a_link_to_themselves_are_refused(tmp_path: Path) -> None:
    for name in ("audit.toml", "pack.toml"):
        (tmp_path / name).symlink_to(name)
    with pytest.raises(ConfigError, match=r"audit\.toml"):
        load(tmp_path / "audit.toml")
    with pytest.raises(ConfigError, match=r"pack\.toml"):
        load_policy("pack.toml", tmp_path, tmp_path / "audit.toml")
