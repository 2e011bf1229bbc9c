"""Name constraints (RFC 5280 section 4.2.1.10) of a chain, held against a CA certificate."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

from cryptography import x509

from pca_mock.pki.certificate import Certificate


def permits(issuer: Certificate, certificate: Certificate) -> bool:
    """Whether the issuer's name constraints allow the certificate's subject and SAN."""
    extension = issuer.extension(x509.NameConstraints)
    if extension is None:
        return True
    excluded = extension.value.excluded_subtrees or []
    permitted = extension.value.permitted_subtrees or []
    for name in _names(certificate):
        if any(_is_within(name, subtree) for subtree in excluded):
            return False
        same_kind = [subtree for subtree in permitted if type(subtree) is type(name)]
        if same_kind and not any(_is_within(name, subtree) for subtree in same_kind):
            return False
    return True


def _names(certificate: Certificate) -> Iterable[x509.GeneralName]:
    if len(certificate.x509.subject.rdns):
        yield x509.DirectoryName(certificate.x509.subject)
    alternative_name = certificate.extension(x509.SubjectAlternativeName)
    if alternative_name:
        yield from alternative_name.value


def _is_within(name: x509.GeneralName, subtree: x509.GeneralName) -> bool:
    match name, subtree:
        case x509.DirectoryName(), x509.DirectoryName():
            outer = subtree.value.rdns
            return name.value.rdns[: len(outer)] == outer
        case x509.DNSName(), x509.DNSName():
            return _host_is_within(name.value, subtree.value, subdomains=True)
        case x509.UniformResourceIdentifier(), x509.UniformResourceIdentifier():
            host = urlsplit(name.value).hostname or ""
            return _host_is_within(host, subtree.value, subdomains=False)
        case x509.RFC822Name(), x509.RFC822Name():
            if "@" in subtree.value:
                return name.value == subtree.value
            host = name.value.rpartition("@")[2]
            return _host_is_within(host, subtree.value, subdomains=False)
        case x509.IPAddress(), x509.IPAddress():
            network = ipaddress.ip_network(subtree.value)
            return name.value in network
    return False


def _host_is_within(host: str, constraint: str, *, subdomains: bool) -> bool:
    """For DNS names a constraint covers its subdomains; elsewhere only with a leading dot."""
    host, constraint = host.lower(), constraint.lower()
    if constraint.startswith("."):
        return host.endswith(constraint)
    return host == constraint or (subdomains and host.endswith("." + constraint))
