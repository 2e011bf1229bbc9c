"""The page at `/`: CAs, certificates, CRLs, and calls as they come in.

It asks for the parts below `/_pca_mock/page/` again whenever an event says that something has
changed. Nothing is loaded from elsewhere.
"""

from __future__ import annotations

import asyncio
import contextlib
import urllib.parse
from collections.abc import Callable, Iterator
from datetime import datetime
from importlib.resources import files
from itertools import islice
from typing import Any, Final

from aiohttp import web

from pca_mock.arns import CertificateArn, parse_authority_arn, parse_certificate_arn
from pca_mock.errors import InvalidArnException
from pca_mock.server.app import STOPPING, in_worker
from pca_mock.server.control import PREFIX
from pca_mock.service import states
from pca_mock.showing import fields, hierarchy, html, pages, parts, words
from pca_mock.state.authority import CertificateAuthority, IssuedCertificate
from pca_mock.state.store import State

_MOST_IN_LIST: Final = 200  # CAs and certificates
_CHECK_EVERY: Final = 0.2  # seconds
_PEM: Final = "application/x-pem-file"


class Page:
    """The page about one mock."""

    def __init__(self, state: State) -> None:
        """Show a mock."""
        self._state = state

    def routes(self) -> list[web.RouteDef]:
        """The page, its parts, its events, and certificates as files."""
        parts: dict[str, Callable[[web.Request], str]] = {
            "summary": self.summary,
            "list": self.list,
            "details": self.details,
            "calls": self.calls,
        }
        return [
            web.get("/", self.page),
            web.get(f"{PREFIX}/page/changes", self.changes),
            web.get(f"{PREFIX}/certificate.pem", self.certificate_pem),
            *(web.get(f"{PREFIX}/page/{name}", _part(part)) for name, part in parts.items()),
        ]

    async def page(self, _: web.Request) -> web.StreamResponse:
        """The page itself."""
        text = (files("pca_mock.server") / "page.html").read_text("utf-8")
        return web.Response(text=text, content_type="text/html")

    async def changes(self, request: web.Request) -> web.StreamResponse:
        """Server-sent events: one now, and one after each change."""
        response = web.StreamResponse(
            headers={"content-type": "text/event-stream", "cache-control": "no-store"}
        )
        await response.prepare(request)
        stopping, last = request.app[STOPPING], None
        while not stopping.is_set():
            now = self._version()
            if now != last:
                last = now
                await response.write(b"data: changed\n\n")
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(stopping.wait(), _CHECK_EVERY)
        return response

    def _version(self) -> tuple[Any, ...]:
        """Changes with every call and every setting of the clock."""
        state = self._state
        now = state.clock.now() if state.clock.is_frozen else None
        return state.log.added, state.log.total, state.created, now

    async def certificate_pem(self, request: web.Request) -> web.StreamResponse:
        """The certificate of the CA, or the certificate, with the ARN `arn`: a PEM file."""
        arn = request.query.get("arn", "")
        pem = await in_worker(request, self._pem, arn)
        if pem is None:
            raise web.HTTPNotFound(text=f"there is no certificate {arn}")
        name = f"{arn.rpartition('/')[2]}.pem"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        return web.Response(text=f"{pem}\n", content_type=_PEM, headers=headers)

    def _pem(self, arn: str) -> str | None:
        with self._state.lock:
            ca, certificate = self._find(arn)
            if certificate is not None:
                return certificate.pem
            return ca.installed.pem if ca is not None and ca.installed is not None else None

    # The parts

    def summary(self, _: web.Request) -> str:
        """The numbers of CAs and calls, and the mock's time."""
        state = self._state
        with state.lock:
            number = sum(1 for _ in state.all_authorities())
            frozen = " (frozen)" if state.clock.is_frozen else ""
            return html.text(
                f"account {state.account_id}, {words.count(number, 'CA')}, "
                f"{words.count(state.log.total, 'call')}, "
                f"{state.clock.now():%Y-%m-%d %H:%M} UTC{frozen}"
            )

    def list(self, request: web.Request) -> str:
        """The CAs as a tree; with `q`, those CAs and certificates in which that text occurs."""
        query = request.query.get("q", "").strip().lower()
        with self._state.lock:
            entries = list(islice(self._entries(query), _MOST_IN_LIST + 1))
        if not entries:
            return f'<p class="empty">{"Nothing fits." if query else "There are no CAs."}</p>'
        more = '<p class="empty">There are more.</p>' if len(entries) > _MOST_IN_LIST else ""
        styled = f"<ul>{''.join(entries[:_MOST_IN_LIST])}</ul>{more}"
        return html.document(styled)

    def _entries(self, query: str) -> Iterator[str]:
        now = self._state.clock.now()
        for depth, ca in hierarchy.flattened(hierarchy.trees(self._state)):
            name, arn = words.name_of(ca), str(ca.arn)
            if query in f"{name}\n{arn}".lower():
                yield _entry(depth, name, states.status(ca, now).value, arn)
            for certificate in ca.certificates.values() if query else ():
                subject, arn = fields.name(certificate.subject), str(certificate.arn)
                if query.replace(":", "") in arn or query in subject.lower():
                    status = words.certificate_status(ca, certificate.arn.serial, now)
                    yield _entry(depth + 1, subject or "no subject", status, arn)

    def details(self, request: web.Request) -> str:
        """A CA with its latest certificates, or a certificate."""
        arn = request.query.get("arn", "")
        with self._state.lock:
            ca, certificate = self._find(arn)
            if ca is None:
                return f'<p class="empty">There is no {html.text(arn)} any more.</p>'
            if certificate is not None:
                return _download(arn) + pages.of_certificate(self._state, certificate)
            download = _download(arn) if ca.installed is not None else ""
            card = pages.of_authority(self._state, ca)
            return f"{download}{card}{_crls(ca)}{_issued(ca, self._state.clock.now())}"

    def calls(self, _: web.Request) -> str:
        """The latest calls."""
        return parts.of_calls(list(self._state.log.latest))

    def _find(self, arn: str) -> tuple[CertificateAuthority | None, IssuedCertificate | None]:
        """A CA or, with the ARN of a certificate, both."""
        try:
            parsed = (
                parse_certificate_arn(arn) if "/certificate/" in arn else parse_authority_arn(arn)
            )
        except InvalidArnException:
            return None, None
        if not isinstance(parsed, CertificateArn):
            return self._state.find(parsed), None
        ca = self._state.find(parsed.authority)
        certificate = ca.certificates.get(parsed.serial) if ca is not None else None
        return (ca, certificate) if certificate is not None else (None, None)


def _part(part: Callable[[web.Request], str]) -> Any:
    async def handle(request: web.Request) -> web.StreamResponse:
        text = await in_worker(request, part, request)
        return web.Response(text=text, content_type="text/html")

    return handle


def _entry(depth: int, name: str, status: str, arn: str) -> str:
    attribute = html.text(arn)
    return (
        f'<li style="padding-left:{min(depth, 8) * 1.2}em"><button type="button" '
        f'data-arn="{attribute}">{html.text(name)} {html.badge(status)}'
        f"<small>{html.text(arn.rpartition(':')[2])}</small></button></li>"
    )


def _issued(ca: CertificateAuthority, now: datetime) -> str:
    """The latest certificates of a CA, each of which can be chosen."""
    latest = islice(reversed(ca.certificates.values()), _MOST_IN_LIST)
    entries = [
        _entry(
            0,
            fields.name(certificate.subject) or "no subject",
            words.certificate_status(ca, certificate.arn.serial, now),
            str(certificate.arn),
        )
        for certificate in latest
    ]
    return html.document(f"<nav><ul>{''.join(entries)}</ul></nav>") if entries else ""


def _crls(ca: CertificateAuthority) -> str:
    """Where the CA's CRLs can be read, and when each is written next."""
    rows = [
        f'<li><a href="/{html.text(urllib.parse.quote(crl.key))}">{html.text(crl.key)}</a>'
        f" <small>next at {crl.due_at:%Y-%m-%d %H:%M} UTC</small></li>"
        for crl in ca.crls.values()
    ]
    return f"<p>CRLs:</p><ul>{''.join(rows)}</ul>" if rows else ""


def _download(arn: str) -> str:
    query = urllib.parse.urlencode({"arn": arn})
    return f'<p><a href="{PREFIX}/certificate.pem?{html.text(query)}" download>Download PEM</a></p>'
