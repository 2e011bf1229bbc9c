"""The names in certificates that a test writes as text: of which kind each is, and its faults.

Sources: RFC 5280 section 4.2.1.6 and 7 (the kinds, international names), RFC 1123 section 2.1 (host
names), RFC 9525 section 6.3 (wildcards), RFC 5322 section 3.4.1 (e-mail addresses).
"""

from __future__ import annotations

import encodings.idna
import ipaddress
import re
import unicodedata
from typing import Final

from cryptography import x509

_LONGEST_HOST: Final = 253
_LONGEST_LABEL: Final = 63
_IDEOGRAPHIC_DOTS: Final = re.compile("[\u3002\uff0e\uff61]")
# Python's codec is that of IDNA 2003, which replaces these; today's IDNA 2008 keeps them.
_KEPT_BY_IDNA_2008: Final = frozenset("ßς")
# Not in the DNS, but widely used in it: the underscore.
_NOT_IN_A_LABEL: Final = re.compile(r"[^A-Za-z0-9_-]")
_LOCAL_PART: Final = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*")
# URIs without "//" that certificates have: OPC UA's applications, devices, SIP domains (RFC 5922).
_OPAQUE_URI: Final = re.compile(r"(urn|sips?):\S+", re.IGNORECASE)
_END_OF_AUTHORITY: Final = re.compile("[/?#]")
_AUTHORITY: Final = re.compile(r"(.*@)?([^:@]*)(:\d*)?")  # RFC 3986 section 3.2, without IPv6
_BRACKETED: Final = re.compile(r"\[(.*)](?::\d*)?")


def general_name(text: str) -> x509.GeneralName:
    """The kind of name that a text looks like; international host names become ASCII.

    Raises:
        TypeError: it isn't text.
        ValueError: it is no host name, IP address, e-mail address or URI.
    """
    if not isinstance(text, str):
        raise TypeError(f"a name is a str, and several are passed one by one, not as {text!r}")
    if not text or not text.isprintable() or " " in text:
        raise ValueError(f"{text!r} is no name: it is empty, or has blanks or control characters")
    if _is_address(text):
        return x509.IPAddress(ipaddress.ip_address(text))
    if "://" in text:
        return x509.UniformResourceIdentifier(_uri(text))
    if _OPAQUE_URI.fullmatch(text):
        return x509.UniformResourceIdentifier(_ascii(text, text))
    if "@" in text:
        return x509.RFC822Name(_mailbox(text))
    return x509.DNSName(_host(text))


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    if getattr(address, "scope_id", None) is not None:
        unscoped = text.partition("%")[0]
        raise ValueError(f"{text!r} has a zone, which is no part of an address: write {unscoped!r}")
    return True


def _host(text: str) -> str:
    """A host name in ASCII; its first label may be a wildcard.

    Raises:
        ValueError: a certificate can't be for it.
    """
    host = _IDEOGRAPHIC_DOTS.sub(".", text)
    if fault := _other_part(host):
        raise ValueError(f"{text!r} is no host name: {fault}")
    labels = [_a_label(label, text) for label in host.split(".")]
    for label in labels[1:] if labels[0] == "*" and len(labels) > 1 else labels:
        if fault := _fault_of_label(label):
            raise ValueError(f"{text!r} is no host name: {fault}")
    host = ".".join(labels)
    if len(host) > _LONGEST_HOST:
        raise ValueError(
            f"{text!r} is no host name: it has {len(host)} characters, {_LONGEST_HOST} are allowed"
        )
    if labels[-1].isdecimal():
        raise ValueError(f"{text!r} is neither an IP address nor a host name, as it ends in digits")
    return host


def _other_part(host: str) -> str | None:
    """The part of a text that is no host name, such as a port, and how to write it without."""
    if match := _BRACKETED.fullmatch(host):
        return f"an IPv6 address is written without brackets and port: {match[1]!r}"
    first, _, rest = host.partition("/")
    if rest and rest.isdecimal():
        return f"a certificate is for single addresses, not for networks: write {first!r}"
    if first != host:
        return f"it has a path: write {first!r}, or a URI such as 'https://{host}'"
    name, colon, port = host.rpartition(":")
    if colon and ":" not in name and (not port or port.isdecimal()):
        return f"a certificate is for hosts, whatever the port: write {name!r}"
    if colon:
        return "it has a colon, but is no IPv6 address, and URIs have '://'"
    if host.endswith(".") and host != ".":
        return f"write it without the dot at its end: {host[:-1]!r}"
    return None


def _fault_of_label(label: str) -> str | None:
    if not label:
        return "it has an empty label: dots are single, and between labels"
    if len(label) > _LONGEST_LABEL:
        return f"its label {label!r} has {len(label)} characters, {_LONGEST_LABEL} are allowed"
    if "*" in label:
        return "a wildcard is the whole first label, with others behind it: '*.example.com'"
    if match := _NOT_IN_A_LABEL.search(label):
        return f"it has {match[0]!r}, but labels have letters, digits and hyphens"
    if label.startswith("-") or label.endswith("-"):
        return f"its label {label!r} begins or ends with a hyphen"
    return None


def _a_label(label: str, text: str) -> str:
    """A label in ASCII, as IDNA 2008 and browsers write it.

    Raises:
        ValueError: IDNA has no such label.
    """
    if label.isascii():
        return label
    lower = "".join(character.lower() for character in label)
    if _KEPT_BY_IDNA_2008 & set(lower):
        return f"xn--{unicodedata.normalize('NFKC', lower).encode('punycode').decode()}"
    try:
        return encodings.idna.ToASCII(lower).decode()
    except UnicodeError as error:
        raise ValueError(
            f"{text!r} is no international host name: {error}; if its label {label!r} has a form "
            "in ASCII, which begins with 'xn--', write that"
        ) from None


def _mailbox(text: str) -> str:
    local, _, domain = text.rpartition("@")
    if not local.isascii():
        raise ValueError(
            f"{text!r} has characters before the @ that are not ASCII, which this kind of name "
            "cannot hold (RFC 9598 has another one)"
        )
    if not domain or not _LOCAL_PART.fullmatch(local):
        raise ValueError(f"{text!r} is no e-mail address: write it as 'ada@example.com'")
    if domain.startswith("*"):
        raise ValueError(f"{text!r} is no e-mail address: there are no wildcards in them")
    return f"{local}@{_host(domain)}"


def _uri(text: str) -> str:
    scheme, _, rest = text.partition("://")
    authority = _END_OF_AUTHORITY.split(rest, maxsplit=1)[0]
    if not _SCHEME.fullmatch(scheme) or not authority:
        raise ValueError(f"{text!r} is no URI with scheme and host: write 'https://example.com/a'")
    if not authority.isascii() and (match := _AUTHORITY.fullmatch(authority)):
        user, host, port = match.groups(default="")
        return _ascii(f"{scheme}://{user}{_host(host)}{port}{rest[len(authority) :]}", text)
    return _ascii(text, text)


def _ascii(uri: str, text: str) -> str:
    if not uri.isascii():
        raise ValueError(
            f"{text!r} is no URI: write characters that are not ASCII in percent encoding"
        )
    return uri
