"""Ready-made authorities and certificates.

What a handle does, it does through the public API with a boto3 client, so that it is in the log of
calls, planned faults strike it, and the code under test sees it. What it tells, it looks up in what
the mock remembers, without a call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError
from cryptography import x509

from pca_mock.arns import AuthorityArn, CertificateArn, parse_authority_arn, parse_certificate_arn
from pca_mock.state.authority import CertificateAuthority, InstalledCertificate, Status
from pca_mock.state.store import State
from pca_mock.testing import current, html, tls
from pca_mock.testing.certificates import Certificate
from pca_mock.testing.clients import client_of
from pca_mock.testing.requests import authority_request, check_key_algorithm, csr_for

if TYPE_CHECKING:
    import ssl

    from mypy_boto3_acm_pca import ACMPCAClient

_Answer = TypeVar("_Answer")
_USUAL_KEY: Final = "EC_prime256v1"
_USUAL_VALIDITY: Final = timedelta(days=365)
_USUAL_VALIDITY_OF_A_CA: Final = 5 * _USUAL_VALIDITY
_LONGEST_SHORT_LIFE: Final = timedelta(days=7)
_LONGEST_WAIT: Final = timedelta(days=365)


class Authority:
    """A CA of the mock.

    Attributes:
        arn: its ARN.
    """

    def __init__(self, state: State, arn: AuthorityArn) -> None:
        """Only the mock and other handles make these."""
        self._own_state = state
        self._arn = arn
        self.arn = str(arn)

    @property
    def _state(self) -> State:
        return current.state_of(self._own_state, self._arn)

    def __repr__(self) -> str:
        ca = self._find()
        if ca is None:
            return f"<Authority {self.arn} (deleted)>"
        return f"<Authority {self.common_name!r} {self.type} {self.status} {self.arn}>"

    def _repr_html_(self) -> str:
        return html.document(html.authority_card(self._state, self._ca))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Authority) and other.arn == self.arn

    def __hash__(self) -> int:
        return hash(self.arn)

    def _find(self) -> CertificateAuthority | None:
        return self._state.find(self._arn)

    @property
    def _ca(self) -> CertificateAuthority:
        ca = self._find()
        if ca is None:
            raise LookupError(f"the mock has no CA {self.arn} (any more)")
        return ca

    @property
    def _client(self) -> ACMPCAClient:
        return client_of(self._arn.account, self._arn.region)

    @property
    def account_id(self) -> str:
        """The account that owns it."""
        return self._arn.account

    @property
    def region_name(self) -> str:
        """The region that it is in."""
        return self._arn.region

    @property
    def type(self) -> str:
        """ROOT or SUBORDINATE."""
        return self._ca.type

    @property
    def status(self) -> str:
        """Its present status, as Describe tells it."""
        return self._ca.status(self._state.clock.now()).value

    @property
    def common_name(self) -> str:
        """The CommonName that it was created with; empty without one."""
        return str(self._ca.configuration["Subject"].get("CommonName", ""))

    @property
    def key_algorithm(self) -> str:
        """A KeyAlgorithm of the model."""
        return str(self._ca.configuration["KeyAlgorithm"])

    @property
    def signing_algorithm(self) -> str:
        """The SigningAlgorithm that it was created with, with which `issue` signs."""
        return str(self._ca.configuration["SigningAlgorithm"])

    @property
    def certificate_pem(self) -> str:
        """Its own certificate, as GetCertificateAuthorityCertificate answers.

        Raises:
            LookupError: it has none yet.
        """
        return self._installed().pem

    @property
    def chain_pem(self) -> str:
        """The certificates above its own, direct issuer first, root last; a root has none."""
        return self._installed().chain_pem

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate, as `cryptography` reads it.

        Raises:
            LookupError: it has none yet.
        """
        return self._installed().certificate.x509

    @property
    def chain(self) -> list[x509.Certificate]:
        """The certificates above its own, direct issuer first, root last; a root has none."""
        return [link.x509 for link in self._installed().chain]

    @property
    def root_pem(self) -> str:
        """The certificate at the top: what a client must trust."""
        installed = self._installed()
        return installed.chain[-1].pem if installed.chain else installed.pem

    def _installed(self) -> InstalledCertificate:
        installed = self._ca.installed
        if installed is None:
            raise LookupError(f"{self.arn} has no certificate yet")
        return installed

    @property
    def certificates(self) -> list[Certificate]:
        """What it has issued, oldest first; of a root its own certificate, too."""
        state = self._state
        with state.lock:
            return [Certificate(state, issued.arn) for issued in self._ca.certificates.values()]

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
        ca = create_authority(
            self._state, self._client, "SUBORDINATE", common_name, key_algorithm, more
        )
        template = f"SubordinateCACertificate_PathLen{path_length}"
        ca._install(self, template, validity)
        return ca

    def _install(self, issuer: Authority, template: str, validity: timedelta | None) -> None:
        """Let a CA sign this one's certificate, and import it."""
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
        key_algorithm: str = _USUAL_KEY,
        validity: timedelta | None = None,
        template: str = "EndEntityCertificate",
        **members: Any,
    ) -> Certificate:
        """Issue a certificate for a server or a client.

        Args:
            names: what it is for: DNS names, IP addresses, e-mail addresses or URIs.
            csr: a PEM request with a key of the caller's, instead of names.
            common_name: of its subject; by default the first name.
            key_algorithm: of the key that is made: a KeyAlgorithm of the model.
            validity: from now; by default a year, or as long as this CA lets it be.
            template: the name of a template, without "/V1", or its ARN.
            members: further ones of IssueCertificate, such as `ApiPassthrough={…}`.

        Raises:
            ClientError: AWS would refuse it.
            TypeError: neither names nor a CSR, or both.
            ValueError: there is no such key algorithm.
        """
        if bool(names or common_name) == (csr is not None):
            raise TypeError("say names or a CSR: a certificate is for one or the other")
        key = None
        if csr is None:
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
            usual = min(usual, _LONGEST_SHORT_LIFE)
        end = now + usual
        return min(end, ca.installed.certificate.not_after) if ca.installed is not None else end

    def _done(self, ask: Callable[[], _Answer]) -> _Answer:
        """Ask until what was begun is done, waiting by the mock's clock."""
        wait = timedelta(seconds=1)
        while True:
            try:
                return ask()
            except ClientError as error:
                is_pending = error.response["Error"]["Code"] == "RequestInProgressException"
                if not is_pending or wait > _LONGEST_WAIT:
                    raise
            self._state.clock.advance(wait)
            wait *= 2

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
        if self._ca.status(self._state.clock.now()) is Status.ACTIVE:
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
            issued = ca.certificates.get(serial)
            if issued is not None and issued.pem == self.certificate_pem:
                Certificate(state, issued.arn).revoke(reason)
                return
        raise LookupError(f"no other CA of this mock has issued the certificate of {self.arn}")

    def configure_trust(self, context: ssl.SSLContext) -> None:
        """Let a TLS context trust what is issued below the root of this CA."""
        context.load_verify_locations(cadata=self.root_pem)

    def write_to(self, folder: str | Path, name: str = "ca") -> tls.Files:
        """Write `{name}.pem` and `{name}-chain.pem`: its certificate, and all from it to the root.

        Args:
            folder: an existing folder.
            name: what the files' names begin with.
        """
        return tls.write(Path(folder), name, self.certificate_pem, self.chain_pem, None)


def create_authority(
    state: State,
    client: ACMPCAClient,
    ca_type: str,
    common_name: str,
    key_algorithm: str,
    more: dict[str, Any],
) -> Authority:
    """Create a CA that waits for its certificate. See `PcaMock.create_root_ca`."""
    answer = client.create_certificate_authority(
        **authority_request(ca_type, common_name, key_algorithm, more)
    )
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
        for certificate in ca.certificates.values()
    ]
    issued.sort(key=lambda certificate: certificate.issued_at)
    return [Certificate(state, certificate.arn) for certificate in issued]
