"""The statements that AWS Resource Access Manager writes: kinds of principals.

What they allow: `tests/testing/test_sharing.py`, and `tests/acm/test_moto_sharing.py` in moto.
"""

from __future__ import annotations

import json

from pca_mock.arns import parse_authority_arn
from pca_mock.service.sharing import DEFAULT, with_share, without_share

ARN = parse_authority_arn(
    "arn:aws:acm-pca:us-east-1:123456789012:certificate-authority/"
    "11111111-2222-3333-4444-555555555555"
)
SERVICE = "proxy.network-firewall.amazonaws.com"


def test_a_service_is_a_principal_of_its_own_kind() -> None:
    policy = with_share(None, ARN, [SERVICE], DEFAULT, "id")

    principals = [each["Principal"] for each in json.loads(policy)["Statement"]]
    assert principals == [{"Service": [SERVICE]}] * 2


def test_statements_without_the_shares_id_stay() -> None:
    own = {"Effect": "Allow", "Action": "acm-pca:ListTags"}
    policy = with_share(json.dumps({"Statement": own}), ARN, ["222222222222"], DEFAULT, "id")

    assert json.loads(without_share(policy, "id") or "")["Statement"] == [own]
    assert without_share(with_share(None, ARN, [SERVICE], DEFAULT, "id"), "id") is None
