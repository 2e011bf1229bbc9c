"""The properties of a CA, looked up in the mock's state, without a call."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509

from pca_mock.arns import AuthorityArn
from pca_mock.literals import KeyAlgorithm, SigningAlgorithm
from pca_mock.service import publishing, states
from pca_mock.showing import pages, words
from pca_mock.state import running
from pca_mock.state.authority import CertificateAuthority, InstalledCertificate
from pca_mock.state.store import State
from pca_mock.testing import formats
from pca_mock.testing.certificates import Certificate
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

    @property
    def _state(self) -> State:
        return running.state_of(self._own_state, self._arn)

    def __repr__(self) -> str:
        ca = self._find()
        if ca is None:
            return f"<Authority {self.arn} (deleted)>"
        return f"<Authority {self.common_name!r} {self.type} {self.status} {self.arn}>"

    def _repr_html_(self) -> str:
        ca = self._find()
        if ca is None:
            return pages.of_nothing(repr(self))
        return pages.of_authority(self._state, ca)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuthorityView) and other.arn == self.arn

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
        """Its present status, as in Describe."""
        return states.status(self._ca, self._state.clock.now()).value

    @property
    def common_name(self) -> str:
        """The CommonName that it was created with; empty without one."""
        return words.common_name(self._ca)

    @property
    def key_algorithm(self) -> KeyAlgorithm:
        """A KeyAlgorithm of the model."""
        return self._ca.configuration["KeyAlgorithm"]

    @property
    def signing_algorithm(self) -> SigningAlgorithm:
        """The SigningAlgorithm that it was created with, with which `issue` signs."""
        return self._ca.configuration["SigningAlgorithm"]

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
        """The certificate at the top, which a client must trust."""
        installed = self._installed()
        return installed.chain[-1].pem if installed.chain else installed.pem

    def _installed(self) -> InstalledCertificate:
        installed = self._ca.installed
        if installed is None:
            raise LookupError(f"{self.arn} has no certificate yet")
        return installed

    @property
    def certificates(self) -> list[Certificate]:
        """The certificates that it has issued, oldest first; of a root its own certificate, too."""
        state = self._state
        with state.lock:
            return [Certificate(state, issued.arn) for _, issued in self._ca.issued()]

    @property
    def crl(self) -> x509.CertificateRevocationList:
        """The complete CRL that it has published last.

        Raises:
            LookupError: there is none.
        """
        state = self._state
        publishing.show(state)
        complete = self._ca.crls.get(None)
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
        installed = self._installed()
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
            certificate = self._installed().certificate
            name = formats.file_name(certificate.subject, f"{certificate.serial_number:032x}")
        return formats.write(folder, name, self.certificate_pem, self.chain_pem, None)
