"""Ready-made authorities and certificates.

What a handle does, it does through the public API with a boto3 client, so that it is in the log of
calls, faults can be planned for it, and the code under test sees it. What it tells, it looks up:
see `views`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from typing import Any, Final, TypeVar

from botocore.exceptions import ClientError

from pca_mock.arns import CertificateArn, parse_authority_arn, parse_certificate_arn
from pca_mock.service import states
from pca_mock.service.certificates import LONGEST_SHORT_LIFE
from pca_mock.service.configuration import needed_key_storage_standard
from pca_mock.service.model import partition_of
from pca_mock.state.authority import Status
from pca_mock.state.store import State
from pca_mock.testing.certificates import Certificate
from pca_mock.testing.clients import MockClient
from pca_mock.testing.requests import authority_request, check_key_algorithm, csr_for
from pca_mock.testing.views import AuthorityView

_Answer = TypeVar("_Answer")
_USUAL_KEY: Final = "EC_prime256v1"
_USUAL_VALIDITY: Final = timedelta(days=365)
_USUAL_VALIDITY_OF_A_CA: Final = 5 * _USUAL_VALIDITY
_SHORT_WAITS: Final = 100
_LONGEST_WAIT: Final = timedelta(days=365)


class Authority(AuthorityView):
    """A CA of the mock, and what can be done with it.

    Attributes:
        arn: its ARN.
    """

    @property
    def _client(self) -> MockClient:
        return MockClient(self._state, self._arn.account, self._arn.region)

    def create_subordinate_ca(
        self,
        common_name: str = "Example Subordinate CA",
        *,
        path_length: int = 0,
        key_algorithm: str = _USUAL_KEY,
        validity: timedelta | None = None,
        **more: Any,
    ) -> Authority:
        """Make an active CA below this one, in the same account and region.

        Args:
            common_name: of its subject.
            path_length: how many CAs may follow below it, 0 to 3.
            key_algorithm: a KeyAlgorithm of the model.
            validity: of its certificate; by default five years, or for as long as this CA's.
            more: as for `PcaMock.create_root_ca`.

        Raises:
            ClientError: AWS would refuse it, for example because of this CA's own path length.
            ValueError: there is no such key algorithm.
        """
        arn = self._arn
        request = authority_request("SUBORDINATE", common_name, key_algorithm, more)
        ca = create_authority(self._state, (arn.account, arn.region), request)
        ca.install(self, f"SubordinateCACertificate_PathLen{path_length}", validity)
        return ca

    def install(self, issuer: Authority, template: str, validity: timedelta | None = None) -> None:
        """Have a CA sign this one's certificate, its first or a new one, and import it.

        If it fails, a CA that still waits for its first certificate is removed without a trace,
        which no call of the API does. A certificate that the issuer has signed for it remains, and
        so do the calls in the log.

        Args:
            issuer: the CA; a root's own certificate comes from itself.
            template: the name of a template, without "/V1", or its ARN.
            validity: from now; by default five years, or for as long as the issuer's.

        Raises:
            ClientError: AWS would refuse it.
        """
        try:
            self._install(issuer, template, validity)
        except BaseException:
            status = states.status(self._ca, self._state.clock.now())
            if status in (Status.CREATING, Status.PENDING_CERTIFICATE):
                self._state.forget(self._ca)
            raise

    def _install(self, issuer: Authority, template: str, validity: timedelta | None) -> None:
        client, arn = self._client, self.arn
        csr = self._done(lambda: client.get_certificate_authority_csr(CertificateAuthorityArn=arn))
        end = issuer._end_of(validity, _USUAL_VALIDITY_OF_A_CA)
        issued = issuer._issue(csr["Csr"], template, end, {})
        answer = self._done(
            lambda: client.get_certificate(
                CertificateAuthorityArn=issuer.arn, CertificateArn=str(issued)
            )
        )
        chain = answer.get("CertificateChain")
        more: Any = {"CertificateChain": chain} if chain else {}
        client.import_certificate_authority_certificate(
            CertificateAuthorityArn=arn, Certificate=answer["Certificate"], **more
        )

    def issue(
        self,
        *names: str,
        csr: str | bytes | None = None,
        common_name: str | None = None,
        key_algorithm: str | None = None,
        validity: timedelta | None = None,
        template: str = "EndEntityCertificate",
        **members: Any,
    ) -> Certificate:
        """Issue a certificate for a server or a client.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     leaf = pca.create_root_ca().issue("localhost", "127.0.0.1")
            ...     leaf.status, leaf.subject
            ('ISSUED', 'CN=localhost')

        Args:
            names: what it is for: DNS names, IP addresses, e-mail addresses or URIs.
            csr: a PEM request with a key of the caller's, instead of names.
            common_name: of its subject; by default the first name.
            key_algorithm: of the key that is made: a KeyAlgorithm of the model, by default
                EC_prime256v1.
            validity: from now; by default a year, or as long as this CA lets it be.
            template: the name of a template, without "/V1", or its ARN.
            members: further ones of IssueCertificate, such as `ApiPassthrough={…}`.

        Raises:
            ClientError: AWS would refuse it.
            TypeError: neither names nor a CSR, or both, or a key algorithm beside a CSR.
            ValueError: there is no such key algorithm, or a text is no name of any kind.
            RuntimeError: the mock has ended.
        """
        if bool(names or common_name) == (csr is not None):
            raise TypeError("say names or a CSR: a certificate is for one or the other")
        if csr is not None and key_algorithm is not None:
            raise TypeError("a CSR has a key already: no key algorithm counts")
        key = None
        if csr is None:
            key_algorithm = _USUAL_KEY if key_algorithm is None else key_algorithm
            check_key_algorithm(key_algorithm)
            key = self._state.keys.take(key_algorithm)
            csr = csr_for(key, names, common_name)
        arn = self._issue(csr, template, self._end_of(validity, _USUAL_VALIDITY), members)
        return Certificate(self._state, arn, key)

    def _issue(
        self, csr: str | bytes, template: str, end: datetime, members: dict[str, Any]
    ) -> CertificateArn:
        if not template.startswith("arn:"):
            template = f"arn:{self._arn.partition}:acm-pca:::template/{template}/V1"
        answer = self._client.issue_certificate(
            **{
                "CertificateAuthorityArn": self.arn,
                "Csr": csr,
                "SigningAlgorithm": self.signing_algorithm,
                "TemplateArn": template,
                "Validity": {"Type": "ABSOLUTE", "Value": int(end.timestamp())},
                **members,
            }
        )
        return parse_certificate_arn(answer["CertificateArn"])

    def _end_of(self, validity: timedelta | None, usual: timedelta) -> datetime:
        """When a certificate of this CA is to expire.

        Args:
            validity: from now; None for the usual one, or the longest that the CA can give.
            usual: the usual one.
        """
        now = self._state.clock.now()
        if validity is not None:
            return now + validity
        ca = self._ca
        if ca.usage_mode == "SHORT_LIVED_CERTIFICATE":
            usual = min(usual, LONGEST_SHORT_LIFE)
        end, installed = now + usual, ca.installed
        if installed is None or installed.certificate.not_after <= now:
            return end
        return min(end, installed.certificate.not_after)

    def _done(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask until what was begun is done, waiting by the mock's clock."""
        for wait in _waits():
            try:
                return ask()
            except ClientError as error:
                if error.response["Error"]["Code"] != "RequestInProgressException":
                    raise
            self._state.clock.advance(wait)
        return ask()

    def describe(self) -> Any:
        """What DescribeCertificateAuthority answers of it."""
        return self._client.describe_certificate_authority(CertificateAuthorityArn=self.arn)[
            "CertificateAuthority"
        ]

    def disable(self) -> None:
        """Set its status to DISABLED: it issues nothing until it is enabled again."""
        self._client.update_certificate_authority(
            CertificateAuthorityArn=self.arn, Status="DISABLED"
        )

    def enable(self) -> None:
        """Set its status to ACTIVE."""
        self._client.update_certificate_authority(CertificateAuthorityArn=self.arn, Status="ACTIVE")

    def delete(self, restorable_days: int = 30) -> None:
        """Delete it; an active one is disabled first, as AWS demands.

        Args:
            restorable_days: how long `restore` brings it back, 7 to 30.
        """
        if states.status(self._ca, self._state.clock.now()) is Status.ACTIVE:
            self.disable()
        self._client.delete_certificate_authority(
            CertificateAuthorityArn=self.arn, PermanentDeletionTimeInDays=restorable_days
        )

    def restore(self) -> None:
        """Bring it back after its deletion."""
        self._client.restore_certificate_authority(CertificateAuthorityArn=self.arn)

    def revoke(self, reason: str = "CESSATION_OF_OPERATION") -> None:
        """Revoke its own certificate, at the CA that issued it.

        Args:
            reason: a RevocationReason of the model.

        Raises:
            LookupError: no CA of this mock has issued it, or it is a root.
        """
        serial = f"{self._installed().certificate.serial_number:032x}"
        own, state = self._ca, self._state
        with state.lock:
            others = [ca for ca in state.all_authorities() if ca is not own]
        for ca in others:
            issued = ca.find_issued(serial)
            if issued is not None and issued.pem == self.certificate_pem:
                Certificate(state, issued.arn).revoke(reason)
                return
        raise LookupError(f"no other CA of this mock has issued the certificate of {self.arn}")


def _waits() -> Iterator[timedelta]:
    """A second each for as long as polls are likely to be counted, then ever longer ones."""
    wait = timedelta(seconds=1)
    yield from repeat(wait, _SHORT_WAITS)
    while wait <= _LONGEST_WAIT:
        yield wait
        wait *= 2


def create_root_ca(
    state: State, place: tuple[str, str], request: Mapping[str, Any], validity: timedelta
) -> Authority:
    """Create a root CA and have it sign its own certificate. See `create_authority`.

    Args:
        state: of the mock.
        place: the account and the region.
        request: members of CreateCertificateAuthority.
        validity: of its certificate, from now.
    """
    root = create_authority(state, place, request)
    root.install(root, "RootCACertificate", validity)
    return root


def create_authority(state: State, place: tuple[str, str], request: Mapping[str, Any]) -> Authority:
    """Create a CA that waits for its certificate.

    Args:
        state: of the mock.
        place: the account and the region.
        request: members of CreateCertificateAuthority; the key storage standard may be left out
            even in regions where AWS demands it.
    """
    account_id, region_name = place
    standard = needed_key_storage_standard(partition_of(region_name))
    if standard is not None:
        request = {"KeyStorageSecurityStandard": standard, **request}
    answer = MockClient(state, account_id, region_name).create_certificate_authority(**request)
    return Authority(state, parse_authority_arn(answer["CertificateAuthorityArn"]))


def all_authorities(state: State) -> list[Authority]:
    """Every CA of a mock that isn't beyond restoration, oldest first."""
    now = state.clock.now()
    found = sorted(state.all_authorities(), key=lambda ca: ca.position)
    return [Authority(state, ca.arn) for ca in found if not ca.is_gone(now)]


def all_certificates(state: State) -> Sequence[Certificate]:
    """Every certificate of these CAs, oldest first."""
    now = state.clock.now()
    issued = [
        certificate
        for ca in state.all_authorities()
        if not ca.is_gone(now)
        for _, certificate in ca.issued()
    ]
    issued.sort(key=lambda certificate: certificate.position)
    return [Certificate(state, certificate.arn) for certificate in issued]
