"""Signatures of others; those of the mock's own keys are tested with the operations."""

from __future__ import annotations

from typing import Final

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from pca_mock.errors import NotSupportedByPcaMock
from pca_mock.pki import algorithms, der
from tests.issuance import oid, tlv

_PSS: Final = "1.2.840.113549.1.1.10"


@pytest.mark.parametrize("tag", [0xA0, 0xA1])
def test_an_unknown_hash_of_pss_is_not_supported(tag: int) -> None:
    key = rsa.generate_private_key(65537, 2048).public_key()
    unknown = tlv(0x30, oid("1.2.3"))
    named = unknown if tag == 0xA0 else tlv(0x30, oid("1.2.840.113549.1.1.8"), unknown)
    identifier = der.parse(tlv(0x30, oid(_PSS), tlv(0x30, tlv(tag, named))))

    with pytest.raises(NotSupportedByPcaMock, match=r"the hash 1\.2\.3 of RSASSA-PSS"):
        algorithms.verifies(key, identifier, bytes(256), b"data")
