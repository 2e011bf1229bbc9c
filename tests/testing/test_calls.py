"""`pca.calls`: the log, filters, assertions and their messages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import ANY

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

from pca_mock import Authority, Calls, PcaMock, mock_pca
from pca_mock.state import calls as state_calls
from tests import support

if TYPE_CHECKING:
    from mypy_boto3_acm_pca import ACMPCAClient

CSR = support.KeyHolder().csr()
NOON = datetime(2027, 3, 1, 12, tzinfo=timezone.utc)
NOWHERE = (
    "arn:aws:acm-pca:us-east-1:123456789012:"
    "certificate-authority/11111111-2222-3333-4444-555555555555"
)


def describe(client: ACMPCAClient, arn: str = NOWHERE) -> None:
    """A call that fails: there is no such CA."""
    with pytest.raises(ClientError):
        client.describe_certificate_authority(CertificateAuthorityArn=arn)


def operations(calls: Sequence[Any]) -> list[str]:
    return [call.operation for call in calls]


def message_of(assertion: Any, *arguments: Any, **more: Any) -> list[str]:
    """The lines of the message with which an assertion fails."""
    with pytest.raises(AssertionError) as caught:
        assertion(*arguments, **more)
    return str(caught.value).splitlines()


# A call


def test_a_call_has_its_parameters_caller_time_and_outcome(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    pca.clock.freeze(NOON)
    client = pca.client(region_name="eu-west-1")
    answer = client.list_certificate_authorities(MaxResults=5)
    (call,) = pca.calls

    assert call.operation == "ListCertificateAuthorities"
    assert call.params == {"MaxResults": 5}
    assert (call.caller.account, call.caller.region) == (pca.account_id, "eu-west-1")
    assert call.caller.partition == "aws"
    assert call.time == NOON
    assert (call.outcome, call.message, call.retries) == ("success", None, 0)
    assert call.request_id == answer["ResponseMetadata"]["RequestId"]


def test_a_refused_call_has_its_error_code_and_message(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    describe(pca_client)

    assert pca.calls[0].outcome == "ResourceNotFoundException"
    assert pca.calls[0].message == f"Could not find Certificate Authority {NOWHERE}."


@pytest.mark.parametrize(
    ("client_region", "change", "where"),
    [
        ("eu-west-1", ("", ""), "region us-east-1, account 123456789012"),
        ("eu-west-1", (":us-east-1:", ":eu-west-1:"), "region us-east-1, account 123456789012"),
        ("us-east-1", (":123456789012:", ":222222222222:"), "region us-east-1, account 1"),
    ],
    ids=["region of the client", "region of the ARN", "account of the ARN"],
)
def test_a_ca_looked_for_in_the_wrong_place_is_located_only_in_the_log(
    client_region: str, change: tuple[str, str], where: str, pca: PcaMock
) -> None:
    root = pca.create_root_ca(region_name="us-east-1")
    pca.calls.clear()
    arn = root.arn.replace(*change) if change[0] else root.arn

    with pytest.raises(ClientError) as caught:
        pca.client(region_name=client_region).describe_certificate_authority(
            CertificateAuthorityArn=arn
        )

    assert where not in str(caught.value)
    assert f"[a CA with this id is in {where}" in pca.calls.lines()[0]
    assert pca.calls[0].hint in pca.calls._repr_html_()  # type: ignore[operator]


def test_a_ca_that_another_mock_has_is_located_there() -> None:
    with mock_pca() as outer, mock_pca() as inner:
        arn = outer.create_root_ca(region_name="us-east-1").arn
        describe(inner.client(region_name="us-east-1"), arn)
        describe(inner.client(region_name="us-east-1"), "arn:no")

    assert str(inner.calls[0].hint).endswith("account 123456789012 of another mock that is running")


def test_a_ca_that_is_nowhere_has_no_hint(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)

    assert pca.calls[0].hint is None


def test_the_caller_is_the_acting_account(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with pca.as_account("222222222222"):
        pca_client.list_certificate_authorities()

    assert pca.calls[0].caller.account == "222222222222"
    assert pca.calls[0].caller.arn == "arn:aws:iam::222222222222:root"


def test_a_request_that_botocore_refuses_is_not_logged(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    with pytest.raises(ParamValidationError):
        pca_client.list_tags()  # type: ignore[call-arg]

    assert len(pca.calls) == 0


def test_the_parameters_are_a_copy(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    configuration = support.configuration("As It Was")
    support.pending(pca_client, configuration_=configuration)
    configuration["Subject"]["CommonName"] = "Changed"

    subject = pca.calls[0].params["CertificateAuthorityConfiguration"]["Subject"]
    assert subject == {"CommonName": "As It Was"}


# The sequence


def test_calls_are_a_sequence_oldest_first(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)
    pca_client.list_certificate_authorities()
    pca_client.list_certificate_authorities(MaxResults=1)

    expected = ["DescribeCertificateAuthority"] + 2 * ["ListCertificateAuthorities"]
    assert operations(pca.calls) == operations(list(reversed(pca.calls)))[::-1] == expected
    assert len(pca.calls) == 3
    assert pca.calls[-1].params == {"MaxResults": 1}
    assert isinstance(pca.calls[1:], Calls)
    assert operations(pca.calls[:2]) == expected[:2]
    assert pca.calls[1] in pca.calls
    assert pca.calls.index(pca.calls[2]) == 2
    assert isinstance(pca.calls, Sequence)
    with pytest.raises(IndexError):
        _ = pca.calls[3]


def test_those_of_the_mock_grow_and_those_that_were_chosen_do_not(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    everything = pca.calls
    assert not everything
    describe(pca_client)
    chosen, part = everything.filter(), everything[:]
    describe(pca_client)

    assert (len(everything), len(chosen), len(part)) == (2, 1, 1)


def test_each_mock_has_calls_of_its_own(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with mock_pca() as inner:
        describe(pca_client)

    assert len(inner.calls) == 1
    assert len(pca.calls) == 0


def test_calls_of_all_threads_are_there(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    def work() -> None:
        for _ in range(20):
            pca_client.list_certificate_authorities()
            list(pca.calls.filter("ListCertificateAuthorities", outcome="success"))

    threads = [threading.Thread(target=work) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    pca.calls.assert_called("ListCertificateAuthorities", times=100)


def test_calls_show_a_line_for_each(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pca.clock.freeze(NOON)
    describe(pca_client)
    pca_client.list_certificate_authorities(MaxResults=5)

    head, first, second = repr(pca.calls).splitlines()
    assert head == "<2 calls>"
    assert first.startswith("  1. 2027-03-01 12:00:00 123456789012 ")
    assert "DescribeCertificateAuthority(" in first
    assert " -> ResourceNotFoundException: Could not find " in first
    assert second.endswith("ListCertificateAuthorities(MaxResults=5) -> success")
    assert [first, second] == pca.calls.lines()
    assert repr(pca.calls[:0]) == "<0 calls>"


def test_calls_show_the_number_of_their_retries(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    pca.fail("ListCertificateAuthorities", "ThrottlingException", attempts=2)
    pca_client.list_certificate_authorities()

    assert pca.calls[0].retries == 2
    assert "-> success after 2 retries" in repr(pca.calls)


# clear and paused


def test_cleared_calls_are_forgotten(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)
    pca.calls.clear()
    assert len(pca.calls) == 0
    describe(pca_client)

    assert len(pca.calls) == 1
    assert len(pca.authorities) == 0


@pytest.mark.parametrize("choose", [lambda calls: calls.filter(), lambda calls: calls[:]])
def test_chosen_calls_cannot_be_cleared(
    choose: Any, pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    describe(pca_client)

    with pytest.raises(TypeError, match=r"only pca\.calls can be cleared"):
        choose(pca.calls).clear()
    assert len(pca.calls) == 1


def test_calls_of_a_pause_are_not_noted(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)
    with pca.calls.paused():
        pca_client.list_certificate_authorities()
        with pca.calls.paused():
            pca_client.list_certificate_authorities()
        pca_client.list_certificate_authorities()
    describe(pca_client)

    assert operations(pca.calls) == 2 * ["DescribeCertificateAuthority"]


def test_a_pause_ends_when_its_block_raises(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    with pytest.raises(ZeroDivisionError), pca.calls.paused():
        _ = 1 / 0
    describe(pca_client)

    assert len(pca.calls) == 1


def test_the_log_can_be_emptied_in_a_pause(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)
    with pca.calls.paused():
        pca.reset()

    assert len(pca.calls) == 0


# filter


@pytest.fixture
def some(pca: PcaMock, pca_client: ACMPCAClient, pca_root_ca: Authority) -> PcaMock:
    """A mock with five calls in the log: an issuance, two revocations, two descriptions."""
    ca = support.Ca(pca_client, pca_root_ca.arn)
    serial = ca.issue(CSR).rpartition("/")[2]
    revoke = {"CertificateAuthorityArn": ca.arn, "CertificateSerial": serial}
    pca_client.revoke_certificate(**revoke, RevocationReason="UNSPECIFIED")
    with pytest.raises(ClientError):
        pca_client.revoke_certificate(**revoke, RevocationReason="SUPERSEDED")
    ca.describe()
    describe(pca_client)
    return pca


@pytest.mark.parametrize(
    ("arguments", "conditions", "result"),
    [
        ((), {}, [0, 1, 2, 3, 4]),
        (("RevokeCertificate",), {}, [1, 2]),
        (("ListTags",), {}, []),
        (("TagCertificateAuthority",), {"Tags": []}, []),
        ((), {"outcome": "success"}, [0, 1, 3]),
        ((), {"outcome": "RequestAlreadyProcessedException"}, [2]),
        (("RevokeCertificate",), {"outcome": "success"}, [1]),
        (("RevokeCertificate",), {"RevocationReason": "SUPERSEDED"}, [2]),
        (("RevokeCertificate",), {"RevocationReason": "SUPERSEDED", "outcome": "success"}, []),
        (("DescribeCertificateAuthority",), {"CertificateAuthorityArn": NOWHERE}, [4]),
        (("IssueCertificate",), {"IdempotencyToken": ANY}, []),
        (("IssueCertificate",), {"Validity": {"Type": "DAYS"}}, [0]),
        (("IssueCertificate",), {"Validity": {"Type": "DAYS", "Value": 1}}, []),
        (("RevokeCertificate",), {"CertificateSerial": ANY}, [1, 2]),
        ((), {"when": lambda call: "CertificateSerial" in call.params}, [1, 2]),
        (("RevokeCertificate",), {"when": lambda call: call.message is None}, [1]),
    ],
)
def test_a_filter_chooses_the_calls_that_meet_all_conditions(
    arguments: Any, conditions: Any, result: list[int], some: PcaMock
) -> None:
    everything = list(some.calls)

    chosen = some.calls.filter(*arguments, **conditions)
    assert list(chosen) == [everything[index] for index in result]
    assert isinstance(chosen, Calls)


def test_filters_can_follow_each_other(some: PcaMock) -> None:
    chosen = some.calls.filter("RevokeCertificate").filter(outcome="success")

    assert operations(chosen) == ["RevokeCertificate"]
    assert len(some.calls[3:].filter("DescribeCertificateAuthority")) == 2


def test_serials_are_the_same_however_they_are_written(some: PcaMock) -> None:
    serial = some.calls[1].params["CertificateSerial"]
    colons = ":".join(serial[i : i + 2] for i in range(0, len(serial), 2))

    for form in (serial, serial.upper(), colons, colons.upper(), f"00:{colons}"):
        assert len(some.calls.filter("RevokeCertificate", CertificateSerial=form)) == 2
    assert len(some.calls.filter("RevokeCertificate", CertificateSerial=serial[:-1])) == 0


def test_text_and_bytes_are_the_same_to_a_filter(some: PcaMock) -> None:
    csr = some.calls[0].params["Csr"]
    text = csr.decode() if isinstance(csr, bytes) else csr

    for form in (text, text.encode()):
        assert len(some.calls.filter("IssueCertificate", Csr=form)) == 1


@pytest.mark.parametrize(
    ("arguments", "params", "reason"),
    [
        (("RevokeCertificat",), {}, "no operation 'RevokeCertificat'; do you mean RevokeCert"),
        (("revoke_certificate",), {}, "no operation 'revoke_certificate'"),
        (("RevokeCertificate",), {"Serial": "1"}, "no member of RevokeCertificate 'Serial'; do y"),
        (
            (),
            {"CertificateSerial": "1"},
            "name the operation of which CertificateSerial is a member, or",
        ),
        (("*",), {"CertificateSeria": "1"}, "no member of any operation 'CertificateSeria'"),
        ((), {"outcome": "succes"}, "no outcome 'succes'; do you mean success"),
        ((), {"outcome": "ThrotlingException"}, "do you mean ThrottlingException"),
        ((), {"origin": "mine"}, "origin is one of 'code', 'handle', 'any', not 'mine'"),
        (
            ("IssueCertificate",),
            {"ApiPassthrough": {"Subject": {"CommonNam": "x"}}},
            "no member of Subject 'CommonNam'; do you mean CommonName",
        ),
        (
            ("CreateCertificateAuthority",),
            {"Tags": [{"Key": "a", "Valu": "b"}]},
            "no member of Tags 'Valu'; do you mean Value",
        ),
        (
            ("RevokeCertificate",),
            {"RevocationReason": "SUPERCEDED"},
            "no RevocationReason 'SUPERCEDED'; do you mean SUPERSEDED",
        ),
        (("RevokeCertificate",), {"CertificateSerial": 1}, "CertificateSerial is text, not 1"),
        (("ListTags",), {"MaxResults": True}, "MaxResults is an integer, not True"),
        (("IssueCertificate",), {"Validity": None}, "Validity is a dict, not None"),
    ],
)
def test_an_operation_that_the_service_lacks_is_refused(
    arguments: Any, params: Any, reason: str, pca: PcaMock
) -> None:
    with pytest.raises(ValueError, match=reason):
        pca.calls.filter(*arguments, **params)
    for assertion in (pca.calls.assert_called, pca.calls.assert_not_called):
        if arguments:
            with pytest.raises(ValueError, match=reason):
                assertion(*arguments, **params)


def test_any_outcome_that_occurred_is_accepted(pca: PcaMock) -> None:
    client = pca.client(config=Config())  # not the one that tests share

    class StrangeError(Exception):
        pass

    def give_up(**_: Any) -> None:
        raise StrangeError

    client.meta.events.register_first("needs-retry.acm-pca", give_up)
    pca.fail("ListCertificateAuthorities", "ThrottlingException")
    with pytest.raises(StrangeError):
        client.list_certificate_authorities()

    pca.calls.assert_called("ListCertificateAuthorities", outcome="StrangeError")
    pca.calls.assert_not_called("ListCertificateAuthorities", outcome="ReadTimeoutError")


# Whose calls


@pytest.fixture
def prepared(pca: PcaMock, pca_client: ACMPCAClient) -> PcaMock:
    """A mock with five calls of a handle, one of the code under test, and one of a handle."""
    root = pca.create_root_ca()
    pca_client.describe_certificate_authority(CertificateAuthorityArn=root.arn)
    root.describe()
    return pca


def test_a_call_has_its_origin(prepared: PcaMock) -> None:
    assert [call.origin for call in prepared.calls] == [*5 * ["handle"], "code", "handle"]
    assert prepared.calls[5].caller.origin == "code"


@pytest.mark.parametrize(
    ("conditions", "number"),
    [({}, 1), ({"origin": "code"}, 1), ({"origin": "handle"}, 6), ({"origin": "any"}, 7)],
)
def test_a_filter_is_about_the_code_under_test_unless_it_names_others(
    conditions: Any, number: int, prepared: PcaMock
) -> None:
    assert len(prepared.calls.filter(**conditions)) == number


def test_assertions_are_about_the_code_under_test_unless_they_name_others(
    prepared: PcaMock,
) -> None:
    operation: Final = "DescribeCertificateAuthority"
    calls = prepared.calls

    calls.assert_called(operation, times=1)
    calls.assert_called(operation, times=1, origin="handle")
    calls.assert_called(operation, times=2, origin="any")
    calls.assert_not_called("IssueCertificate")
    with pytest.raises(AssertionError, match="called once by handles, not never"):
        calls.assert_not_called("IssueCertificate", origin="handle")


def test_calls_that_were_chosen_by_their_origin_are_all_meant(prepared: PcaMock) -> None:
    chosen = prepared.calls.filter(origin="handle")

    chosen.assert_called("IssueCertificate", times=1)
    assert len(chosen.filter()) == len(chosen[:].filter()) == 6
    assert len(prepared.calls.filter(origin="any").filter(origin="code")) == 1


def test_the_message_folds_and_counts_the_calls_of_handles(prepared: PcaMock) -> None:
    lines = message_of(prepared.calls.assert_called, "IssueCertificate")

    assert lines == [
        "IssueCertificate was called never, not at least once",
        '(handles or fixtures did once: origin="any" includes that)',
        "The calls were:",
        "  1-5. by handles: CreateCertificateAuthority, GetCertificateAuthorityCsr, "
        "IssueCertificate, GetCertificate, ImportCertificateAuthorityCertificate",
        "    6. DescribeCertificateAuthority success",
        "    7. by handles: DescribeCertificateAuthority",
    ]


def test_each_call_of_a_handle_has_its_line_when_handles_are_asked_for(prepared: PcaMock) -> None:
    _, _, *lines = message_of(
        prepared.calls.assert_called, "DescribeCertificateAuthority", origin="any", times=1
    )

    assert len(lines) == 7
    assert [line[0] for line in lines] == [*5 * [" "], ">", ">"]


# Assertions


def test_an_assertion_that_holds_returns_the_calls(some: PcaMock) -> None:
    serial = some.calls[1].params["CertificateSerial"]

    result = some.calls.assert_called("RevokeCertificate", times=2, CertificateSerial=serial)
    assert [call.outcome for call in result] == ["success", "RequestAlreadyProcessedException"]
    assert len(some.calls.assert_called("RevokeCertificate")) == 2
    assert len(some.calls.assert_called("RevokeCertificate", times=1, outcome="success")) == 1
    assert len(some.calls.assert_called("ListTags", times=0)) == 0
    some.calls.assert_not_called("ListTags")
    some.calls.assert_not_called("IssueCertificate", outcome="LimitExceededException")
    some.calls.assert_not_called("IssueCertificate", when=lambda call: call.retries > 0)
    some.calls.assert_not_called("RevokeCertificate", RevocationReason="KEY_COMPROMISE")


def test_the_message_shows_what_happened_instead(some: PcaMock) -> None:
    serial = some.calls[1].params["CertificateSerial"]

    head, title, *lines = message_of(
        some.calls.assert_called, "RevokeCertificate", times=1, CertificateSerial="00" * 16
    )
    assert head == f"RevokeCertificate(CertificateSerial='{'00' * 16}') was called never, not once"
    assert title == "The calls were:"
    # The requested operation in full; the operation and outcome of the rest.
    assert lines[0] == "    1. IssueCertificate success"
    assert lines[1].startswith("    2. ")
    assert "RevokeCertificate(CertificateAuthorityArn=" in lines[1]
    assert f"CertificateSerial='{serial}'" in lines[1]
    assert "-> success" in lines[1]
    assert "-> RequestAlreadyProcessedException: " in lines[2]
    assert lines[4] == "    5. DescribeCertificateAuthority ResourceNotFoundException"
    assert len(lines) == 5


def test_the_message_marks_the_matching_calls(some: PcaMock) -> None:
    head, _, *lines = message_of(some.calls.assert_called, "RevokeCertificate", times=1)

    assert head == "RevokeCertificate was called twice, not once"
    assert [line[0] for line in lines] == [" ", ">", ">", " ", " "]


@pytest.mark.parametrize(
    ("conditions", "head"),
    [
        ({"times": 3}, "RevokeCertificate was called twice, not 3 times"),
        ({"times": 0}, "RevokeCertificate was called twice, not never"),
        (
            {"outcome": "LimitExceededException"},
            "RevokeCertificate(outcome='LimitExceededException') was called never, "
            "not at least once",
        ),
        (
            {"when": lambda call: False, "RevocationReason": "SUPERSEDED", "times": 2},
            "RevokeCertificate(RevocationReason='SUPERSEDED', when=…) was called never, not twice",
        ),
    ],
)
def test_the_message_names_the_expected_call(conditions: Any, head: str, some: PcaMock) -> None:
    assert message_of(some.calls.assert_called, "RevokeCertificate", **conditions)[0] == head


def test_all_operations_can_be_meant(some: PcaMock) -> None:
    assert len(some.calls.filter("*")) == 5
    some.calls.assert_called("*", times=2, CertificateSerial=ANY)
    some.calls.assert_not_called("*", outcome="ThrottlingException")
    head, _, line, *_ = message_of(some.calls.assert_not_called, "*")

    assert head == "Any operation was called 5 times, not never"
    assert line.startswith(">   1. ")
    assert "IssueCertificate(CertificateAuthorityArn=" in line


def test_assert_not_called_fails_with_the_same_message(some: PcaMock) -> None:
    head, *_ = message_of(some.calls.assert_not_called, "IssueCertificate", outcome="success")

    assert head == "IssueCertificate(outcome='success') was called once, not never"


def test_the_message_states_that_there_were_no_calls(pca: PcaMock) -> None:
    assert message_of(pca.calls.assert_called, "ListTags") == [
        "ListTags was called never, not at least once",
        "There were no calls.",
    ]


def test_the_message_about_chosen_calls_shows_only_these(some: PcaMock) -> None:
    chosen = some.calls.filter("DescribeCertificateAuthority")

    _, _, *lines = message_of(chosen.assert_called, "ListTags")
    assert [line.split()[1] for line in lines] == 2 * ["DescribeCertificateAuthority"]


def test_the_message_shows_only_the_latest_of_many_calls(
    pca: PcaMock, pca_client: ACMPCAClient
) -> None:
    for _ in range(31):
        pca_client.list_certificate_authorities()

    _, _, hidden, *lines = message_of(pca.calls.assert_called, "ListTags")
    assert hidden.strip() == "(1 earlier call)"
    assert len(lines) == 30
    assert lines[-1] == "   31. ListCertificateAuthorities success"


def test_the_message_mentions_that_the_log_was_cut_off(
    pca: PcaMock, pca_client: ACMPCAClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state_calls, "LIMIT", 2)
    for _ in range(2):
        pca_client.list_certificate_authorities()
    assert len(message_of(pca.calls.assert_called, "ListTags")) == 4
    pca_client.list_certificate_authorities()

    lines = message_of(pca.calls.assert_called, "ListTags")
    assert lines[1] == "(the log has the latest 2 of 3 calls)"
    assert len(message_of(pca.calls.filter().assert_called, "ListTags")) == 4


def test_pytest_points_at_the_line_of_the_test(pca: PcaMock) -> None:
    with pytest.raises(AssertionError) as caught:
        pca.calls.assert_called("ListTags")

    assert [str(entry.path) for entry in caught.traceback.filter(caught)] == [__file__]


# How long calls are remembered


def test_reset_begins_a_new_log(pca: PcaMock, pca_client: ACMPCAClient) -> None:
    describe(pca_client)
    pca.reset()

    assert len(pca.calls) == 0
    assert "0 calls" in repr(pca).splitlines()[0]


def test_calls_outlive_their_mock() -> None:
    with mock_pca() as pca:
        pca.create_root_ca()

    pca.calls.assert_called("ImportCertificateAuthorityCertificate", times=1, origin="handle")


def test_a_long_log_shows_its_latest_calls(pca: PcaMock) -> None:
    client = pca.client()
    for _ in range(40):
        client.list_certificate_authorities()

    head, hidden, *lines = repr(pca.calls).splitlines()

    assert (head, hidden) == ("<40 calls>", "(10 earlier calls)")
    assert [line.split(".")[0].strip() for line in lines] == [str(n) for n in range(11, 41)]
