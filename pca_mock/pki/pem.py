"""PEM armour (RFC 7468): blocks in text, and text from DER.

Own code, because the DER is needed as it is, whatever it contains: `cryptography` parses it, and
refuses a CSR over the order of attributes in a name. `ssl` reads nothing but certificates.
"""

from __future__ import annotations

import base64
import binascii
import re

_BLOCK = re.compile(
    rb"-----BEGIN (?P<label>[A-Z0-9 ]+)-----(?P<body>[^-]*)-----END (?P=label)-----"
)


def encode(label: str, data: bytes) -> str:
    """One block with lines of 64 characters, without a newline at the end."""
    body = base64.b64encode(data).decode()
    lines = "\n".join([body[i : i + 64] for i in range(0, len(body), 64)])
    return f"-----BEGIN {label}-----\n{lines}\n-----END {label}-----"


def blocks(text: bytes, *labels: str) -> list[bytes]:
    """The DER inside every block with one of the labels; all other text is passed over.

    Raises:
        ValueError: the body of such a block is not base64.
    """
    wanted = {label.encode() for label in labels}
    found = []
    for match in _BLOCK.finditer(text):
        if match["label"] in wanted:
            try:
                found.append(base64.b64decode(b"".join(match["body"].split()), validate=True))
            except binascii.Error as error:
                raise ValueError(f"the PEM body is not base64: {error}") from error
    return found
