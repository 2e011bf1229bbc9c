"""PEM armour (RFC 7468): blocks in text, and text from DER.

Own code, because the DER is needed as it is, whatever it contains: `cryptography` parses it, and
refuses a CSR over the order of attributes in a name. `ssl` reads only certificates.
"""

from __future__ import annotations

import base64
import binascii
import re

_BEGIN = b"-----BEGIN "
_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>[^-]*)-----END (?P=label)-----"
)


def encode(label: str, data: bytes) -> str:
    """One block with lines of 64 characters, without a newline at the end."""
    body = base64.b64encode(data).decode()
    lines = "\n".join([body[i : i + 64] for i in range(0, len(body), 64)])
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


# OPEN RULE import-pem
def blocks(text: bytes, label: str) -> list[bytes]:
    """The DER inside every block of text; the text around the blocks is ignored.

    Raises:
        ValueError: a block has another label, no end, or a body that is not base64.
    """
    matches = list(_BLOCK.finditer(text))
    if len(matches) != text.count(_BEGIN):
        raise ValueError("a PEM block has no end")
    if any(match["label"] != label.encode() for match in matches):
        raise ValueError(f"a PEM block has another label than {label}")
    try:
        return [
            base64.b64decode(b"".join(match["body"].split()), validate=True) for match in matches
        ]
    except binascii.Error as error:
        raise ValueError(f"the PEM body is not base64: {error}") from error
