from __future__ import annotations

import dataclasses
import re
import threading
from datetime import datetime, timedelta, timezone
from typing import Any, Final

import pytest
from botocore.exceptions import ClientError
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from hypothesis import given
from hypothesis import strategies as st

from pca_mock import Call, PcaMock, mock_pca, notebooks
from pca_mock.literals import KeyAlgorithm
from pca_mock.pki.algorithms import supports_ml_dsa
from pca_mock.showing import hierarchy, pages, parts, words
from pca_mock.state.authority import Status
from pca_mock.state.calls import Caller
from tests import inside, oracles
from tests.showing.reading import HtmlPage

NOON: Final = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
CALLER: Final = Caller("123456789012", "eu-central-1", "aws")
HOSTILE: Final = (
    "<script>alert(1)</script>",
    "</style></div><img src=x onerror=alert(1)>",
    "\"'><b onmouseover='x'>&amp;&lt;",
    "</td></tr></table>",
    "<!-- ",
    "\u202egnirts\u2066\x00\x1b[31m\ud800",
)


def call(**values: Any) -> Call:
    known: dict[str, Any] = {
        "operation": "ListTags",
        "params": {},
        "caller": CALLER,
        "time": NOON,
        "outcome": "success",
        "message": None,
        "retries": 0,
        "request_id": "",
    }
    return Call(**{**known, **values})


def page(thing: Any) -> HtmlPage:
    """The HTML that a notebook shows."""
    return HtmlPage(thing._repr_html_())


# Text that comes from a user


@given(st.text(), st.text(), st.text(), st.dictionaries(st.text(), st.text() | st.binary()))
def test_a_call_is_shown_as_text_whatever_is_in_it(
    operation: str, outcome: str, message: str, params: dict[str, Any]
) -> None:
    shown = call(operation=operation, outcome=outcome, message=message, params=params)

    read = HtmlPage(parts.of_calls([shown]))

    assert len(read.rows) == 2
    assert read.rows[1][2] == words.printable(operation)
    assert read.text.encode()


@given(st.text(min_size=1))
def test_a_ca_is_shown_as_text_whatever_it_is_called(name: str) -> None:
    with mock_pca() as pca:
        root = pca.create_root_ca()
        inside.authority(pca, root.arn).configuration["Subject"]["CommonName"] = name
        inside.authority(pca, root.arn).tags[name] = name

        for read in (page(pca), page(root)):
            assert words.printable(name) in read.text
            assert read.text.encode()


@pytest.mark.parametrize("text", HOSTILE[:4])
def test_the_contents_of_a_certificate_are_escaped(text: str, pca: PcaMock) -> None:
    root = pca.create_root_ca(text, subject={"Organization": text})
    leaf = root.issue("localhost", common_name=text)

    for thing in (pca, root, leaf):
        assert text in page(thing).text


def test_a_refused_parameter_is_escaped_with_its_message(pca: PcaMock) -> None:
    for text in HOSTILE:
        with pytest.raises(ClientError):
            pca.client().describe_certificate_authority(CertificateAuthorityArn=text)

    read = page(pca.calls)

    assert {meaning for meaning, _ in read.badges} == {"bad"}
    assert HOSTILE[0] in read.rows[1][4]
    assert r"\u202egnirts\u2066\x00\x1b[31m\ud800" in read.rows[-1][4]


def test_nothing_is_loaded_from_elsewhere(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="example-crls", ocsp=True)
    leaf = root.issue("localhost")

    for thing in (pca, root, leaf, pca.calls):
        read = page(thing)  # which knows no src, href, style or event
        assert not re.search(r"url\(|@|http|expression|\\", read.style)


def test_text_has_the_colour_of_the_page(pca: PcaMock) -> None:
    style = page(pca).style

    assert set(re.findall(r"[;{]color:([^;}]+)", style)) == {"inherit"}
    # Three bytes and how opaque: nothing covers the page.
    assert set(map(len, re.findall(r"#([0-9a-f]+)", style))) == {8}
    assert "color-scheme" not in style


def test_the_style_applies_only_to_these_pages(pca: PcaMock) -> None:
    for rule in page(pca).style.split("}"):
        for selector in rule.partition("{")[0].split(","):
            assert not selector.strip() or selector.strip().startswith(".pca-mock.pca-mock")


# States and words


MEANINGS: Final = {
    Status.CREATING: "waiting",
    Status.PENDING_CERTIFICATE: "waiting",
    Status.ACTIVE: "good",
    Status.DISABLED: "waiting",
    Status.EXPIRED: "over",
    Status.FAILED: "bad",
    Status.DELETED: "over",
}


@pytest.mark.parametrize("status", Status)
def test_a_ca_shows_its_status(status: Status, pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")
    if status is Status.EXPIRED:
        pca.clock.advance(days=4000)
    else:
        inside.put_in(pca, root.arn, status)

    badge = (MEANINGS[status], status.value)

    assert badge in page(pca).badges
    assert page(root).badges[0] == badge
    assert "Example Root" in page(root).text


def test_a_failed_ca_shows_the_reason(pca: PcaMock) -> None:
    pca.fail_later("CreateCertificateAuthority", "REQUEST_TIMED_OUT", times=1)
    with pytest.raises(ClientError):
        pca.create_root_ca()

    (failed,) = pca.authorities

    assert page(failed).fields["Failure reason"] == "REQUEST_TIMED_OUT"
    assert "no certificate" in page(pca).text


def test_a_deleted_ca_shows_how_long_it_can_be_restored(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca()
    root.delete(restorable_days=7)

    assert page(root).fields["Restorable until"] == "2027-03-08 12:00:00 UTC in 7 days"
    pca.clock.advance(days=7)
    assert "0 CAs" in page(pca).text


def test_a_certificate_shows_its_status(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    issued = root.issue("localhost")
    assert page(issued).badges == [("good", "ISSUED")]

    issued.revoke("KEY_COMPROMISE")
    short = root.issue("localhost", validity=timedelta(days=1))
    pca.clock.advance(days=2)

    assert page(issued).badges == [("bad", "REVOKED")]
    assert page(issued).fields["Revoked"].endswith("UTC, KEY_COMPROMISE")
    assert page(short).badges == [("over", "EXPIRED")]
    # Those of the root's certificates, first counted, then each.
    assert page(root).badges[1:3] == [("bad", "1 REVOKED"), ("over", "1 EXPIRED")]
    assert [badge for badge in page(pca).badges if badge[1].isalpha()] == [
        ("good", "ACTIVE"),
        ("bad", "REVOKED"),
        ("over", "EXPIRED"),
    ]


def test_a_certificate_that_is_still_being_issued_is_pending(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    with pca.hold("IssueCertificate", 3):
        leaf = root.issue("localhost")

    assert page(leaf).badges == [("waiting", "PENDING")]


def test_the_card_of_a_certificate_whose_ca_is_gone_cannot_be_made(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    record = inside.authority(pca, root.arn).certificates[root.certificates[0].serial]
    root.delete(restorable_days=7)
    pca.clock.advance(days=7)

    with pytest.raises(LookupError, match=root.arn):
        pages.of_certificate(pca._state, record)


# The mock


def test_the_mock_shows_its_contents_and_its_time(pca: PcaMock) -> None:
    assert "account 123456789012, 0 CAs, 0 calls" in page(pca).text.replace(" ,", ",")

    pca.clock.freeze(NOON)
    pca.create_root_ca()

    assert "1 CA, 5 calls, 2027-03-01 12:00:00 UTC (frozen)" in page(pca).text
    pca.clock.resume()
    assert "frozen" not in page(pca).text


def test_the_mock_shows_its_cas_as_a_tree(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca("Example Root")
    issuing = root.create_subordinate_ca("Issuing", path_length=1, key_algorithm="RSA_2048")
    issuing.create_subordinate_ca("Devices", key_algorithm="EC_secp384r1")
    root.create_subordinate_ca("People", validity=timedelta(days=30))

    read = page(pca)

    assert read.depth == 3
    lines = [line.strip() for line in read.text.splitlines() if "2027-03-01 to" in line]
    assert [re.sub(r"\s+", " ", line) for line in lines] == [
        "Example Root ACTIVE ROOT, EC P-256, 2027-03-01 to 2037-02-26",
        "Issuing ACTIVE SUBORDINATE, RSA 2048, 2027-03-01 to 2032-02-28",
        "Devices ACTIVE SUBORDINATE, EC P-384, 2027-03-01 to 2032-02-28",
        "People ACTIVE SUBORDINATE, EC P-256, 2027-03-01 to 2027-03-31",
    ]
    for ca in pca.authorities:
        assert ca.arn in read.text


def test_a_tree_is_indented_only_so_far(pca: PcaMock, monkeypatch: pytest.MonkeyPatch) -> None:
    root = pca.create_root_ca()
    branch = top = hierarchy.Branch(inside.authority(pca, root.arn))
    for _ in range(2000):
        branch.below.append(hierarchy.Branch(branch.ca))
        branch = branch.below[0]
    monkeypatch.setattr(hierarchy, "trees", lambda state: [top])

    read = page(pca)

    assert read.depth == 21
    assert read.text.count(root.arn) == 100
    assert "and 1,901 more CAs" in read.text


def test_a_page_of_a_large_mock_is_short(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    leaf = root.issue("localhost")
    ca = inside.authority(pca, root.arn)
    record = ca.certificates[leaf.serial]
    for number in range(10_000):
        serial = f"{number:032x}"
        arn = dataclasses.replace(record.arn, serial=serial)
        ca.certificates[serial] = dataclasses.replace(record, arn=arn)
    last = pca.calls[-1]
    for _ in range(10_000):
        pca._state.log.add(last)

    for thing, rows in ((pca, 10), (root, 50), (pca.calls, 200)):
        assert len(thing._repr_html_()) < 200_000
        assert f"latest {rows}" in page(thing).text
    assert "10,001 certificates" in page(root).text
    assert [row[3] for row in page(pca).rows] == [f"{i:032x}" for i in range(9990, 10_000)]
    assert page(pca.calls).rows[-1][0] == "10000"


def test_pages_can_be_made_while_other_threads_issue(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    leaf = root.issue("localhost")

    def issue() -> None:
        for _ in range(20):
            root.issue("localhost")

    thread = threading.Thread(target=issue)
    thread.start()
    while thread.is_alive():
        for thing in (pca, root, leaf, pca.calls):
            page(thing)
    thread.join()

    assert "21 certificates" in page(root).text


# Cards


def moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d %H:%M:%S} UTC"


@pytest.mark.parametrize(
    ("key_algorithm", "words"),
    [
        ("EC_prime256v1", "EC P-256"),
        ("EC_secp384r1", "EC P-384"),
        ("EC_secp521r1", "EC P-521"),
        ("RSA_2048", "RSA 2048"),
        ("ML_DSA_44", "ML-DSA-44"),
        ("ML_DSA_87", "ML-DSA-87"),
    ],
)
def test_the_card_of_a_ca_shows_its_certificate(
    key_algorithm: KeyAlgorithm, words: str, pca: PcaMock
) -> None:
    if key_algorithm.startswith("ML") and not supports_ml_dsa():
        pytest.skip("this cryptography has no ML-DSA")
    pca.clock.freeze(NOON)
    root = pca.create_root_ca(
        key_algorithm=key_algorithm, subject={"Country": "DE"}, Tags=[{"Key": "a", "Value": "b"}]
    )

    fields = page(root).fields
    certificate = root.certificate

    assert fields["Type"] == "ROOT"
    assert fields["Key algorithm"] == fields["Public key"] == words
    assert fields["Signs with"] == fields["Signature"]
    assert fields["Usage mode"] == "GENERAL_PURPOSE"
    assert fields["Created"] == moment(NOON)
    assert fields["Tags"] == "a=b"
    assert fields["Subject"] == fields["Issuer"] == "CN=Example Root CA, C=DE"
    assert int(fields["Serial number"], 16) == certificate.serial_number
    assert fields["Not before"].startswith(moment(certificate.not_valid_before_utc))
    assert fields["Not after"] == f"{moment(certificate.not_valid_after_utc)} in 3,650 days"
    assert fields["SHA-256"] == certificate.fingerprint(hashes.SHA256()).hex()
    assert "CRL in bucket" not in fields
    assert "OCSP" not in fields


def test_the_card_of_a_ca_shows_how_it_publishes_revocations(pca: PcaMock) -> None:
    root = pca.create_root_ca(crl_bucket="example-crls", ocsp=True)
    named: Any = {"Enabled": True, "OcspCustomCname": "ocsp.example.com"}
    other = pca.create_root_ca(RevocationConfiguration={"OcspConfiguration": named})

    assert page(root).fields["CRL in bucket"] == "example-crls"
    assert page(root).fields["OCSP"] == "enabled"
    assert page(other).fields["OCSP"] == "ocsp.example.com"


def test_the_card_of_a_certificate_agrees_with_cryptography(pca: PcaMock) -> None:
    issuing = pca.create_root_ca().create_subordinate_ca(crl_bucket="example-crls", ocsp=True)
    leaf = issuing.issue(
        "localhost", "127.0.0.1", "::1", "a@example.com", "https://a.example/b?c&d"
    )

    read, certificate = page(leaf), leaf.certificate
    extensions = certificate.extensions
    points = extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    authority = extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value
    own = extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    assert authority.key_identifier is not None
    assert points[0].full_name is not None

    assert read.fields == {
        "Template": "EndEntityCertificate/V1",
        "Subject": certificate.subject.rfc4514_string(),
        "Issuer": "CN=Example Subordinate CA",
        "Serial number": f"{certificate.serial_number:032x}",
        "Not before": f"{moment(certificate.not_valid_before_utc)} 1 hour ago",
        "Not after": f"{moment(certificate.not_valid_after_utc)} in 365 days",
        "Public key": "EC P-256",
        "Signature": "ECDSA with SHA-256",
        "Basic constraints": "not a CA",
        "Authority key identifier": authority.key_identifier.hex(":"),
        "Subject key identifier": own.digest.hex(":"),
        "Key usage": "digital signature, key encipherment",
        "Extended key usage": "server authentication, client authentication",
        "Subject alternative name": (
            "DNS localhost, IP 127.0.0.1, IP ::1, email a@example.com, URI https://a.example/b?c&d"
        ),
        "CRL distribution points": points[0].full_name[0].value,
        "Authority information access": f"OCSP {access[0].access_location.value}",
        "SHA-256": certificate.fingerprint(hashes.SHA256()).hex(),
    }
    assert {extension.oid.dotted_string for extension in extensions if extension.critical} == {
        "2.5.29.15"
    }
    assert read.critical == {"Key usage"}
    assert leaf.certificate_pem in read.text
    assert leaf.arn in read.text


def test_the_card_of_a_certificate_agrees_with_openssl(pca: PcaMock) -> None:
    leaf = pca.create_root_ca(key_algorithm="RSA_2048").issue("localhost", key_algorithm="RSA_2048")

    fields, told = page(leaf).fields, oracles.openssl_text(leaf.certificate_pem)

    assert fields["Public key"] == "RSA 2048"
    assert "Public-Key: (2048 bit)" in told
    assert bytes.fromhex(fields["Serial number"]).hex(":") in told
    assert fields["Subject key identifier"].upper() in told
    assert "Digital Signature, Key Encipherment" in told
    assert fields["Key usage"] == "digital signature, key encipherment"


def test_a_certificate_without_a_subject_is_shown_as_such(pca: PcaMock) -> None:
    leaf = pca.create_root_ca().issue(f"{'a' * 60}.example.com")

    assert page(leaf).fields["Subject"] == "no subject"
    assert page(leaf).text.strip().startswith("no subject")
    assert "no subject" in page(pca).text


def test_many_names_are_cut_and_long_ones_are_below_each_other(pca: PcaMock) -> None:
    names = [f"host-{number}.{'a' * 30}.example.com" for number in range(60)]
    leaf = pca.create_root_ca().issue(*names)

    shown = page(leaf)

    assert f"DNS {names[39]}\nand 20 more" in shown.text
    assert leaf.certificate_pem in shown.text


# The calls


def test_values_that_all_calls_share_are_shown_once(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca()
    pca.calls.clear()
    pca.client().describe_certificate_authority(CertificateAuthorityArn=root.arn)

    read = page(pca.calls)

    assert read.text.strip().startswith("1 call of 123456789012 us-east-1, 2027-03-01")
    assert read.rows == [
        ["#", "UTC", "Operation", "Outcome", "Parameters"],
        [
            "1",
            "12:00:00",
            "DescribeCertificateAuthority",
            "success",
            f"CertificateAuthorityArn='…{root.arn.rpartition(':')[2]}'",
        ],
    ]


def test_calls_of_several_callers_and_days_each_show_them() -> None:
    elsewhere = dataclasses.replace(CALLER, region="us-east-1")
    calls = [call(), call(caller=elsewhere, time=NOON + timedelta(days=1))]

    read = HtmlPage(parts.of_calls(calls))

    assert read.text.strip().splitlines()[0] == "2 calls"
    assert [row[1] for row in read.rows[1:]] == ["2027-03-01 12:00:00", "2027-03-02 12:00:00"]
    assert [row[2] for row in read.rows[1:]] == [
        "ListTags123456789012 eu-central-1",
        "ListTags123456789012 us-east-1",
    ]


def test_a_call_that_failed_shows_error_message_and_retries() -> None:
    failed = call(outcome="LimitExceededException", message="Too many.", retries=1)

    read = HtmlPage(parts.of_calls([failed]))

    assert read.badges == [("bad", "LimitExceededException")]
    assert read.rows[1][3:] == ["LimitExceededExceptionafter 1 retry", "Too many."]


def test_there_is_no_table_without_calls(pca: PcaMock) -> None:
    read = page(pca.calls)

    assert (read.text.strip(), read.rows) == ("0 calls", [])


def test_a_ca_that_is_gone_has_a_note_instead_of_a_card(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")
    root.delete(7)
    pca.clock.advance(days=8)

    assert "deleted" in root._repr_html_()


def test_a_certificate_that_is_gone_or_has_failed_has_a_note_instead_of_a_card(
    pca: PcaMock,
) -> None:
    root = pca.create_root_ca("Example Root")
    with pca.fail_later("IssueCertificate"):
        failed = root.issue("failed.example.com")
    gone = root.issue("gone.example.com")
    assert failed.arn in failed._repr_html_()
    root.delete(7)
    pca.clock.advance(days=8)

    assert gone.arn in gone._repr_html_()


def test_preparations_are_folded_and_other_calls_show_their_origin(pca: PcaMock) -> None:
    root = pca.create_root_ca()
    pca.client().list_certificate_authorities()
    with (
        pca.fail("IssueCertificate", "ThrottlingException", times=1, origin="handle"),
        pytest.raises(ClientError),
    ):
        root.issue("localhost")

    html, rows = pca.calls._repr_html_(), page(pca.calls).rows

    assert html.count("<details><summary>1-5. by handles: CreateCertificateAuthority") == 1
    assert rows[-2][2] == "ListCertificateAuthorities"
    assert rows[-1][2] == "IssueCertificateby a handle or fixture"
    assert "<details>" not in pca.calls.filter(origin="handle")[:5]._repr_html_()


def test_a_call_has_a_card(pca: PcaMock) -> None:
    pca.clock.freeze(NOON)
    root = pca.create_root_ca()
    tags: Any = {"CertificateAuthorityArn": root.arn, "Tags": [{"Key": "<a>", "Value": "b"}]}
    pca.fail("TagCertificateAuthority", "ThrottlingException", "Too many.", times=1)
    with pytest.raises(ClientError):
        pca.client().tag_certificate_authority(**tags)

    read, of_handle = page(pca.calls[-1]), page(pca.calls[0])

    assert read.badges == [("bad", "ThrottlingException")]
    assert read.fields["Origin"] == "the code under test"
    assert read.fields["Caller"] == "123456789012 us-east-1"
    assert read.fields["Time"].startswith("2027-03-01 12:00:0")
    assert read.fields["Message"] == "Too many."
    retries = pca.calls[-1].retries
    assert read.fields["Attempts"] == f"{retries + 1}"
    assert read.fields["Tags"] == "[{'Key': '<a>', 'Value': 'b'}]"
    assert of_handle.fields["Origin"] == "a handle or fixture"
    assert "Attempts" not in of_handle.fields


# Clock, buckets, plans and lists


def test_a_clock_shows_its_time_and_how_far_it_is_from_the_machines(pca: PcaMock) -> None:
    assert page(pca.clock).text.count("machine") == 0

    pca.clock.advance(days=40)
    assert "40 days ahead of the machine's clock" in page(pca.clock).text
    pca.clock.freeze(datetime(2020, 1, 1, tzinfo=timezone.utc))
    assert "2020-01-01 00:00:00 UTC" in page(pca.clock).text
    assert "behind the machine's clock" in page(pca.clock).text
    assert page(pca.clock).badges == [("waiting", "FROZEN")]


def test_buckets_show_their_objects(pca: PcaMock) -> None:
    pca.create_root_ca(crl_bucket="crls")
    ((key, content),) = pca.buckets["crls"].items()

    for shown in (pca.buckets, pca.buckets["crls"]):
        assert page(shown).rows == [[key, f"{len(content)} bytes"]]
    assert "1 bucket" in page(pca.buckets).text
    assert "1 object" in page(pca.buckets["crls"]).text
    many = parts.of_objects({f"{number}": b"" for number in range(60)})
    assert "and 10 more objects" in HtmlPage(many).text


def test_a_plan_shows_what_it_strikes(pca: PcaMock) -> None:
    def is_long(params: Any) -> bool:
        return True

    root = pca.create_root_ca()
    counted = pca.fail("ListTags", "ThrottlingException", times=2, CertificateAuthorityArn=root)
    others = pca.delay("*", timedelta(seconds=1), when=is_long, origin="any")

    fields = page(counted).fields
    assert (fields["Effect"], fields["Struck"]) == ("ThrottlingException", "0")
    assert (fields["Calls of"], fields["Will strike"]) == ("the code under test", "2 more")
    assert root.arn.rpartition("/")[2] in fields["CertificateAuthorityArn"]
    assert page(counted).badges == [("waiting", "IN FORCE")]
    others.cancel()
    assert page(others).badges == [("over", "OVER")]
    assert page(others).fields["When"].endswith("is_long")
    assert page(others).fields["Will strike"] == "all until it is cancelled"
    assert "all operations" in page(others).text


def test_lists_of_handles_are_tables(pca: PcaMock) -> None:
    root = pca.create_root_ca("Example Root")
    below = root.create_subordinate_ca("Below")
    leaf = below.issue("localhost")
    leaf.revoke()
    authorities, certificates = pca.authorities, below.certificates

    assert authorities == [root, below]
    assert page(authorities).rows[1][:3] == ["Below", "ACTIVE", "SUBORDINATE"]
    assert page(certificates).rows == [
        ["CN=localhost", "REVOKED", f"until {leaf.not_after:%Y-%m-%d}", leaf.arn]
    ]
    assert page(pca.certificates).text.strip().startswith("3 certificates")
    assert page(root.certificates).rows[0][0] == "CN=Example Root"
    below.delete(7)
    pca.clock.advance(days=8)
    assert page(authorities).rows[1][1:] == ["DELETED", "", "", below.arn]
    assert page(certificates).rows[0][1:] == ["DELETED", "", leaf.arn]
    assert HtmlPage(pages.of_authorities([])).rows == []
    assert "and 1 more CA" in HtmlPage(pages.of_authorities([(pca._state, root._arn)] * 101)).text


# What has ended, and what fails


def test_a_mock_that_has_ended_is_shown_as_such() -> None:
    with mock_pca(), mock_pca() as pca:
        root = pca.create_root_ca(crl_bucket="crls")
        leaf = root.issue("localhost")
        shown = (pca, root, leaf, pca.calls, pca.clock, pca.buckets)
        for thing in shown:
            assert "has ended" not in page(thing).text
        assert "ended" not in repr(pca)

    for thing in shown:
        assert ("over", "the mock has ended") in page(thing).badges
    assert ", ended>" in repr(pca)


def test_a_thing_that_cannot_be_shown_is_text() -> None:
    class Broken:
        def __repr__(self) -> str:
            return "<broken>"

    assert notebooks.as_html(Broken()) == "<pre>&lt;broken&gt;</pre>"
