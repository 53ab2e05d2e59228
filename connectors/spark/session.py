"""The session with Spark: the one room that knows pyspark, and imports it only when a source is read there.

`[engine] spark` is "local[*]" (a session on this machine, with Java) or the sc:// address of a Spark Connect server.
What runs there is this package, sent along as a zip; duckdb, ahocorasick-rs, idna and annotated-types must be installed
where Spark runs its Python.
"""

from __future__ import annotations

import atexit
import os
import re
import socket
import sys
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from importlib import resources
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol, TypeVar
from urllib.parse import urlsplit

import pyarrow as pa

from connectors.contract import Engine, SourceDown
from connectors.files.scratch import PREFIX
from connectors.http.secrets import Secret, redact, secret
from connectors.spark.parts import Part
from connectors.spark.places import Place

FILE, ROW = "#file", "#row"
"""The columns that say where a row of a stored place lies: the file's address, and the row's number in it, from 0."""
NEEDED = "duckdb ahocorasick-rs idna annotated-types"
NO_ENGINE = "{place}: this lies on a cluster, and audit.toml has no [engine] spark. Add it, or name a file."
NOT_INSTALLED = (
    '{place}: [engine] names Spark, and pyspark is not installed here. Install it: pip install "identity-audit[spark]"'
)
LOUD = ("spark.sql.files.ignoreCorruptFiles", "spark.sql.files.ignoreMissingFiles")
"""Settings under which Spark would pass over files without a word: they are turned off."""
LOCAL = {
    "spark.driver.memory": "2g",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.log.level": "OFF",  # a task that fails would log the rows it failed with
}
QUIET = """rootLogger.level = off
rootLogger.appenderRef.none.ref = none
appender.none.type = Null
appender.none.name = none
"""
"""What a session of one's own logs: nothing, for what goes wrong is told by the source."""
PORT, REACHED = 15002, 30
"""Where a Spark Connect server listens if its address does not say, and the seconds in which it has to answer."""
SHOWN = 300
"""Letters of what Spark says that are shown at most."""
Told = TypeVar("Told")


class Cluster(Protocol):
    """What is asked of Spark."""

    def head(self, place: Place, columns: Sequence[str] | None, rows: int) -> pa.Table:
        """Some rows of a place, with the columns named, or with all. Raises SourceDown."""

    def run(self, place: Place, columns: Sequence[str], part: Part, sent: pa.Schema) -> pa.Table:
        """What `part` makes of each part of a place, all of it: columns of `sent`, texts and whole numbers.

        A part has the columns named, and FILE and ROW where the place is stored. Raises SourceDown.
        """


_sessions: dict[str, Cluster] = {}
"""The session of each engine that was opened."""


def opened(engine: Engine, folder: Path, place: Place) -> Cluster:
    """The session of an engine, opened when it is first asked for. Raises SourceDown with what to do."""
    where = engine.spark
    if not where:
        raise SourceDown(NO_ENGINE.format(place=place.name))
    known = [secret(where, folder, "[engine] spark")] if isinstance(where, Mapping) else []
    url = known[0].reveal() if known else str(where)
    known += [Secret(value, "[engine] spark") for value in re.findall(r";(?:token|[\w-]*key)=([^;]+)", url)]
    if url not in _sessions:
        try:
            import pyspark  # noqa: PLC0415, F401  (an extra, slow to start)
        except ImportError as fault:
            raise SourceDown(NOT_INSTALLED.format(place=place.name)) from fault
        _sessions[url] = _asked(place, known, lambda: _Spark(url, known), url)
    return _sessions[url]


class _Spark:
    """Spark, by a session of its own. Everything it raises is SourceDown."""

    def __init__(self, url: str, known: Sequence[Secret]) -> None:
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)  # none is used
        from pyspark.sql import SparkSession  # noqa: PLC0415

        self.url, self.known = url, known
        self.kept = TemporaryDirectory(prefix=PREFIX)
        """What Spark fetches when it runs the first part, not when it is told of it."""
        builder = SparkSession.builder.appName("identity-audit")
        if url.startswith("sc://"):
            _reach(url)
            self.session = builder.remote(url).create()
        else:
            quiet = Path(self.kept.name) / "log4j2.properties"
            quiet.write_text(QUIET, encoding="utf-8")
            os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
            os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
            os.environ.setdefault("SPARK_SUBMIT_OPTS", f"-Dlog4j2.configurationFile={quiet.as_uri()}")
            for name, value in LOCAL.items():
                builder = builder.config(name, value)
            self.session = builder.master(url).getOrCreate()
        atexit.register(self._close)
        for name in LOUD:
            self.session.conf.set(name, "false")
        self.session.addArtifacts(str(_packed(Path(self.kept.name))), pyfile=True)

    def head(self, place: Place, columns: Sequence[str] | None, rows: int) -> pa.Table:
        def ask() -> pa.Table:
            frame = self._frame(place)
            return (frame if columns is None else frame.select(*map(_quoted, columns))).limit(rows).toArrow()

        return self._told(place, ask)

    def run(self, place: Place, columns: Sequence[str], part: Part, sent: pa.Schema) -> pa.Table:
        def ask() -> pa.Table:
            from pyspark.sql.functions import col  # noqa: PLC0415
            from pyspark.sql.types import LongType, StringType, StructField, StructType  # noqa: PLC0415

            rows = [col("_metadata.file_path").alias(FILE), col("_metadata.row_index").alias(ROW)] * place.stored
            frame = self._frame(place).select(*(col(_quoted(name)) for name in columns), *rows)
            kinds = [StringType() if pa.types.is_string(one.type) else LongType() for one in sent]
            shape = StructType([StructField(one.name, kind) for one, kind in zip(sent, kinds, strict=True)])
            return frame.mapInArrow(part, shape).toArrow()

        return self._told(place, ask)

    def _frame(self, place: Place) -> Any:
        if not place.stored:
            return self.session.read.table(place.name)
        # every file below the folder, with the columns of all of them, and none that names of folders spell
        reader = self.session.read.option("recursiveFileLookup", "true").option("mergeSchema", "true")
        return reader.parquet(place.name)

    def _told(self, place: Place, ask: Callable[[], Told]) -> Told:
        try:
            return _asked(place, self.known, ask, self.url)
        except SourceDown:
            _sessions.pop(self.url, None)  # it may be lost: the next source opens another
            raise

    def _close(self) -> None:
        with suppress(Exception):  # it is gone already, and nobody waits for it
            self.session.stop()
        self.kept.cleanup()


def _reach(url: str) -> None:
    """Raise OSError where no server answers: Spark itself would try for many minutes."""
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "", parts.port or PORT), timeout=REACHED).close()
    except OSError as fault:
        raise OSError(f"UNAVAILABLE: {fault.strerror or fault}") from fault


def _quoted(name: str) -> str:
    return "`" + name.replace("`", "``") + "`"


def _packed(folder: Path) -> Path:
    """This package as a zip, to be sent along."""
    path = folder / "identity_audit_connectors.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed, resources.as_file(_own()) as own:
        for file in sorted(own.rglob("*.py")):
            packed.write(file, Path("connectors") / file.relative_to(own))
    return path


def _own() -> Any:
    return resources.files("connectors")


def _asked(place: Place, known: Sequence[Secret], ask: Callable[[], Told], url: str) -> Told:
    """What is asked of Spark; raises SourceDown for whatever goes wrong there."""
    from py4j.protocol import Py4JError  # noqa: PLC0415
    from pyspark.errors import PySparkException  # noqa: PLC0415

    lost: tuple[type[Exception], ...] = (PySparkException, Py4JError, OSError, RuntimeError, ImportError, ValueError)
    try:
        from grpc import RpcError  # noqa: PLC0415

        lost = (*lost, RpcError)
    except ImportError:
        pass
    try:
        return ask()
    except SourceDown:
        raise
    except lost as fault:
        said = str(fault) or type(fault).__name__
        raise SourceDown(f"{place.name}: {explained(said, url)} Spark says: {_brief(said, known)}") from None


def explained(said: str, url: str) -> str:
    """What happened at Spark, and what to do, by what it says."""
    return next(text for pattern, text in _KNOWN if re.search(pattern, said)).format(
        url="the server" if url.startswith("sc://") else url
    )


_KNOWN = (
    (
        r"TABLE_OR_VIEW_NOT_FOUND|SCHEMA_NOT_FOUND|PATH_NOT_FOUND|CATALOG_NOT_FOUND|UNABLE_TO_INFER_SCHEMA|NoSuchBucket",
        "there is no such table or folder on the cluster, or it is empty. Check its name, and that it was delivered.",
    ),
    (
        r"(?i)PERMISSION|not authori[sz]ed|AccessDenied|Access Denied|Forbidden|\b403\b|UNAUTHENTICATED",
        "the cluster refuses it. Have the audit's account granted SELECT on it (or reading of the folder), or its token"
        " renewed.",
    ),
    (
        r"No module named",
        f"a Python package is missing where Spark runs. Install there, in the versions that are here: {NEEDED}.",
    ),
    (
        r"PYTHON_VERSION_MISMATCH|different (?:minor )?version|Python in worker has different",
        "Spark's Python is of another version than this one. Run the audit with the same minor version.",
    ),
    (
        r"(?i)JAVA_GATEWAY_EXITED|JAVA_HOME|Java gateway process|No such file or directory: '?java",
        "no Java was found on this machine to run Spark. Install one (Debian: apt install default-jre-headless).",
    ),
    (
        r"(?i)UNAVAILABLE|failed to connect|Connection refused|SESSION_(?:CLOSED|CHANGED)|SESSION_NOT_FOUND|socket|"
        r"INVALID_HANDLE|DEADLINE|Answer from Java side is empty|network",
        "{url} cannot be reached, or the session was lost. Nothing of it counts as read. See that it runs, and run the"
        " night again.",
    ),
    ("", "it could not be read to its end, and nothing of it counts as read. Mend what Spark says, and run again."),
)
"""What Spark's words mean, the surer signs first."""


def _brief(said: str, known: Sequence[Secret]) -> str:
    """What Spark says in a line, without secrets and addresses: its own sentence, and of Python that failed there no
    more than the kind of error, for the rest may be of a profile."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [found for line in lines if (found := _ERROR.match(line))]
    if "Traceback" in said and errors:
        missing = errors[-1][0].startswith("ModuleNotFoundError")
        return errors[-1][0 if missing else 1]
    java = next((line.removeprefix(": ") for line in said.splitlines() if line.startswith(": ")), "")
    return redact(java or " ".join(lines[:1]), known)[:SHOWN]


_ERROR = re.compile(r"(?:\w+\.)*(\w*(?:Error|Exception|Invalid|NotFound))\b.*")
