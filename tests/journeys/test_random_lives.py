"""Random lives of several CAs, next to a model of them that has only the documented rules."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

import time_machine
from botocore.config import Config
from botocore.exceptions import ClientError
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
)

from pca_mock import mock_pca
from pca_mock.service.states import TRANSITIONS
from tests import inside
from tests.support import Ca, KeyHolder, configuration, pending

NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
CSR = KeyHolder().csr()
QUOTA = 4
# "GONE" is a CA that the API no longer shows.
STEPS = {
    (row.before.value if row.before else "GONE", row.after.value if row.after else "GONE")
    for row in TRANSITIONS
}


@dataclass
class Life:
    """A CA as the documentation describes it."""

    ca: Ca
    kind: str
    ready_at: datetime
    disabled: bool = False
    not_after: datetime | None = None
    restorable_until: datetime | None = None
    was_removed: bool = False
    tags: dict[str, str] = field(default_factory=dict)
    certificates: set[str] = field(default_factory=set)
    last_seen: str = "CREATING"

    def status(self, now: datetime) -> str:
        if self.was_removed or (self.restorable_until and now >= self.restorable_until):
            return "GONE"
        if self.restorable_until:
            return "DELETED"
        if now < self.ready_at:
            return "CREATING"
        if self.not_after is None:
            return "PENDING_CERTIFICATE"
        if now > self.not_after:
            return "EXPIRED"
        return "DISABLED" if self.disabled else "ACTIVE"


class Lives(RuleBasedStateMachine):
    """Each rule calls the mock, and states whether the call must succeed, and its effect."""

    cas = Bundle("cas")

    def __init__(self) -> None:
        super().__init__()
        self.travel = time_machine.travel(NOON, tick=False)
        self.clock = self.travel.start()
        self.mock = mock_pca(
            creation_delay=timedelta(seconds=5), quotas={"certificate_authorities": QUOTA}
        )
        self.pca = self.mock.start()
        # Without retries, which would move the mock's clock when a quota refuses a call.
        once = Config(retries={"total_max_attempts": 1})
        self.client = self.pca.client(region_name="us-east-1", config=once)
        self.lives: list[Life] = []

    def teardown(self) -> None:
        self.mock.stop()
        self.travel.stop()

    @property
    def now(self) -> datetime:
        return datetime.now(timezone.utc)

    def attempt(self, should_succeed: bool, call: Any) -> Any:
        """The answer of a call, or None where it is refused; then nothing has changed."""
        before, answer, refusal = inside.snapshot(self.pca), None, None
        try:
            answer = call()
        except ClientError as error:
            refusal = error
        assert (refusal is None) is should_succeed, refusal or answer
        assert should_succeed or inside.snapshot(self.pca) == before
        return answer

    @initialize(target=cas)
    def begin_with_a_hierarchy(self) -> Any:
        root, subordinate = self.create_one("ROOT"), self.create_one("SUBORDINATE")
        self.wait(5)
        self.everything_is_as_in_the_model()
        self.sign_and_install_a_root(root, 400)
        self.sign_and_install_a_subordinate(subordinate, root, 20)
        return multiple(root, subordinate)

    # Creation and certificates

    @rule(target=cas, kind=st.sampled_from(["ROOT", "SUBORDINATE"]))
    def create(self, kind: str) -> Any:
        life = self.create_one(kind)
        return multiple() if life is None else life

    def create_one(self, kind: str) -> Any:
        """The life of a new CA; None where the quota forbids it."""
        has_room = sum(life.status(self.now) != "GONE" for life in self.lives) < QUOTA
        name = configuration(f"CA {len(self.lives)}")
        ca = self.attempt(has_room, lambda: pending(self.client, kind, name))
        if ca is None:
            return None
        life = Life(ca, kind, self.now + timedelta(seconds=5))
        self.lives.append(life)
        return life

    @rule(life=cas, days=st.sampled_from([1, 20, 400]))
    def sign_and_install_a_root(self, life: Life, days: int) -> None:
        is_readable = life.status(self.now) not in ("CREATING", "DELETED", "GONE")
        csr = self.attempt(is_readable, life.ca.csr)
        if csr is not None:
            self.install(life, life, csr, days)

    @rule(life=cas, issuer=cas, days=st.sampled_from([1, 20]))
    def sign_and_install_a_subordinate(self, life: Life, issuer: Life, days: int) -> None:
        is_readable = life.status(self.now) not in ("CREATING", "DELETED", "GONE")
        if is_readable and issuer.kind == "ROOT" and issuer is not life:
            self.install(life, issuer, life.ca.csr(), days)

    def install(self, life: Life, issuer: Life, csr: bytes, days: int) -> None:
        """Have a certificate issued for the CSR of a CA, and install it there."""
        not_after = self.now + timedelta(days=days)
        status = issuer.status(self.now)
        if issuer is life:
            template = "RootCACertificate"
            may_issue = life.kind == "ROOT" and status in (
                "PENDING_CERTIFICATE",
                "ACTIVE",
                "EXPIRED",
            )
        else:
            template = "SubordinateCACertificate_PathLen0"
            outlives = issuer.not_after is not None and not_after <= issuer.not_after
            may_issue = status == "ACTIVE" and outlives
        validity: Any = {"Type": "DAYS", "Value": days}
        arn = self.attempt(may_issue, lambda: issuer.ca.issue(csr, template, Validity=validity))
        if arn is None:
            return
        self.keep(issuer, arn)
        certificate, chain = issuer.ca.get(arn)
        request: Any = {"Certificate": certificate}
        if issuer is not life:
            request["CertificateChain"] = chain
        is_importable = life.status(self.now) in ("PENDING_CERTIFICATE", "ACTIVE", "EXPIRED")
        if self.attempt(
            is_importable and (issuer is life or life.kind == "SUBORDINATE"),
            lambda: self.client.import_certificate_authority_certificate(
                CertificateAuthorityArn=life.ca.arn, **request
            ),
        ):
            life.not_after = not_after

    @rule(life=cas)
    def issue(self, life: Life) -> None:
        validity: Any = {"Type": "ABSOLUTE", "Value": int(self.now.timestamp()) + 60}
        is_long_enough = life.not_after and self.now + timedelta(seconds=60) <= life.not_after
        arn = self.attempt(
            life.status(self.now) == "ACTIVE" and bool(is_long_enough),
            lambda: life.ca.issue(CSR, Validity=validity),
        )
        if arn is not None:
            self.keep(life, arn)

    def keep(self, life: Life, arn: str) -> None:
        assert all(arn not in other.certificates for other in self.lives), "an id twice"
        life.certificates.add(arn)

    # Life and death

    @rule(life=cas, status=st.sampled_from(["ACTIVE", "DISABLED"]))
    def switch(self, life: Life, status: Any) -> None:
        answer = self.attempt(
            life.status(self.now) in ("ACTIVE", "DISABLED"),
            lambda: self.client.update_certificate_authority(
                CertificateAuthorityArn=life.ca.arn, Status=status
            ),
        )
        if answer:
            life.disabled = status == "DISABLED"

    @rule(life=cas, days=st.sampled_from([7, 30]), is_disabled_first=st.booleans())
    def delete(self, life: Life, days: int, is_disabled_first: bool) -> None:
        if is_disabled_first and life.status(self.now) == "ACTIVE":
            self.switch(life, "DISABLED")
            self.everything_is_as_in_the_model()
        status = life.status(self.now)
        answer = self.attempt(
            status in ("CREATING", "PENDING_CERTIFICATE", "DISABLED", "EXPIRED"),
            lambda: self.client.delete_certificate_authority(
                CertificateAuthorityArn=life.ca.arn, PermanentDeletionTimeInDays=days
            ),
        )
        if answer and status == "CREATING":
            life.was_removed = True
        elif answer:
            life.restorable_until = self.now + timedelta(days=days)

    @rule(life=cas)
    def restore(self, life: Life) -> None:
        answer = self.attempt(
            life.status(self.now) == "DELETED",
            lambda: self.client.restore_certificate_authority(CertificateAuthorityArn=life.ca.arn),
        )
        if answer:
            life.restorable_until = None

    @rule(step=st.sampled_from([5, 86_400, 8 * 86_400, 31 * 86_400]))
    def wait(self, step: int) -> None:
        self.clock.shift(step)

    # Tags

    @rule(life=cas, key=st.sampled_from("ab"), value=st.sampled_from("xy"))
    def tag(self, life: Life, key: str, value: str) -> None:
        tags: Any = [{"Key": key, "Value": value}]
        answer = self.attempt(
            life.status(self.now) not in ("DELETED", "GONE"),
            lambda: self.client.tag_certificate_authority(
                CertificateAuthorityArn=life.ca.arn, Tags=tags
            ),
        )
        if answer:
            life.tags[key] = value

    @rule(life=cas, key=st.sampled_from("ab"), value=st.sampled_from([None, "x", "y"]))
    def untag(self, life: Life, key: str, value: str | None) -> None:
        tags: Any = [{"Key": key} if value is None else {"Key": key, "Value": value}]
        answer = self.attempt(
            life.status(self.now) not in ("DELETED", "GONE"),
            lambda: self.client.untag_certificate_authority(
                CertificateAuthorityArn=life.ca.arn, Tags=tags
            ),
        )
        if answer and value in (None, life.tags.get(key)):
            life.tags.pop(key, None)

    # Invariants

    @invariant()
    def everything_is_as_in_the_model(self) -> None:
        pages = self.client.get_paginator("list_certificate_authorities").paginate(
            PaginationConfig={"PageSize": 3}
        )
        shown = {ca["Arn"]: ca for page in pages for ca in page["CertificateAuthorities"]}
        expected = [life for life in self.lives if life.status(self.now) != "GONE"]
        assert list(shown) == [life.ca.arn for life in expected]
        for life in expected:
            ca = shown[life.ca.arn]
            assert ca["Status"] == life.status(self.now)
            assert ca.get("NotAfter") == life.not_after
            assert ca.get("RestorableUntil") == life.restorable_until
            if life.restorable_until is None:
                tags = self.client.list_tags(CertificateAuthorityArn=life.ca.arn)["Tags"]
                assert {tag["Key"]: tag["Value"] for tag in tags} == life.tags
        for life in self.lives:
            status = shown[life.ca.arn]["Status"] if life.ca.arn in shown else "GONE"
            assert status == life.last_seen or (life.last_seen, status) in STEPS
            life.last_seen = status

    @invariant()
    def ids_are_unique(self) -> None:
        assert len({life.ca.arn for life in self.lives}) == len(self.lives)


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=25, stateful_step_count=50)
