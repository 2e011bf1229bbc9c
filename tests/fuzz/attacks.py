"""Kinds of attempts: each makes one, and says how the service answered."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from functools import cache
from ipaddress import IPv4Network
from itertools import islice
from random import Random
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import ocsp
from cryptography.x509.oid import NameOID

from pca_mock.pki import der
from pca_mock.pki.templates import TEMPLATES
from tests import oracles, policies, revoking, support
from tests.fuzz.nonsense import broken, broken_text, changed, cut_and_flipped, pem, value
from tests.fuzz.world import BreakageError, World
from tests.support import template_arn

_LIST: Final = "ListCertificateAuthorities"
_IMPORT: Final = "ImportCertificateAuthorityCertificate"


def requests(world: World, random: Random) -> str:
    """Requests of every operation, with values of every type at every depth."""
    operation = random.choice(list(world.requests))
    outcome, _ = world.call(
        operation, changed(random, world.requests[operation]), by_other=random.random() < 0.1
    )
    return outcome


def clients(world: World, random: Random) -> str:
    """The same through a boto3 client whose own validation is off."""
    operation = random.choice(list(world.requests))
    return world.call_through_botocore(operation, changed(random, world.requests[operation]))


def csrs(world: World, random: Random) -> str:
    """CSRs that are cut, or have bits flipped, half of them with a signature over the result."""
    key, data = random.choice(_csrs())
    data = broken(random, data) if random.random() < 0.5 else _signed_anew(random, key, data)
    armour = pem if random.random() < 0.2 else _armoured
    text = armour(random, "CERTIFICATE REQUEST", data)
    template = random.choice(list(TEMPLATES))
    request = {**world.requests["IssueCertificate"], "Csr": text, "IdempotencyToken": None}
    request["TemplateArn"] = template_arn(template.removesuffix("/V1"))
    if "APIPassthrough" not in template and "APICSRPassthrough" not in template:
        del request["ApiPassthrough"]
    outcome, answer = world.call("IssueCertificate", request)
    if answer is not None:
        _look(world, answer["CertificateArn"])
    return outcome


def chains(world: World, random: Random) -> str:
    """Certificates and chains that are cut, or have bits flipped, or are in another order.

    Half of them have signatures over the result.
    """
    certificate, chain = (oracles.der(text) for text in world.signed)
    links = [chain] * random.choice((1, 1, 1, 0, 2, 5))
    if random.random() < 0.2:
        links.append(oracles.der(world.disabled.certificate()))
    random.shuffle(links)
    if random.random() < 0.5:
        certificate, links = _own_chain(random, world.pending.csr())
    elif random.random() < 0.5:
        certificate = broken(random, certificate)
    elif links:
        place = random.randrange(len(links))
        links[place] = broken(random, links[place])
    armours = [pem if random.random() < 0.1 else _armoured for _ in range(len(links) + 1)]
    parts = [
        armour(random, "CERTIFICATE", data)
        for armour, data in zip(armours, (certificate, *links), strict=True)
    ]
    request: dict[str, Any] = {"CertificateAuthorityArn": world.pending.arn}
    if random.random() < 0.2:
        request["CertificateAuthorityArn"] = world.pending_root.arn
    request["Certificate"], request["CertificateChain"] = parts[0], b"\n".join(parts[1:])
    outcome, _ = world.call(_IMPORT, request)
    repr(world.pca)
    world.pca._repr_html_()
    return outcome


def resource_policies(world: World, random: Random) -> str:
    """Resource policies, and what another account may do under them."""
    statement = policies.statement(world.root)
    statement["Condition"] = {
        "StringEquals": {"aws:PrincipalOrgID": policies.ORGANIZATION},
        "ArnLike": {"acm-pca:TemplateArn": "arn:aws:acm-pca:::template/*"},
    }
    policy: Any = {"Version": "2012-10-17", "Statement": [statement, dict(statement)]}
    try:
        text = json.dumps(changed(random, policy))
    except (TypeError, ValueError, RecursionError):
        text = broken_text(random, json.dumps(policy))
    if random.random() < 0.2:
        text = broken_text(random, text)
    outcome, _ = world.call("PutPolicy", {"ResourceArn": world.root.arn, "Policy": text})
    for operation in ("GetCertificate", "IssueCertificate", "ListTags"):
        world.call(operation, world.requests[operation], by_other=True)
    return outcome


def tokens(world: World, random: Random) -> str:
    """Tokens of pages that are cut, changed, or of another list; idempotency tokens of any kind."""
    operation = random.choice(("ListCertificateAuthorities", "ListPermissions", "ListTags"))
    _, answer = world.call(
        random.choice(("ListCertificateAuthorities", "ListTags")),
        {**world.requests["ListTags"], "MaxResults": 1},
    )
    token = (answer or {}).get("NextToken", "token")
    if random.random() < 0.5:
        token = broken_text(random, token)
    elif random.random() < 0.3:
        with suppress(ValueError):
            decoded = base64.b64decode(token + "==", altchars=b"-_")
            token = base64.urlsafe_b64encode(broken(random, decoded)).decode()
    elif random.random() < 0.3:
        token = value(random)
    world.call(
        "CreateCertificateAuthority",
        {**world.requests["CreateCertificateAuthority"], "IdempotencyToken": token},
    )
    outcome, _ = world.call(operation, {**world.requests[operation], "NextToken": token})
    return outcome


def ocsp_requests(world: World, random: Random) -> str:
    """OCSP requests; cryptography reads every answer."""
    return _ocsp(world, random)[0]


def ocsp_answers(world: World, random: Random) -> str:
    """OCSP requests; openssl reads every answer."""
    outcome, answer = _ocsp(world, random)
    result = oracles.openssl(
        "ocsp", "-respin", "/dev/stdin", "-noverify", "-resp_text", input=answer
    )
    if result.returncode != 0 and b"Responder Error" not in result.stdout:
        raise BreakageError(f"openssl cannot read the OCSP answer {answer.hex()}")
    return outcome


def _ocsp(world: World, random: Random) -> tuple[str, bytes]:
    names = ("sha1", "sha256", "sha384", "sha512")
    ids = [
        revoking.certificate_id(
            world.root.certificate(), revoking.serial(world.issued), random.choice(names)
        )
        for _ in range(random.choice((1, 1, 2, 3)))
    ]
    nonce = b"nonce" if random.random() < 0.3 else None
    return _status(world, broken(random, revoking.ocsp_request(*ids, nonce=nonce)))


def _status(world: World, request: bytes) -> tuple[str, bytes]:
    """What cryptography reads in the answer to an OCSP request, and the answer."""
    start = time.perf_counter()
    answer = world.pca.ocsp_response(request)
    world.note_time("OCSP", time.perf_counter() - start)
    try:
        read = ocsp.load_der_ocsp_response(answer)
        outcome = read.response_status.name
        if read.response_status is ocsp.OCSPResponseStatus.SUCCESSFUL:
            for single in read.responses:
                outcome = single.certificate_status.name
                single.serial_number, single.issuer_key_hash  # noqa: B018
    except Exception as error:
        raise BreakageError(f"cryptography cannot read {answer.hex()}: {error}") from error
    return outcome, answer


def cuts_and_flips(world: World, every: int = 1) -> Iterator[str]:
    """CSRs, certificates, policies, tokens and OCSP requests, cut everywhere, each bit flipped.

    Args:
        world: where they are tried.
        every: how many of them one is tried of.
    """
    certificate, chain = (oracles.der(text) for text in world.signed)
    importing: dict[str, Any] = {
        "CertificateAuthorityArn": world.pending.arn,
        "Certificate": world.signed[0].encode(),
        "CertificateChain": world.signed[1].encode(),
    }
    _, page = world.call(_LIST, {"MaxResults": 1})
    resource = {"ResourceArn": world.root.arn}
    # What is broken, its armour, and where it is sent: operation, other members, member.
    targets: tuple[tuple[bytes, str | None, str, dict[str, Any], str], ...] = (
        (_csrs()[0][1], "CERTIFICATE REQUEST", "IssueCertificate", _plain_issuance(world), "Csr"),
        (certificate, "CERTIFICATE", _IMPORT, importing, "Certificate"),
        (chain, "CERTIFICATE", _IMPORT, importing, "CertificateChain"),
        (world.signed[0].encode(), None, _IMPORT, importing, "Certificate"),
        (world.policy.encode(), None, "PutPolicy", resource, "Policy"),
        (page["NextToken"].encode(), None, _LIST, {}, "NextToken"),
    )
    for data, label, operation, others, member in targets:
        for broken_data in islice(cut_and_flipped(data), 0, None, every):
            world.renew()
            blob = _armoured(Random(), label, broken_data) if label else broken_data
            is_text = member in ("Policy", "NextToken")
            value = blob.decode("utf-8", "replace") if is_text else blob
            yield world.call(operation, {**others, member: value})[0]
    identifier = revoking.certificate_id(world.root.certificate(), revoking.serial(world.issued))
    for request in islice(cut_and_flipped(revoking.ocsp_request(identifier)), 0, None, every):
        yield _status(world, request)[0]


def _plain_issuance(world: World) -> dict[str, Any]:
    names = ("CertificateAuthorityArn", "SigningAlgorithm", "Validity")
    return {name: world.requests["IssueCertificate"][name] for name in names}


def attempt(kind: str, world: World, random: Random) -> str:
    """Make an attempt of a kind: how the service answered."""
    world.renew()
    return ATTACKS[kind](world, random)


# What is tried. Each returns how the service answered.
ATTACKS: Final[dict[str, Callable[[World, Random], str]]] = {
    attack.__name__.replace("_", " "): attack
    for attack in (
        requests, clients, csrs, chains, resource_policies, tokens, ocsp_requests, ocsp_answers,
    )
}  # fmt: skip


def _armoured(_: Random, label: str, data: bytes) -> bytes:
    body = base64.encodebytes(data).replace(b"\n", b"")
    lines = b"\n".join(body[place : place + 64] for place in range(0, len(body), 64))
    return b"-----BEGIN %s-----\n%s\n-----END %s-----\n" % (label.encode(), lines, label.encode())


def _look(world: World, arn: str) -> None:
    """What shows a certificate must work whatever is in it."""
    certificate = next(item for item in world.pca.certificates if item.arn == arn)
    repr(certificate)
    certificate._repr_html_()
    world.pca._repr_html_()


def _signed_anew(random: Random, key: Any, data: bytes) -> bytes:
    """A CSR or certificate with a broken body, and a signature that fits it.

    Args:
        random: decides how the body is broken.
        key: the key that signs.
        data: DER.
    """
    body, algorithm, _ = der.parse(data).children()
    encoded = broken(random, body.encoded)
    if isinstance(key, ec.EllipticCurvePrivateKey):
        signature = key.sign(encoded, ec.ECDSA(hashes.SHA256()))
    elif isinstance(key, rsa.RSAPrivateKey):
        signature = key.sign(encoded, padding.PKCS1v15(), hashes.SHA256())
    else:
        signature = key.sign(encoded)
    return der.sequence(encoded, algorithm.encoded, der.bit_string(signature))


def _own_chain(random: Random, csr_pem: bytes) -> tuple[bytes, list[bytes]]:
    """A certificate for a CSR from a chain of our own, one link of which is broken and signed."""
    key, root_name = _issuing_key(), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Root")])
    below = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Between")])
    csr = x509.load_pem_x509_csr(csr_pem)
    public: Any = key.public_key()
    made = [
        _ca_certificate(csr.subject, csr.public_key(), below, 0),
        _ca_certificate(below, public, root_name, 1),
        _ca_certificate(root_name, public, root_name, None),
    ]
    place = random.randrange(len(made))
    made[place] = _signed_anew(random, key, made[place])
    return made[0], made[1:]


def _ca_certificate(subject: x509.Name, public: Any, issuer: x509.Name, limit: int | None) -> bytes:
    now = datetime.now(timezone.utc)
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
         "encipher_only", "decipher_only"), False,
    )  # fmt: skip
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(5)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=100))
        .add_extension(x509.BasicConstraints(True, limit), critical=True)
        .add_extension(
            x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), True
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(
            x509.NameConstraints(
                [x509.DNSName("example.com"), x509.DirectoryName(x509.Name([]))],
                [x509.DNSName("x.example.com"), x509.IPAddress(IPv4Network("10.0.0.0/8"))],
            ),
            critical=True,
        )
        .sign(_issuing_key(), hashes.SHA256())
        .public_bytes(Encoding.DER)
    )


@cache
def _issuing_key() -> Any:
    return ec.generate_private_key(ec.SECP256R1())


@cache
def _csrs() -> tuple[tuple[Any, bytes], ...]:
    """CSRs with keys, subjects and extensions of several kinds, DER, with their keys."""
    keys: tuple[Any, ...] = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP521R1()),
        ec.generate_private_key(ec.BrainpoolP256R1()),
        rsa.generate_private_key(65537, 2048),
        ed25519.Ed25519PrivateKey.generate(),
    )
    extensions: tuple[x509.ExtensionType, ...] = (
        x509.SubjectAlternativeName(
            [
                x509.DNSName("example.com"),
                x509.RFC822Name("a@example.com"),
                x509.DirectoryName(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a")])),
                x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
                x509.OtherName(x509.ObjectIdentifier("1.2.3"), b"\x0c\x01a"),
            ]
        ),
        x509.BasicConstraints(True, 3),
        x509.NameConstraints([x509.DNSName("example.com")], None),
        x509.ExtendedKeyUsage([x509.ObjectIdentifier("1.3.6.1.5.5.7.3.1")]),
        x509.SubjectKeyIdentifier(b"k" * 20),
        x509.CertificatePolicies(
            [x509.PolicyInformation(x509.ObjectIdentifier("1.2.3"), ["https://example.com"])]
        ),
        x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\x05\x00"),
    )
    names = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "DE"),
        x509.NameAttribute(NameOID.COMMON_NAME, "example.com"),
        x509.NameAttribute(NameOID.EMAIL_ADDRESS, "a@example.com"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Beispiel \u00fc \U0001f600"),
    ]
    made = []
    for key in keys:
        builder = x509.CertificateSigningRequestBuilder().subject_name(x509.Name(names))
        for extension in extensions:
            builder = builder.add_extension(extension, critical=False)
        algorithm: Any = None if isinstance(key, ed25519.Ed25519PrivateKey) else hashes.SHA256()
        made.append((key, builder.sign(key, algorithm).public_bytes(Encoding.DER)))
    made.append((keys[0], oracles.der(support.KeyHolder(keys[0]).csr().decode())))
    return tuple(made)
