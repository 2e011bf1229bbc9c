"""The types that mypy must find for the public names. mypy checks this file; nobody runs it."""

from __future__ import annotations

import unittest
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING

from pca_mock import (
    Certificate,
    Csr,
    Event,
    Events,
    Files,
    PcaMock,
    PcaPatcher,
    create_csr,
    mock_pca,
)

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient
    from mypy_boto3_acm_pca import literals as stubs
    from typing_extensions import assert_type

    from pca_mock import literals

    async def coroutine() -> None:
        with mock_pca() as pca:
            assert_type(pca, PcaMock)
            assert_type(pca.client(region_name="eu-west-1"), ACMPCAClient)
            assert_type(pca.account_id, str)
        async with mock_pca(account_id="111122223333") as pca:
            assert_type(pca, PcaMock)
        mock = mock_pca()
        assert_type(mock, PcaPatcher)
        assert_type(mock.start(), PcaMock)
        assert_type(mock.stop(), None)

    @mock_pca
    def function(number: int, *, name: str = "") -> str:
        return name * number

    assert_type(function(1, name="a"), str)
    function("1")  # type: ignore[arg-type]

    @mock_pca(account_id="111122223333")
    async def coroutine_function() -> int:
        return 1

    @mock_pca
    def generator() -> Iterator[int]:
        yield 1

    assert_type(generator(), Iterator[int])

    @mock_pca()
    async def async_generator() -> AsyncIterator[int]:
        yield 1

    @mock_pca
    class Case(unittest.TestCase):
        attribute = 1

    assert_type(Case().attribute, int)

    mock_pca(account=1)  # type: ignore[call-overload]
    mock_pca(seed=None, organization_id=None, s3_endpoint_url=None, region_name=None)
    mock_pca(seed=1.5)  # type: ignore[call-overload]

    # Each literal of the stubs is ours, and the other way round.

    def our_literals_are_theirs(
        key: literals.KeyAlgorithm,
        signing: literals.SigningAlgorithm,
        revocation: literals.RevocationReason,
        failure: literals.FailureReason,
    ) -> tuple[
        stubs.KeyAlgorithmType,
        stubs.SigningAlgorithmType,
        stubs.RevocationReasonType,
        stubs.FailureReasonType,
    ]:
        return key, signing, revocation, failure

    def their_literals_are_ours(
        key: stubs.KeyAlgorithmType,
        signing: stubs.SigningAlgorithmType,
        revocation: stubs.RevocationReasonType,
        failure: stubs.FailureReasonType,
    ) -> tuple[
        literals.KeyAlgorithm,
        literals.SigningAlgorithm,
        literals.RevocationReason,
        literals.FailureReason,
    ]:
        return key, signing, revocation, failure

    def handles(pca: PcaMock) -> None:
        root = pca.create_root_ca(
            key_algorithm="RSA_2048",
            signing_algorithm="SHA512WITHRSA_PSS",
            subject={"Organization": "Example"},
            Tags=[{"Key": "team", "Value": "pki"}],
            UsageMode="SHORT_LIVED_CERTIFICATE",
        )
        assert_type(root.key_algorithm, literals.KeyAlgorithm)
        assert_type(root.signing_algorithm, literals.SigningAlgorithm)
        leaf = root.issue(
            "localhost", purpose="client", ApiPassthrough={"Subject": {"CommonName": "Ada"}}
        )
        assert_type(leaf, Certificate)
        assert_type(leaf.write_to("folder"), Files)
        assert_type(leaf.pkcs12("changeit"), bytes)
        request = create_csr("localhost", key_algorithm="EC_secp384r1")
        assert_type(request, Csr)
        assert_type(request.pem, str)
        assert_type(root.issue(csr=request), Certificate)
        leaf.revoke("SUPERSEDED")
        assert_type(pca.events.filter("ACM Private CA Creation"), Events)
        assert_type(pca.events.matching({"source": ["aws.acm-pca"]})[0], Event)
        pca.fail("IssueCertificate", "ThrottlingException", Csr=request)
        pca.fail_later("CreateCertificateAuthority", "UNSUPPORTED_ALGORITHM")

        pca.create_root_ca(key_algorithm="RSA_1024")  # type: ignore[arg-type]
        pca.create_root_ca(signing_algorithm="MD5WITHRSA")  # type: ignore[arg-type]
        pca.create_root_ca(region="eu-west-1")  # type: ignore[call-arg]
        pca.create_root_ca(UsageMode="SHORT")  # type: ignore[arg-type]
        root.create_subordinate_ca(tags=[])  # type: ignore[call-arg]
        root.issue("localhost", purpose="mail")  # type: ignore[arg-type]
        root.issue("localhost", days=30)  # type: ignore[call-arg]
        root.issue("localhost", validity=30)  # type: ignore[arg-type]
        create_csr("localhost", key_algorithm="DSA")  # type: ignore[arg-type]
        leaf.revoke("BOREDOM")  # type: ignore[arg-type]
        pca.fail("IssueCertificat", "ThrottlingException")  # type: ignore[arg-type]
        pca.hold("RevokeCertificate", 1)  # type: ignore[arg-type]
        pca.calls.assert_called("GetCert")  # type: ignore[arg-type]
        pca.events.filter("ACM Certificate Issuance")  # type: ignore[arg-type]
        pca.clock.advance(5)  # type: ignore[arg-type]
        pca.clock.advance(months=1)  # type: ignore[call-arg]
