from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pca_mock.pki.algorithms import KEY_ALGORITHMS, fitting
from pca_mock.testing.requests import authority_request
from tests.issuance import attributes

if TYPE_CHECKING:
    from pca_mock import PcaMock


def request(members: Any = None, **short_forms: Any) -> dict[str, Any]:
    return authority_request("ROOT", "Name", "EC_prime256v1", members or {}, **short_forms)


def test_a_ca_is_requested_with_few_arguments() -> None:
    assert request() == {
        "CertificateAuthorityType": "ROOT",
        "CertificateAuthorityConfiguration": {
            "KeyAlgorithm": "EC_prime256v1",
            "SigningAlgorithm": "SHA256WITHECDSA",
            "Subject": {"CommonName": "Name"},
        },
    }


@pytest.mark.parametrize("key_algorithm", KEY_ALGORITHMS)
def test_a_ca_signs_with_an_algorithm_that_fits_its_key(key_algorithm: str) -> None:
    asked = authority_request("ROOT", "Name", key_algorithm, {})

    configuration = asked["CertificateAuthorityConfiguration"]
    assert configuration["SigningAlgorithm"] in fitting(key_algorithm)


@pytest.mark.parametrize(
    ("more", "revocation"),
    [
        ({"crl_bucket": "b"}, {"CrlConfiguration"}),
        ({"ocsp": True}, {"OcspConfiguration"}),
        ({"crl_bucket": "b", "ocsp": True}, {"CrlConfiguration", "OcspConfiguration"}),
        ({"ocsp": True, "members": {"RevocationConfiguration": {}}}, set()),
    ],
)
def test_revocation_is_requested_where_the_caller_chose_it(more: Any, revocation: set[str]) -> None:
    assert request(**more)["RevocationConfiguration"].keys() == revocation


def test_no_revocation_is_requested_by_default() -> None:
    assert "RevocationConfiguration" not in request(ocsp=False, crl_bucket=None)


def test_other_members_are_passed_on_and_may_replace_the_rest() -> None:
    asked = request({"Tags": [], "CertificateAuthorityType": "SUBORDINATE"})

    assert asked["Tags"] == []
    assert asked["CertificateAuthorityType"] == "SUBORDINATE"


@pytest.mark.parametrize(
    ("value", "names"),
    [
        ([("1.2.3", "a")], [("2.5.4.3", "Name"), ("1.2.3", "a")]),
        ([("1.2.3", "a"), ("2.5.4.3", "Own")], [("1.2.3", "a"), ("2.5.4.3", "Own")]),
    ],
)
def test_beside_custom_attributes_the_common_name_is_one_of_them(
    value: Any, names: Any, pca: PcaMock
) -> None:
    root = pca.create_root_ca("Name", subject=attributes(*value))

    subject = root.certificate.subject
    assert [(part.oid.dotted_string, part.value) for part in subject] == names
    assert root.common_name == dict(names)["2.5.4.3"]


def test_the_callers_structures_do_not_change() -> None:
    subject: Any = {"Organization": "Example"}
    members: Any = {"Tags": []}
    request(members, subject=subject, crl_bucket="b")

    assert (subject, members) == ({"Organization": "Example"}, {"Tags": []})


def test_an_unknown_key_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="no key algorithm 'DSA'"):
        authority_request("ROOT", "Name", "DSA", {})
