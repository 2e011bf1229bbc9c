"""A certificate that a CA of the mock has issued, in the hands of a test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from pca_mock.arns import CertificateArn
from pca_mock.pki import dn
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.showing import pages, words
from pca_mock.state import running
from pca_mock.state.authority import IssuedCertificate
from pca_mock.state.store import State
from pca_mock.testing import tls
from pca_mock.testing.clients import MockClient

if TYPE_CHECKING:
    import ssl


class Certificate:
    """A certificate that a CA of the mock has issued.

    Attributes:
        arn: its ARN.
        authority_arn: that of the CA which issued it.
        serial: as in the ARN: 32 hex digits.
    """

    def __init__(
        self, state: State, arn: CertificateArn, private_key: PrivateKey | None = None
    ) -> None:
        """Only the mock and other handles make these."""
        self._own_state = state
        self._arn = arn
        self._private_key = private_key
        self.arn = str(arn)
        self.authority_arn = str(arn.authority)
        self.serial = arn.serial

    @property
    def _state(self) -> State:
        return running.state_of(self._own_state, self._arn.authority)

    def __repr__(self) -> str:
        try:
            return f"<Certificate {self.subject!r} {self.status} {self.arn}>"
        except LookupError:
            return f"<Certificate {self.arn} (deleted)>"

    def _repr_html_(self) -> str:
        try:
            return pages.of_certificate(self._state, self._record)
        except LookupError:  # its CA is gone, or issuance failed
            return pages.of_nothing(repr(self))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.arn == self.arn

    def __hash__(self) -> int:
        return hash(self.arn)

    @property
    def _record(self) -> IssuedCertificate:
        ca = self._state.find(self._arn.authority)
        record = ca.certificates.get(self._arn.serial) if ca is not None else None
        if record is None:
            raise LookupError(f"the mock has no certificate {self.arn} (any more)")
        if record.progress.failure is not None:
            raise LookupError(
                f"there is no certificate {self.arn}: its issuance has failed "
                f"({record.progress.failure})"
            )
        return record

    @property
    def status(self) -> str:
        """PENDING, FAILED, REVOKED, EXPIRED or ISSUED: the first one that is true."""
        ca = self._state.find(self._arn.authority)
        if ca is None:
            raise LookupError(f"the mock has no CA {self._arn.authority} (any more)")
        return words.certificate_status(ca, self._arn.serial, self._state.clock.now())

    @property
    def certificate_pem(self) -> str:
        """The certificate, without a newline at its end, as GetCertificate answers."""
        return self._record.pem

    @property
    def chain_pem(self) -> str:
        """What is above it: its issuer first, the root last, as GetCertificate answers."""
        issuer = self._record.issuer
        return issuer.full_pem if issuer is not None else ""

    @property
    def root_pem(self) -> str:
        """The certificate at the top: what the other side must trust."""
        issuer = self._record.issuer
        if issuer is None:
            return self.certificate_pem
        return (issuer.certificate, *issuer.chain)[-1].pem

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, as `cryptography` reads it."""
        return x509.load_pem_x509_certificate(self.certificate_pem.encode())

    @property
    def chain(self) -> list[x509.Certificate]:
        """What is above it: its issuer first, the root last."""
        issuer = self._record.issuer
        if issuer is None:
            return []
        return [link.x509 for link in (issuer.certificate, *issuer.chain)]

    @property
    def subject(self) -> str:
        """Its subject, as RFC 4514 writes it; empty where there is no certificate."""
        try:
            return dn.rfc4514(self._record.subject)
        except LookupError:
            return ""

    @property
    def serial_number(self) -> int:
        """The serial number that stands in it."""
        return int(self.serial, 16)

    @property
    def not_after(self) -> datetime:
        """When it expires: UTC, whole seconds."""
        return self._record.not_after

    @property
    def private_key(self) -> PrivateKey:
        """The key that `issue` made for it, and that the handle which it gave has alone.

        Raises:
            LookupError: it was issued for a CSR, or the handle is another one.
        """
        if self._private_key is None:
            raise LookupError(
                "the key is where the CSR came from or, if issue() made it, in the handle that it "
                "gave"
            )
        return self._private_key

    @property
    def private_key_pem(self) -> str:
        """The same as PEM: PKCS #8, not encrypted, for tests alone."""
        encoded: bytes = self.private_key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        )
        return encoded.decode()

    def revoke(self, reason: str = "UNSPECIFIED") -> None:
        """Revoke it.

        Args:
            reason: a RevocationReason of the model.
        """
        authority = self._arn.authority
        client = MockClient(self._state, authority.account, authority.region)
        client.revoke_certificate(
            CertificateAuthorityArn=str(authority),
            CertificateSerial=self.serial,
            RevocationReason=reason,
        )

    def configure_ssl_context(self, context: ssl.SSLContext) -> None:
        """Let a TLS context show this certificate, with the chain to its root, and use its key."""
        tls.configure(context, self.certificate_pem, self.chain_pem, self.private_key_pem)

    def configure_trust(self, context: ssl.SSLContext) -> None:
        """Let a TLS context trust what is issued below the root of this certificate."""
        context.load_verify_locations(cadata=self.root_pem)

    def write_to(self, folder: str | Path, name: str = "certificate") -> tls.Files:
        """Write `{name}.pem`, `{name}-chain.pem` (it and all above it) and `{name}.key`.

        Args:
            folder: an existing folder.
            name: what the files' names begin with.
        """
        key = self.private_key_pem if self._private_key is not None else None
        return tls.write(Path(folder), name, self.certificate_pem, self.chain_pem, key)
