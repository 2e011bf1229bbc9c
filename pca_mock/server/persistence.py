"""The state of a mock in an SQLite file: everything that was answered survives the process.

Each call is one transaction, which ends before the call is answered. Every row is a JSON text, so
that the file can be read with any SQLite tool. Not kept: the log of calls, planned faults, and CRLs
(they are published again); polls of `hold` start again.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any, Final

from pca_mock import clock
from pca_mock.arns import AuthorityArn, parse_authority_arn
from pca_mock.errors import InvalidArnException
from pca_mock.locks import new_rlock
from pca_mock.server import records
from pca_mock.service import crls
from pca_mock.state.authority import (
    CertificateAuthority,
    InstalledCertificate,
    IssuedCertificate,
    Revocation,
)
from pca_mock.state.buckets import Content
from pca_mock.state.calls import Caller
from pca_mock.state.store import State, Store

FORMAT: Final = 1
_PATIENCE: Final = 0.5  # seconds in which another process may give the file up
_TABLES: Final = """
CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS authorities (arn TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS installed (id INTEGER PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS certificates (
    authority TEXT NOT NULL, serial TEXT NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (authority, serial));
CREATE TABLE IF NOT EXISTS revocations (
    authority TEXT NOT NULL, serial TEXT NOT NULL, number INTEGER NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (authority, serial));
CREATE TABLE IF NOT EXISTS crls (
    authority TEXT NOT NULL, partition TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (authority, partition));
CREATE TABLE IF NOT EXISTS tokens (
    region TEXT NOT NULL, account TEXT NOT NULL, scope TEXT NOT NULL, used_at TEXT NOT NULL,
    arn TEXT NOT NULL, PRIMARY KEY (region, account, scope));
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT NOT NULL, key TEXT NOT NULL, data BLOB NOT NULL, PRIMARY KEY (bucket, key));
"""
_OF_AUTHORITY: Final = ("certificates", "revocations", "crls")


class StateFileError(Exception):
    """The file cannot be used: it is something else, of a newer version, or in use."""


class StateFile:
    """A mock's state in a file. It is a `pca_mock.state.journal.Journal`."""

    def __init__(self, path: Path, state: State) -> None:
        """Open a file, or make a new one, and load its contents into the mock.

        Args:
            path: of the file.
            state: of a mock that is still empty.

        Raises:
            StateFileError: the file cannot be used.
        """
        self._state = state
        self._lock = new_rlock()
        self._installed: dict[int, int] = {}  # id() of the record -> its row
        self._kept: list[InstalledCertificate] = []  # so that no id() is used again
        self._clock: str | None = None
        try:
            self._database = sqlite3.connect(
                path, timeout=_PATIENCE, check_same_thread=False, isolation_level=None
            )
            # A killed process loses nothing so; synchronous=FULL is for power failures.
            for pragma in ("locking_mode=EXCLUSIVE", "journal_mode=WAL", "synchronous=NORMAL"):
                self._database.execute(f"PRAGMA {pragma}")
            with self._transaction():
                for statement in filter(str.strip, _TABLES.split(";")):
                    self._database.execute(statement)
                self._check_format()
            self._load()
        except (sqlite3.Error, KeyError, TypeError, ValueError) as error:
            raise StateFileError(f"{path} cannot be used as a state file: {error}") from error
        state.journal = self
        clock.watch(state.clock, self._note_time)

    def close(self) -> None:
        """Close the file."""
        self._state.journal = None
        with self._lock:
            self._database.close()

    def note(self, params: Mapping[str, Any], response: Mapping[str, Any], caller: Caller) -> None:
        """Keep the changes of a call."""
        with self._state.lock, self._transaction():
            for arn in {*_authority_arns(params), *_authority_arns(response)}:
                self._note_authority(arn)
            if "AuditReportId" in response:
                self._note_object(params["S3BucketName"], response["S3Key"])
            if params.get("IdempotencyToken") is not None:
                self._note_token(self._state.store(caller.partition, caller.region, caller.account))
            self._put("meta", name="created", value=json.dumps(self._state.created))

    def rewrite(self) -> None:
        """Keep everything again."""
        with self._state.lock, self._transaction():
            for table in ("authorities", "tokens", "objects", *_OF_AUTHORITY):
                self._database.execute(f"DELETE FROM {table}")
            for ca in self._state.all_authorities():
                self._note_authority(ca.arn)
                for report in ca.reports.values():
                    self._note_object(report.bucket, report.key)
            self._put("meta", name="created", value=json.dumps(self._state.created))
            self._write_time()

    # Writing

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._lock:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")

    def _put(self, table: str, **values: Any) -> None:
        columns = ", ".join(values)
        places = ", ".join("?" * len(values))
        self._database.execute(
            f"INSERT OR REPLACE INTO {table} ({columns}) VALUES ({places})", tuple(values.values())
        )

    def _note_authority(self, arn: AuthorityArn) -> None:
        ca = self._find(arn)
        if ca is None:
            self._database.execute("DELETE FROM authorities WHERE arn = ?", (str(arn),))
            for table in _OF_AUTHORITY:
                self._database.execute(f"DELETE FROM {table} WHERE authority = ?", (str(arn),))
            return
        installed_id = self._note_installed(ca.installed)
        value = json.dumps(records.authority_to_json(ca, installed_id))
        self._put("authorities", arn=str(arn), value=value)
        self._note_new(ca, "certificates", ca.certificates)
        self._note_new(ca, "revocations", ca.revocations)
        for crl in ca.crls.values():
            value = json.dumps(records.crl_to_json(crl))
            self._put("crls", authority=str(arn), partition=crl.partition or "", value=value)

    def _note_new(
        self,
        ca: CertificateAuthority,
        table: str,
        items: dict[str, IssuedCertificate] | dict[str, Revocation],
    ) -> None:
        """Keep the items of a dict that were added since it was kept last."""
        arn = str(ca.arn)
        (number_kept,) = self._database.execute(
            f"SELECT count(*) FROM {table} WHERE authority = ?", (arn,)
        ).fetchone()
        serials = list(_last(items, len(items) - number_kept))
        for number, serial in enumerate(reversed(serials), start=number_kept):
            item = items[serial]
            value = (
                records.certificate_to_json(item, self._note_installed(item.issuer))
                if isinstance(item, IssuedCertificate)
                else records.revocation_to_json(item)
            )
            self._put(table, authority=arn, serial=serial, number=number, value=json.dumps(value))

    def _note_installed(self, installed: InstalledCertificate | None) -> int | None:
        if installed is None:
            return None
        if id(installed) not in self._installed:
            value = json.dumps(records.installed_to_json(installed))
            cursor = self._database.execute("INSERT INTO installed (value) VALUES (?)", (value,))
            assert cursor.lastrowid is not None  # it has inserted a row
            self._remember_installed(cursor.lastrowid, installed)
        return self._installed[id(installed)]

    def _remember_installed(self, row: int, installed: InstalledCertificate) -> None:
        self._installed[id(installed)] = row
        self._kept.append(installed)

    def _note_object(self, bucket: str, key: str) -> None:
        """Keep an audit report that is in memory, as nobody writes it again."""
        memory, _, _ = self._state.buckets.keep()
        data = memory.get(bucket, {}).get(key)
        if data is not None:
            self._put("objects", bucket=bucket, key=key, data=bytes(data))

    def _note_token(self, store: Store) -> None:
        scope, used_at, arn = store.tokens.newest()
        self._put(
            "tokens",
            region=store.region,
            account=store.account,
            scope=json.dumps(scope),
            used_at=used_at.isoformat(),
            arn=arn,
        )

    def _note_time(self) -> None:
        with self._transaction():
            self._write_time()

    def _write_time(self) -> None:
        frozen_at, ahead = clock.setting_of(self._state.clock)
        value = [frozen_at.isoformat() if frozen_at else None, ahead.total_seconds()]
        self._put("meta", name="clock", value=json.dumps(value))

    def _find(self, arn: AuthorityArn) -> CertificateAuthority | None:
        return next((ca for ca in self._state.all_authorities() if ca.arn == arn), None)

    # Reading

    def _check_format(self) -> None:
        row = self._database.execute("SELECT value FROM meta WHERE name = 'format'").fetchone()
        if row is None:
            self._put("meta", name="format", value=json.dumps(FORMAT))
        elif json.loads(row[0]) != FORMAT:
            raise ValueError(f"its format is {row[0]}, and not {FORMAT}")

    def _rows(self, query: str) -> Iterator[tuple[Any, ...]]:
        yield from self._database.execute(query)

    def _load(self) -> None:
        state = self._state
        installed: dict[int, InstalledCertificate] = {}
        for row, value in self._rows("SELECT id, value FROM installed"):
            installed[row] = records.installed_from_json(json.loads(value))
            self._remember_installed(row, installed[row])
        meta = {name: json.loads(value) for name, value in self._rows("SELECT * FROM meta")}
        state.created = meta.get("created", 0)
        if "clock" in meta:
            frozen_at, ahead = meta["clock"]
            moment = datetime.fromisoformat(frozen_at) if frozen_at else None
            clock.set_to(state.clock, (moment, timedelta(seconds=ahead)))
        if state.settings.seed is not None:  # not the same ids and serials as before
            state.random.seed(f"{state.settings.seed} {state.created}")
        authorities = [
            records.authority_from_json(json.loads(value), installed)
            for (value,) in self._rows("SELECT value FROM authorities")
        ]
        by_arn = {str(ca.arn): ca for ca in authorities}
        for ca in sorted(authorities, key=lambda ca: ca.position):
            state.store(ca.arn.partition, ca.arn.region, ca.arn.account).add(ca)
        for arn, serial, value in self._rows(
            "SELECT authority, serial, value FROM certificates ORDER BY number"
        ):
            certificate = records.certificate_from_json(json.loads(value), installed)
            by_arn[arn].certificates[serial] = certificate
        for arn, serial, value in self._rows(
            "SELECT authority, serial, value FROM revocations ORDER BY number"
        ):
            by_arn[arn].revocations[serial] = records.revocation_from_json(json.loads(value))
        now = state.clock.now()
        for arn, value in self._rows("SELECT authority, value FROM crls"):
            crls.resume(state, by_arn[arn], records.crl_from_json(json.loads(value), now))
        for region, account, scope, used_at, arn in self._rows("SELECT * FROM tokens"):
            partition = parse_authority_arn(arn.partition("/certificate/")[0]).partition
            tokens = state.store(partition, region, account).tokens
            tokens.remember(datetime.fromisoformat(used_at), arn, *json.loads(scope))
        memory: dict[str, dict[str, bytes | Content]] = {}
        for bucket, key, data in self._rows("SELECT * FROM objects"):
            memory.setdefault(bucket, {})[key] = data
        state.buckets.restore((memory, frozenset(), frozenset()))


def _last(items: dict[str, Any], number: int) -> Iterator[str]:
    """The keys that were added last, newest first."""
    return islice(reversed(items), number)


def _authority_arns(members: Mapping[str, Any]) -> Iterator[AuthorityArn]:
    for name in ("CertificateAuthorityArn", "ResourceArn"):
        with suppress(InvalidArnException, KeyError, TypeError):
            yield parse_authority_arn(members[name])
