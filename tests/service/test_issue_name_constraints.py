"""The name constraints above a CA apply to its certificates: AWS answers first, and fails then.

Which names they permit: `tests/pki/test_name_constraints.py`.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore.exceptions import WaiterError
from cryptography import x509

from tests import revoking, support
from tests.issuance import NAME_CONSTRAINTS, ForeignRoot, custom, name, passing, raw_csr, san
from tests.refusals import refused
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock

_MONTH: Final[Any] = {"Type": "DAYS", "Value": 30}
_API: Final = "EndEntityCertificate_APIPassthrough"
_EXAMPLE: Final = x509.Name([x509.NameAttribute(x509.NameOID.ORGANIZATION_NAME, "Example")])


def constraints(*permitted: x509.GeneralName, excluded: Any = None) -> Any:
    """A custom extension with name constraints."""
    value = x509.NameConstraints(permitted or None, excluded)
    return custom(NAME_CONSTRAINTS, value.public_bytes(), critical=True)


def below(parent: Ca, path_length: int, *extensions: Any) -> Ca:
    """A CA whose certificate has these custom extensions."""
    ca = support.pending(parent.client, "SUBORDINATE", support.configuration(f"CA {path_length}"))
    arn = parent.issue(
        ca.csr(),
        f"SubordinateCACertificate_PathLen{path_length}_APIPassthrough",
        ApiPassthrough=passing(CustomExtensions=list(extensions)) if extensions else {},
    )
    ca.install(*parent.get(arn))
    return ca


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    return support.root(pca.client(region_name="us-east-1"))


@pytest.fixture
def ca(root: Ca) -> Ca:
    """A CA for names in example.com, but not in secret.example.com."""
    secret = [x509.DNSName("secret.example.com")]
    return below(root, 0, constraints(x509.DNSName("example.com"), excluded=secret))


def fails(ca: Ca, csr: bytes, template: str | None = None, **request: Any) -> bool:
    """Whether an issuance fails after its ARN was answered."""
    arn = ca.issue(csr, template, Validity=_MONTH, **request)
    try:
        ca.get(arn)
    except ca.client.exceptions.RequestFailedException:
        return True
    return False


def test_a_breach_fails_after_the_answer(ca: Ca) -> None:
    arn = ca.issue(raw_csr(san("www.example.org")), Validity=_MONTH)

    with refused("RequestFailedException", match=f"Certificate {arn} is in a failed state."):
        ca.get(arn)
    with pytest.raises(WaiterError):
        ca.client.get_waiter("certificate_issued").wait(
            CertificateAuthorityArn=ca.arn, CertificateArn=arn
        )


def test_a_failed_issuance_leaves_no_certificate(pca: PcaMock, ca: Ca) -> None:
    arn = ca.issue(raw_csr(san("www.example.org")), Validity=_MONTH)

    with refused("ResourceNotFoundException", pca):
        revoking.revoke(ca, arn)
    report = revoking.create_report(ca)
    assert arn not in pca.buckets[revoking.REPORTS][report["S3Key"]].decode()


@pytest.mark.parametrize(
    ("host", "is_permitted"),
    [
        ("www.example.com", True),
        ("www.example.org", False),
        ("www.secret.example.com", False),
    ],
)
def test_the_constraints_hold_wherever_the_names_come_from(
    ca: Ca, host: str, is_permitted: bool
) -> None:
    by_api = passing(SubjectAlternativeNames=[{"DnsName": host}])
    by_bytes = passing(CustomExtensions=[custom("2.5.29.17", bytes.fromhex(san(host).value))])

    assert fails(ca, raw_csr(san(host))) is not is_permitted
    assert fails(ca, raw_csr(), _API, ApiPassthrough=by_api) is not is_permitted
    assert fails(ca, raw_csr(), _API, ApiPassthrough=by_bytes) is not is_permitted


def test_one_forbidden_name_of_several_is_a_breach(ca: Ca) -> None:
    assert fails(ca, raw_csr(san("www.example.com", "www.example.org")))


def test_the_subject_is_held_to_directory_names(root: Ca) -> None:
    ca = below(root, 0, constraints(x509.DirectoryName(_EXAMPLE)))
    inside = {"Organization": "Example", "CommonName": "a"}

    assert not fails(ca, raw_csr(), _API, ApiPassthrough={"Subject": inside})
    assert fails(ca, raw_csr(), _API, ApiPassthrough={"Subject": {"Organization": "Other"}})
    assert fails(ca, raw_csr(subject=name("localhost")))


def test_a_subordinate_ca_is_held_to_them_too(root: Ca) -> None:
    upper = below(root, 1, constraints(x509.DirectoryName(_EXAMPLE)))
    template = "SubordinateCACertificate_PathLen0"

    assert fails(upper, raw_csr(subject=name("Stranger")), template)
    assert not fails(upper, raw_csr(subject=bytes(_EXAMPLE.public_bytes())), template)


def test_the_constraints_of_ancestors_hold_as_well(root: Ca) -> None:
    upper = below(root, 1, constraints(x509.DNSName("example.com")))
    ca = below(upper, 0)

    assert not fails(ca, raw_csr(san("www.example.com")))
    assert fails(ca, raw_csr(san("www.example.org")))


def test_a_roots_constraints_apply_to_its_certificates_but_not_to_itself(pca: PcaMock) -> None:
    root = support.pending(pca.client(region_name="us-east-1"), "ROOT")
    only_example = passing(CustomExtensions=[constraints(x509.DirectoryName(_EXAMPLE))])
    template = "RootCACertificate_APIPassthrough"
    root.install(root.issued(root.csr(), template, ApiPassthrough=only_example))

    assert fails(root, raw_csr())
    assert not fails(root, root.csr(), template)


def test_constraints_that_came_from_outside_hold(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    network = x509.IPAddress(ipaddress.ip_network("192.0.2.0/24"))
    ForeignRoot(name_constraints=x509.NameConstraints([network], None)).install_at(ca)
    by_api = [passing(SubjectAlternativeNames=[{"IpAddress": f"192.0.{n}.1"}]) for n in (2, 3)]

    assert not fails(ca, raw_csr(), _API, ApiPassthrough=by_api[0])
    assert fails(ca, raw_csr(), _API, ApiPassthrough=by_api[1])
