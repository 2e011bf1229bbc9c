from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.arns import (
    AuthorityArn,
    CertificateArn,
    TemplateArn,
    parse_authority_arn,
    parse_certificate_arn,
    parse_template_arn,
)
from pca_mock.errors import InvalidArnException

ID = "11111111-2222-3333-4444-555555555555"
AUTHORITY = f"arn:aws:acm-pca:us-east-1:111122223333:certificate-authority/{ID}"
SERIAL = "0123456789abcdef0123456789abcdef"
CERTIFICATE = f"{AUTHORITY}/certificate/{SERIAL}"
TEMPLATE = "arn:aws:acm-pca:::template/EndEntityCertificate/V1"
AUDIT_REPORT = f"{AUTHORITY}/audit-report/{ID}"

Parse = Callable[[str], object]


def test_the_arn_of_a_ca_comes_apart() -> None:
    assert parse_authority_arn(AUTHORITY) == AuthorityArn("aws", "us-east-1", "111122223333", ID)


def test_the_arn_of_a_certificate_comes_apart() -> None:
    authority = AuthorityArn("aws", "us-east-1", "111122223333", ID)

    assert parse_certificate_arn(CERTIFICATE) == CertificateArn(authority, SERIAL)


def test_the_arn_of_a_template_comes_apart() -> None:
    assert parse_template_arn(TEMPLATE) == TemplateArn("aws", "EndEntityCertificate/V1")


@pytest.mark.parametrize("partition", ["aws", "aws-cn", "aws-us-gov", "aws-iso-b"])
@pytest.mark.parametrize(
    ("parse", "arn"),
    [
        (parse_authority_arn, AUTHORITY),
        (parse_certificate_arn, CERTIFICATE),
        (parse_template_arn, TEMPLATE),
    ],
)
def test_an_arn_of_any_partition_is_put_together_as_it_was(
    parse: Parse, arn: str, partition: str
) -> None:
    text = arn.replace("arn:aws:", f"arn:{partition}:")

    assert str(parse(text)) == text


@given(
    partition=st.sampled_from(["aws", "aws-cn", "aws-us-gov"]),
    region=st.from_regex(r"[a-z]{2}-[a-z]{4,9}-[1-9]", fullmatch=True),
    account=st.from_regex(r"[0-9]{12}", fullmatch=True),
    ca_id=st.uuids().map(str),
    serial=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
)
def test_parts_make_an_arn_that_comes_apart_into_them(
    partition: str, region: str, account: str, ca_id: str, serial: str
) -> None:
    authority = AuthorityArn(partition, region, account, ca_id)
    certificate = CertificateArn(authority, serial)

    assert parse_authority_arn(str(authority)) == authority
    assert parse_certificate_arn(str(certificate)) == certificate


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param("arn:aws", id="not an ARN"),
        pytest.param(CERTIFICATE, id="certificate"),
        pytest.param(TEMPLATE, id="template"),
        pytest.param(AUDIT_REPORT, id="extra path"),
        pytest.param(f"{AUTHORITY}/", id="slash at the end"),
        pytest.param(AUTHORITY + "\n", id="newline at the end"),
        pytest.param(f" {AUTHORITY}", id="space before"),
        pytest.param(AUTHORITY.replace("us-east-1", ""), id="no region"),
        pytest.param(AUTHORITY.replace("111122223333", ""), id="no account"),
        pytest.param(AUTHORITY.replace("111122223333", "11112222333"), id="11 digits"),
        pytest.param(AUTHORITY.replace("111122223333", "1111222233334"), id="13 digits"),
        pytest.param(AUTHORITY.replace("111122223333", "١١١١٢٢٢٢٣٣٣٣"), id="other digits"),
        pytest.param(AUTHORITY.replace("arn:aws:", "arn::"), id="no partition"),
        pytest.param(AUTHORITY.replace("acm-pca", "acm"), id="other service"),
        pytest.param(AUTHORITY.replace("certificate-authority", "certificate"), id="other type"),
        pytest.param(AUTHORITY.replace(ID, "my-ca"), id="no UUID"),
        pytest.param(AUTHORITY.replace(ID, ID.replace("-", "")), id="UUID without hyphens"),
        pytest.param(AUTHORITY.replace(ID, ID.replace("1", "A")), id="UUID in capitals"),
        pytest.param(AUTHORITY.replace(ID, ID + "5"), id="UUID too long"),
    ],
)
def test_text_that_is_no_arn_of_a_ca_is_refused(text: str) -> None:
    with pytest.raises(InvalidArnException, match=r"^Not a valid arn\.$"):
        parse_authority_arn(text)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(AUTHORITY, id="CA"),
        pytest.param(TEMPLATE, id="template"),
        pytest.param(AUDIT_REPORT, id="other part of a CA"),
        pytest.param(f"{AUTHORITY}/certificate/", id="no serial"),
        pytest.param(f"{CERTIFICATE}/extra", id="extra path"),
        pytest.param(CERTIFICATE.replace(ID, "my-ca"), id="of no CA"),
        pytest.param(CERTIFICATE.replace("acm-pca", "acm"), id="other service"),
    ],
)
def test_text_that_is_no_arn_of_a_certificate_is_refused(text: str) -> None:
    with pytest.raises(InvalidArnException, match=r"^Not a valid arn\.$"):
        parse_certificate_arn(text)


@pytest.mark.parametrize("serial", [SERIAL.upper(), "1", "200429104715365165680450616781560939935"])
def test_the_form_of_a_serial_is_not_judged(serial: str) -> None:
    assert parse_certificate_arn(f"{AUTHORITY}/certificate/{serial}").serial == serial


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="empty"),
        pytest.param(AUTHORITY, id="CA"),
        pytest.param("arn:aws:acm-pca:::template/", id="no name"),
        pytest.param("arn:aws:acm-pca:::templates/EndEntityCertificate/V1", id="other type"),
        pytest.param(TEMPLATE.replace(":::", ":us-east-1::"), id="region"),
        pytest.param(TEMPLATE.replace(":::", "::111122223333:"), id="account"),
        pytest.param(TEMPLATE.replace("acm-pca", "acm"), id="other service"),
        pytest.param("EndEntityCertificate/V1", id="name alone"),
    ],
)
def test_text_that_is_no_arn_of_a_template_is_refused(text: str) -> None:
    with pytest.raises(InvalidArnException, match=r"^Not a valid arn\.$"):
        parse_template_arn(text)


def test_whether_a_template_exists_is_not_judged() -> None:
    assert parse_template_arn("arn:aws:acm-pca:::template/Nothing").name == "Nothing"
