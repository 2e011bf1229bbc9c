"""The pages that a notebook shows of a mock, a CA, a certificate and a list of calls.

Every function gives a whole fragment of HTML. However much a mock remembers, a page stays short.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from pca_mock.pki import pem
from pca_mock.service import states
from pca_mock.service.eventbridge import Event
from pca_mock.showing import fields, hierarchy, html, text, words
from pca_mock.state.authority import CertificateAuthority, IssuedCertificate
from pca_mock.state.calls import Call
from pca_mock.state.store import State

_MOST_AUTHORITIES: Final = 100  # that a tree shows
_MOST_IN_A_TREE: Final = 10  # certificates of each of its CAs
_MOST_IN_A_CARD: Final = 50  # certificates of a CA
_MOST_CALLS: Final = 200
_MOST_EVENTS: Final = 200
_NOTHING: Final = '<span class="dim">no subject</span>'


def of_nothing(representation: str) -> str:
    """The plain repr of a thing that isn't there to be shown."""
    return html.document(f"<p><code>{html.text(representation)}</code></p>")


def of_mock(state: State, account_id: str) -> str:
    """A mock: its account, its CAs as a tree with their certificates, the number of its calls."""
    with state.lock:
        now = state.clock.now()
        authorities = list(hierarchy.flattened(hierarchy.trees(state)))
        stopped = " (frozen)" if state.clock.is_frozen else ""
        head = (
            f'<p><span class="name">pca_mock</span>account {html.text(account_id)}'
            f'<span class="dim">, {words.count(len(authorities), "CA")}, '
            f"{words.count(state.log.total, 'call')}, {_time(now)}{stopped}</span></p>"
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
        f'<span class="name">{name}</span>{status} '
        f"{html.text(f'{ca.type}, {algorithm}, {words.validity_of(ca)}')}"
        f'<div class="arn dim"><code>{html.text(str(ca.arn))}</code></div>'
        f"{_certificates(ca, now, _MOST_IN_A_TREE)}"
    )


def _certificates(ca: CertificateAuthority, now: datetime, most: int) -> str:
    """How many certificates a CA has issued, and the latest of them."""
    issued = dict(ca.issued())
    if not issued:
        return ""
    numbers = Counter(words.certificate_status(ca, serial, now) for serial in issued)
    latest = list(islice(reversed(issued.items()), most))[::-1]
    rows = [
        (
            _name(certificate.subject),
            html.badge(words.certificate_status(ca, serial, now)),
            f'<span class="whole">until {certificate.not_after:%Y-%m-%d}</span>',
            f"<code>{html.text(serial)}</code>",
        )
        for serial, certificate in latest
    ]
    hidden = len(issued) - len(latest)
    counts = " ".join(html.badge(word, f"{number:,} {word}") for word, number in numbers.items())
    return (
        f"<details><summary>{words.count(len(issued), 'certificate')} {counts}"
        f"{f' <small>the latest {len(latest)}</small>' if hidden else ''}</summary>"
        f"<table>{html.body(rows)}</table></details>"
    )


def of_authority(state: State, ca: CertificateAuthority) -> str:
    """A CA's fields, those of its certificate, and the certificates that it has issued."""
    with state.lock:
        now = state.clock.now()
        parts = [_authority_rows(ca, now)]
        if ca.installed is not None:
            parts += _certificate_parts(ca.installed.certificate.encoded, now)
        heading = html.heading(
            html.text(words.name_of(ca)), states.status(ca, now).value, str(ca.arn)
        )
        certificates = _certificates(ca, now, _MOST_IN_A_CARD)
    return html.document(html.card(heading, parts, certificates))


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
        rows.append(("Revoked", f"{_time(revocation.revoked_at)}, {html.text(revocation.reason)}"))
    (encoded,) = pem.blocks(certificate.pem.encode(), "CERTIFICATE")
    heading = html.heading(_name(certificate.subject), status, str(arn))
    folded = f"<details><summary>PEM</summary>{html.whole_text(certificate.pem)}</details>"
    parts = [rows, *_certificate_parts(encoded, now)]
    return html.document(html.card(heading, parts, folded))


def _authority_rows(ca: CertificateAuthority, now: datetime) -> html.Rows:
    rows = [
        ("Type", html.text(ca.type)),
        ("Key algorithm", html.text(words.algorithm(ca.configuration["KeyAlgorithm"]))),
        ("Signs with", html.text(words.algorithm(ca.configuration["SigningAlgorithm"]))),
        ("Usage mode", html.text(ca.usage_mode)),
        ("Created", _time(ca.created_at)),
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


def of_calls(calls: Sequence[Call]) -> str:
    """The calls, newest last."""
    first = max(0, len(calls) - _MOST_CALLS)
    shown = calls[first:]
    heading = words.count(len(calls), "call")
    if not shown:
        return html.document(f"<p>{heading}</p>")
    # A caller or a day that all calls share is in the heading, not in each row.
    is_one_caller = len({_caller(call) for call in shown}) == 1
    is_one_day = len({call.time.date() for call in shown}) == 1
    if is_one_caller:
        heading += f" of {_caller(shown[0])}"
    if is_one_day:
        heading += f", {shown[0].time:%Y-%m-%d}"
    if first:
        heading += f", the latest {len(shown)}"
    rows = [
        (
            str(number),
            f"{call.time:{'%H:%M:%S' if is_one_day else '%Y-%m-%d %H:%M:%S'}}",
            html.text(call.operation)
            + ("" if is_one_caller else f'<br><small class="dim">{_caller(call)}</small>'),
            _outcome(call),
            _params(call),
        )
        for number, call in enumerate(shown, start=first + 1)
    ]
    names = ("#", "UTC", "Operation", "Outcome", "Parameters")
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    table = f'<table class="calls"><thead><tr>{columns}</tr></thead>{html.body(rows)}</table>'
    return html.document(f"<p>{heading}</p>", table)


def of_events(events: Sequence[Event]) -> str:
    """The events, newest last."""
    first = max(0, len(events) - _MOST_EVENTS)
    heading = words.count(len(events), "event")
    if first:
        heading += f", the latest {_MOST_EVENTS}"
    if not events:
        return html.document(f"<p>{heading}</p>")
    rows = [
        (
            str(number),
            _time(event.time),
            html.text(event.detail_type)
            + (f"<br><small>{html.text(event.name)}</small>" if event.name is not None else ""),
            html.badge(text.event_outcome(event)),
            html.text(f"{event.account} {event.region}"),
        )
        for number, event in enumerate(events[first:], start=first + 1)
    ]
    names = ("#", "UTC", "Event", "Outcome", "Account")
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    table = f'<table class="calls"><thead><tr>{columns}</tr></thead>{html.body(rows)}</table>'
    return html.document(f"<p>{heading}</p>", table)


def _caller(call: Call) -> str:
    return html.text(f"{call.caller.account} {call.caller.region}")


def _outcome(call: Call) -> str:
    retried = f"<br><small>after {text.retries(call)}</small>" if call.retries else ""
    return html.badge(call.outcome) + retried


def _params(call: Call) -> str:
    """The parameters and, below them, the message of an error."""
    params = ", ".join(
        f'<span class="dim">{html.text(name)}</span>=<code>{html.text(words.short(value))}</code>'
        for name, value in call.params.items()
    )
    return f"{params}<p>{html.text(text.message_of(call))}</p>" if call.message else params


def _name(encoded: bytes) -> str:
    return html.text(fields.name(encoded)) or _NOTHING


def _moment(moment: datetime, now: datetime) -> str:
    return f'{_time(moment)} <small class="dim">{words.distance(moment, now)}</small>'


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
