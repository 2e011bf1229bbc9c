"""Audit reports, byte for byte (User Guide, "Using audit reports")."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine

from tests import revoking, support
from tests.issuance import attributes, name, oid, raw_csr, san, tlv
from tests.revoking import NOW, REGION, REPORTS, create_report, issue, revoke, serial

if TYPE_CHECKING:
    from pca_mock import PcaMock

_OTHER_ACCOUNT: Final = "111122223333"
_HEADER: Final = (
    "awsAccountId,requestedByServicePrincipal,certificateArn,serial,subject,notBefore,notAfter,"
    "issuedAt,revokedAt,revocationReason,templateArn"
)
_EMAIL: Final = "1.2.840.113549.1.9.1"
_BLANK: Final = support.template_arn("BlankEndEntityCertificate_APIPassthrough")


@pytest.fixture
def clock() -> Iterator[Any]:
    """A frozen time that can be moved."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


def _report(pca: PcaMock, ca: support.Ca, form: str = "JSON") -> str:
    key = create_report(ca, form)["S3Key"]
    return pca.buckets[REPORTS][key].decode()


def _rows(pca: PcaMock, ca: support.Ca) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(_report(pca, ca))
    return rows


def _subject(pca: PcaMock, ca: support.Ca, subject: Any) -> str:
    """How the report writes the subject of a certificate."""
    request: Any = {"TemplateArn": _BLANK, "ApiPassthrough": {"Subject": subject}}
    arn = issue(ca, **request)
    (row,) = (row for row in _rows(pca, ca) if row["certificateArn"] == arn)
    return row["subject"]


# Contents


def test_a_json_report_byte_for_byte(clock: Any, pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name=REGION))
    own = ca.issue(ca.csr(), "RootCACertificate", Validity={"Type": "YEARS", "Value": 10})
    ca.install(ca.get(own)[0])
    clock.shift(timedelta(seconds=61.5))
    leaf = issue(ca)
    clock.shift(timedelta(hours=1))
    revoke(ca, leaf, "KEY_COMPROMISE")

    def colons(arn: str) -> str:
        return ":".join(serial(arn)[i : i + 2] for i in range(0, 32, 2))

    assert _report(pca, ca) == (
        f'[{{"awsAccountId":"123456789012","certificateArn":"{leaf}","serial":"{colons(leaf)}",'
        '"subject":"CN=localhost","notBefore":"2026-11-23T13:26:50+0000",'
        '"notAfter":"2026-12-23T14:26:50+0000","issuedAt":"2026-11-23T14:26:50+0000",'
        '"revokedAt":"2026-11-23T15:26:50+0000","revocationReason":"KEY_COMPROMISE",'
        '"templateArn":"arn:aws:acm-pca:::template/EndEntityCertificate/V1"},'
        f'{{"awsAccountId":"123456789012","certificateArn":"{own}","serial":"{colons(own)}",'
        '"subject":"CN=Test CA","notBefore":"2026-11-23T13:25:49+0000",'
        '"notAfter":"2036-11-23T14:25:49+0000","issuedAt":"2026-11-23T14:25:49+0000",'
        '"templateArn":"arn:aws:acm-pca:::template/RootCACertificate/V1"}]'
    )


def test_a_csv_report_byte_for_byte(clock: Any, pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name=REGION))
    own = ca.issue(ca.csr(), "RootCACertificate", Validity={"Type": "YEARS", "Value": 10})
    ca.install(ca.get(own)[0])
    subject: Any = {"Organization": 'The "O", Ltd', "CommonName": "x"}
    leaf = issue(ca, TemplateArn=_BLANK, ApiPassthrough={"Subject": subject})
    revoke(ca, leaf)

    def colons(arn: str) -> str:
        return ":".join(serial(arn)[i : i + 2] for i in range(0, 32, 2))

    assert _report(pca, ca, "CSV") == (
        f"{_HEADER}\n"
        f'123456789012,,{leaf},{colons(leaf)},"CN=x,O=The \\""O\\""\\, Ltd",'
        "2026-11-23T13:25:49+0000,2026-12-23T14:25:49+0000,2026-11-23T14:25:49+0000,"
        f"2026-11-23T14:25:49+0000,UNSPECIFIED,{_BLANK}\n"
        f'123456789012,,{own},{colons(own)},"CN=Test CA",'
        "2026-11-23T13:25:49+0000,2036-11-23T14:25:49+0000,2026-11-23T14:25:49+0000,"
        ",,arn:aws:acm-pca:::template/RootCACertificate/V1\n"
    )


def test_both_forms_have_the_same_contents(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    revoke(ca, issue(ca))

    in_csv = list(csv.DictReader(io.StringIO(_report(pca, ca, "CSV"))))

    without_empty = [{name: v for name, v in row.items() if v} for row in in_csv]
    assert without_empty == _rows(pca, ca)
    assert len(in_csv) == 2


def test_a_ca_that_issued_nothing_has_an_empty_report(pca: PcaMock) -> None:
    ca = support.subordinate(support.root(pca.client(region_name=REGION)))

    assert _report(pca, ca) == "[]"
    assert _report(pca, ca, "CSV") == f"{_HEADER}\n"


def test_valid_expired_revoked_and_ca_certificates_are_all_there(clock: Any, pca: PcaMock) -> None:
    ca = revoking.root(pca)
    short = issue(ca, days=1)
    revoked = issue(ca, days=1)
    revoke(ca, revoked)
    support.subordinate(ca)
    clock.shift(timedelta(days=9))
    valid = issue(ca)

    rows = _rows(pca, ca)

    assert [row["certificateArn"] for row in rows if "EndEntity" in row["templateArn"]] == [
        valid,
        revoked,
        short,
    ]
    assert [row["templateArn"].split("/")[1] for row in rows] == [
        "EndEntityCertificate",
        "SubordinateCACertificate_PathLen0",
        "EndEntityCertificate",
        "EndEntityCertificate",
        "RootCACertificate",
    ]
    assert [row["certificateArn"] for row in rows if "revokedAt" in row] == [revoked]


def test_the_account_is_the_one_that_requested_the_certificate(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    statement = {
        "Effect": "Allow",
        "Principal": {"AWS": _OTHER_ACCOUNT},
        "Action": ["acm-pca:DescribeCertificateAuthority", "acm-pca:GetCertificate",
                   "acm-pca:IssueCertificate"],
        "Resource": ca.arn,
    }  # fmt: skip
    ca.client.put_policy(
        ResourceArn=ca.arn, Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    )
    with pca.as_account(_OTHER_ACCOUNT):
        issue(ca)

    assert [row["awsAccountId"] for row in _rows(pca, ca)] == [_OTHER_ACCOUNT, pca.account_id]


def test_the_last_moment_of_all_has_the_same_form(clock: Any, pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name=REGION))
    end: Any = {"Type": "END_DATE", "Value": 99991231235959}
    ca.install(ca.issued(ca.csr(), "RootCACertificate", Validity=end))

    assert [row["notAfter"] for row in _rows(pca, ca)] == ["9999-12-31T23:59:59+0000"]


# Subjects


def test_names_are_written_last_part_first(pca: PcaMock) -> None:
    subject = {
        "Country": "US",
        "State": "Washington",
        "Locality": "Seattle",
        "Organization": "Example Company",
        "OrganizationalUnit": "Sales",
        "CommonName": "www.example1.com",
        "SerialNumber": "012345678901",
    }

    text = _subject(pca, revoking.root(pca), subject)

    assert text == (
        "L=Seattle,2.5.4.5=#130c303132333435363738393031,CN=www.example1.com,ST=Washington,"
        "OU=Sales,O=Example Company,C=US"
    )


@pytest.mark.parametrize(
    ("attribute", "written"),
    [
        ((_EMAIL, "sales@example.com"), f"{_EMAIL}=#161173616c6573406578616d706c652e636f6d"),
        (("1.2.3.4", "own"), "1.2.3.4=#0c036f776e"),
        (("2.5.4.12", "Dr"), "2.5.4.12=#0c024472"),
        (("2.5.4.9", "Main St"), "STREET=Main St"),
        (("0.9.2342.19200300.100.1.25", "example"), "DC=example"),
        (("0.9.2342.19200300.100.1.1", "me"), "UID=me"),
    ],
)
def test_other_types_are_an_oid_and_hex(
    attribute: tuple[str, str], written: str, pca: PcaMock
) -> None:
    assert _subject(pca, revoking.root(pca), attributes(attribute)) == written


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a,b", r"a\,b"),
        ("a+b", r"a\+b"),
        ('"a"', r"\"a\""),
        ("a\\b", r"a\\b"),
        ("<a>;", r"\<a\>\;"),
        ("#a#", r"\#a\#"),
        (" a b ", r"\ a b\ "),
        (" ", r"\ "),
        ("  ", r"\ \ "),
        ("a=b", r"a\=b"),
        ("Ärger 東京", "Ärger 東京"),
    ],
)
def test_special_characters_are_escaped(text: str, written: str, pca: PcaMock) -> None:
    ca = revoking.root(pca)

    assert _subject(pca, ca, attributes(("2.5.4.3", text))) == f"CN={written}"


def _from_csr(pca: PcaMock, subject: bytes) -> str:
    ca = revoking.root(pca)
    ca.issue(raw_csr(subject=subject), "BlankEndEntityCertificate_CSRPassthrough")
    return _rows(pca, ca)[0]["subject"]


def test_a_part_with_several_attributes_is_joined_by_plus(pca: PcaMock) -> None:
    pairs = (("2.5.4.3", b"x"), ("2.5.4.10", b"o"))
    several = [tlv(0x30, oid(dotted), tlv(0x0C, text)) for dotted, text in pairs]
    country = tlv(0x31, tlv(0x30, oid("2.5.4.6"), tlv(0x13, b"US")))

    assert _from_csr(pca, tlv(0x30, country, tlv(0x31, *several))) == "CN=x+O=o,C=US"


def test_an_empty_subject_is_an_empty_text(pca: PcaMock) -> None:
    ca = revoking.root(pca)
    ca.issue(raw_csr(san("a.example", critical=True), subject=name("")))

    assert _rows(pca, ca)[0]["subject"] == ""
    assert ',"",' in _report(pca, ca, "CSV").splitlines()[1]
