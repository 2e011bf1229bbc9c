"""HTML for notebooks: what has a `_repr_html_` asks here.

Everything that comes from a user is escaped. Nothing is loaded from elsewhere. Text has the colour
of the page and lines are half transparent, so that light and dark pages both work. However much a
mock remembers, a page stays short.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from html import escape
from itertools import islice
from typing import Any, Final

from pca_mock.pki import pem
from pca_mock.state.authority import CertificateAuthority, IssuedCertificate
from pca_mock.state.calls import SUCCESS, Call
from pca_mock.state.store import State
from pca_mock.testing import fields, look, text

_MOST_AUTHORITIES: Final = 100  # that a tree shows
_DEEPEST: Final = 20  # further in than this, nothing is indented
_MOST_IN_A_TREE: Final = 10  # certificates of each of its CAs
_MOST_IN_A_CARD: Final = 50  # certificates of a CA
_MOST_CALLS: Final = 200
_LONGEST_TEXT: Final = 2000  # characters of a value
_LONGEST_IN_A_ROW: Final = 40  # characters of values that stand beside others
_NOTHING: Final = '<span class="dim">no subject</span>'

# "@" is the outermost element; named twice, it outweighs what notebooks say of tables and lists.
_STYLE: Final = """
@{font:13px/1.5 system-ui,sans-serif;color:inherit;max-width:85em;text-align:left}
@ p{margin:0 0 .4em}
@ .name{font-size:15px;font-weight:600;margin-right:.4em;unicode-bidi:isolate}
@ .dim{opacity:.68}
@ .whole{white-space:nowrap}
@ small{font-size:11.5px}
@ code,@ pre{font:12px/1.5 ui-monospace,SFMono-Regular,Consolas,monospace;color:inherit;
 background:none;border:0;padding:0;margin:0;white-space:pre-wrap;overflow-wrap:anywhere}
@ .arn code{font-size:11px}
@ b{display:inline-block;font-size:11px;font-weight:600;line-height:1.5;padding:0 .6em;
 border:1px solid;border-radius:.8em;white-space:nowrap}
@ .good{background:#2a9d4a30;border-color:#2a9d4ab0}
@ .waiting{background:#d08a0030;border-color:#d08a00b0}
@ .over{background:#88888830;border-color:#888888b0}
@ .bad{background:#d33a3a30;border-color:#d33a3ab0}
@ ul{list-style:none;margin:0;padding:0}
@ ul ul{margin-left:.5em;padding-left:1.4em}
@ li{position:relative;margin:0;padding:.2em 0}
@ ul ul>li::before,@ ul ul>li:not(:last-child)::after{content:"";position:absolute;left:-1.2em;
 top:0;width:.9em;border:solid #88888899;border-width:0 0 1px 1px}
@ ul ul>li::before{height:1.1em;border-bottom-left-radius:.4em}
@ ul ul>li:not(:last-child)::after{bottom:0;border-bottom:0}
@ .card{border:1px solid #88888866;border-radius:.6em;padding:.7em 1em;margin:.2em 0;
 display:inline-block;max-width:100%;box-sizing:border-box}
@ table{border-collapse:collapse;border:0;margin:0;width:auto;background:none;font:inherit;
 color:inherit;table-layout:auto}
@ tr:nth-child(n){background:none;border:0}
@ th,@ td{text-align:left;vertical-align:top;padding:.12em 1.1em .12em 0;border:0;background:none;
 color:inherit;white-space:normal;overflow-wrap:anywhere;max-width:none}
@ th{font-weight:400;opacity:.68;white-space:nowrap}
@ thead th{border-bottom:1px solid #88888866}
@ .calls td{white-space:nowrap;border-bottom:1px solid #88888833}
@ .calls td:last-child{white-space:normal}
@ .calls p{margin:.1em 0;font-style:italic}
@ .card tr.part>*{padding-top:.7em}
@ details{margin:.1em 0}
@ summary{cursor:pointer}
@ details>table,@ details>pre{margin:.2em 0 .3em 1.1em}
""".replace("@", ".pca-mock.pca-mock")
# How a word is meant. What isn't here, such as an error code, is bad.
_MEANINGS: Final = {
    "good": ("ACTIVE", "ISSUED", SUCCESS),
    "waiting": ("CREATING", "PENDING_CERTIFICATE", "PENDING", "DISABLED"),
    "over": ("EXPIRED", "DELETED"),
}
_MEANING_OF: Final = {word: meaning for meaning, words in _MEANINGS.items() for word in words}


def document(*parts: str) -> str:
    """A fragment that carries its own style."""
    return f'<div class="pca-mock"><style>{_STYLE}</style>{"".join(parts)}</div>'


def badge(word: str, label: str | None = None) -> str:
    """A word such as a status, or a label, in the colour of the word."""
    meaning = _MEANING_OF.get(word, "bad")
    return f'<b class="{meaning}">{_text(label or word)}</b>'


def note(words: str) -> str:
    """Of what isn't there to be shown: its plain repr."""
    return f"<p><code>{_text(words)}</code></p>"


def mock_page(state: State, account_id: str) -> str:
    """A mock: its account, its CAs as a tree with their certificates, the number of its calls."""
    with state.lock:
        now = state.clock.now()
        found = list(look.flattened(look.hierarchy(state)))
        stopped = " (frozen)" if state.clock.is_frozen else ""
        head = (
            f'<p><span class="name">pca_mock</span>account {_text(account_id)}'
            f'<span class="dim">, {_number(len(found), "CA")}, '
            f"{_number(state.log.total, 'call')}, {_time(now)}{stopped}</span></p>"
        )
        shown = found[:_MOST_AUTHORITIES]
        tree = _tree((depth, _branch(ca, now)) for depth, ca in shown)
    hidden = len(found) - len(shown)
    return head + tree + (f'<p class="dim">and {_number(hidden, "more CA")}</p>' if hidden else "")


def _tree(items: Iterable[tuple[int, str]]) -> str:
    """Items and how deep they are, as nested lists."""
    parts: list[str] = []
    level = -1
    for true_depth, item in items:
        depth = min(true_depth, _DEEPEST)
        if depth > level:
            parts.append("<ul><li>")
        else:
            parts.append("</li></ul>" * (level - depth) + "</li><li>")
        parts.append(item)
        level = depth
    return "".join(parts) + "</li></ul>" * (level + 1)


def _branch(ca: CertificateAuthority, now: datetime) -> str:
    details = (
        ca.type,
        fields.algorithm(ca.configuration["KeyAlgorithm"]),
        look.validity_of(ca),
    )
    return (
        f'<span class="name">{_text(look.name_of(ca))}</span>{badge(ca.status(now).value)} '
        f"{_text(', '.join(details))}"
        f'<div class="arn dim"><code>{_text(str(ca.arn))}</code></div>'
        f"{_certificates(ca, now, _MOST_IN_A_TREE)}"
    )


def _certificates(ca: CertificateAuthority, now: datetime, most: int) -> str:
    """How many certificates a CA has issued, and the latest of them."""
    if not ca.certificates:
        return ""
    numbers = Counter(look.certificate_status(ca, serial, now) for serial in ca.certificates)
    latest = list(islice(reversed(ca.certificates.items()), most))[::-1]
    rows = [
        (
            _name(certificate.subject),
            badge(look.certificate_status(ca, serial, now)),
            f'<span class="whole">until {certificate.not_after:%Y-%m-%d}</span>',
            f"<code>{_text(serial)}</code>",
        )
        for serial, certificate in latest
    ]
    hidden = len(ca.certificates) - len(latest)
    counts = " ".join(badge(word, f"{number:,} {word}") for word, number in numbers.items())
    return (
        f"<details><summary>{_number(len(ca.certificates), 'certificate')} {counts}"
        f"{f' <small>the latest {len(latest)}</small>' if hidden else ''}</summary>"
        f"<table>{_body(rows)}</table></details>"
    )


def authority_card(state: State, ca: CertificateAuthority) -> str:
    """A CA's fields, those of its certificate, and what it has issued."""
    with state.lock:
        now = state.clock.now()
        parts = [_authority_rows(ca, now)]
        if ca.installed is not None:
            parts += _certificate_parts(ca.installed.certificate.encoded, now)
        heading = _heading(_text(look.name_of(ca)), ca.status(now).value, str(ca.arn))
        return _card(heading, parts, _certificates(ca, now, _MOST_IN_A_CARD))


def certificate_card(state: State, certificate: IssuedCertificate) -> str:
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
        status = look.certificate_status(ca, arn.serial, now)
        revocation = ca.revocations.get(arn.serial)
    template = certificate.template_arn.partition("template/")[2]
    rows = [("Template", _text(template))]
    if revocation is not None:
        rows.append(("Revoked", f"{_time(revocation.revoked_at)}, {_text(revocation.reason)}"))
    (encoded,) = pem.blocks(certificate.pem.encode(), "CERTIFICATE")
    heading = _heading(_name(certificate.subject), status, str(arn))
    folded = f"<details><summary>PEM</summary><pre>{escape(certificate.pem)}</pre></details>"
    return _card(heading, [rows, *_certificate_parts(encoded, now)], folded)


# Of cards: names and values, both HTML already.
_Rows = list[tuple[str, str]]


def _authority_rows(ca: CertificateAuthority, now: datetime) -> _Rows:
    rows = [
        ("Type", _text(ca.type)),
        ("Key algorithm", _text(fields.algorithm(ca.configuration["KeyAlgorithm"]))),
        ("Signs with", _text(fields.algorithm(ca.configuration["SigningAlgorithm"]))),
        ("Usage mode", _text(ca.usage_mode)),
        ("Created", _time(ca.created_at)),
    ]
    if ca.failure_reason is not None:
        rows.append(("Failure reason", _text(ca.failure_reason)))
    if ca.restorable_until is not None:
        rows.append(("Restorable until", _moment(ca.restorable_until, now)))
    crl: Mapping[str, Any] = ca.revocation_configuration.get("CrlConfiguration", {})
    if crl.get("Enabled"):
        rows.append(("CRL in bucket", _text(crl["S3BucketName"])))
    ocsp: Mapping[str, Any] = ca.revocation_configuration.get("OcspConfiguration", {})
    if ocsp.get("Enabled"):
        rows.append(("OCSP", _text(ocsp.get("OcspCustomCname", "enabled"))))
    if ca.tags:
        rows.append(("Tags", _values([f"{key}={value}" for key, value in ca.tags.items()])))
    return rows


def _certificate_parts(encoded: bytes, now: datetime) -> list[_Rows]:
    """What stands in a certificate: its fields, its extensions, its fingerprint."""
    read = fields.read(encoded)
    extensions = [
        (
            f"{_text(extension.name)}{' <i>critical</i>' if extension.critical else ''}",
            _values(extension.values),
        )
        for extension in read.extensions
    ]
    fingerprint = hashlib.sha256(encoded).hexdigest()
    return [
        [
            ("Subject", _text(read.subject) or _NOTHING),
            ("Issuer", _text(read.issuer)),
            ("Serial number", f"<code>{_text(read.serial)}</code>"),
            ("Not before", _moment(read.not_before, now)),
            ("Not after", _moment(read.not_after, now)),
            ("Public key", _text(read.key)),
            ("Signature", _text(read.signature)),
        ],
        extensions,
        [("SHA-256", f"<code>{fingerprint}</code>")],
    ]


def call_table(calls: Sequence[Call]) -> str:
    """The calls, newest last."""
    first = max(0, len(calls) - _MOST_CALLS)
    shown = calls[first:]
    heading = _number(len(calls), "call")
    if not shown:
        return f"<p>{heading}</p>"
    # What is the same for all is said once.
    is_one_caller = len({call.caller for call in shown}) == 1
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
            _text(call.operation)
            + ("" if is_one_caller else f'<br><small class="dim">{_caller(call)}</small>'),
            _outcome(call),
            _params(call),
        )
        for number, call in enumerate(shown, start=first + 1)
    ]
    names = ("#", "UTC", "Operation", "Outcome", "Parameters")
    columns = "".join(f'<th scope="col">{name}</th>' for name in names)
    table = f'<table class="calls"><thead><tr>{columns}</tr></thead>{_body(rows)}</table>'
    return f"<p>{heading}</p>{table}"


def _caller(call: Call) -> str:
    return _text(f"{call.caller.account} {call.caller.region}")


def _outcome(call: Call) -> str:
    retried = f"<br><small>after {text.retries(call)}</small>" if call.retries else ""
    return badge(call.outcome) + retried


def _params(call: Call) -> str:
    """The parameters and, below them, the message of an error."""
    params = ", ".join(
        f'<span class="dim">{_text(name)}</span>=<code>{_text(text.shown(value))}</code>'
        for name, value in call.params.items()
    )
    return f"{params}<p>{_text(text.message_of(call))}</p>" if call.message else params


def _name(encoded: bytes) -> str:
    return _text(fields.name(encoded)) or _NOTHING


def _heading(name: str, status: str, arn: str) -> str:
    """A name (HTML already), how it is doing, and the ARN."""
    return (
        f'<span class="name">{name}</span>{badge(status)}'
        f'<div class="arn dim"><code>{_text(arn)}</code></div>'
    )


def _card(heading: str, parts: Iterable[_Rows], folded: str) -> str:
    """Parts of names and values below each other, and what is seen when it is unfolded."""
    lines = []
    for rows in parts:
        for number, (name, value) in enumerate(rows):
            begins = ' class="part"' if number == 0 else ""
            lines.append(f'<tr{begins}><th scope="row">{name}</th><td>{value}</td></tr>')
    table = f"<table><tbody>{''.join(lines)}</tbody></table>"
    return f'<div class="card">{heading}{table}{folded}</div>'


def _body(rows: Iterable[Sequence[str]]) -> str:
    """The rows of a table's body; cells are HTML already."""
    lines = (f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return f"<tbody>{''.join(lines)}</tbody>"


def _values(values: Sequence[str]) -> str:
    """Short values beside each other, long ones and those with commas below each other."""
    is_short = all(len(value) <= _LONGEST_IN_A_ROW and "," not in value for value in values)
    return (", " if is_short else "<br>").join(map(_text, values))


def _text(value: str) -> str:
    """Text as HTML: cut where it is long, with all that is invisible made visible."""
    return escape(look.printable(text.cut(value, _LONGEST_TEXT)))


def _number(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _moment(moment: datetime, now: datetime) -> str:
    return f'{_time(moment)} <small class="dim">{look.distance(moment, now)}</small>'


def _time(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
