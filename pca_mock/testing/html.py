"""HTML for notebooks: what has a `_repr_html_` asks here.

Everything that comes from a user is escaped. Nothing is loaded from elsewhere, and colours are
mixed with those of the page, so that light and dark ones both work.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from html import escape
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes

from pca_mock.pki.names import rfc2253
from pca_mock.state.authority import CertificateAuthority, IssuedCertificate
from pca_mock.state.calls import SUCCESS, Call
from pca_mock.state.store import State
from pca_mock.testing import look, text

_MOST_CERTIFICATES: Final = 50  # that a CA's list shows
_MOST_CALLS: Final = 200
_STYLE: Final = """
.pca-mock{font:13px/1.5 system-ui,sans-serif;color:inherit;max-width:72em}
.pca-mock ul{list-style:none;margin:0;padding-left:1.4em}
.pca-mock>ul{padding-left:0}
.pca-mock li{margin:.25em 0;padding-left:.6em;
 border-left:2px solid color-mix(in srgb,currentColor 22%,transparent)}
.pca-mock table{border-collapse:collapse;margin:.3em 0;background:none}
.pca-mock th,.pca-mock td{text-align:left;vertical-align:top;padding:.15em .9em .15em 0;
 border:0;background:none;color:inherit;white-space:normal;overflow-wrap:anywhere}
.pca-mock th{font-weight:600;white-space:nowrap;opacity:.75}
.pca-mock code,.pca-mock pre{font:12px/1.45 ui-monospace,monospace;background:none;color:inherit;
 overflow-wrap:anywhere;white-space:pre-wrap;padding:0;margin:0}
.pca-mock small{opacity:.7}
.pca-mock summary{cursor:pointer}
.pca-mock b.s{font-weight:600;font-size:11px;padding:.1em .55em;border-radius:.8em;
 background:color-mix(in srgb,var(--c) 22%,transparent);
 border:1px solid color-mix(in srgb,var(--c) 65%,transparent)}
"""
# Words, and the colour that they have.
_COLOURS: Final = {
    "#2a9d4a": ("ACTIVE", "ISSUED", SUCCESS),
    "#d08a00": ("CREATING", "PENDING_CERTIFICATE", "PENDING", "DISABLED"),
    "#888888": ("EXPIRED", "DELETED"),
}
_COLOUR_OF: Final = {word: colour for colour, words in _COLOURS.items() for word in words}
_ALARMING: Final = "#d33a3a"


def document(*parts: str) -> str:
    """A fragment that carries its own style."""
    return f'<div class="pca-mock"><style>{_STYLE}</style>{"".join(parts)}</div>'


def badge(word: str) -> str:
    """A word such as a status, in its colour."""
    colour = _COLOUR_OF.get(word, _ALARMING)
    return f'<b class="s" style="--c:{colour}">{escape(word)}</b>'


def mock_page(state: State, account_id: str) -> str:
    """A mock: its account, its CAs as a tree with their certificates, the number of its calls."""
    branches = look.hierarchy(state)
    authorities = sum(1 for _ in look.flattened(branches))
    head = (
        f"<p><strong>pca_mock</strong> account <code>{escape(account_id)}</code>, "
        f"{authorities} CAs, {state.log.total} calls, {_time(state.clock.now())}</p>"
    )
    return head + _tree(state, branches)


def _tree(state: State, branches: Iterable[look.Branch]) -> str:
    items = "".join(
        f"<li>{_authority_line(state, branch.ca)}{_certificates(state, branch.ca)}"
        f"{_tree(state, branch.below)}</li>"
        for branch in branches
    )
    return f"<ul>{items}</ul>" if items else ""


def _authority_line(state: State, ca: CertificateAuthority) -> str:
    status = ca.status(state.clock.now()).value
    return (
        f"<strong>{escape(look.name_of(ca))}</strong> {badge(status)} "
        f"{escape(ca.type)}, {escape(ca.configuration['KeyAlgorithm'])}, "
        f"{escape(look.validity_of(ca))}<br><small><code>{escape(str(ca.arn))}</code></small>"
    )


def _certificates(state: State, ca: CertificateAuthority) -> str:
    if not ca.certificates:
        return ""
    now = state.clock.now()
    latest = list(ca.certificates.items())[-_MOST_CERTIFICATES:]
    rows = [
        (
            f"<code>{serial}</code>",
            escape(rfc2253(certificate.subject)),
            badge(look.certificate_status(ca, serial, now)),
            f"until {_time(certificate.not_after)}",
        )
        for serial, certificate in latest
    ]
    shown = f", the latest {len(latest)}" if len(latest) < len(ca.certificates) else ""
    return (
        f"<details><summary>{len(ca.certificates)} issued{shown}</summary>{_table(rows)}</details>"
    )


def authority_card(state: State, ca: CertificateAuthority) -> str:
    """A CA's fields, and what it has issued."""
    rows: list[tuple[str, str]] = [
        ("Status", badge(ca.status(state.clock.now()).value)),
        ("Type", escape(ca.type)),
        ("ARN", f"<code>{escape(str(ca.arn))}</code>"),
        (
            "Algorithms",
            escape(f"{ca.configuration['KeyAlgorithm']}, {ca.configuration['SigningAlgorithm']}"),
        ),
        ("Usage mode", escape(ca.usage_mode)),
        ("Created", _time(ca.created_at)),
    ]
    if ca.failure_reason is not None:
        rows.append(("Failure reason", escape(ca.failure_reason)))
    if ca.restorable_until is not None:
        rows.append(("Restorable until", _time(ca.restorable_until)))
    if ca.tags:
        tags = ", ".join(f"{key}={value}" for key, value in ca.tags.items())
        rows.append(("Tags", escape(tags)))
    if ca.installed is not None:
        rows += _fields(ca.installed.certificate.x509)
    heading = f"<p><strong>{escape(look.name_of(ca))}</strong></p>"
    return heading + _card(rows) + _certificates(state, ca)


def certificate_card(state: State, certificate: IssuedCertificate) -> str:
    """The fields of an issued certificate."""
    rows: list[tuple[str, str]] = []
    ca = state.find(certificate.arn.authority)
    if ca is not None:
        serial = certificate.arn.serial
        rows.append(("Status", badge(look.certificate_status(ca, serial, state.clock.now()))))
        revocation = ca.revocations.get(serial)
        if revocation is not None:
            when = f"{_time(revocation.revoked_at)}, {escape(revocation.reason)}"
            rows.append(("Revoked", when))
    rows.append(("ARN", f"<code>{escape(str(certificate.arn))}</code>"))
    rows.append(("Template", escape(certificate.template_arn.partition("template/")[2])))
    rows += _fields(x509.load_pem_x509_certificate(certificate.pem.encode()))
    heading = f"<p><strong>{escape(rfc2253(certificate.subject))}</strong></p>"
    pem = f"<details><summary>PEM</summary><pre>{escape(certificate.pem)}</pre></details>"
    return heading + _card(rows) + pem


def _fields(certificate: x509.Certificate) -> list[tuple[str, str]]:
    key = certificate.public_key()
    kind = type(key).__name__.removesuffix("PublicKey").removeprefix("_")
    size = getattr(key, "key_size", None)
    algorithm = certificate.signature_algorithm_oid
    return [
        ("Subject", escape(certificate.subject.rfc4514_string())),
        ("Issuer", escape(certificate.issuer.rfc4514_string())),
        ("Serial", f"<code>{certificate.serial_number:032x}</code>"),
        ("Not before", _time(certificate.not_valid_before_utc)),
        ("Not after", _time(certificate.not_valid_after_utc)),
        ("Key", escape(f"{kind}, {size} bits" if size else kind)),
        ("Signature", escape(getattr(algorithm, "_name", algorithm.dotted_string))),
        *_extensions(certificate),
        ("SHA-256", f"<code>{certificate.fingerprint(hashes.SHA256()).hex(':')}</code>"),
    ]


def _extensions(certificate: x509.Certificate) -> Iterator[tuple[str, str]]:
    try:
        extensions = list(certificate.extensions)
    except ValueError as error:  # there are some that cryptography doesn't read
        yield "Extensions", escape(str(error))
        return
    for extension in extensions:
        name = getattr(extension.oid, "_name", "Unknown OID")
        name = extension.oid.dotted_string if name == "Unknown OID" else name
        critical = " <small>critical</small>" if extension.critical else ""
        yield f"{escape(name)}{critical}", escape(_value(extension.value))


def _value(value: Any) -> str:
    """An extension's value, readable for those that are met most."""
    if isinstance(value, x509.KeyUsage):
        flags = (name.removeprefix("_") for name in vars(value) if name.startswith("_"))
        return ", ".join(flag for flag in flags if vars(value)[f"_{flag}"])
    if isinstance(value, x509.ExtendedKeyUsage):
        return ", ".join(oid._name for oid in value)
    if isinstance(value, x509.BasicConstraints):
        limit = "" if value.path_length is None else f", path length {value.path_length}"
        return f"CA{limit}" if value.ca else "not a CA"
    if isinstance(value, x509.SubjectAlternativeName):
        return ", ".join(str(getattr(name, "value", name)) for name in value)
    if isinstance(value, x509.SubjectKeyIdentifier):
        return value.digest.hex(":")
    if isinstance(value, x509.AuthorityKeyIdentifier):
        return (value.key_identifier or b"").hex(":")
    if isinstance(value, x509.CRLDistributionPoints):
        return ", ".join(name.value for point in value for name in point.full_name or ())
    if isinstance(value, x509.AuthorityInformationAccess):
        return ", ".join(
            f"{item.access_method._name} {item.access_location.value}" for item in value
        )
    if isinstance(value, x509.UnrecognizedExtension):
        return value.value.hex(":")
    return repr(value)


def call_table(calls: list[Call]) -> str:
    """The calls, newest last."""
    first = max(0, len(calls) - _MOST_CALLS)
    rows = [
        (
            str(number),
            escape(f"{call.time:%H:%M:%S}"),
            escape(f"{call.caller.account} {call.caller.region}"),
            f"<strong>{escape(call.operation)}</strong>",
            f"<code>{escape(_params(call))}</code>",
            badge(call.outcome)
            + (f" <small>{call.retries} retries</small>" if call.retries else ""),
            escape(call.message or ""),
        )
        for number, call in enumerate(calls[first:], start=first + 1)
    ]
    hidden = f"<p>{first} earlier calls</p>" if first else ""
    return f"<p>{len(calls)} calls</p>{hidden}{_table(rows)}"


def _params(call: Call) -> str:
    return ", ".join(f"{name}={text.shown(value)}" for name, value in call.params.items())


def _card(fields: Iterable[tuple[str, str]]) -> str:
    """Names and values below each other; both are HTML already."""
    rows = (f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in fields)
    return f"<table>{''.join(rows)}</table>"


def _table(rows: Iterable[tuple[str, ...]]) -> str:
    """A table; cells are HTML already."""
    lines = ("".join(f"<td>{cell}</td>" for cell in row) for row in rows)
    return f"<table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table>"


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
