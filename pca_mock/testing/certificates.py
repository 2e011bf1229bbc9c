"""A certificate that a CA of the mock has issued, in the hands of a test."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from pca_mock.arguments import TEXT
from pca_mock.arns import CertificateArn
from pca_mock.literals import RevocationReason
from pca_mock.notebooks import as_html
from pca_mock.pki import dn
from pca_mock.pki.algorithms import PrivateKey
from pca_mock.showing import pages, words
from pca_mock.state import running
from pca_mock.state.authority import IssuedCertificate
from pca_mock.state.store import State
from pca_mock.testing import formats, tls
from pca_mock.testing.clients import MockClient
from pca_mock.testing.formats import Files

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

    def __repr__(self) -> str:
        try:
            return f"<Certificate {self.subject!r} {self.status} {self.arn}>"
        except LookupError:
            return f"<Certificate {self.arn} (deleted)>"

    def _repr_html_(self) -> str:
        # Without a view where its CA is gone, or issuance has failed.
        return as_html(self, lambda: pages.of_certificate(_state_of(self), _record_of(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Certificate) and other.arn == self.arn

    def __hash__(self) -> int:
        return hash(self.arn)

    @property
    def status(self) -> str:
        """PENDING, FAILED, REVOKED, EXPIRED or ISSUED: the first one that is true."""
        ca = _state_of(self).find(self._arn.authority)
        if ca is None:
            raise LookupError(f"the mock has no CA {self._arn.authority} (any more)")
        return words.certificate_status(ca, self._arn.serial, _state_of(self).clock.now())

    @property
    def certificate_pem(self) -> str:
        """The certificate, without a newline at its end, as GetCertificate answers."""
        return _record_of(self).pem

    @property
    def chain_pem(self) -> str:
        """The certificates above it: its issuer first, the root last, as GetCertificate answers."""
        issuer = _record_of(self).issuer
        return issuer.full_pem if issuer is not None else ""

    @property
    def root_pem(self) -> str:
        """The certificate at the top, which the other side must trust."""
        issuer = _record_of(self).issuer
        if issuer is None:
            return self.certificate_pem
        return (issuer.certificate, *issuer.chain)[-1].pem

    @property
    def certificate(self) -> x509.Certificate:
        """The certificate, as `cryptography` reads it."""
        return x509.load_pem_x509_certificate(self.certificate_pem.encode())

    @property
    def chain(self) -> list[x509.Certificate]:
        """The certificates above it: its issuer first, the root last."""
        issuer = _record_of(self).issuer
        if issuer is None:
            return []
        return [link.x509 for link in (issuer.certificate, *issuer.chain)]

    @property
    def subject(self) -> str:
        """Its subject, as RFC 4514 writes it; empty where there is no certificate."""
        try:
            return dn.rfc4514(_record_of(self).subject)
        except LookupError:
            return ""

    @property
    def serial_number(self) -> int:
        """The serial number in the certificate."""
        return int(self.serial, 16)

    @property
    def not_after(self) -> datetime:
        """When the certificate expires: UTC, whole seconds."""
        return _record_of(self).not_after

    @property
    def private_key(self) -> PrivateKey:
        """The key that `issue` made for it; only the handle that `issue` returned has it.

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
        """The key as PEM text: PKCS #8, not encrypted, only for tests."""
        return formats.key_pem(self.private_key)

    @property
    def combined_pem(self) -> str:
        """Key, certificate and all above it as one PEM text, as many servers want their file."""
        return self.private_key_pem + formats.chain_text(self.certificate_pem, self.chain_pem)

    def pkcs12(self, password: str | None = None) -> bytes:
        """Key, certificate and all above it as PKCS #12: a .p12 or .pfx file, Java's keystore.

        Args:
            password: that opens it; by default it isn't encrypted.

        Raises:
            LookupError: this handle doesn't have the key.
        """
        TEXT.check_if_given(password=password)
        chain = [self.certificate, *self.chain]
        return formats.to_pkcs12(_record_of(self).subject, self.private_key, chain, password)

    def java_trust_store(self, password: str = "changeit") -> bytes:
        """The root of this certificate as PKCS #12 that Java takes for a trust store.

        Args:
            password: that opens it; the default is Java's.

        Raises:
            NotImplementedError: the installed `cryptography` is older than version 45.
        """
        issuer, subject = _record_of(self).issuer, _record_of(self).subject
        root_subject = (
            subject if issuer is None else (issuer.certificate, *issuer.chain)[-1].subject
        )
        return formats.to_java_trust_store(root_subject, self.root_pem, password)

    def with_private_key(self, private_key: PrivateKey) -> Certificate:
        """A handle of the same certificate that has its key, as for a CSR of the code under test.

        Args:
            private_key: of `cryptography`.

        Raises:
            ValueError: it is the key of another certificate.
        """
        if private_key.public_key() != self.certificate.public_key():
            raise ValueError(f"the key is not that of {self!r}")
        return Certificate(self._own_state, self._arn, private_key)

    def revoke(self, reason: RevocationReason = "UNSPECIFIED") -> None:
        """Revoke it.

        Args:
            reason: a RevocationReason of the model.
        """
        TEXT.check(reason=reason)
        authority = self._arn.authority
        client = MockClient(_state_of(self), authority.account, authority.region)
        client.revoke_certificate(
            CertificateAuthorityArn=str(authority),
            CertificateSerial=self.serial,
            RevocationReason=reason,
        )

    def configure_ssl_context(self, context: ssl.SSLContext) -> None:
        """Make a TLS context present this certificate with its chain, and use its key."""
        tls.configure(context, self.combined_pem)

    def configure_trust(self, context: ssl.SSLContext) -> None:
        """Make a TLS context trust certificates issued below the root of this certificate."""
        context.load_verify_locations(cadata=self.root_pem)

    def write_to(self, folder: str | Path, name: str | None = None) -> Files:
        """Write PEM files, those with a key such that only their owner can read them.

        Args:
            folder: an existing folder.
            name: the beginning of the files' names: `{name}.pem`, `{name}-chain.pem`,
                `{name}-root.pem`, `{name}.key` and `{name}-combined.pem`. By default for whom the
                certificate is and the end of its serial number, so that no two certificates have
                the same files.

        Returns:
            The paths: of the certificate, of all from it to the root, of the root and, if the
            handle has the key, of the key, and of key, certificate and chain in one file.
        """
        return formats.write(
            folder,
            formats.file_name(_record_of(self).subject, self.serial) if name is None else name,
            self.certificate_pem,
            self.chain_pem,
            self.private_key_pem if self._private_key is not None else None,
        )


def _state_of(certificate: Certificate) -> State:
    return running.state_of(certificate._own_state, certificate._arn.authority)


def _record_of(certificate: Certificate) -> IssuedCertificate:
    ca = _state_of(certificate).find(certificate._arn.authority)
    record = ca.certificates.get(certificate._arn.serial) if ca is not None else None
    if record is None:
        raise LookupError(f"the mock has no certificate {certificate.arn} (any more)")
    if record.progress.failure is not None:
        raise LookupError(
            f"there is no certificate {certificate.arn}: its issuance has failed "
            f"({record.progress.failure})"
        )
    return record


class Certificates(list[Certificate]):
    """A list of certificates, which notebooks show as a table."""

    def _repr_html_(self) -> str:
        return as_html(self, lambda: pages.of_certificates([(_state_of(e), e._arn) for e in self]))
