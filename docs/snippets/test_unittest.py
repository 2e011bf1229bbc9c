# ruff: noqa: PT009
import unittest

import boto3

from pca_mock import mock_pca


@mock_pca
class EachTestHasAMockOfItsOwn(unittest.TestCase):
    def setUp(self) -> None:
        self.client = boto3.client("acm-pca", region_name="us-east-1")

    def test_a_mock_begins_without_authorities(self) -> None:
        self.assertEqual(self.client.list_certificate_authorities()["CertificateAuthorities"], [])


class TheHandleIsKept(unittest.TestCase):
    def setUp(self) -> None:
        mock = mock_pca()
        self.pca = mock.start()
        self.addCleanup(mock.stop)
        self.root = self.pca.create_root_ca("Example Root CA")

    def test_handles_are_at_hand(self) -> None:
        leaf = self.root.issue("localhost")

        self.assertEqual(leaf.status, "ISSUED")
        self.pca.calls.assert_called("IssueCertificate", CertificateAuthorityArn=self.root.arn)


@mock_pca
class OneMockForTheWholeClass(unittest.TestCase):
    arn: str

    @classmethod
    def setUpClass(cls) -> None:
        client = boto3.client("acm-pca", region_name="us-east-1")
        cls.arn = client.create_certificate_authority(
            CertificateAuthorityType="ROOT",
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": "EC_prime256v1",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": "Example Root CA"},
            },
        )["CertificateAuthorityArn"]

    def test_every_test_sees_the_same_authority(self) -> None:
        client = boto3.client("acm-pca", region_name="us-east-1")

        answer = client.describe_certificate_authority(CertificateAuthorityArn=self.arn)

        self.assertEqual(answer["CertificateAuthority"]["Status"], "PENDING_CERTIFICATE")
