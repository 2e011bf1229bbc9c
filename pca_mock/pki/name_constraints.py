"""Name constraints (RFC 5280 section 4.2.1.10) of a chain, held against a CA certificate.

Own code, because `cryptography`'s verifier takes no CA certificate as the one to verify, and
supports no constraints on directory names and URIs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from pca_mock.errors import MalformedCertificateException
from pca_mock.pki import der, oids
from pca_mock.pki.certificate import CaCertificate
from pca_mock.pki.names import EMPTY_NAME

_PERMITTED, _EXCLUDED = 0xA0, 0xA1  # tags of the lists of subtrees
_DIRECTORY_NAME: Final = 4


def permits(issuer: CaCertificate, certificate: CaCertificate) -> bool:
    """Whether the issuer's name constraints allow the certificate's subject and SAN.

    Raises:
        MalformedCertificateException: the constraints, or a name that they concern, are unreadable.
    """
    try:
        subtrees = _subtrees(issuer)
        names = _names(certificate) if subtrees else []
        return all(_is_permitted(name, subtrees) for name in names)
    except (ValueError, IndexError):
        raise MalformedCertificateException("The name constraints cannot be read.") from None


def _subtrees(issuer: CaCertificate) -> dict[int, list[der.Element]]:
    """The bases of the permitted and the excluded subtrees, by the tag of their list."""
    extension = issuer.extension(oids.NAME_CONSTRAINTS)
    if extension is None:
        return {}
    lists = der.parse(extension.value).expect(der.SEQUENCE).children()
    return {
        listed.tag: [subtree.expect(der.SEQUENCE).children()[0] for subtree in listed.children()]
        for listed in lists
    }


def _names(certificate: CaCertificate) -> list[der.Element]:
    """The certificate's names as GeneralNames."""
    names = []
    if certificate.subject != EMPTY_NAME:
        names.append(der.parse(der.context(_DIRECTORY_NAME, certificate.subject)))
    alternative_name = certificate.extension(oids.SUBJECT_ALTERNATIVE_NAME)
    if alternative_name:
        names += der.parse(alternative_name.value).expect(der.SEQUENCE).children()
    return names


def _is_permitted(name: der.Element, subtrees: dict[int, list[der.Element]]) -> bool:
    excluded, permitted = (
        [base.content for base in subtrees.get(list_tag, ()) if base.tag == name.tag]
        for list_tag in (_EXCLUDED, _PERMITTED)
    )
    # Names of other kinds have no hierarchy: a subtree is the name itself.
    is_within = _COMPARISONS.get(name.tag, bytes.__eq__)
    if any(is_within(name.content, base) for base in excluded):
        return False
    return not permitted or any(is_within(name.content, base) for base in permitted)


def _directory_is_within(name: bytes, base: bytes) -> bool:
    inner, outer = _rdns(name), _rdns(base)
    return inner[: len(outer)] == outer


def _rdns(name: bytes) -> list[list[tuple[bytes, bytes]]]:
    """The attributes of each RDN, comparable: OID, and text without its case and string type."""
    return [
        sorted(
            (oid.content, value.content.lower())
            for oid, value in (attribute.children() for attribute in rdn.children())
        )
        for rdn in der.parse(name).expect(der.SEQUENCE).children()
    ]


def _dns_name_is_within(name: bytes, base: bytes) -> bool:
    # Any name is made by adding labels to an empty one.
    return not base or _host_is_within(name, base) or name.lower().endswith(b"." + base.lower())


def _mailbox_is_within(name: bytes, base: bytes) -> bool:
    return name == base if b"@" in base else _host_is_within(name.rpartition(b"@")[2], base)


def _uri_is_within(name: bytes, base: bytes) -> bool:
    return _host_is_within(urlsplit(name).hostname or b"", base)


def _host_is_within(host: bytes, base: bytes) -> bool:
    """A leading dot stands for any number of labels, without one it is that host alone."""
    host, base = host.lower(), base.lower()
    return host.endswith(base) if base.startswith(b".") else host == base


def _address_is_within(name: bytes, base: bytes) -> bool:
    """The base is an address, then a mask of the same length."""
    network, mask = base[: len(name)], base[len(name) :]
    return len(mask) == len(name) and all(
        octet & bits == wanted & bits
        for octet, wanted, bits in zip(name, network, mask, strict=True)
    )


_COMPARISONS: Final[dict[int, Callable[[bytes, bytes], bool]]] = {
    0x81: _mailbox_is_within,
    0x82: _dns_name_is_within,
    0xA0 | _DIRECTORY_NAME: _directory_is_within,
    0x86: _uri_is_within,
    0x87: _address_is_within,
}
