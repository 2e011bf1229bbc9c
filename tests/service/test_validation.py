from __future__ import annotations

import copy
import io
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pca_mock.errors import SerializationException, ValidationException
from pca_mock.service import validation
from pca_mock.service.model import service_model
from tests.constraints import ARN, fitting

ARN_PATTERN = r"arn:[\w+=/,.@-]+:acm-pca:[\w+=/,.@-]*:[0-9]*:[\w+=,.@-]+(/[\w+=,.@-]+)*"


def create(**changes: Any) -> Any:
    """A good CreateCertificateAuthority request, with other members."""
    configuration: Any = {
        "KeyAlgorithm": "EC_prime256v1",
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Subject": {"CommonName": "a"},
    }
    return {
        "CertificateAuthorityConfiguration": configuration,
        "CertificateAuthorityType": "ROOT",
        **changes,
    }


def message(operation: str, params: Any) -> str:
    with pytest.raises(ValidationException) as caught:
        validation.check(operation, params)
    return caught.value.message


# The phrases


def test_a_value_over_the_maximum_is_reported_in_aws_words() -> None:
    params = {"CertificateAuthorityArn": ARN, "PermanentDeletionTimeInDays": 31}

    assert message("DeleteCertificateAuthority", params) == (
        "1 validation error detected: Value '31' at 'permanentDeletionTimeInDays' "
        "failed to satisfy constraint: Member must have value less than or equal to 30"
    )


def test_a_value_outside_an_enum_is_reported_in_aws_words() -> None:
    params = create()
    params["CertificateAuthorityConfiguration"]["SigningAlgorithm"] = "SHA1WITHRSA"

    values = service_model().shape_for("SigningAlgorithm").metadata["enum"]
    assert message("CreateCertificateAuthority", params) == (
        "1 validation error detected: Value 'SHA1WITHRSA' at "
        "'certificateAuthorityConfiguration.signingAlgorithm' failed to satisfy constraint: "
        f"Member must satisfy enum value set: [{', '.join(values)}]"
    )


def test_two_breaches_of_one_member_are_reported_in_one_message() -> None:
    params = {"CertificateAuthorityArn": "x"}

    assert message("DescribeCertificateAuthority", params) == (
        "2 validation errors detected: Value 'x' at 'certificateAuthorityArn' failed to satisfy "
        f"constraint: Member must satisfy regular expression pattern: {ARN_PATTERN}; "
        "Value 'x' at 'certificateAuthorityArn' failed to satisfy constraint: "
        "Member must have length greater than or equal to 5"
    )


def test_a_validity_of_zero_is_reported_as_observed_at_aws() -> None:
    params = {
        "CertificateAuthorityArn": ARN,
        "Csr": fitting("IssueCertificate")["Csr"],
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "DAYS", "Value": 0},
    }

    assert message("IssueCertificate", params) == (
        "1 validation error detected: Value '0' at 'validity.value' failed to satisfy "
        "constraint: Member must have value greater than or equal to 1"
    )


@pytest.mark.parametrize("params", [{}, {"CertificateAuthorityArn": None}], ids=["absent", "null"])
def test_a_missing_member_is_null_without_quotes(params: Any) -> None:
    assert message("DescribeCertificateAuthority", params) == (
        "1 validation error detected: Value null at 'certificateAuthorityArn' "
        "failed to satisfy constraint: Member must not be null"
    )


def test_an_empty_list_is_shown_in_brackets() -> None:
    assert message("CreateCertificateAuthority", create(Tags=[])) == (
        "1 validation error detected: Value '[]' at 'tags' failed to satisfy constraint: "
        "Member must have length greater than or equal to 1"
    )


def test_a_list_that_is_too_long_shows_its_items() -> None:
    actions = ["IssueCertificate", "GetCertificate", "ListPermissions", "GetCertificate"]
    params = {"CertificateAuthorityArn": ARN, "Principal": "p", "Actions": actions}

    assert message("CreatePermission", params) == (
        "1 validation error detected: Value '[IssueCertificate, GetCertificate, ListPermissions, "
        "GetCertificate]' at 'actions' failed to satisfy constraint: "
        "Member must have length less than or equal to 3"
    )


def test_a_list_item_is_named_by_its_number_from_one() -> None:
    tags = [{"Key": "a", "Value": "b"}, {"Key": "c", "Value": "*"}]

    assert message("CreateCertificateAuthority", create(Tags=tags)) == (
        "1 validation error detected: Value '*' at 'tags.2.member.value' failed to satisfy "
        r"constraint: Member must satisfy regular expression pattern: "
        r"([\p{L}\p{Z}\p{N}_.:/=+\-@]*)"
    )


@pytest.mark.parametrize(
    ("length", "phrase"),
    [(0, "greater than or equal to 1"), (32769, "less than or equal to 32768")],
)
def test_the_bytes_of_a_blob_are_not_shown(length: int, phrase: str) -> None:
    params = {"CertificateAuthorityArn": ARN, "Certificate": b"x" * length}

    assert message("ImportCertificateAuthorityCertificate", params) == (
        "1 validation error detected: Value at 'certificate' failed to satisfy constraint: "
        f"Member must have length {phrase}"
    )


def test_a_csr_of_another_form_is_reported_together_with_other_breaches() -> None:
    params = {"CertificateAuthorityArn": ARN, "Csr": b"x", "SigningAlgorithm": "SHA256WITHRSA"}

    assert message("IssueCertificate", params) == (
        "2 validation errors detected: Value at 'csr' failed to satisfy constraint: Member must "
        "satisfy regular expression pattern: -----BEGIN CERTIFICATE REQUEST-----\\r?\\n"
        r"([A-Za-z0-9+/]{64}\r?\n)*[A-Za-z0-9+/]{1,64}={0,2}\r?\n"
        r"-----END CERTIFICATE REQUEST-----(\r?\n)*; "
        "Value null at 'validity' failed to satisfy constraint: Member must not be null"
    )


def test_a_path_has_each_member_with_a_small_first_letter() -> None:
    crl = {"Enabled": True, "ExpirationInDays": 0, "S3BucketName": "ab"}
    params = create(RevocationConfiguration={"CrlConfiguration": crl})

    text = message("CreateCertificateAuthority", params)

    assert "Value '0' at 'revocationConfiguration.crlConfiguration.expirationInDays'" in text
    assert "Value 'ab' at 'revocationConfiguration.crlConfiguration.s3BucketName'" in text


def test_all_breaches_are_reported_in_the_order_of_the_model() -> None:
    params = {
        "UsageMode": "NONE",
        "Tags": [{"Value": "a"}, {"Key": ""}],
        "CertificateAuthorityType": "LEAF",
        "CertificateAuthorityConfiguration": {
            "Subject": {"Surname": "x" * 41, "Country": "U"},
            "SigningAlgorithm": "SHA256WITHECDSA",
        },
    }

    text = message("CreateCertificateAuthority", params)

    assert text.startswith("8 validation errors detected: ")
    assert re.findall("at '(.*?)' failed", text) == [
        "certificateAuthorityConfiguration.keyAlgorithm",
        "certificateAuthorityConfiguration.subject.country",
        "certificateAuthorityConfiguration.subject.country",
        "certificateAuthorityConfiguration.subject.surname",
        "certificateAuthorityType",
        "tags.1.member.key",
        "tags.2.member.key",
        "usageMode",
    ]


def test_lengths_count_characters_not_bytes() -> None:
    subject = {"CommonName": "ü" * 64}
    params = create()
    params["CertificateAuthorityConfiguration"]["Subject"] = subject

    checked = validation.check("CreateCertificateAuthority", params)

    assert checked["CertificateAuthorityConfiguration"]["Subject"] == subject


# Types


@pytest.mark.parametrize(
    ("member", "value", "text"),
    [
        ("PermanentDeletionTimeInDays", "7", "STRING_VALUE can not be converted to an Integer"),
        ("PermanentDeletionTimeInDays", True, "BOOLEAN_VALUE can not be converted to an Integer"),
        ("PermanentDeletionTimeInDays", 7.0, "NUMBER_VALUE can not be converted to an Integer"),
        ("PermanentDeletionTimeInDays", 2**31, "NUMBER_VALUE can not be converted to an Integer"),
        ("PermanentDeletionTimeInDays", -(2**31) - 1, "NUMBER_VALUE"),
        ("CertificateAuthorityArn", 5, "NUMBER_VALUE can not be converted to a String"),
        ("CertificateAuthorityArn", b"x", "can not be converted to a String"),
        ("CertificateAuthorityArn", [ARN], "can not be converted to a String"),
    ],
)
def test_a_wrong_type_is_a_serialization_exception(member: str, value: Any, text: str) -> None:
    params = {"CertificateAuthorityArn": ARN, member: value}

    with pytest.raises(SerializationException, match=text):
        validation.check("DeleteCertificateAuthority", params)


@pytest.mark.parametrize(
    "changes",
    [
        {"Tags": {"Key": "a"}},
        {"Tags": "a"},
        {"Tags": ["a"]},
        {"Tags": [None]},
        {"CertificateAuthorityConfiguration": []},
        {"CertificateAuthorityConfiguration": "a"},
        {"RevocationConfiguration": {"OcspConfiguration": {"Enabled": 1}}},
        {"RevocationConfiguration": {"OcspConfiguration": {"Enabled": "true"}}},
    ],
)
def test_a_wrong_type_is_found_wherever_it_is(changes: Any) -> None:
    with pytest.raises(SerializationException):
        validation.check("CreateCertificateAuthority", create(**changes))


def test_a_wrong_type_comes_before_breaches_of_constraints() -> None:
    params = create(CertificateAuthorityType="LEAF", UsageMode=5)

    with pytest.raises(SerializationException):
        validation.check("CreateCertificateAuthority", params)


def issue(value: Any) -> Any:
    return {
        "CertificateAuthorityArn": ARN,
        "Csr": fitting("IssueCertificate")["Csr"],
        "SigningAlgorithm": "SHA256WITHECDSA",
        "Validity": {"Type": "ABSOLUTE", "Value": value},
    }


def test_a_long_has_64_bits() -> None:
    largest = 2**63 - 1

    assert validation.check("IssueCertificate", issue(largest))["Validity"]["Value"] == largest
    with pytest.raises(SerializationException, match="NUMBER_VALUE can not be converted to a Long"):
        validation.check("IssueCertificate", issue(largest + 1))


@pytest.mark.parametrize("value", [5, ["x"], {"x": 1}, True])
def test_a_value_that_is_no_blob_is_a_serialization_exception(value: Any) -> None:
    params = {"CertificateAuthorityArn": ARN, "Certificate": value}

    with pytest.raises(SerializationException, match="can not be converted to a Blob"):
        validation.check("ImportCertificateAuthorityCertificate", params)


# The copy


@pytest.mark.parametrize(
    "value",
    [
        "Grüße",
        "Grüße".encode(),
        bytearray("Grüße".encode()),
        memoryview("Grüße".encode()),
        io.BytesIO("Grüße".encode()),
        io.StringIO("Grüße"),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_blob_is_bytes_whatever_the_caller_passed(value: Any) -> None:
    params = {"CertificateAuthorityArn": ARN, "Certificate": value}

    checked = validation.check("ImportCertificateAuthorityCertificate", params)

    assert type(checked["Certificate"]) is bytes
    assert checked["Certificate"].decode() == "Grüße"


def test_members_that_are_null_or_unknown_are_dropped_at_every_depth() -> None:
    params = create(
        IdempotencyToken=None,
        Colour="red",
        RevocationConfiguration={"CrlConfiguration": None, "Size": 5},
        Tags=({"Key": "a", "Value": None, "Length": 5},),
    )

    checked = validation.check("CreateCertificateAuthority", params)

    assert checked == create(RevocationConfiguration={}, Tags=[{"Key": "a"}])


def test_the_copy_shares_no_mutable_value_with_the_callers_parameters() -> None:
    params = create(Tags=[{"Key": "a"}], Colour="red")
    before = copy.deepcopy(params)

    checked = validation.check("CreateCertificateAuthority", params)
    checked["Tags"][0]["Key"] = "b"
    checked["Tags"].append({})
    checked["CertificateAuthorityConfiguration"]["Subject"]["CommonName"] = "b"

    assert params == before


@pytest.mark.parametrize("token", ["\t\n\r ~ÿ", "a" * 36])
def test_a_token_may_have_the_characters_of_latin_1(token: str) -> None:
    params = create(IdempotencyToken=token)

    assert validation.check("CreateCertificateAuthority", params)["IdempotencyToken"] == token


@given(st.text(min_size=1, max_size=36))
def test_a_token_has_no_other_characters(token: str) -> None:
    allowed = all(c in "\t\n\r" or " " <= c <= "ÿ" for c in token)
    params = create(IdempotencyToken=token)

    if allowed:
        assert validation.check("CreateCertificateAuthority", params) == params
    else:
        assert "'idempotencyToken'" in message("CreateCertificateAuthority", params)


# Every constraint of every operation, as the installed model has them


@pytest.mark.parametrize("operation", service_model().operation_names)
def test_a_request_with_every_member_passes_unchanged(operation: str) -> None:
    params = fitting(operation)

    assert validation.check(operation, params) == params
