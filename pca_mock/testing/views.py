"""The properties of a CA, looked up in the mock's state, without a call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from pca_mock.arns import AuthorityArn
from pca_mock.literals import KeyAlgorithm, SigningAlgorithm
from pca_mock.notebooks import as_html
from pca_mock.service import publishing, states
from pca_mock.showing import pages, words
from pca_mock.state import running
from pca_mock.state.authority import CertificateAuthority, InstalledCertificate
from pca_mock.state.store import State
from pca_mock.testing import formats
from pca_mock.testing.certificates import Certificate, Certificates
from pca_mock.testing.formats import Files

if TYPE_CHECKING:
    import ssl


class AuthorityView:
    """A CA of the mock, to be looked at.

    Attributes:
        arn: its ARN.
    """

    def __init__(self, state: State, arn: AuthorityArn) -> None:
        """Only the mock and other handles make these."""
        self._own_state = state
        self._arn = arn
        self.arn = str(arn)

    def __repr__(self) -> str:
        ca = find(self)
        if ca is None:
            return f"<Authority {self.arn} (deleted)>"
        return f"<Authority {self.common_name!r} {self.type} {self.status} {self.arn}>"

    def _repr_html_(self) -> str:
        return as_html(self, lambda: pages.of_authority(state_of(self), record_of(self)))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuthorityView) and other.arn == self.arn

    def __hash__(self) -> int:
        return hash(self.arn)

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
        return record_of(self).type

    @property
    def status(self) -> str:
        """Its present status, as in Describe."""
        return states.status(record_of(self), state_of(self).clock.now()).value

    @property
    def common_name(self) -> str:
        """The CommonName that it was created with; empty without one."""
        return words.common_name(record_of(self))

    @property
    def key_algorithm(self) -> KeyAlgorithm:
        """A KeyAlgorithm of the model."""
        return record_of(self).configuration["KeyAlgorithm"]

    @property
    def signing_algorithm(self) -> SigningAlgorithm:
        """The SigningAlgorithm that it was created with, with which `issue` signs."""
        return record_of(self).configuration["SigningAlgorithm"]

    @property
    def certificate_pem(self) -> str:
        """Its own certificate, as GetCertificateAuthorityCertificate answers.

        Raises:
            LookupError: it has none yet.
        """
        return installed_of(self).pem

    @property
    def chain_pem(self) -> str:
        """The certificates above its own, direct issuer first, root last; a root has none."""
        return installed_of(self).chain_pem

    @property
    def certificate(self) -> x509.Certificate:
        """Its own certificate, as `cryptography` reads it.

        Raises:
            LookupError: it has none yet.
        """
        return installed_of(self).certificate.x509

    @property
    def chain(self) -> list[x509.Certificate]:
        """The certificates above its own, direct issuer first, root last; a root has none."""
        return [link.x509 for link in installed_of(self).chain]

    @property
    def root_pem(self) -> str:
        """The certificate at the top, which a client must trust."""
        installed = installed_of(self)
        return installed.chain[-1].pem if installed.chain else installed.pem

    @property
    def certificates(self) -> list[Certificate]:
        """The certificates that it has issued, oldest first; of a root its own certificate, too."""
        state = state_of(self)
        with state.lock:
            issued = record_of(self).issued()
            return Certificates(Certificate(state, each.arn) for _, each in issued)

    @property
    def crl(self) -> x509.CertificateRevocationList:
        """The complete CRL that it has published last.

        Raises:
            LookupError: there is none.
        """
        state = state_of(self)
        publishing.show(state)
        complete = record_of(self).crls.get(None)
        if complete is None or complete.latest is None:
            raise LookupError(f"{self.arn} has not published a complete CRL")
        return x509.load_der_x509_crl(bytes(complete.latest.content))

    def configure_trust(self, context: ssl.SSLContext) -> None:
        """Make a TLS context trust certificates issued below the root of this CA."""
        context.load_verify_locations(cadata=self.root_pem)

    def java_trust_store(self, password: str = "changeit") -> bytes:
        """The root above this CA as PKCS #12 that Java takes for a trust store.

        Args:
            password: that opens it; the default is Java's.

        Raises:
            NotImplementedError: the installed `cryptography` is older than version 45.
        """
        installed = installed_of(self)
        root = (installed.certificate, *installed.chain)[-1]
        return formats.to_java_trust_store(root.subject, root.pem, password)

    def write_to(self, folder: str | Path, name: str | None = None) -> Files:
        """Write its certificate, all from it to the root, and the root as PEM files.

        Args:
            folder: an existing folder.
            name: the beginning of the files' names: `{name}.pem`, `{name}-chain.pem` and
                `{name}-root.pem`. By default its common name and the end of its certificate's
                serial number, so that no two CAs have the same files.
        """
        if name is None:
            certificate = installed_of(self).certificate
            name = formats.file_name(certificate.subject, f"{certificate.serial_number:032x}")
        return formats.write(folder, name, self.certificate_pem, self.chain_pem, None)


def state_of(view: AuthorityView) -> State:
    """The state in which the CA is looked up."""
    return running.state_of(view._own_state, view._arn)


def find(view: AuthorityView) -> CertificateAuthority | None:
    """The record of the CA, if it is there."""
    return state_of(view).find(view._arn)


def record_of(view: AuthorityView) -> CertificateAuthority:
    """The record of the CA.

    Raises:
        LookupError: it isn't there (any more).
    """
    ca = find(view)
    if ca is None:
        raise LookupError(f"the mock has no CA {view.arn} (any more)")
    return ca


def installed_of(view: AuthorityView) -> InstalledCertificate:
    """The certificate of the CA.

    Raises:
        LookupError: it has none yet.
    """
    installed = record_of(view).installed
    if installed is None:
        raise LookupError(f"{view.arn} has no certificate yet")
    return installed
