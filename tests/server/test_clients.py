"""One journey through clients of five kinds, each in a process of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from pca_mock import PcaMock
from tests import oracles
from tests.needs import missing

CLIENTS = Path(__file__).with_name("clients")
# Where `.ci/run` has installed what isn't Python's: Node's packages, and Debian's for Go.
NODE_MODULES = Path(os.environ.get("PCA_MOCK_NODE_MODULES", CLIENTS / "node_modules"))
GO_PATH = Path("/usr/share/gocode")
OTHER_ARN = "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/none"


def csr() -> str:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "from the CSR")])
    request = x509.CertificateSigningRequestBuilder(name).sign(key, hashes.SHA256())
    return request.public_bytes(Encoding.PEM).decode()


def python(_: Path) -> list[str]:
    return [sys.executable, str(CLIENTS / "journey.py")]


def python_with_cbor(folder: Path) -> list[str]:
    from pca_mock.service.model import service_model

    if "smithy-rpc-v2-cbor" not in service_model().metadata.get("protocols", ()):
        pytest.skip("the service model of this botocore has no CBOR")
    return [*python(folder), "cbor"]


def javascript(folder: Path) -> list[str]:
    if not shutil.which("node") or not (NODE_MODULES / "@aws-sdk" / "client-acm-pca").is_dir():
        missing("no @aws-sdk/client-acm-pca: set PCA_MOCK_NODE_MODULES to a folder with it")
    (folder / "node_modules").symlink_to(NODE_MODULES.resolve())
    shutil.copy(CLIENTS / "journey.mjs", folder)
    return ["node", str(folder / "journey.mjs")]


def go(folder: Path) -> list[str]:
    if not shutil.which("go") or not (GO_PATH / "src/github.com/aws/aws-sdk-go-v2").is_dir():
        missing("no SDK for Go: apt-get install golang-go golang-github-aws-aws-sdk-go-v2-dev")
    variables = {"GO111MODULE": "off", "GOPATH": str(GO_PATH), "GOFLAGS": ""}
    command = ["go", "build", "-o", str(folder / "journey"), str(CLIENTS / "journey.go")]
    subprocess.run(command, env=os.environ | variables, check=True, timeout=300)
    return [str(folder / "journey")]


@pytest.mark.parametrize("client", [python, python_with_cbor, javascript, go])
def test_a_client_goes_through_the_journey(
    client: Callable[[Path], list[str]], pca: PcaMock, url: str, tmp_path: Path
) -> None:
    command = client(tmp_path)
    environment = pca.environment() | {"CSR": csr(), "OTHER_ARN": OTHER_ARN}

    with pca.fail("DescribeCertificateAuthority", "ThrottlingException", attempts=1):
        result = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=120, check=False
        )
    assert result.returncode == 0, result.stderr

    check_journey(json.loads(result.stdout), pca, tmp_path)


def check_journey(result: dict[str, Any], pca: PcaMock, folder: Path) -> None:
    root, subordinate = (pca.authority(result[name]) for name in ("root", "subordinate"))
    certificate = x509.load_pem_x509_certificate(result["certificate"].encode())
    assert certificate.subject.rfc4514_string().startswith("CN=from ")
    assert oracles.openssl_verify(
        folder, result["certificate"], result["chain"], root.certificate_pem
    )
    assert result["listed"] == [[root.arn], [subordinate.arn]]
    created = root.describe()["CreatedAt"]
    assert result["created"] == f"{created:%Y-%m-%dT%H:%M:%S}.{created.microsecond // 1000:03}Z"
    assert result["error"] == {
        "typed": True,
        "name": "InvalidArnException",
        "message": "Not a valid arn.",
    }
    assert pca.certificates[-1].status == "REVOKED"
    first = pca.calls.filter("DescribeCertificateAuthority")[0]
    assert (first.outcome, first.retries) == ("success", 1)


def test_the_aws_cli_goes_through_the_life_of_a_ca(pca: PcaMock, url: str) -> None:
    aws = os.environ.get("PCA_MOCK_AWS_CLI") or shutil.which("aws")
    if aws is None:
        missing("no AWS CLI: pip install awscli, or set PCA_MOCK_AWS_CLI to it")

    def cli(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [aws, "acm-pca", *arguments, "--output", "json"]
        return subprocess.run(
            command, env=pca.environment(), capture_output=True, text=True, timeout=60, check=False
        )

    configuration = {
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Subject": {"CommonName": "From the CLI"},
    }
    made = cli(
        "create-certificate-authority",
        "--certificate-authority-type=ROOT",
        f"--certificate-authority-configuration={json.dumps(configuration)}",
    )
    arn = json.loads(made.stdout)["CertificateAuthorityArn"]
    csr = cli("get-certificate-authority-csr", f"--certificate-authority-arn={arn}")
    refused = cli("get-certificate-authority-certificate", f"--certificate-authority-arn={arn}")

    assert json.loads(csr.stdout)["Csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----")
    assert refused.returncode != 0
    assert "InvalidStateException" in refused.stderr
    assert pca.authority(arn).status == "PENDING_CERTIFICATE"
