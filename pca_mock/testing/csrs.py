"""CSRs that a test makes in one line, with their keys. They need no mock."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock.arguments import MAPPING, TEXT
from pca_mock.literals import KeyAlgorithm
from pca_mock.pki import oids
from pca_mock.pki.algorithms import KEY_ALGORITHMS, PrivateKey
from pca_mock.testing import formats
from pca_mock.testing.names import general_name
from pca_mock.testing.words import check_key_algorithm, no_such

USUAL_KEY: Final = "EC_prime256v1"
_LONGEST_COMMON_NAME: Final = 64  # RFC 5280: ub-common-name
_ATTRIBUTES: Final = oids.by_api(oids.ATTRIBUTES)
_READABLE: Final = oids.readable(oids.ATTRIBUTES)
_COMMON_NAME: Final = oids.of("id-at-commonName")
_CUSTOM: Final = "CustomAttributes"


@dataclass(frozen=True, slots=True, repr=False)
class Csr:
    """A certificate signing request with its key, as `create_csr` makes it.

    Attributes:
        x509: the request, as `cryptography` reads it.
        private_key: its key, of `cryptography`.
    """

    x509: x509.CertificateSigningRequest
    private_key: PrivateKey

    def __repr__(self) -> str:
        return f"<Csr {self.x509.subject.rfc4514_string()!r}>"

    @property
    def pem(self) -> str:
        """The request as PEM text, as `openssl req` prints it: for `IssueCertificate`."""
        return self.x509.public_bytes(Encoding.PEM).decode()

    @property
    def der(self) -> bytes:
        """The request as DER."""
        return self.x509.public_bytes(Encoding.DER)

    @property
    def private_key_pem(self) -> str:
        """The key as PEM text: PKCS #8, not encrypted, only for tests."""
        return formats.key_pem(self.private_key)


def create_csr(
    *names: str,
    common_name: str | None = None,
    subject: Mapping[str, Any] | None = None,
    extensions: Iterable[x509.ExtensionType | x509.Extension[Any]] = (),
    key_algorithm: KeyAlgorithm | None = None,
    private_key: PrivateKey | None = None,
) -> Csr:
    """Make a certificate signing request, with a new key or for one that there is.

    It needs no mock:

        >>> from pca_mock import create_csr
        >>> request = create_csr("host.example", "10.0.0.1", subject={"Organization": "Example"})
        >>> request.x509.subject.rfc4514_string()
        'CN=host.example,O=Example'

    Args:
        names: its subject alternative names: host names, IP addresses, e-mail addresses or URIs.
        common_name: of its subject; by default the first name, empty for a subject without one.
        subject: further members of its subject, as in the API's ASN1Subject (`CustomAttributes`
            included).
        extensions: further ones that it asks for, of `cryptography`: an `x509.ExtensionType`, which
            is not critical, or an `x509.Extension`, which has a flag for it.
        key_algorithm: of the key that is made: a KeyAlgorithm of the model, by default
            EC_prime256v1.
        private_key: an existing key of `cryptography`, instead of a new one.

    Raises:
        TypeError: an argument has another type, or excludes another one.
        ValueError: there is no such key algorithm or member, or a text is no name of any kind.
    """
    if private_key is not None and key_algorithm is not None:
        raise TypeError("a private_key has its algorithm already: leave key_algorithm out")
    builder = unsigned(names, common_name, subject, extensions)
    if private_key is None:
        key_algorithm = USUAL_KEY if key_algorithm is None else key_algorithm
        check_key_algorithm(key_algorithm)
        private_key = KEY_ALGORITHMS[key_algorithm].generate()
    return signed(builder, private_key)


def unsigned(
    names: Sequence[str],
    common_name: str | None,
    subject: Mapping[str, Any] | None,
    extensions: Iterable[x509.ExtensionType | x509.Extension[Any]] = (),
) -> x509.CertificateSigningRequestBuilder:
    """A request without key and signature. For the arguments and errors see `create_csr`."""
    TEXT.check_if_given(common_name=common_name)
    MAPPING.check_if_given(subject=subject)
    general_names = [general_name(name) for name in names]
    subject, extensions = subject or {}, list(extensions)
    name = _name([str(name.value) for name in general_names], common_name, subject)
    if not general_names and not name and not extensions:
        raise TypeError("a CSR is for somebody: pass names, a common_name or a subject")
    builder = x509.CertificateSigningRequestBuilder().subject_name(name)
    if general_names:
        # RFC 5280 section 4.2.1.6: critical where the subject is empty.
        alternative_names = x509.SubjectAlternativeName(general_names)
        builder = builder.add_extension(alternative_names, critical=not name)
    for extension in extensions:
        builder = builder.add_extension(*_with_flag(extension))
    return builder


def signed(builder: x509.CertificateSigningRequestBuilder, key: PrivateKey) -> Csr:
    """Sign a request with its key."""
    has_hash = isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey))
    return Csr(builder.sign(key, hashes.SHA256() if has_hash else None), key)


def _with_flag(extension: object) -> tuple[x509.ExtensionType, bool]:
    if isinstance(extension, x509.ExtensionType):
        return extension, False
    if isinstance(extension, x509.Extension):
        return extension.value, extension.critical
    raise TypeError(
        "extensions are x509.ExtensionType or x509.Extension of cryptography, such as "
        f"x509.OCSPNoCheck(), not {extension!r}"
    )


def _name(texts: Sequence[str], common_name: str | None, subject: Mapping[str, Any]) -> x509.Name:
    """The subject: the API's members in the order in which AWS writes them, then custom ones."""
    for member in subject:
        if member != _CUSTOM and member not in _ATTRIBUTES:
            raise ValueError(no_such("member of a subject", member, [*_ATTRIBUTES, _CUSTOM]))
    standard = {oid: subject.get(member, "") for member, oid in _ATTRIBUTES.items()}
    custom = [(item["ObjectIdentifier"], item["Value"]) for item in subject.get(_CUSTOM, ())]
    if not standard[_COMMON_NAME] and _COMMON_NAME not in dict(custom):
        standard[_COMMON_NAME] = _usual(texts) if common_name is None else common_name
    elif common_name is not None:
        raise TypeError("pass either common_name or a subject with a common name, not both")
    return x509.Name([_attribute(*pair) for pair in (*standard.items(), *custom) if pair[1]])


def _usual(texts: Sequence[str]) -> str:
    return texts[0] if texts and len(texts[0]) <= _LONGEST_COMMON_NAME else ""


def _attribute(oid: str, text: str) -> x509.NameAttribute[str]:
    try:
        return x509.NameAttribute(x509.ObjectIdentifier(oid), text)
    except (TypeError, ValueError) as error:
        attribute = _READABLE.get(oid, oid)
        raise type(error)(f"a subject cannot have {attribute}={text!r}: {error}") from None
