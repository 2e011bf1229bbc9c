"""Ready-made authorities and certificates.

A handle acts through the public API with a boto3 client, so that its calls are in the log, faults
can be planned for them, and the code under test sees the results. Its properties are looked up in
the state, by `views`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, TypeVar

from botocore.exceptions import ClientError

from pca_mock.arguments import DURATION, NUMBER, TEXT, Kind
from pca_mock.arns import CertificateArn, parse_authority_arn, parse_certificate_arn
from pca_mock.clock import later
from pca_mock.notebooks import as_html
from pca_mock.service import states
from pca_mock.service.certificates import LONGEST_SHORT_LIFE
from pca_mock.service.configuration import needed_key_storage_standard
from pca_mock.service.model import partition_of
from pca_mock.service.sharing import DEFAULT
from pca_mock.showing import pages
from pca_mock.state.authority import Status
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State, choosing_id
from pca_mock.testing import csrs, sharing
from pca_mock.testing.certificates import Certificate, Certificates
from pca_mock.testing.clients import MockClient
from pca_mock.testing.csrs import Csr
from pca_mock.testing.purposes import template_and_members
from pca_mock.testing.requests import Place, authority_request, place_of
from pca_mock.testing.views import AuthorityView, installed_of, record_of, state_of
from pca_mock.testing.words import check_key_algorithm, check_members

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from pca_mock.literals import (
        KeyAlgorithm,
        ManagedPermission,
        Purpose,
        RevocationReason,
        SigningAlgorithm,
    )
    from pca_mock.testing.requests import AuthorityMembers, CertificateMembers

_Answer = TypeVar("_Answer")
_USUAL_TEMPLATE: Final = "EndEntityCertificate"
_USUAL_VALIDITY: Final = timedelta(days=365)
_USUAL_VALIDITY_OF_A_CA: Final = 5 * _USUAL_VALIDITY
_SHORT_WAITS: Final = 100
_LONGEST_WAIT: Final = timedelta(days=365)


class Authority(AuthorityView):
    """A CA of the mock, with its properties and actions.

    Attributes:
        arn: its ARN.
    """

    def create_subordinate_ca(
        self,
        common_name: str = "Example Subordinate CA",
        *,
        path_length: int = 0,
        key_algorithm: KeyAlgorithm = "EC_prime256v1",
        validity: timedelta | None = None,
        ca_id: str | None = None,
        arn: str | None = None,
        subject: Mapping[str, Any] | None = None,
        signing_algorithm: SigningAlgorithm | None = None,
        crl_bucket: str | None = None,
        ocsp: bool = False,
        **members: Unpack[AuthorityMembers],
    ) -> Authority:
        """Make an active CA below this one.

        Args:
            common_name: of its subject.
            path_length: how many CAs may follow below it, 0 to 3.
            key_algorithm: a KeyAlgorithm of the model.
            validity: of its certificate; by default five years, or for as long as this CA's.
            ca_id: the end of its ARN, a UUID in lower case that no other CA of this mock has; by
                default a random one.
            arn: its ARN, with its account and region; by default it is in those of this CA.
            subject: further members of the ASN1Subject.
            signing_algorithm: with which it signs; by default the first one that fits its key.
            crl_bucket: where its CRLs go, which are valid for seven days each.
            ocsp: whether it has OCSP.
            members: further ones of CreateCertificateAuthority.

        Raises:
            ClientError: AWS would refuse it, for example because of this CA's own path length.
            TypeError: there is no such argument or member, one has another type, or one excludes
                another.
            ValueError: there is no such key algorithm; `arn` or `ca_id` isn't one, or isn't free.
        """
        check_members(self.create_subordinate_ca, "CreateCertificateAuthority", members)
        NUMBER.check(path_length=path_length)
        DURATION.check_if_given(validity=validity)
        region_name = self._arn.region if arn is None else None
        place = place_of(self._arn.account, region_name, ca_id=ca_id, arn=arn)
        request = authority_request(
            "SUBORDINATE",
            common_name,
            key_algorithm,
            members,
            subject=subject,
            signing_algorithm=signing_algorithm,
            crl_bucket=crl_bucket,
            ocsp=ocsp,
        )
        ca = create_authority(state_of(self), place, request)
        ca.install(self, f"SubordinateCACertificate_PathLen{path_length}", validity)
        return ca

    def install(self, issuer: Authority, template: str, validity: timedelta | None = None) -> None:
        """Make a CA sign this one's certificate, its first or a new one, and import it.

        If it fails, a CA that still waits for its first certificate is removed without a trace,
        which no call of the API does. A certificate that the issuer has signed for it remains, and
        so do the calls in the log.

        Args:
            issuer: the CA; a root's own certificate comes from itself.
            template: the name of a template, without "/V1", or its ARN.
            validity: from now; by default five years, or for as long as the issuer's.

        Raises:
            ClientError: AWS would refuse it.
            TypeError: an argument has another type.
        """
        _AUTHORITY.check(issuer=issuer)
        TEXT.check(template=template)
        DURATION.check_if_given(validity=validity)
        try:
            _install(self, issuer, template, validity)
        except BaseException:
            status = states.status(record_of(self), state_of(self).clock.now())
            if status in (Status.CREATING, Status.PENDING_CERTIFICATE):
                state_of(self).forget(record_of(self))
            raise

    def issue(
        self,
        *names: str,
        csr: str | bytes | Csr | None = None,
        common_name: str | None = None,
        subject: Mapping[str, Any] | None = None,
        key_algorithm: KeyAlgorithm | None = None,
        validity: timedelta | None = None,
        purpose: Purpose | None = None,
        template: str | None = None,
        **members: Unpack[CertificateMembers],
    ) -> Certificate:
        """Issue a certificate, by default for servers and clients.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     leaf = pca.create_root_ca().issue("localhost", "127.0.0.1")
            ...     leaf.status, leaf.subject
            ('ISSUED', 'CN=localhost')

        Args:
            names: its subject alternative names: hosts, IP addresses, e-mail addresses or URIs.
            csr: a request with a key of the caller's, instead of names: PEM, or the result of
                `create_csr`, whose key the handle then has.
            common_name: of its subject; by default the first name.
            subject: further members of its subject, as in the API's ASN1Subject.
            key_algorithm: of the key that is made: a KeyAlgorithm of the model, by default
                EC_prime256v1.
            validity: from now; by default a year, or as long as this CA allows.
            purpose: its purpose, instead of both TLS servers and clients.
            template: the name of a template, without "/V1", or its ARN, instead of a purpose.
            members: further ones of IssueCertificate, such as `ApiPassthrough={…}`.

        Raises:
            ClientError: AWS would refuse it.
            TypeError: an argument excludes another one, as names and a CSR do; one has another
                type; or there is no such argument or member.
            ValueError: there is no such key algorithm or purpose, or a text is no name of any kind.
            RuntimeError: the mock has ended.
        """
        check_members(self.issue, "IssueCertificate", members)
        _CSR.check_if_given(csr=csr)
        DURATION.check_if_given(validity=validity)
        TEXT.check_if_given(purpose=purpose, template=template)
        request: dict[str, Any] = {**members}
        if csr is None:
            if not (names or common_name or subject):
                raise TypeError(
                    "a certificate is for somebody: pass names, a common_name, a subject or a csr"
                )
            csr = _request_for(self, names, common_name, subject, key_algorithm)
        elif names or common_name is not None or subject is not None or key_algorithm is not None:
            raise TypeError("a csr has names, subject and key already: leave the others out")
        key, pem = (csr.private_key, csr.pem) if isinstance(csr, Csr) else (None, csr)
        if purpose is not None:
            if template is not None or "ApiPassthrough" in members:
                raise TypeError("a purpose has a template: leave template and ApiPassthrough out")
            template, more = template_and_members(purpose, pem)
            request |= more
        end = _end_of(self, validity, _USUAL_VALIDITY)
        arn = _issue(self, pem, template or _USUAL_TEMPLATE, end, request)
        return Certificate(state_of(self), arn, key)

    def describe(self) -> Any:
        """The CA as DescribeCertificateAuthority returns it."""
        return client_of(self).describe_certificate_authority(CertificateAuthorityArn=self.arn)[
            "CertificateAuthority"
        ]

    def disable(self) -> None:
        """Set its status to DISABLED: it issues nothing until it is enabled again."""
        client_of(self).update_certificate_authority(
            CertificateAuthorityArn=self.arn, Status="DISABLED"
        )

    def enable(self) -> None:
        """Set its status to ACTIVE."""
        client_of(self).update_certificate_authority(
            CertificateAuthorityArn=self.arn, Status="ACTIVE"
        )

    def delete(self, restorable_days: int = 30) -> None:
        """Delete it; an active one is disabled first, as AWS demands.

        Args:
            restorable_days: how long `restore` brings it back, 7 to 30.

        Raises:
            ClientError, ParamValidationError: AWS or botocore would refuse it; the CA is as before.
        """
        NUMBER.check(restorable_days=restorable_days)
        ca, changed_at = record_of(self), record_of(self).last_state_change_at
        is_active = states.status(ca, state_of(self).clock.now()) is Status.ACTIVE
        if is_active:
            self.disable()
        try:
            client_of(self).delete_certificate_authority(
                CertificateAuthorityArn=self.arn, PermanentDeletionTimeInDays=restorable_days
            )
        except BaseException:
            if is_active and ca.administrative_status is Status.DISABLED:
                states.move(ca, Status.ACTIVE, changed_at)
            raise

    def restore(self) -> None:
        """Bring it back after its deletion."""
        client_of(self).restore_certificate_authority(CertificateAuthorityArn=self.arn)

    def share_with(self, *accounts: str, permission: ManagedPermission = DEFAULT) -> None:
        """Share it with other accounts, as AWS Resource Access Manager does.

        RAM adds its statements to the resource policy, and so does this: the accounts can read the
        CA and, by default, issue with `EndEntityCertificate/V1`. Each call is a share of its own.

        Example:
            >>> from pca_mock import mock_pca
            >>> with mock_pca() as pca:
            ...     ca = pca.create_root_ca()
            ...     ca.share_with("222222222222")
            ...     with pca.as_account("222222222222"):
            ...         pca.client().describe_certificate_authority(
            ...             CertificateAuthorityArn=ca.arn
            ...         )["CertificateAuthority"]["OwnerAccount"]
            '123456789012'

        Args:
            accounts: one or more accounts, 12 digits each.
            permission: the name of a managed permission of RAM's, or its ARN.

        Raises:
            ClientError: AWS would refuse the policy.
            TypeError: there are no accounts.
            ValueError: RAM has no such permission, or an account isn't 12 digits.
        """
        share_id = new_uuid(state_of(self).random)
        sharing.share(client_of(self), self._arn, accounts, permission, share_id)

    def revoke(self, reason: RevocationReason = "CESSATION_OF_OPERATION") -> None:
        """Revoke its own certificate, at the CA that issued it.

        Args:
            reason: a RevocationReason of the model.

        Raises:
            LookupError: no CA of this mock has issued it, or it is a root.
        """
        TEXT.check(reason=reason)
        serial = f"{installed_of(self).certificate.serial_number:032x}"
        authority, state = record_of(self), state_of(self)
        with state.lock:
            others = [ca for ca in state.all_authorities() if ca is not authority]
        for ca in others:
            issued = ca.find_issued(serial)
            if issued is not None and issued.pem == self.certificate_pem:
                Certificate(state, issued.arn).revoke(reason)
                return
        raise LookupError(f"no other CA of this mock has issued the certificate of {self.arn}")


def client_of(authority: Authority) -> MockClient:
    """The client with which the handle acts, in the account and region of the CA."""
    return MockClient(state_of(authority), authority._arn.account, authority._arn.region)


def _install(
    authority: Authority, issuer: Authority, template: str, validity: timedelta | None
) -> None:
    client, arn = client_of(authority), authority.arn
    csr = _done(
        authority, lambda: client.get_certificate_authority_csr(CertificateAuthorityArn=arn)
    )
    end = _end_of(issuer, validity, _USUAL_VALIDITY_OF_A_CA)
    issued = _issue(issuer, csr["Csr"], template, end, {})
    answer = _done(
        authority,
        lambda: client_of(issuer).get_certificate(
            CertificateAuthorityArn=issuer.arn, CertificateArn=str(issued)
        ),
    )
    chain = answer.get("CertificateChain")
    more: Any = {"CertificateChain": chain} if chain else {}
    client.import_certificate_authority_certificate(
        CertificateAuthorityArn=arn, Certificate=answer["Certificate"], **more
    )


def _request_for(
    authority: Authority,
    names: Sequence[str],
    common_name: str | None,
    subject: Mapping[str, Any] | None,
    key_algorithm: KeyAlgorithm | None,
) -> Csr:
    """A CSR with a key of the mock's."""
    key_algorithm = csrs.USUAL_KEY if key_algorithm is None else key_algorithm
    check_key_algorithm(key_algorithm)
    unsigned = csrs.unsigned(names, common_name, subject)
    return csrs.signed(unsigned, state_of(authority).keys.take(key_algorithm))


def _issue(
    authority: Authority, csr: str | bytes, template: str, end: datetime, members: dict[str, Any]
) -> CertificateArn:
    if not template.startswith("arn:"):
        template = f"arn:{authority._arn.partition}:acm-pca:::template/{template}/V1"
    answer = client_of(authority).issue_certificate(
        **{
            "CertificateAuthorityArn": authority.arn,
            "Csr": csr,
            "SigningAlgorithm": authority.signing_algorithm,
            "TemplateArn": template,
            "Validity": _validity_until(end),
            **members,
        }
    )
    return parse_certificate_arn(answer["CertificateArn"])


def _end_of(authority: Authority, validity: timedelta | None, usual: timedelta) -> datetime:
    """When a certificate of a CA is to expire.

    Args:
        authority: the CA.
        validity: from now; None for the usual one, or the longest that the CA can give.
        usual: the usual one.
    """
    now = state_of(authority).clock.now()
    if validity is not None:
        return later(now, validity)
    ca = record_of(authority)
    if ca.usage_mode == "SHORT_LIVED_CERTIFICATE":
        usual = min(usual, LONGEST_SHORT_LIFE)
    end, installed = later(now, usual), ca.installed
    if installed is None or installed.certificate.not_after <= now:
        return end
    return min(end, installed.certificate.not_after)


def _done(authority: Authority, ask: Callable[[], _Answer]) -> _Answer:
    """Poll until an operation is done, waiting by the mock's clock."""
    for wait in _waits():
        try:
            return ask()
        except ClientError as error:
            if error.response["Error"]["Code"] != "RequestInProgressException":
                raise
        state_of(authority).clock.advance(wait)
    return ask()


class Authorities(list[Authority]):
    """A list of CAs, which notebooks show as a table."""

    def _repr_html_(self) -> str:
        return as_html(self, lambda: pages.of_authorities([(state_of(e), e._arn) for e in self]))


_AUTHORITY: Final = Kind("an Authority", (Authority,))
_CSR: Final = Kind("a request in PEM (str or bytes) or what create_csr gives", (str, bytes, Csr))


def _validity_until(end: datetime) -> dict[str, Any]:
    """A Validity. Seconds since 1970 must be positive, so earlier ends are dates."""
    seconds = int(end.replace(microsecond=0).timestamp())  # a float, which may be rounded up
    if seconds > 0:
        return {"Type": "ABSOLUTE", "Value": seconds}
    return {"Type": "END_DATE", "Value": int(f"{end.year:04}{end:%m%d%H%M%S}")}


def _waits() -> Iterator[timedelta]:
    """Delays of a second for as many polls as tests hold things for, then ever longer ones."""
    wait = timedelta(seconds=1)
    yield from repeat(wait, _SHORT_WAITS)
    while wait <= _LONGEST_WAIT:
        yield wait
        wait *= 2


def create_root_ca(
    state: State, place: Place, request: Mapping[str, Any], validity: timedelta
) -> Authority:
    """Create a root CA and have it sign its own certificate. See `create_authority`.

    Args:
        state: of the mock.
        place: account, region and, if it is chosen, id.
        request: members of CreateCertificateAuthority.
        validity: of its certificate, from now.
    """
    root = create_authority(state, place, request)
    root.install(root, "RootCACertificate", validity)
    return root


def create_authority(state: State, place: Place, request: Mapping[str, Any]) -> Authority:
    """Create a CA that waits for its certificate.

    Args:
        state: of the mock.
        place: account, region and, if it is chosen, id.
        request: members of CreateCertificateAuthority; the key storage standard may be left out
            even in regions where AWS demands it.

    Raises:
        ValueError: a CA of this mock has or had the id, or the call is answered with another CA.
    """
    if place.ca_id is not None and state.has_id(place.ca_id):
        raise ValueError(f"the id {place.ca_id} is not free: a CA of this mock has it, or had it")
    standard = needed_key_storage_standard(partition_of(place.region_name))
    if standard is not None:
        request = {"KeyStorageSecurityStandard": standard, **request}
    client = MockClient(state, place.account_id, place.region_name)
    with choosing_id(place.ca_id):
        answer = client.create_certificate_authority(**request)
    arn = parse_authority_arn(answer["CertificateAuthorityArn"])
    if place.ca_id not in (None, arn.ca_id):
        raise ValueError(
            f"CreateCertificateAuthority has answered with {arn}, not with the id {place.ca_id}: "
            "because of an idempotency token that was used before, or of a retry"
        )
    return Authority(state, arn)


def all_authorities(state: State) -> list[Authority]:
    """Every CA of a mock within its restoration period, oldest first."""
    now = state.clock.now()
    authorities = sorted(state.all_authorities(), key=lambda ca: ca.position)
    return Authorities(Authority(state, ca.arn) for ca in authorities if not ca.is_gone(now))


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
    return Certificates(Certificate(state, certificate.arn) for certificate in issued)
