"""Shares of CAs in moto's Resource Access Manager, which write the resource policies of the CAs.

moto keeps the shares, if the kind of resource is in a list of its own. While a mock runs, CAs are
in that list. What a share allows is written by PutPolicy of Private CA, in the caller's name.

Source: RAM API Reference; User Guide of Private CA, "Resource-based policies".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from pca_mock.adapters import company, moto_seam, parameters, responses
from pca_mock.arns import AuthorityArn, parse_authority_arn
from pca_mock.errors import AwsError, InvalidArnException, ResourceNotFoundException
from pca_mock.service import sharing
from pca_mock.service.attempts import ClientCall
from pca_mock.service.context import Response
from pca_mock.state.calls import Caller
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State

_SERVICE: Final = "ram"
_PRINCIPAL: Final = "ram.amazonaws.com"
_CALLER: Final = "pca_mock.caller"
_KIND: Final = "certificate-authority"
_CREATE: Final = "CreateResourceShare"
_DELETE: Final = "DeleteResourceShare"


class UnknownResourceException(AwsError):  # noqa: N818 - named as on the wire
    """A resource or permission cannot be found."""


def answer(
    state: State,
    model: Any,
    params: Any,
    context: dict[str, Any],
    request_signer: Any,
    **_: Any,
) -> Any:
    """`before-call.ram`: make CAs shareable in moto; refuse a share that could not be written."""
    members = parameters.remembered(context)
    if members is None or not moto_seam.answers(_SERVICE, params["url"]):
        return None
    kinds = moto_seam.shareable_kinds()
    if _KIND not in kinds:
        kinds.append(_KIND)
    caller, _access_key = company.caller_of(state, request_signer, context)
    context[_CALLER] = replace(caller, invoked_by=_PRINCIPAL)
    try:
        if model.name == _CREATE:
            _check(state, caller, members)
    except AwsError as error:
        return responses.failure(new_uuid(state.random), model, params["url"], error)
    return None


def withdraw() -> None:
    """Make CAs unshareable again: no mock runs."""
    kinds = moto_seam.shareable_kinds(only_if_in_use=True)
    if _KIND in kinds:
        kinds.remove(_KIND)


def complete(
    state: State, model: Any, http_response: Any, parsed: Any, context: dict[str, Any], **_: Any
) -> None:
    """`after-call.ram`: write what a new share allows, and take back what a deleted one did."""
    members, caller = parameters.remembered(context), context.get(_CALLER)
    if members is None or caller is None or http_response.status_code != 200:
        return
    if model.name == _CREATE:
        share_arn = parsed["resourceShare"]["resourceShareArn"]
        try:
            for arn in _authorities(members):
                _share(state, caller, members, arn, share_arn.rpartition("/")[2])
        except AwsError as error:  # from which botocore makes an exception
            moto_seam.forget_share(share_arn)
            http_response.status_code = error.status
            parsed["ResponseMetadata"]["HTTPStatusCode"] = error.status
            parsed["Error"] = {"Code": error.code, "Message": error.message}
    elif model.name == _DELETE:
        share_id = members["resourceShareArn"].rpartition("/")[2]
        with state.lock:
            own = [ca.arn for ca in state.all_authorities() if share_id in f"{ca.policy}"]
        for arn in own:
            _unshare(state, caller, arn, share_id)


def _authorities(members: Mapping[str, Any]) -> list[AuthorityArn]:
    """The CAs among the resources of a share."""
    arns: list[AuthorityArn] = []
    for text in members.get("resourceArns", ()):
        try:
            arns.append(parse_authority_arn(text))
        except InvalidArnException:
            continue  # another kind of resource
    return arns


def _permissions(members: Mapping[str, Any], partition: str) -> list[str]:
    """The managed permissions of CAs that a share names; the default one if it names none."""
    names = [sharing.permission_name(each, partition) for each in members.get("permissionArns", ())]
    return [name for name in names if name in sharing.PERMISSIONS] or [sharing.DEFAULT]


# OPEN RULE ram-errors
def _check(state: State, caller: Caller, members: Mapping[str, Any]) -> None:
    for arn in _authorities(members):
        if arn.account != caller.account or state.find(arn) is None:
            raise UnknownResourceException(f"Resource {arn} could not be found.")
        for text in members.get("permissionArns", ()):
            name = sharing.permission_name(text, arn.partition)
            if name.endswith("CertificateAuthority") and name not in sharing.PERMISSIONS:
                raise UnknownResourceException(f"Permission {text} could not be found.")


def _share(
    state: State, caller: Caller, members: Mapping[str, Any], arn: AuthorityArn, share_id: str
) -> None:
    principals = members.get("principals", ())
    if not principals:
        return
    for permission in _permissions(members, arn.partition):
        policy = _policy(state, caller, arn)
        text = sharing.with_share(policy, arn, principals, permission, share_id)
        _call(state, caller, "PutPolicy", ResourceArn=str(arn), Policy=text)


def _unshare(state: State, caller: Caller, arn: AuthorityArn, share_id: str) -> None:
    policy = _policy(state, caller, arn)
    text = sharing.without_share(policy, share_id) if policy is not None else None
    if text is None:
        _call(state, caller, "DeletePolicy", ResourceArn=str(arn))
    else:
        _call(state, caller, "PutPolicy", ResourceArn=str(arn), Policy=text)


def _policy(state: State, caller: Caller, arn: AuthorityArn) -> str | None:
    try:
        return str(_call(state, caller, "GetPolicy", ResourceArn=str(arn))["Policy"])
    except ResourceNotFoundException:
        return None


def _call(state: State, caller: Caller, operation: str, **members: Any) -> Response:
    """Call Private CA.

    Raises:
        AwsError: it has refused.
    """
    call = ClientCall(state, operation, members, caller)
    try:
        response = call.attempt()
    except AwsError as error:
        call.end(error, 0)
        raise
    call.end(None, 0)
    return response
