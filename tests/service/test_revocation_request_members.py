"""Every member of these operations' inputs has an effect: nothing is read and then forgotten.

A request is sent twice, in equal states, the second time with one member changed; the
effect must change too. The members come from botocore's service model: one that is new there
fails here until it is tried.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.session import Session

from pca_mock import mock_pca
from tests import revoking
from tests.revoking import BUCKET, REPORTS, ca_id, issue, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_OPERATIONS: Final = (
    "RevokeCertificate",
    "CreateCertificateAuthorityAuditReport",
    "DescribeCertificateAuthorityAuditReport",
)


class World:
    """Two CAs; the first one has two certificates and two reports."""

    def __init__(self, pca: PcaMock) -> None:
        self.pca = pca
        self.ca, self.other = revoking.root(pca), revoking.root(pca)
        self.serials = [serial(issue(self.ca)) for _ in range(2)]
        self.reports = [revoking.create_report(self.ca) for _ in range(2)]
        pca.buckets.remove(REPORTS)
        pca.buckets.allow(REPORTS)

    def members(self) -> dict[str, tuple[Any, Any]]:
        """Member -> its value in the first request, and another one."""
        first, second = self.reports
        return {
            "CertificateAuthorityArn": (self.ca.arn, self.other.arn),
            "CertificateSerial": tuple(self.serials),
            "RevocationReason": ("SUPERSEDED", "KEY_COMPROMISE"),
            "S3BucketName": (REPORTS, "elsewhere"),
            "AuditReportResponseFormat": ("JSON", "CSV"),
            "AuditReportId": (first["AuditReportId"], second["AuditReportId"]),
        }

    def look(self, answer: Any) -> Any:
        """The current state, in words that don't depend on random names."""
        words = {ca_id(self.ca): "ca", ca_id(self.other): "other"}
        entries = revoking.entries(revoking.crl(self.pca, self.ca))
        objects = [
            (bucket, words[key.split("/")[1]], key.rpartition(".")[2], data[:1])
            for bucket in self.pca.buckets
            if bucket != BUCKET
            for key, data in self.pca.buckets[bucket].items()
        ]
        described = [report["S3Key"] == answer.get("S3Key") for report in self.reports]
        return [(self.serials.index(e.serial), e.reason) for e in entries], objects, described


def _inputs(operation: str) -> set[str]:
    model = Session().get_service_model("acm-pca").operation_model(operation)
    assert model.input_shape is not None
    shapes = model.input_shape.members
    assert all(shape.type_name == "string" for shape in shapes.values())
    return set(shapes)


def _effect(operation: str, changed: str | None = None) -> Any:
    with mock_pca() as pca:
        world = World(pca)
        request = {
            member: values[member == changed]
            for member, values in world.members().items()
            if member in _inputs(operation)
        }
        call = getattr(world.ca.client, xform_name(operation))
        try:
            answer = call(**request)
        except ClientError as error:
            return error.response["Error"]["Code"]
        return world.look(answer)


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_every_member_of_the_model_is_tried(operation: str, pca: PcaMock) -> None:
    assert _inputs(operation) <= set(World(pca).members())


@pytest.mark.parametrize("operation", _OPERATIONS)
def test_the_same_request_has_the_same_effect(operation: str) -> None:
    effect = _effect(operation)

    assert isinstance(effect, tuple), effect
    assert _effect(operation) == effect


@pytest.mark.parametrize(
    ("operation", "member"),
    [(operation, member) for operation in _OPERATIONS for member in sorted(_inputs(operation))],
)
def test_another_value_of_a_member_changes_the_effect(operation: str, member: str) -> None:
    assert _effect(operation, member) != _effect(operation)
