"""The journey with boto3: its results as JSON, for the test to check.

With the argument "cbor", botocore speaks Smithy RPC v2 CBOR.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timezone
from typing import Any

import boto3
import botocore.model


def force_cbor() -> None:
    """Have botocore prefer the protocol that it ranks last."""
    botocore.model.PRIORITY_ORDERED_SUPPORTED_PROTOCOLS = ("smithy-rpc-v2-cbor",)


class Journey:
    def __init__(self, client: Any) -> None:
        self.client = client

    def create(self, kind: str, name: str) -> str:
        arn: str = self.client.create_certificate_authority(
            CertificateAuthorityType=kind,
            CertificateAuthorityConfiguration={
                "KeyAlgorithm": "EC_prime256v1",
                "SigningAlgorithm": "SHA256WITHECDSA",
                "Subject": {"CommonName": name},
            },
        )["CertificateAuthorityArn"]
        waiter = self.client.get_waiter("certificate_authority_csr_created")
        waiter.wait(CertificateAuthorityArn=arn)
        return arn

    def issue(self, issuer: str, csr: str, template: str, days: int, **more: Any) -> Any:
        arn = self.client.issue_certificate(
            CertificateAuthorityArn=issuer,
            Csr=csr,
            SigningAlgorithm="SHA256WITHECDSA",
            TemplateArn=f"arn:aws:acm-pca:::template/{template}/V1",
            Validity={"Type": "DAYS", "Value": days},
            **more,
        )["CertificateArn"]
        request = {"CertificateAuthorityArn": issuer, "CertificateArn": arn}
        self.client.get_waiter("certificate_issued").wait(**request)
        return {"arn": arn, **self.client.get_certificate(**request)}

    def install(self, arn: str, issuer: str, template: str, days: int) -> None:
        csr = self.client.get_certificate_authority_csr(CertificateAuthorityArn=arn)["Csr"]
        issued = self.issue(issuer, csr, template, days)
        members = {
            name: issued[name] for name in ("Certificate", "CertificateChain") if name in issued
        }
        self.client.import_certificate_authority_certificate(CertificateAuthorityArn=arn, **members)

    def result(self) -> dict[str, Any]:
        root = self.create("ROOT", "Root")
        self.install(root, root, "RootCACertificate", 3650)
        subordinate = self.create("SUBORDINATE", "Issuing")
        self.install(subordinate, root, "SubordinateCACertificate_PathLen0", 365)
        leaf = self.issue(
            subordinate,
            os.environ["CSR"],
            "BlankEndEntityCertificate_APIPassthrough",
            30,
            ApiPassthrough={"Subject": {"CommonName": "from python"}},
        )
        self.client.revoke_certificate(
            CertificateAuthorityArn=subordinate,
            CertificateSerial=leaf["arn"].rpartition("/")[2],
            RevocationReason="KEY_COMPROMISE",
        )
        pages = self.client.get_paginator("list_certificate_authorities").paginate(
            PaginationConfig={"PageSize": 1}
        )
        listed = [[ca["Arn"] for ca in page["CertificateAuthorities"]] for page in pages]
        described = self.client.describe_certificate_authority(CertificateAuthorityArn=root)
        created = described["CertificateAuthority"]["CreatedAt"].astimezone(timezone.utc)
        try:
            self.client.describe_certificate_authority(
                CertificateAuthorityArn=os.environ["OTHER_ARN"]
            )
        except self.client.exceptions.InvalidArnException as raised:
            error = raised.response["Error"]
        return {
            "root": root,
            "subordinate": subordinate,
            "listed": listed,
            "certificate": leaf["Certificate"],
            "chain": leaf["CertificateChain"],
            "created": f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03}Z",
            "error": {"typed": True, "name": error["Code"], "message": error["Message"]},
        }


if __name__ == "__main__":
    if "cbor" in sys.argv:
        force_cbor()
    print(json.dumps(Journey(boto3.client("acm-pca")).result()))
