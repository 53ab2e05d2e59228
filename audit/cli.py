"""The verbs of identity-audit, and its exit codes. Findings never change the code."""

from __future__ import annotations

import argparse
import difflib
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import date, datetime
from enum import IntEnum
from importlib.metadata import version
from pathlib import Path
from time import monotonic
from typing import Any, NoReturn

from audit.config import Settings, default_policy, extensions_of, installed_packs, load, load_policy
from audit.extensions import origin
from audit.ledger import Ledger, LedgerError, open_or_begin, present
from audit.model.finding import CONFIRMED
from audit.model.night import Chain, Night, PullStatus
from audit.model.settings import ConfigError
from audit.night import anchor, watched
from audit.night.inputs import InputUnusable
from audit.night.lock import AlreadyRunning, holder, only_run_in, refuse_half_a_night
from audit.night.progress import log, log_in_json, logs_in_json
from audit.night.rehearsal import FOLDER as REHEARSAL
from audit.night.run import UnusableDate, now, publish_again, refuse_the_future, run
from audit.night.stopping import Stopped, nothing_left_to_stop, stop_if_asked, stoppable
from audit.people.addresses import mail_system
from audit.profiles.example_state import default_organization
from audit.report import metrics, notice
from audit.rules import RULES
from audit.verbs import (
    about,
    backup,
    card,
    doctor,
    dossier,
    evaluate,
    explain,
    export_findings,
    first_config,
    mail_coverage,
    one_source,
    packs,
    plan,
    purge,
    schedule,
    starter,
    verify,
)
from audit.verbs import sources_table as source_table
from audit.verbs.console import OneLine, put
from audit.verbs.interfaces import interface_as_json, interface_in_words
from audit.verbs.refusals import refusal_in_words
from audit.verbs.summary import summary
from audit.verbs.third_parties import third_parties
from connectors.catalog import CONNECTORS
from connectors.contract import Connector, SourceDown


class Exit(IntEnum):
    """What the operator's scheduler sees (numbers as in sysexits.h, 3, and 128 and a signal's number)."""

    COMPLETE = 0
    PARTIAL = 3
    USAGE = 64
    INPUT_UNUSABLE = 65
    CANNOT_WRITE = 73
    ALREADY_RUNNING = 75
    CONFIGURATION = 78
    INTERRUPTED = 130
    TERMINATED = 143


FAULTS: tuple[tuple[type[Exception], Exit], ...] = (
    (UnusableDate, Exit.USAGE),
    (export_findings.ExportRefused, Exit.USAGE),
    (InputUnusable, Exit.INPUT_UNUSABLE),
    (SourceDown, Exit.INPUT_UNUSABLE),
    (evaluate.LabelsUnusable, Exit.INPUT_UNUSABLE),
    (AlreadyRunning, Exit.ALREADY_RUNNING),
    (ConfigError, Exit.CONFIGURATION),
    (LedgerError, Exit.CANNOT_WRITE),
    (about.UnknownEmployee, Exit.INPUT_UNUSABLE),
    (dossier.Undescribed, Exit.CANNOT_WRITE),
    (OSError, Exit.CANNOT_WRITE),
)


class UsageError(Exception):
    """The words of the command are off."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        self.exit(Exit.USAGE, f"{self.prog}: {message}\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one verb; returns the exit code."""
    console = logging.StreamHandler(sys.stderr)
    console.setFormatter(OneLine("%(asctime)s %(message)s", "%H:%M:%S"))
    logging.basicConfig(level=logging.INFO, handlers=[console])
    options = parser().parse_args(arguments)
    if options.log == "json":
        log_in_json()
    code = Exit.COMPLETE
    with stoppable():
        try:
            try:
                code = attempt(options)
                if options.log == "json":
                    tell_end(code)
                sys.stdout.flush()
            except BrokenPipeError:
                stop_talking()
            nothing_left_to_stop()
        except Stopped as stopped:
            complain(
                f"stopped by {stopped.by.name}. Nothing is half written: every file and every part of the ledger is as"
                " it was before, or whole. The lock is free; run it again."
            )
            code = Exit(128 + stopped.by)
            if options.log == "json":
                tell_end(code)
    return code


def tell_end(code: Exit) -> None:
    """The last line of a log for machines."""
    log.info("ended with exit code %d", code, extra={"exit_code": int(code)})


def say(words: str) -> None:
    """Print words after which an exit code is still to be found out: nobody who stops reading may change it."""
    try:
        put(words, flush=True)
    except BrokenPipeError:
        stop_talking()


def stop_talking() -> None:
    """Whoever reads (`| head`) has read enough: what else is printed goes nowhere, Python's own last flush included."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def heeding_stops(verb: Callable[[argparse.Namespace], Exit], options: argparse.Namespace) -> Exit:
    """What a verb ends with. Raises Stopped for any fault that a signal brought about, and what the verb raises."""
    try:
        return verb(options)
    except Exception:
        stop_if_asked()  # a lock that was interrupted raises RuntimeError in the place of Stopped
        raise


def attempt(options: argparse.Namespace) -> Exit:
    """Do what the words of the command say; what goes wrong is told in a sentence. Raises BrokenPipeError."""
    verb: Callable[[argparse.Namespace], Exit] = options.verb
    try:
        return heeding_stops(verb, options)
    except BrokenPipeError:
        raise
    except UsageError as error:
        complain(str(error))
        return Exit.USAGE
    except tuple(kind for kind, _ in FAULTS) as error:
        complain(refusal_in_words(error) if isinstance(error, OSError) else str(error))
        return Exit(code_of(error))


def complain(words: str) -> None:
    """Tell the operator what went wrong: a sentence, or with --log json a line for machines."""
    if logs_in_json():
        log.error(words)
    else:
        put(f"identity-audit: {words}", error=True)


def code_of(error: BaseException) -> int:
    """The exit code that an error ends in: 1 where none is foreseen."""
    return next((code for kind, code in FAULTS if isinstance(error, kind)), 1)


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = _Parser(
        prog="identity-audit", description="Which personal accounts are tied to a state address or agency name."
    )
    top.add_argument("--version", action="version", version=f"%(prog)s {version('identity-audit')}")
    verbs = top.add_subparsers(required=True, metavar="VERB", parser_class=_Parser)

    def verb(name: str, does: Callable[[argparse.Namespace], Exit], *, config: bool = True) -> argparse.ArgumentParser:
        added = verbs.add_parser(name, help=(does.__doc__ or "").partition("\n")[0], description=does.__doc__)
        added.set_defaults(verb=does)
        added.add_argument("--log", choices=("text", "json"), default="text", help="how log lines are written")
        if config:
            added.add_argument("--config", type=Path, default=Path("audit.toml"), help="default: ./audit.toml")
        return added

    night = verb("run", run_night)
    night.add_argument(
        "--as-of", type=given_day, default=None, metavar="YYYY-MM-DD", help="the night's date; default: today"
    )
    night.add_argument("--only", nargs="+", default=[], metavar="SOURCE", help="read only these sources")
    night.add_argument(
        "--rehearse",
        action="store_true",
        help="try it, on any day to come, in a folder of its own; no ledger is touched",
    )
    _words_of_sources(verb("sources", list_sources))
    verb("rules", list_rules).add_argument("--json", action="store_true", help="for machines")
    known = verb("policies", list_policies, config=False)
    known.add_argument("--json", action="store_true", help="for machines")
    known.set_defaults(pack=None)
    checking = known.add_subparsers(metavar="check", parser_class=_Parser).add_parser(
        "check", help="every fault of one's own pack, with file, key, and what to do"
    )
    checking.add_argument("pack", type=Path, metavar="FILE")
    verb("report", report_again)
    why = verb("explain", explain_finding)
    why.add_argument("what", metavar="WHAT", help="a finding's id or its beginning, an account's handle, or an address")
    why.add_argument("--card", action="store_true", help="as a page for paper and for a hearing, in a workbook")
    why.add_argument("--to", type=Path, default=None, metavar="FILE", help="beside --card; default: cards/ID-DAY.xlsx")
    verb("notice", print_notice).add_argument("finding_id", metavar="FINDING_ID")
    evaluation = verb("evaluate", evaluate_folder)
    evaluation.add_argument(
        "folder", type=Path, metavar="FOLDER", help="labelled examples, as audit/profiles/README.md describes"
    )
    evaluation.add_argument("--json", action="store_true", help="for machines")
    verb("doctor", check_setup).add_argument("--json", action="store_true", help="for machines")
    verb("verify", verify_ledger).add_argument(
        "--head", default="", metavar="DIGEST", help="the end of the chain that a night printed, as you kept it outside"
    )
    copying = verb("backup", back_up_ledger)
    copying.add_argument("file", type=Path, metavar="FILE", help="on another disk than the output folder")
    copying.add_argument("--replace", action="store_true", help="in the place of an older backup of that name")
    verb("restore", restore_ledger).add_argument(
        "file", type=Path, metavar="FILE", help="a backup, or the ledger itself where it was put back by other means"
    )
    verb("dossier", print_dossier)
    person = verb("about", print_about)
    person.add_argument("employee_id", metavar="EMPLOYEE_ID", help="as HR writes it")
    person.add_argument(
        "--to", type=Path, default=None, metavar="FILE", help="default: about/ID-DAY.xlsx in the output"
    )
    _words_of_export(verb("export", export_night))
    cleaning = verb("purge", purge_ledger)
    cleaning.add_argument("--as-of", type=given_day, default=None, metavar="YYYY-MM-DD")
    cleaning.add_argument("--yes", action="store_true", help="remove without a question, as in a schedule")
    starting = verb("init", write_starter, config=False)
    starting.add_argument("folder", type=Path, metavar="DIR")
    starting.add_argument("--state", default="", metavar="NH", help="the state's postal code of two letters")
    starting.add_argument(
        "--from",
        dest="exports",
        type=Path,
        nargs="+",
        default=[],
        metavar="FILE",
        help="exports to look at, as they come",
    )
    verb("schedule", print_schedule).add_argument(
        "--write", type=Path, default=None, metavar="DIR", help="write whole files, a failure notice among them"
    )
    return top


def _words_of_sources(sources: argparse.ArgumentParser) -> None:
    sources.add_argument("name", nargs="?", default="", metavar="NAME", help="one of them, as a table for audit.toml")
    sources.add_argument("--json", action="store_true", help="for machines")
    sources.add_argument("--markdown", action="store_true", help="the table of connectors/README.md")
    sources.add_argument(
        "--plan", action="store_true", help="what each configured source would be asked; sends nothing"
    )
    sources.add_argument(
        "--mail-coverage",
        action="store_true",
        help="what each kind of mail log can see of each platform, and why no more",
    )


def _words_of_export(giving: argparse.ArgumentParser) -> None:
    giving.add_argument("--as", dest="name", required=True, choices=export_findings.FORMATS, help="for which system")
    giving.add_argument("--agency", default="", metavar="CODE", help="one agency's findings alone")
    giving.add_argument("--leads", action="store_true", help="leads as well, marked; default: findings only")
    giving.add_argument("--names", action="store_true", help="OCSF and OSCAL: names in the place of stand-ins")
    giving.add_argument("--known", type=Path, default=None, metavar="FILE", help="csv-jira: the issues that Jira has")
    giving.add_argument("--first", action="store_true", help="the other system holds nothing (beside --known)")
    giving.add_argument("--to", type=Path, default=None, metavar="FILE", help="default: exports/ in the output")


def given_day(text: str) -> date:
    """A date as YYYY-MM-DD; raises ArgumentTypeError."""
    try:
        return datetime.strptime(text, "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is not a day; write it as 2026-11-20") from None


def run_night(options: argparse.Namespace) -> Exit:
    """Read the sources, judge, and write the workbook."""
    settings = load(options.config)
    known = [source.name for source in settings.sources]
    for name in options.only:
        if name not in known:
            raise UsageError(f"--only {name}: there is no such source. In {options.config}: {', '.join(known)}.")
    begun, tells = monotonic(), watched.ping if not options.rehearse else (lambda *_: None)
    try:
        night = run(settings, options.as_of or today(), only=options.only, rehearsal=options.rehearse)
    except BaseException as error:
        tells(settings, metrics.failed(code_of(error)))
        raise
    tells(settings, metrics.health(night, exit_code(night), monotonic() - begun))
    say(told(night, settings.output.folder / REHEARSAL if options.rehearse else settings.output.folder))
    return exit_code(night)


def told(night: Night, output: Path) -> str:
    """What the terminal says of a night that was written into an output folder."""
    folder = output / night.as_of.isoformat()
    return summary(night, folder, latest=(output / "latest").resolve() == folder.resolve())


def exit_code(night: Night) -> Exit:
    """Partial as soon as one source could not be judged, or the chain's end not be kept where [anchor] says; a source
    that was not asked for is no failure."""
    failed = bool(night.unanchored) or any(pull.status is PullStatus.NOT_JUDGED for pull in night.pulls)
    return Exit.PARTIAL if failed else Exit.COMPLETE


def list_sources(options: argparse.Namespace) -> Exit:
    """List what identity-audit can read, and under which title; one by its NAME as a table for audit.toml; with --plan,
    what tonight would ask; with --mail-coverage, what mail logs can show of each platform."""
    if options.plan:
        settings = load(options.config)
        plans = plan.plan(settings, today(), now())
        if options.name:
            plans = [one for one in plans if options.name in (one.source, one.connector)]
            if not plans:
                raise UsageError(f"{options.config} has no source {options.name!r} that asks a network.")
        rows = [asdict(one) for one in plans]
        put(
            json.dumps(rows, ensure_ascii=False, indent=2)
            if options.json
            else plan.as_lines(plans, settings.night.most_minutes)
        )
        return Exit.COMPLETE
    others = list(third_parties(extensions_of(options.config)))
    shown = [known_connector(options.name)] if options.name else list(CONNECTORS.values())
    if options.mail_coverage:
        covered = mail_coverage.mail_coverage(options.name)
        if not covered:
            raise UsageError(f"{options.name} reads no mail, so it has no part in --mail-coverage.")
        rows = mail_coverage.as_rows(covered)
        put(json.dumps(rows, ensure_ascii=False, indent=2) if options.json else mail_coverage.as_text(covered))
        return Exit.COMPLETE
    if options.markdown:
        put(source_table.markdown(shown))
        return Exit.COMPLETE
    rows = [
        {
            "name": connector.name,
            "record": connector.record.__name__,
            "access": str(connector.access),
            "summary": connector.summary,
            "platforms": list(connector.platforms),
            "asked_for": str(connector.sweep.keyed_on) if connector.sweep else "",
            "tells_about": str(connector.covers),
            "credentials": connector.credentials,
            "terms": connector.terms,
            "interface": interface_as_json(connector.interface),
            "origin": origin("connector", connector.name),
            "options": dict(connector.options),
        }
        for connector in shown
    ]
    if options.json:
        put(json.dumps(rows, ensure_ascii=False, indent=2))
        return Exit.COMPLETE
    if options.name:
        put(one_source.as_toml(shown[0]))
        return Exit.COMPLETE
    for connector in shown:
        whose = " ".join(filter(None, [f"({connector.access})", origin("connector", connector.name)]))
        put(f"{connector.name}  {whose} gives {connector.record.__name__} records")
        put(f"  {connector.summary}\n  interface: {interface_in_words(connector.interface)}")
        for name, meaning in connector.options.items():
            put(f"    {name}: {meaning}")
    put("\n".join(map(str, others)), end="\n" if others else "")
    return Exit.COMPLETE


def known_connector(name: str) -> Connector[Any]:
    """The connector of that name. Raises UsageError that names the nearest."""
    if name in CONNECTORS:
        return CONNECTORS[name]
    close = difflib.get_close_matches(name, CONNECTORS, n=1)
    hint = f" Did you mean {close[0]}?" if close else ""
    raise UsageError(f"nothing is read by the name {name!r}.{hint} There are: {', '.join(CONNECTORS)}.")


def list_rules(options: argparse.Namespace) -> Exit:
    """List the rules as this policy applies them."""
    policy = load(options.config).organization.policy if options.config.exists() else default_policy()
    notes = [rule.note(policy) for rule in RULES]
    if options.json:
        rows = [
            {name: getattr(note, name) for name in note.__slots__} | {"origin": origin("rule", note.rule_id)}
            for note in notes
        ]
        put(json.dumps(rows, ensure_ascii=False, indent=2))
        return Exit.COMPLETE
    for note in notes:
        clause = f"clause {note.clause}" if note.clause else "no clause"
        whose = origin("rule", note.rule_id)
        put(f"{note.rule_id}  {note.title} ({clause}, {note.tier}, {note.severity}{whose and f', {whose}'})")
        if note.not_asked:
            put(f"  NOT ASKED under {policy.name}, because {note.not_asked}.")
        put(f"  {note.rationale}\n  Does not prove: {note.proves_not}\n  To do: {note.to_do}\n")
    return Exit.COMPLETE


def list_policies(options: argparse.Namespace) -> Exit:
    """List the policy packs that are installed, with what each asks; `check FILE` examines one of your own."""
    if options.pack is not None:
        put(packs.checked(options.pack))
        return Exit.COMPLETE
    known = {name: load_policy(name, Path(), Path()) for name in installed_packs()}
    if options.json:
        rows = [packs.as_row(name, policy) for name, policy in known.items()]
        put(json.dumps(rows, ensure_ascii=False, indent=2))
        return Exit.COMPLETE
    put("\n\n".join("\n".join(packs.in_words(name, policy)) for name, policy in known.items()))
    return Exit.COMPLETE


def report_again(options: argparse.Namespace) -> Exit:
    """Write the last night's workbook and files again, without reading any source."""
    settings = load(options.config)
    night = publish_again(settings)
    say(told(night, settings.output.folder))
    return Exit.PARTIAL if night.unanchored else Exit.COMPLETE


def explain_finding(options: argparse.Namespace) -> Exit:
    """Say why a finding was made: evidence, link step and its rivals, the rule's reasoning."""
    if options.to and not options.card:
        raise UsageError("--to names the file of a card. Add --card.")
    settings = load(options.config)
    ours = settings.organization
    with open_ledger(settings.output.folder) as ledger:
        found = explain.find(ledger.findings.past(), options.what, mail_system(ours.unread))
        if not found:
            raise UsageError(
                f"no finding in {ledger.path} has the id {options.what!r} or begins so, and none is about an account or"
                " address of that name. Copy an id, a handle or an address from the workbook."
            )
        if len(found) > 1:
            put(explain.list_several(found, options.what, ours.policy))
            return Exit.COMPLETE
        if options.card:
            put(card.write_card(settings, ledger, found[0], now(), options.to))
            return Exit.COMPLETE
        steps = ledger.chain.steps(found[0].finding.finding_id)
    put(explain.explain(found[0], steps, ours.policy))
    return Exit.COMPLETE


def print_notice(options: argparse.Namespace) -> Exit:
    """Print the courteous note to the employee whom a finding names, about all that is confirmed; sends nothing."""
    settings = load(options.config)
    with open_ledger(settings.output.folder) as ledger:
        last, every = ledger.last_run(), ledger.findings.past()
        past = every.get(options.finding_id)
        if past is None or last is None:
            raise UsageError(f"no finding {options.finding_id!r} in {ledger.path}. Copy the id from the workbook.")
    ours = settings.organization
    refused = notice.refusal(past, ours.policy, last.as_of)
    if refused:
        raise UsageError(f"no note is written: {refused}")
    if past.finding.disposition != CONFIRMED:
        complain("nobody has confirmed this finding yet: look at it before you write.")
    made = notice.notice_with(past, every.values(), ours.policy, ours.name, settings.notice.contact, last.as_of)
    put(made.text)
    return Exit.COMPLETE


def evaluate_folder(options: argparse.Namespace) -> Exit:
    """Score the reading of profiles against labelled examples."""
    if not options.folder.is_dir():
        raise UsageError(f"{options.folder}: no such folder.")
    organization = doctor.organization(load(options.config)) if options.config.exists() else default_organization()
    result = evaluate.evaluate(options.folder, organization)
    put(json.dumps(result, ensure_ascii=False) if options.json else evaluate.report(result))
    return Exit.COMPLETE


def check_setup(options: argparse.Namespace) -> Exit:
    """Say what a night would understand of each file, and check the output folder; writes nothing."""
    settings = load(options.config)
    if options.json:
        found, last, usable = doctor.examined(settings, today())
        sources = [shown.as_json() for shown in found]
        around = {"others": list(map(str, last)), "surroundings": [one.as_json() for one in last]}
        say(json.dumps({"usable": usable, "sources": sources, **around}, ensure_ascii=False, indent=2))
    else:
        lines, usable = doctor.examine(settings, today())
        say("\n".join(lines))
    return Exit.COMPLETE if usable else Exit.INPUT_UNUSABLE


def verify_ledger(options: argparse.Namespace) -> Exit:
    """Check that nobody altered the ledger or the nights' files."""
    settings = load(options.config)
    output = settings.output.folder
    path = present(output)
    with Ledger(path, read_only=not os.access(path, os.W_OK)) as ledger:
        before = holder(output)
        with ledger.snapshot():
            found = verify.verify(ledger, output, settings.organization.policy, options.head, settings.anchor.file)
            words = verify.verified_in_words(found, ledger)
    if found.altered:
        refuse_half_a_night(output, before, holder(output))
        for line in words.splitlines():
            complain(line)
        return Exit.INPUT_UNUSABLE
    put(words)
    return Exit.COMPLETE


def print_dossier(options: argparse.Namespace) -> Exit:
    """Write the papers that are asked for before it goes live: data map, rules and their errors, retention, threats."""
    for path in dossier.write_dossier(load(options.config), today()):
        put(f"wrote {path}")
    return Exit.COMPLETE


def print_about(options: argparse.Namespace) -> Exit:
    """Write all that is held about one employee as a workbook for that person; nothing about anybody else."""
    put(about.write_about(load(options.config), options.employee_id, today(), now(), options.to))
    return Exit.COMPLETE


def export_night(options: argparse.Namespace) -> Exit:
    """Write the last night's findings for another system: tickets, OCSF events, or OSCAL results."""
    request = export_findings.ExportRequest(
        options.name, options.agency, options.leads, options.names, options.known, options.first, options.to
    )
    put(export_findings.export_findings(load(options.config), request, now()))
    return Exit.COMPLETE


def purge_ledger(options: argparse.Namespace) -> Exit:
    """Remove what is older than retention_days, after a question; the chain of events stays verifiable."""
    settings = load(options.config)
    output, days, as_of = settings.output.folder, settings.output.retention_days, options.as_of or today()
    sources = [source.name for source in settings.sources]
    if not options.yes:
        # Nothing is held while the question waits: a night may begin meanwhile, and only adds to what stays.
        with only_run_in(output), open_ledger(output) as ledger:
            refuse_the_future(as_of, now())
            old = purge.look_for_old(ledger, output, as_of, days, sources, purge.what_is_held(ledger, settings, now()))
            put(purge.old_in_words(old), flush=True)
        if not agreed("Remove all of it? [y/N] "):
            put(purge.NOTHING_REMOVED)
            return Exit.COMPLETE
    with only_run_in(output), open_ledger(output) as ledger:
        refuse_the_future(as_of, now())
        settings = load(options.config)  # again: somebody may have been put on hold while the question waited
        holding = purge.what_is_held(ledger, settings, now())
        gone = purge.remove_old(ledger, output, as_of, days, sources, holding)
        chain = ledger.chain.head()
    say(purge.removed_in_words(gone))
    return kept_outside(settings, anchor.PURGE, chain)


def back_up_ledger(options: argparse.Namespace) -> Exit:
    """Write a copy of the ledger into FILE, looked at before it is called one; also beside a run."""
    put(backup.back_up(load(options.config).output.folder, options.file, replace=options.replace))
    return Exit.COMPLETE


def restore_ledger(options: argparse.Namespace) -> Exit:
    """Go on with the ledger in FILE; nights that it does not know are set aside, reviewers' copies read again."""
    settings = load(options.config)
    output = settings.output.folder
    with only_run_in(output):
        done = backup.restore(output, settings.output.reviews, options.file, today(), now())
    say(backup.restored_in_words(done))
    return kept_outside(settings, anchor.RESTORE, done.chain)


def kept_outside(settings: Settings, what: str, chain: Chain) -> Exit:
    """Keep the chain's end where [anchor] says: partial where that could not be done, which is told."""
    faults = anchor.keep_head(settings, what, "", chain, now())
    for fault in faults:
        complain(f"NOT ANCHORED  {fault}")
    return Exit.PARTIAL if faults else Exit.COMPLETE


def agreed(question: str) -> bool:
    """Whether somebody at a terminal says yes. Raises UsageError where nobody can be asked."""
    if not (sys.stdin and sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("nothing was removed: nobody is at a terminal to say yes. Give --yes, as in a schedule.")
    put(question, end="", error=True, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes")


def write_starter(options: argparse.Namespace) -> Exit:
    """Write a first configuration into DIR; with --state and --from, for your state from its exports."""
    path = options.folder / "audit.toml"
    if options.exports and not options.state:
        raise UsageError("init --from needs --state, the postal code of your state: --state NH")
    if not options.state:
        for written in starter.write_starter_files(options.folder):
            put(f"wrote {written}")
        put(f"Now put your exports beside it and run: identity-audit doctor --config {path}")
        return Exit.COMPLETE
    config = first_config.first_config(options.folder, options.state, options.exports)
    for line in config.said:
        put(f"found {line}")
    for written in first_config.write_first_config(options.folder, config):
        put(f"wrote {written}")
    for line in config.confirm:
        put(f"confirm {line}")
    put(f"Now look at what was understood: identity-audit doctor --config {path}")
    return Exit.COMPLETE


def print_schedule(options: argparse.Namespace) -> Exit:
    """Print how to run every night under cron, systemd and Windows' Task Scheduler; with --write, write whole files."""
    config, program = load(options.config).path, Path(sys.argv[0]).resolve()
    if options.write is None:
        put(schedule.schedule_in_short(config, program))
        return Exit.COMPLETE
    for path in schedule.write_schedule(options.write, config, program):
        put(f"wrote {path}")
    put(schedule.how_to_begin(options.write))
    return Exit.COMPLETE


def open_ledger(output: Path) -> Ledger:
    """The ledger of an output folder in which a night has run before; raises LedgerError."""
    present(output)
    return open_or_begin(output)


def today() -> date:
    """The operator's day."""
    return datetime.now().astimezone().date()


if __name__ == "__main__":
    sys.exit(main())
