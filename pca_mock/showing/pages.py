"""What a notebook shows of a mock, of CAs and of certificates. Its parts: see `parts`.

Every function gives a whole fragment of HTML. However much a mock remembers, a page stays short.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from pca_mock.arns import AuthorityArn, CertificateArn
from pca_mock.pki import pem
from pca_mock.service import states
from pca_mock.showing import fields, hierarchy, html, parts, words
from pca_mock.state.authority import CertificateAuthority, IssuedCertificate
from pca_mock.state.store import State

_MOST_AUTHORITIES: Final = 100  # that a tree shows
_MOST_IN_A_TREE: Final = 10  # certificates of each of its CAs
_MOST_IN_A_CARD: Final = 50  # certificates of a CA
_NOTHING: Final = '<span class="dim">no subject</span>'


def of_mock(state: State, account_id: str) -> str:
    """A mock: its account, its CAs as a tree with their certificates, the number of its calls."""
    with state.lock:
        now = state.clock.now()
        authorities = list(hierarchy.flattened(hierarchy.trees(state)))
        ended = parts.ended(state)
        stopped = " (frozen)" if state.clock.is_frozen else ""
        head = (
            f"<p>{html.title('pca_mock')}{ended}account {html.text(account_id)}"
            f'<span class="dim">, {words.count(len(authorities), "CA")}, '
            f"{words.count(state.log.total, 'call')}, {html.moment(now)}{stopped}</span></p>"
        )
        shown = authorities[:_MOST_AUTHORITIES]
        tree = html.tree((depth, _branch(ca, now)) for depth, ca in shown)
    hidden = len(authorities) - len(shown)
    more = f'<p class="dim">and {words.count(hidden, "more CA")}</p>' if hidden else ""
    return html.document(head, tree, more)


def _branch(ca: CertificateAuthority, now: datetime) -> str:
    algorithm = words.algorithm(ca.configuration["KeyAlgorithm"])
    name, status = html.text(words.name_of(ca)), html.badge(states.status(ca, now).value)
    return (
        f"{html.title(name)}{status} "
        f"{html.text(f'{ca.type}, {algorithm}, {words.validity_of(ca)}')}"
        f'<div class="arn dim"><code>{html.text(str(ca.arn))}</code></div>'
        f"{_certificates(ca, now, _MOST_IN_A_TREE)}"
    )


def _certificates(ca: CertificateAuthority, now: datetime, most: int) -> str:
    """How many certificates a CA has issued, and the latest of them; its own ones are elsewhere."""
    issued = {serial: issued for serial, issued in ca.issued() if issued.issuer is not None}
    if not issued:
        return ""
    numbers = Counter(words.certificate_status(ca, serial, now) for serial in issued)
    latest = list(islice(reversed(issued.items()), most))[::-1]
    rows = [
        (
            f'<span class="key">{_name(certificate.subject)}</span>',
            html.badge(words.certificate_status(ca, serial, now)),
            f'<span class="whole">until {certificate.not_after:%Y-%m-%d}</span>',
            f'<code class="dim">{html.text(serial)}</code>',
        )
        for serial, certificate in latest
    ]
    hidden = len(issued) - len(latest)
    counts = " ".join(html.badge(word, f"{number:,} {word}") for word, number in numbers.items())
    more = f" <small>the latest {len(latest)}</small>" if hidden else ""
    summary = f"{words.count(len(issued), 'certificate')} {counts}{more}"
    return html.folded(summary, html.listing(rows))


def of_authority(state: State, ca: CertificateAuthority) -> str:
    """A CA's fields, those of its certificate, and the certificates that it has issued."""
    with state.lock:
        now = state.clock.now()
        groups = [_authority_rows(ca, now)]
        if ca.installed is not None:
            groups += _certificate_parts(ca.installed.certificate.encoded, now)
        heading = html.heading(
            html.text(words.name_of(ca)),
            states.status(ca, now).value,
            str(ca.arn),
            parts.ended(state),
        )
        certificates = _certificates(ca, now, _MOST_IN_A_CARD)
    return html.document(html.card(heading, groups, certificates))


def of_certificate(state: State, certificate: IssuedCertificate) -> str:
    """The fields of an issued certificate.

    Raises:
        LookupError: its CA isn't there (any more).
    """
    arn = certificate.arn
    with state.lock:
        now = state.clock.now()
        ca = state.find(arn.authority)
        if ca is None:
            raise LookupError(f"the mock has no CA {arn.authority} (any more)")
        status = words.certificate_status(ca, arn.serial, now)
        revocation = ca.revocations.get(arn.serial)
    template = certificate.template_arn.partition("template/")[2]
    rows = [("Template", html.text(template))]
    if revocation is not None:
        rows.append(
            ("Revoked", f"{html.moment(revocation.revoked_at)}, {html.text(revocation.reason)}")
        )
    (encoded,) = pem.blocks(certificate.pem.encode(), "CERTIFICATE")
    ended = parts.ended(state)
    heading = html.heading(_name(certificate.subject), status, str(arn), ended)
    folded = html.folded("PEM", html.whole_text(certificate.pem))
    groups = [rows, *_certificate_parts(encoded, now)]
    return html.document(html.card(heading, groups, folded))


def of_authorities(cas: Sequence[tuple[State, AuthorityArn]]) -> str:
    """A list of CAs, each with the mock in which it is looked up."""
    rows = []
    for state, arn in cas[:_MOST_AUTHORITIES]:
        with state.lock:
            ca = state.find(arn)
            if ca is None:
                rows.append((_NOTHING, html.badge("DELETED"), "", "", _dim_arn(str(arn))))
                continue
            rows.append(
                (
                    f'<span class="key">{html.text(words.name_of(ca))}</span>',
                    html.badge(states.status(ca, state.clock.now()).value),
                    f'<span class="whole">{ca.type}</span>',
                    f'<span class="whole">{html.text(words.validity_of(ca))}</span>',
                    _dim_arn(str(arn)),
                )
            )
    return _list(rows, len(cas), "CA")


def of_certificates(certificates: Sequence[tuple[State, CertificateArn]]) -> str:
    """A list of certificates, each with the mock in which it is looked up."""
    rows = []
    for state, arn in certificates[:_MOST_AUTHORITIES]:
        with state.lock:
            ca = state.find(arn.authority)
            issued = ca.find_issued(arn.serial) if ca is not None else None
            if ca is None or issued is None:
                rows.append((_NOTHING, html.badge("DELETED"), "", _dim_arn(str(arn))))
                continue
            rows.append(
                (
                    f'<span class="key">{_name(issued.subject)}</span>',
                    html.badge(words.certificate_status(ca, arn.serial, state.clock.now())),
                    f'<span class="whole">until {issued.not_after:%Y-%m-%d}</span>',
                    _dim_arn(str(arn)),
                )
            )
    return _list(rows, len(certificates), "certificate")


def _list(rows: Sequence[Sequence[str]], number: int, noun: str) -> str:
    hidden = number - len(rows)
    more = f'<p class="dim">and {words.count(hidden, f"more {noun}")}</p>' if hidden else ""
    table = html.listing(rows) if rows else ""
    return html.document(f"<p>{words.count(number, noun)}</p>", table, more)


def _dim_arn(arn: str) -> str:
    return f'<span class="arn dim"><code>{html.text(arn)}</code></span>'


def _authority_rows(ca: CertificateAuthority, now: datetime) -> html.Rows:
    rows = [
        ("Type", html.text(ca.type)),
        ("Key algorithm", html.text(words.algorithm(ca.configuration["KeyAlgorithm"]))),
        ("Signs with", html.text(words.algorithm(ca.configuration["SigningAlgorithm"]))),
        ("Usage mode", html.text(ca.usage_mode)),
        ("Created", html.moment(ca.created_at)),
    ]
    if ca.progress.failure is not None:
        rows.append(("Failure reason", html.text(ca.progress.failure)))
    if ca.restorable_until is not None:
        rows.append(("Restorable until", _moment(ca.restorable_until, now)))
    crl = ca.revocation_configuration["CrlConfiguration"]
    if crl["Enabled"]:
        rows.append(("CRL in bucket", html.text(crl["S3BucketName"])))
    ocsp = ca.revocation_configuration["OcspConfiguration"]
    if ocsp["Enabled"]:
        rows.append(("OCSP", html.text(ocsp.get("OcspCustomCname", "enabled"))))
    if ca.tags:
        rows.append(("Tags", html.values([f"{key}={value}" for key, value in ca.tags.items()])))
    return rows


def _certificate_parts(encoded: bytes, now: datetime) -> list[html.Rows]:
    """A certificate's fields, its extensions, its fingerprint."""
    contents = fields.read(encoded)
    extensions = [
        (
            f"{html.text(extension.name)}{' <i>critical</i>' if extension.critical else ''}",
            html.values(extension.values),
        )
        for extension in contents.extensions
    ]
    fingerprint = hashlib.sha256(encoded).hexdigest()
    return [
        [
            ("Subject", html.text(contents.subject) or _NOTHING),
            ("Issuer", html.text(contents.issuer)),
            ("Serial number", f"<code>{html.text(contents.serial)}</code>"),
            ("Not before", _moment(contents.not_before, now)),
            ("Not after", _moment(contents.not_after, now)),
            ("Public key", html.text(contents.key)),
            ("Signature", html.text(contents.signature)),
        ],
        extensions,
        [("SHA-256", f"<code>{fingerprint}</code>")],
    ]


def _name(encoded: bytes) -> str:
    return html.text(fields.name(encoded)) or _NOTHING


def _moment(moment: datetime, now: datetime) -> str:
    return f'{html.moment(moment)} <small class="dim">{words.distance(moment, now)}</small>'
