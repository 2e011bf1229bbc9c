"""Extensions as they are written and read; which ones a certificate has is tested elsewhere."""

from __future__ import annotations

import pytest
from asn1crypto import x509 as asn1_x509

from pca_mock.pki import der, extensions
from tests.issuance import oid, tlv


@pytest.mark.parametrize(
    ("bits", "value"),
    [
        (("DigitalSignature",), "03020780"),
        (("DigitalSignature", "KeyCertSign", "CRLSign"), "03020186"),
        (("KeyAgreement", "DecipherOnly"), "0303070880"),
    ],
)
def test_key_usage_has_no_trailing_zeros(bits: tuple[str, ...], value: str) -> None:
    extension = extensions.minimal_key_usage(*bits)

    assert extension.value.hex() == value
    native = {bit.lower() for bit in bits}
    assert {
        name.replace("_", "") for name in asn1_x509.KeyUsage.load(extension.value).native
    } == native


@pytest.mark.parametrize(
    ("flags", "critical"), [((), False), ((b"\xff",), True), ((b"\x01",), True), ((b"\0",), False)]
)
def test_an_extension_has_at_most_one_critical_flag(
    flags: tuple[bytes, ...], critical: bool
) -> None:
    def encoded(*flags: bytes) -> der.Element:
        content = [tlv(0x01, flag) for flag in flags]
        return der.parse(tlv(0x30, tlv(0x30, oid("1.2.3"), *content, tlv(0x04, b"x"))))

    assert extensions.decode_all(encoded(*flags)) == [extensions.Extension("1.2.3", critical, b"x")]
    with pytest.raises(der.DerError, match="one critical flag"):
        extensions.decode_all(encoded(b"\xff", b"\xff"))
