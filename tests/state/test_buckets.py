"""A state without a mock around it."""

from __future__ import annotations

from pca_mock.service import dispatch
from pca_mock.state.calls import Caller
from pca_mock.state.store import State
from tests import revoking, support


def test_a_state_without_buckets_accepts_every_object_and_keeps_none() -> None:
    state, caller = State(), Caller("123456789012", "us-east-1", "aws")
    kept = state.keep()

    created = dispatch.call(
        state,
        "CreateCertificateAuthority",
        {
            "CertificateAuthorityConfiguration": support.configuration(),
            "CertificateAuthorityType": "ROOT",
            "RevocationConfiguration": revoking.crl_on(),
        },
        caller,
    )
    arn = {"CertificateAuthorityArn": created["CertificateAuthorityArn"]}
    csr = dispatch.call(state, "GetCertificateAuthorityCsr", arn, caller)["Csr"]
    request = {
        "Csr": csr,
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": support.TEN_YEARS,
        "TemplateArn": support.template_arn("RootCACertificate"),
    }
    own = dispatch.call(state, "IssueCertificate", arn | request, caller)["CertificateArn"]
    certificate = dispatch.call(state, "GetCertificate", arn | {"CertificateArn": own}, caller)
    installed = {"Certificate": certificate["Certificate"]}
    dispatch.call(state, "ImportCertificateAuthorityCertificate", arn | installed, caller)
    leaf = request | {"Validity": support.ONE_YEAR, "TemplateArn": None}
    dispatch.call(state, "IssueCertificate", arn | leaf, caller)

    assert state.buckets.keep() == ({}, frozenset(), frozenset())
    state.restore(kept, calls=True)
    assert list(state.all_authorities()) == []
