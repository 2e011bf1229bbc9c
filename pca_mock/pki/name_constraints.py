"""Name constraints (RFC 5280 section 4.2.1.10): reading them, and holding names against them.

Used where a CA's certificate is imported and where one issues. Own code, because the verifier of
`cryptography` takes no CA certificate as the one to verify, and supports no constraints on
directory names and URIs.

Sources: RFC 5280 sections 4.2.1.10 and 6.1.3; User Guide, "Enforcing name constraints", "Logging
with CloudTrail" (the wording).
"""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import der, dn, oids, syntax
from pca_mock.pki.certificate import CaCertificate
from pca_mock.pki.names import EMPTY_NAME

_PERMITTED, _EXCLUDED = 0xA0, 0xA1  # tags of the lists of subtrees
_MAILBOX, _DNS, _DIRECTORY, _URI, _ADDRESS = 0x81, 0x82, 0xA4, 0x86, 0x87  # of GeneralNames
_EMAIL_ADDRESS: Final = oids.of("id-emailAddress")
_MOST_COMPARISONS: Final = 2**20
_UNREADABLE: Final = "Subject alternative name cannot be read."

Subtrees = Mapping[int, tuple[bytes, ...]]


@dataclass(frozen=True, slots=True)
class NameConstraints:
    """The constraints of a CA certificate on names: bases by the tag of their GeneralName."""

    permitted: Subtrees
    excluded: Subtrees

    @property
    def size(self) -> int:
        """How many subtrees there are."""
        return sum(map(len, (*self.permitted.values(), *self.excluded.values())))


class Budget:
    """How many comparisons of names with constraints may be made: about a second's worth.

    OpenSSL has the same limit, for each certificate.
    """

    def __init__(self) -> None:
        """Begin with all of them."""
        self._left = _MOST_COMPARISONS

    def covers(self, number: int) -> bool:
        """Spend a number of comparisons: whether there are that many left."""
        self._left -= number
        return self._left >= 0


class _Form(NamedTuple):
    """A form of names that can be constrained: the service's word, and (name, base) -> bool."""

    word: str
    is_within: Callable[[bytes, bytes], bool]


def read(certificate: CaCertificate) -> NameConstraints | None:
    """The name constraints of a CA certificate, if it has any.

    Raises:
        MalformedCertificateException: they cannot be read, or are about a form of names that
            the service doesn't enforce.
    """
    extension = certificate.extension(oids.NAME_CONSTRAINTS)
    if extension is None:
        return None
    try:
        element = der.parse(extension.value)
        syntax.NAME_CONSTRAINTS(element)
    except ValueError:
        raise MalformedCertificateException("The name constraints cannot be read.") from None
    lists = {listed.tag: _subtrees(listed) for listed in element.children()}
    return NameConstraints(lists.get(_PERMITTED, {}), lists.get(_EXCLUDED, {}))


def _subtrees(listed: der.Element) -> dict[int, tuple[bytes, ...]]:
    subtrees: dict[int, tuple[bytes, ...]] = {}
    for subtree in listed.children():
        (base,) = subtree.children()
        if base.tag not in _FORMS:
            raise MalformedCertificateException(
                "The name constraints are about a form of names that is not supported."
            )
        subtrees[base.tag] = (*subtrees.get(base.tag, ()), base.content)
    return subtrees


def breach(
    constraints: Sequence[NameConstraints],
    subject: bytes,
    alternative_name: bytes | None,
    budget: Budget | None = None,
) -> str | None:
    """The first name of a certificate that the constraints above it forbid; None if there is none.

    Args:
        constraints: of the certificates above.
        subject: its Name, DER.
        alternative_name: the value of its SAN, if it has one.
        budget: for all certificates of a chain; by default one for this certificate.

    Returns:
        The first breach, in the service's words.
    """
    try:
        names = _names(subject, alternative_name)
    except ValueError:
        return _UNREADABLE
    comparisons = len(constraints) + len(names) * sum(each.size for each in constraints)
    if not (budget or Budget()).covers(comparisons):
        return "Too many names and name constraints."
    breaches = (_breach(name, each) for each in constraints for name in names)
    return next((text for text in breaches if text is not None), None)


def _names(subject: bytes, alternative_name: bytes | None) -> list[tuple[int, bytes]]:
    """All names of a certificate: (tag of its GeneralName, content)."""
    names = []
    if alternative_name is not None:
        listed = der.parse(alternative_name).expect(der.SEQUENCE).children()
        names = [(name.tag, name.content) for name in listed]
    if all(tag != _MAILBOX for tag, _ in names):
        # As old certificates have them: they apply where the SAN has no mailbox.
        mailboxes = [text for oid, text in dn.attributes(subject) if oid == _EMAIL_ADDRESS]
        names += [(_MAILBOX, text.encode()) for text in mailboxes if isinstance(text, str)]
    if subject != EMPTY_NAME:
        names.append((_DIRECTORY, subject))
    return names


def _breach(name: tuple[int, bytes], constraints: NameConstraints) -> str | None:
    tag, content = name
    permitted = constraints.permitted.get(tag, ())
    excluded = constraints.excluded.get(tag, ())
    if not permitted and not excluded:
        return None
    word, is_within = _FORMS[tag]
    if any(is_within(content, base) for base in excluded):
        return f"{word} found in an excluded subtree."
    is_bare = tag == _URI and not _host_of(content)  # by the RFC it must be rejected
    if is_bare or (permitted and not any(is_within(content, base) for base in permitted)):
        return f"{word} not found in a permitted subtree."
    return None


def _directory_is_within(name: bytes, base: bytes) -> bool:
    outer = dn.comparable(base)
    return dn.comparable(name)[: len(outer)] == outer


def _dns_name_is_within(name: bytes, base: bytes) -> bool:
    # Any name is made by adding labels to an empty one.
    return _host_is_within(name, base) or name.lower().endswith(b"." + base.lower())


def _mailbox_is_within(name: bytes, base: bytes) -> bool:
    local, _, host = name.rpartition(b"@")
    if b"@" not in base:
        return _host_is_within(host, base)
    base_local, _, base_host = base.rpartition(b"@")
    return local == base_local and host.lower() == base_host.lower()


def _uri_is_within(name: bytes, base: bytes) -> bool:
    return _host_is_within(_host_of(name), base)


def _host_of(uri: bytes) -> bytes:
    """The fully qualified host of a URI; empty without one."""
    try:
        host = urlsplit(uri).hostname or b""
    except ValueError:  # brackets that don't match
        return b""
    try:
        ipaddress.ip_address(host.decode())
    except ValueError:
        return host
    return b""


# OPEN RULE name-constraint-dots
def _host_is_within(host: bytes, base: bytes) -> bool:
    """A leading dot means any number of labels before it; without one it is only that host."""
    host, base = host.lower(), base.lower()
    return not base or (host.endswith(base) if base.startswith(b".") else host == base)


def _address_is_within(name: bytes, base: bytes) -> bool:
    """The base is an address, then a mask of the same length."""
    network, mask = base[: len(base) // 2], base[len(base) // 2 :]
    return len(name) == len(network) and all(
        octet & bits == prefix & bits
        for octet, prefix, bits in zip(name, network, mask, strict=True)
    )


# OPEN RULE name-constraint-words
# By the tag of their GeneralName. Names of other forms cannot be constrained here.
_FORMS: Final = {
    _MAILBOX: _Form("Email address", _mailbox_is_within),
    _DNS: _Form("DNS name", _dns_name_is_within),
    _DIRECTORY: _Form("Directory name", _directory_is_within),
    _URI: _Form("URI", _uri_is_within),
    _ADDRESS: _Form("IP address", _address_is_within),
}
