"""What a story holds: AWS's calls, CAs that it may use, and what cleans up after it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from botocore import xform_name
from botocore.exceptions import BotoCoreError, ClientError, WaiterError

from pca_mock.conformance import authorities
from pca_mock.conformance.authorities import Kind, Status
from pca_mock.conformance.ledger import TAG, Ledger
from pca_mock.conformance.model import Cost, CouldNotRun
from pca_mock.conformance.target import StoredObject, Target

OK: Final = "ok"
_CREATE: Final = "CreateCertificateAuthority"
_ISSUE: Final = "IssueCertificate"
_AN_HOUR: Final = 3600


class Caller:
    """The calls of one account."""

    def __init__(self, session: Session, client: Any) -> None:
        """Call with a client."""
        self._session = session
        self.client = client

    def call(self, operation: str, **members: object) -> dict[str, Any]:
        """Call an operation; CAs and certificates are counted, and CAs noted in the ledger.

        Raises:
            ClientError: it is refused.
        """
        method = getattr(self.client, xform_name(operation))
        with self._session.counting(operation, members) as answers:
            answer: dict[str, Any] = method(**members)
            answers.append(answer)
        return answer

    def code(self, operation: str, **members: object) -> str:
        """The error code that a call gives, or "ok"."""
        try:
            self.call(operation, **members)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return OK

    def refusal(self, operation: str, **members: object) -> dict[str, object]:
        """The code and message of a refusal, with the CA's ARN as `{ca}`; the code may be "ok"."""
        try:
            self.call(operation, **members)
        except ClientError as error:
            fault = error.response["Error"]
            message = str(fault.get("Message", ""))
            arn = members.get("CertificateAuthorityArn") or members.get("ResourceArn")
            return {"code": fault["Code"], "message": message.replace(str(arn), "{ca}")}
        return {"code": OK}

    def error(self, operation: str, **members: object) -> ClientError:
        """The error that a call raises.

        Raises:
            AssertionError: it raises none.
        """
        try:
            self.call(operation, **members)
        except ClientError as error:
            return error
        raise AssertionError(f"{operation} was not refused")


class Session(Caller):
    """One run at one target.

    Attributes:
        target: what answers.
        ledger: of what exists.
        patience: seconds for which waiters wait.
        cost: of what has been made until now.
    """

    def __init__(self, target: Target, ledger: Ledger, patience: float = 180) -> None:
        """Begin."""
        super().__init__(self, target.client())
        self.target = target
        self.ledger = ledger
        self.patience = patience
        self.cost = Cost()
        self._is_short_lived: dict[str, bool] = {}
        self._shared: dict[Kind, str | CouldNotRun] = {}
        self._of_case: list[str] = []
        self._borrowed: list[str] = []
        self._idle: dict[Status, list[str]] = {status: [] for status in authorities.NEW}
        self._second: Caller | None = None

    # Calls

    @property
    def second(self) -> Caller:
        """The second account.

        Raises:
            CouldNotRun: there is none.
        """
        if self._second is None:
            self._second = Caller(self, self.target.client(of_second_account=True))
        return self._second

    @contextmanager
    def counting(self, operation: str, members: Mapping[str, object]) -> Iterator[list[Any]]:
        """Note what a call makes; the block adds its answer to a list, or raises."""
        answers: list[dict[str, Any]] = []
        if operation == _CREATE:
            self.ledger.begun()
        try:
            yield answers
        except ClientError:
            if operation == _CREATE:
                self.ledger.refused()
            raise
        if operation == _CREATE:
            arn = answers[0]["CertificateAuthorityArn"]
            self._note_authority(arn, members.get("UsageMode") == "SHORT_LIVED_CERTIFICATE")
        elif operation == _ISSUE:
            if self._is_short_lived.get(str(members["CertificateAuthorityArn"]), False):
                self.cost.short_lived_certificates += 1
            else:
                self.cost.general_certificates += 1

    def _note_authority(self, arn: str, is_short_lived: bool) -> None:
        if arn in self.ledger.authorities:  # the same token gives the same CA
            self.ledger.refused()
            return
        self.ledger.created(arn)
        self._of_case.append(arn)
        self._is_short_lived[arn] = is_short_lived
        if is_short_lived:
            self.cost.short_lived_cas += 1
        else:
            self.cost.general_cas += 1

    def second_account(self) -> str:
        """The account id of the second account, as a refusal of its calls shows it.

        Raises:
            CouldNotRun: there is no second account.
        """
        refusal = self.second.refusal(
            "DescribeCertificateAuthority", CertificateAuthorityArn=self.shared("root")
        )
        words = str(refusal.get("message", "")).split(":")
        accounts = [word for word in words if len(word) == 12 and word.isdecimal()]
        if not accounts:
            raise CouldNotRun("the refusal of a call doesn't show the second account")
        return accounts[0]

    # Certificate authorities

    def request(self, **changes: object) -> dict[str, Any]:
        """The members with which `create` creates a CA."""
        configuration = {
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "pca_mock conformance"},
        }
        members: dict[str, Any] = {
            "CertificateAuthorityType": "ROOT",
            "CertificateAuthorityConfiguration": configuration,
            "UsageMode": "SHORT_LIVED_CERTIFICATE",
            "IdempotencyToken": uuid.uuid4().hex,  # so that a retry makes no second CA
            **{name: value for name, value in changes.items() if name not in configuration},
        }
        own = {name: value for name, value in changes.items() if name in configuration}
        if own or "CsrExtensions" in changes:
            members.pop("CsrExtensions", None)
            more = {n: v for n, v in changes.items() if n == "CsrExtensions"}
            members["CertificateAuthorityConfiguration"] = {**configuration, **own, **more}
        tags = members.get("Tags", [])
        members["Tags"] = [{"Key": TAG, "Value": self.ledger.run}, *tags]
        return {name: value for name, value in members.items() if value is not None}

    def create(self, **changes: object) -> str:
        """Create a CA that waits for its certificate; it is deleted after the case.

        Args:
            changes: members of CreateCertificateAuthority or of its configuration, instead of those
                of a short-lived root with a P-256 key; None to leave one out.

        Returns:
            Its ARN.
        """
        arn = str(self.call(_CREATE, **self.request(**changes))["CertificateAuthorityArn"])
        self.wait_for("certificate_authority_csr_created", CertificateAuthorityArn=arn)
        return arn

    def shared(self, kind: Kind) -> str:
        """The ARN of a CA that cases share, and so must not change.

        Raises:
            CouldNotRun: it cannot be made at this target.
        """
        if kind not in self._shared:
            of_case, self._of_case = self._of_case, []
            try:
                self._shared[kind] = authorities.MAKERS[kind](self)
            except CouldNotRun as error:
                self._shared[kind] = error
            except (BotoCoreError, ClientError, KeyError, ValueError) as error:
                self._shared[kind] = CouldNotRun(f"no shared CA “{kind}”: {error!r}"[:200])
            self._of_case = of_case
        arn = self._shared[kind]
        if isinstance(arn, CouldNotRun):
            raise CouldNotRun(str(arn))
        return arn

    def borrow(self, status: Status = "PENDING_CERTIFICATE") -> str:
        """The ARN of a CA that a case may change: it gets back what the case takes away.

        Deleted CAs count towards the quota of an account for a week, so cases reuse them.

        Args:
            status: of the CA, which is a root; ACTIVE and EXPIRED ones have a certificate.
        """
        idle = self._idle[status]
        arn = idle.pop() if idle else authorities.NEW[status](self)
        if arn in self._of_case:
            self._of_case.remove(arn)
        self._borrowed.append(arn)
        return arn

    def _give_back(self, arn: str) -> None:
        """Keep a borrowed CA for the next case, or delete it if it cannot be made as it was."""
        try:
            status = authorities.renew(self, arn)
        except (BotoCoreError, ClientError, LookupError):
            status = None
        if status is None:
            self.delete(arn)
        else:
            self._idle[status].append(arn)

    # Time

    def now(self) -> datetime:
        """The target's time."""
        return self.target.now()

    def sleep(self, seconds: float) -> None:
        """Wait."""
        self.cost.waited += seconds
        self.target.sleep(seconds)

    def wait_for(self, waiter_name: str, **members: str) -> None:
        """Wait with a waiter, as long as the patience lasts.

        Raises:
            WaiterError: it took longer, or will never succeed.
        """
        waiter = self.client.get_waiter(waiter_name)
        tries = max(1, int(self.patience / waiter.config.delay))
        waiter.wait(WaiterConfig={"MaxAttempts": tries}, **members)

    def waiting_error(self, waiter_name: str, **members: str) -> str | None:
        """The error code with which a waiter ends; None if it succeeds."""
        try:
            self.wait_for(waiter_name, **members)
        except WaiterError as error:
            return str(error.last_response["Error"]["Code"])
        return None

    def eventually(self, condition: Callable[[], bool], seconds: float) -> bool:
        """Whether a condition holds at last; it is tried for some seconds, and with patience."""
        waited = 0.0
        while not condition():
            if waited >= min(seconds, self.patience):
                return False
            self.sleep(5)
            waited += 5
        return True

    def until(self, condition: Callable[[], bool], otherwise: str) -> None:
        """Wait for something that can take AWS an hour, while the patience lasts.

        Raises:
            CouldNotRun: it lasts no longer; `otherwise` says what has not happened.
        """
        if not self.eventually(condition, _AN_HOUR):
            raise CouldNotRun(f"{otherwise} while the patience lasted")

    # Buckets and responders

    @property
    def bucket(self) -> str:
        """The bucket for CRLs and audit reports.

        Raises:
            CouldNotRun: there is none.
        """
        if self.target.bucket is None:
            raise CouldNotRun("no bucket was given")
        return self.target.bucket

    def object(self, key: str) -> StoredObject:
        """An object of the bucket, for which this waits.

        Raises:
            CouldNotRun: the bucket cannot be read, or the object doesn't appear.
        """
        read: list[StoredObject] = []

        def appears() -> bool:
            read.extend(each for each in (self.target.read(key),) if each is not None)
            return bool(read)

        self.until(appears, f"no {key.partition('/')[0]} was written")
        return read[0]

    # Cleaning up

    def end_case(self) -> None:
        """Delete the CAs that a case has made, and tidy up those that it has borrowed."""
        borrowed, self._borrowed = self._borrowed, []
        for arn in borrowed:
            self._give_back(arn)
        arns, self._of_case = self._of_case, []
        for arn in arns:
            self.delete(arn)

    def close(self) -> list[str]:
        """Delete everything that this run has made.

        Returns:
            What could not be deleted: ARNs with reasons.
        """
        self._of_case.clear()
        if self.ledger.unconfirmed:
            self._find_unconfirmed()
        left = (self.delete(arn) for arn in list(self.ledger.authorities))
        return [reason for reason in left if reason]

    def delete(self, arn: str) -> str | None:
        """Delete a CA of this run, whatever its status.

        Returns:
            Why it could not be deleted, with its ARN; None if it is gone.
        """
        try:
            authorities.delete(self, arn)
        except (BotoCoreError, ClientError, WaiterError) as error:
            return f"{arn}: {error}"
        ca_id = arn.rpartition("/")[2]
        for folder in ("crl", "audit-report", TAG):
            self.target.remove_objects(f"{folder}/{ca_id}")
        self.ledger.deleted(arn)
        return None

    def _find_unconfirmed(self) -> None:
        """Look by the tag for CAs whose creation was interrupted."""
        pages = self.client.get_paginator("list_certificate_authorities").paginate()
        for ca in (each for page in pages for each in page["CertificateAuthorities"]):
            if ca["Status"] == "DELETED" or ca["Arn"] in self.ledger.authorities:
                continue
            tags = self.client.list_tags(CertificateAuthorityArn=ca["Arn"])["Tags"]
            if {"Key": TAG, "Value": self.ledger.run} in tags:
                self.ledger.found(ca["Arn"])
        self.ledger.settled()
