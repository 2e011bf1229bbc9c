"""GetCertificate: its answers, their form, and its refusals."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import pytest
import time_machine
from botocore.exceptions import WaiterError

from pca_mock.state.authority import Status
from pca_mock.state.progress import Progress
from tests import oracles, support
from tests.inside import authority, put_in
from tests.issuance import ForeignRoot, raw_csr, unvalidating
from tests.refusals import refused
from tests.support import Ca

if TYPE_CHECKING:
    from pca_mock import PcaMock

_CSR: Final = raw_csr()
_STRANGER: Final = (
    "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/"
    "11111111-2222-3333-4444-555555555555"
)
_SERIAL: Final = "00112233445566778899aabbccddeeff"
_BLOCK: Final = re.compile(
    "-----BEGIN CERTIFICATE-----\n"
    "([A-Za-z0-9+/]{64}\n)*[A-Za-z0-9+/=]{1,64}\n"
    "-----END CERTIFICATE-----"
)


@pytest.fixture
def root(pca: PcaMock) -> Ca:
    """An active root CA with an EC key."""
    return support.root(pca.client(region_name="us-east-1"))


def _answer(ca: Ca, arn: str) -> dict[str, Any]:
    answer: Any = ca.client.get_certificate(CertificateAuthorityArn=ca.arn, CertificateArn=arn)
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# The answer


def test_a_certificate_comes_with_the_chain_above_it_root_included(root: Ca) -> None:
    upper = support.subordinate(root, path_length=1)
    lower = support.subordinate(upper, validity={"Type": "DAYS", "Value": 90})
    arn = lower.issue(_CSR, Validity={"Type": "DAYS", "Value": 30})

    answer = _answer(lower, arn)

    assert set(answer) == {"Certificate", "CertificateChain"}
    assert answer["CertificateChain"] == "\n".join(
        (lower.certificate(), upper.certificate(), root.certificate())
    )
    own = lower.client.get_certificate_authority_certificate(CertificateAuthorityArn=lower.arn)
    assert answer["CertificateChain"] == f"{own['Certificate']}\n{own['CertificateChain']}"


def test_the_chain_below_a_root_is_that_root(root: Ca) -> None:
    answer = _answer(root, root.issue(_CSR))

    assert answer["CertificateChain"] == root.certificate()


def test_a_root_that_signed_itself_has_no_chain(pca: PcaMock) -> None:
    root = support.pending(pca.client(region_name="us-east-1"))
    arn = root.issue(root.csr(), "RootCACertificate")

    assert set(_answer(root, arn)) == {"Certificate"}
    root.install(_answer(root, arn)["Certificate"])
    assert set(_answer(root, arn)) == {"Certificate"}


def test_pem_has_lines_of_64_characters_and_no_newline_at_the_end(root: Ca) -> None:
    upper = support.subordinate(root, path_length=1)

    answer = _answer(upper, upper.issue(_CSR, Validity={"Type": "DAYS", "Value": 30}))

    assert _BLOCK.fullmatch(answer["Certificate"])
    assert re.fullmatch(f"{_BLOCK.pattern}\n{_BLOCK.pattern}", answer["CertificateChain"])


def test_the_answer_is_the_same_every_time(root: Ca) -> None:
    arn = root.issue(_CSR)

    assert _answer(root, arn) == _answer(root, arn)


def test_a_certificate_is_that_of_its_request(root: Ca) -> None:
    expected = {root.issue(raw_csr(subject=subject)): subject for subject in _NAMES}

    for arn, subject in expected.items():
        assert oracles.subject_hex(_answer(root, arn)["Certificate"]) == subject.hex()


_NAMES: Final = [bytes.fromhex(f"300c310a300806035504030c01{letter}") for letter in ("61", "62")]


def test_the_chain_stays_as_it_was_at_issuance(root: Ca) -> None:
    arn = root.issue(_CSR)
    before = _answer(root, arn)

    root.install(root.issued(root.csr(), "RootCACertificate", Validity=support.TEN_YEARS))

    assert root.certificate() != before["CertificateChain"]
    assert _answer(root, arn) == before
    assert _answer(root, root.issue(_CSR))["CertificateChain"] == root.certificate()


def test_an_expired_certificate_is_answered_as_ever(root: Ca) -> None:
    arn = root.issue(_CSR, Validity={"Type": "DAYS", "Value": 1})
    before = _answer(root, arn)

    with time_machine.travel(datetime.now(timezone.utc) + timedelta(days=2), tick=False):
        assert _answer(root, arn) == before


def test_the_chain_below_a_foreign_root_ends_in_it(pca: PcaMock) -> None:
    ca = support.pending(pca.client(region_name="us-east-1"), "SUBORDINATE")
    foreign = ForeignRoot()
    foreign.install_at(ca)

    chain = oracles.blocks(_answer(ca, ca.issue(_CSR))["CertificateChain"])

    assert chain[0] == ca.certificate()
    assert [oracles.subject_hex(pem) for pem in chain[1:]] == [
        oracles.subject_hex(foreign.certificate())
    ]


# Refusals


@pytest.mark.parametrize(
    "arn", ["arn:aws:acm:us-east-1:1:x", f"{_STRANGER}/certificate/", "not-an-arn", "x" * 201]
)
def test_an_arn_that_breaks_the_shape_is_refused(arn: str, pca: PcaMock, root: Ca) -> None:
    good = root.issue(_CSR)

    with refused("ValidationException", pca):
        root.get(arn)
    with refused("ValidationException", pca):
        Ca(root.client, arn).get(good)


@pytest.mark.parametrize("missing", ["CertificateAuthorityArn", "CertificateArn"])
def test_both_arns_must_be_there(missing: str, pca: PcaMock, root: Ca) -> None:
    request: Any = {"CertificateAuthorityArn": root.arn, "CertificateArn": root.issue(_CSR)}
    unvalidating(pca).get_certificate(**request)
    del request[missing]

    with refused("ValidationException", pca):
        unvalidating(pca).get_certificate(**request)


@pytest.mark.parametrize(
    "arn",
    [
        _STRANGER,
        support.template_arn("EndEntityCertificate"),
        f"{_STRANGER}/certificates/{_SERIAL}",
        f"{_STRANGER}/certificate/{_SERIAL}/more",
        f"{_STRANGER}/audit-report/{_SERIAL}",
    ],
)
def test_an_arn_of_no_certificate_is_refused(arn: str, pca: PcaMock, root: Ca) -> None:
    with refused("InvalidArnException", pca, match="Not a valid arn."):
        root.get(arn)


def test_the_arn_of_a_certificate_is_that_of_no_ca(pca: PcaMock, root: Ca) -> None:
    arn = root.issue(_CSR)

    with refused("InvalidArnException", pca, match="Not a valid arn."):
        Ca(root.client, arn).get(arn)


def test_an_unknown_ca_is_not_found(pca: PcaMock, root: Ca) -> None:
    arn = root.issue(_CSR)

    with refused("ResourceNotFoundException", pca):
        Ca(root.client, _STRANGER).get(arn)


def test_the_ca_of_another_account_is_out_of_reach(pca: PcaMock, root: Ca) -> None:
    foreign = root.arn.replace("123456789012", "210987654321")
    arn = root.issue(_CSR)

    with refused("AccessDeniedException", pca):
        Ca(root.client, foreign).get(arn)


def test_a_certificate_is_found_by_its_own_arn_only(pca: PcaMock, root: Ca) -> None:
    other = support.root(root.client)
    arn = root.issue(_CSR)
    ca_arn, _, serial = arn.rpartition("/")
    assert root.get(arn)

    for wrong in (
        f"{ca_arn}/{_SERIAL}",
        f"{ca_arn}/{int(serial, 16)}",
        f"{ca_arn}/0{serial}",
        f"{ca_arn}/{serial[:-1]}",
        f"{other.arn}/certificate/{serial}",
    ):
        with refused("ResourceNotFoundException", pca):
            root.get(wrong)
    with refused("ResourceNotFoundException", pca):
        other.get(arn)
    with refused("ResourceNotFoundException", pca):
        other.get(f"{other.arn}/certificate/{serial}")


def test_a_serial_number_in_capitals_is_not_found(pca: PcaMock, root: Ca) -> None:
    # One with a letter in it: 32 decimal digits are rare, but not impossible.
    arn = next(arn for arn in iter(lambda: root.issue(_CSR), None) if not arn[-32:].isdecimal())

    with refused("ResourceNotFoundException", pca):
        root.get(arn[:-32] + arn[-32:].upper())


def test_an_imported_certificate_was_not_issued_here(pca: PcaMock, root: Ca) -> None:
    ca = support.subordinate(root)
    number = oracles.certificate(ca.certificate()).serial_number

    with refused("ResourceNotFoundException", pca):
        ca.get(f"{ca.arn}/certificate/{number:032x}")
    assert root.get(f"{root.arn}/certificate/{number:032x}")[0] == ca.certificate()


@pytest.mark.parametrize("status", list(Status), ids=attrgetter("name"))
def test_certificates_are_answered_while_the_ca_is_there(
    status: Status, pca: PcaMock, root: Ca
) -> None:
    arn = root.issue(_CSR)
    expected = root.get(arn)
    ca, moment = authority(pca, root.arn), datetime.now(timezone.utc)
    if status is Status.EXPIRED:
        assert ca.installed is not None
        moment = ca.installed.certificate.not_after + timedelta(seconds=1)
    else:
        put_in(pca, root.arn, status)

    with time_machine.travel(moment, tick=False):
        assert root.status == status.value
        if status in (Status.CREATING, Status.FAILED, Status.DELETED):
            message = (
                f"The certificate authority {root.arn} is not in the correct state "
                "to have issued certificates."
            )
            with refused("InvalidStateException", pca, match=message):
                root.get(arn)
        else:
            assert root.get(arn) == expected


# Certificates that are still being issued, and the waiter


def _hold_back(pca: PcaMock, ca: Ca, arn: str, until: datetime) -> None:
    certificates = authority(pca, ca.arn).certificates
    serial = arn.rpartition("/")[2]
    certificates[serial] = replace(certificates[serial], progress=Progress(until))


def test_a_certificate_that_is_still_being_issued_is_not_answered(pca: PcaMock, root: Ca) -> None:
    now = datetime.now(timezone.utc)
    arn = root.issue(_CSR)
    _hold_back(pca, root, arn, now + timedelta(seconds=10))

    with time_machine.travel(now + timedelta(seconds=9), tick=False) as clock:
        message = f"The request to issue certificate {arn} is still in progress. Try again later."
        with refused("RequestInProgressException", pca, match=message):
            root.get(arn)

        clock.shift(1)
        assert root.get(arn)


def test_the_waiter_comes_back_at_once_for_a_certificate_that_is_there(root: Ca) -> None:
    arn = root.issue(_CSR)

    root.client.get_waiter("certificate_issued").wait(
        CertificateAuthorityArn=root.arn,
        CertificateArn=arn,
        WaiterConfig={"Delay": 3600, "MaxAttempts": 1},
    )


def test_the_waiter_asks_again_until_the_certificate_is_there(pca: PcaMock, root: Ca) -> None:
    pca.clock.freeze()
    now = pca.clock.now()
    arn = root.issue(_CSR)
    _hold_back(pca, root, arn, now + timedelta(seconds=3))

    waiter = root.client.get_waiter("certificate_issued")
    waiter.wait(CertificateAuthorityArn=root.arn, CertificateArn=arn)

    assert pca.clock.now() - now == timedelta(seconds=3)
    assert root.get(arn)


def test_the_waiter_gives_up_on_a_certificate_that_never_comes(pca: PcaMock, root: Ca) -> None:
    arn = root.issue(_CSR)
    _hold_back(pca, root, arn, datetime.now(timezone.utc) + timedelta(days=1))

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        root.client.get_waiter("certificate_issued").wait(
            CertificateAuthorityArn=root.arn,
            CertificateArn=arn,
            WaiterConfig={"Delay": 0, "MaxAttempts": 3},
        )


def test_the_waiter_stops_at_another_error(root: Ca) -> None:
    foreign = root.arn.replace("123456789012", "210987654321")

    with pytest.raises(WaiterError) as caught:
        root.client.get_waiter("certificate_issued").wait(
            CertificateAuthorityArn=foreign, CertificateArn=f"{foreign}/certificate/{_SERIAL}"
        )

    assert caught.value.last_response["Error"]["Code"] == "AccessDeniedException"
