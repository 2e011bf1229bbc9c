"""The Resource Groups Tagging API of moto, with the CAs of a mock among its resources.

moto answers first. The CAs are added to the last of its pages, and follow on pages of their own.
Their tags are changed by the operations of Private CA, in the caller's name.

Source: Resource Groups Tagging API Reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

from botocore.exceptions import BotoCoreError

from pca_mock.adapters import company, moto_seam, parameters, responses
from pca_mock.arns import parse_authority_arn
from pca_mock.errors import AwsError, InvalidArnException
from pca_mock.service.attempts import ClientCall
from pca_mock.state.authority import CertificateAuthority
from pca_mock.state.calls import Caller
from pca_mock.state.randomness import new_uuid
from pca_mock.state.store import State

_SERVICE: Final = "resourcegroupstaggingapi"
_TYPES: Final = ("acm-pca", "acm-pca:certificate-authority")
_TOKEN: Final = "pca_mock-"
_CALLER: Final = "pca_mock.caller"
_RESOURCES_PER_PAGE: Final = 50
_TAGS_PER_PAGE: Final = 100
# The errors of Private CA -> (status, code) in FailedResourcesMap.
_FAILURES: Final = {
    "AccessDeniedException": (403, "AccessDeniedException"),
    "InternalFailure": (500, "InternalServiceException"),
}
_INVALID: Final = (400, "InvalidParameterException")


def answer(
    state: State,
    model: Any,
    params: Any,
    context: dict[str, Any],
    request_signer: Any,
    **_: Any,
) -> Any:
    """`before-call`: the answer to a call about a page of CAs; None for others, which moto gets."""
    members = parameters.remembered(context)
    if members is None or not moto_seam.answers(_SERVICE, params["url"]):
        return None
    context[_CALLER], _access_key = company.caller_of(state, request_signer, context)
    token = str(members.get("PaginationToken", ""))
    if not token.startswith(_TOKEN):
        return None
    with state.lock:
        parsed = _page(state, context[_CALLER], members, int(token.removeprefix(_TOKEN)), 0, 0)
        return responses.success(new_uuid(state.random), model, params["url"], parsed)


def complete(
    state: State, model: Any, http_response: Any, parsed: Any, context: dict[str, Any], **_: Any
) -> None:
    """`after-call`: moto's answer, with the CAs."""
    members, caller = parameters.remembered(context), context.get(_CALLER)
    add = _ADDITIONS.get(model.name)
    if add is None or members is None or caller is None or http_response.status_code != 200:
        return
    with state.lock:
        add(state, caller, members, parsed)


def _add_resources(
    state: State, caller: Caller, members: Mapping[str, Any], parsed: dict[str, Any]
) -> None:
    mappings = parsed.setdefault("ResourceTagMappingList", [])
    if parsed.get("PaginationToken") or str(members.get("PaginationToken", "")).startswith(_TOKEN):
        return
    tags = sum(len(each["Tags"]) for each in mappings)
    page = _page(state, caller, members, 0, len(mappings), tags)
    mappings.extend(page["ResourceTagMappingList"])
    if page["PaginationToken"]:
        parsed["PaginationToken"] = page["PaginationToken"]


def _page(
    state: State,
    caller: Caller,
    members: Mapping[str, Any],
    start: int,
    resources: int,
    tags: int,
) -> dict[str, Any]:
    """CAs for a page of resources, and the token of the next one.

    Args:
        state: of the mock.
        caller: whose CAs are listed.
        members: of the request.
        start: how many CAs are on earlier pages.
        resources: how many resources are on the page already.
        tags: how many tags these have.
    """
    most_resources = members.get("ResourcesPerPage") or _RESOURCES_PER_PAGE
    most_tags = members.get("TagsPerPage") or _TAGS_PER_PAGE
    authorities = [ca for ca in _authorities(state, caller) if _is_meant(ca, members)]
    page: list[dict[str, Any]] = []
    for ca in authorities[start:]:
        resources, tags = resources + 1, tags + len(ca.tags)
        if resources > most_resources or (tags > most_tags and resources > 1):
            break
        pairs = [{"Key": key, "Value": value} for key, value in ca.tags.items()]
        page.append({"ResourceARN": str(ca.arn), "Tags": pairs})
    end = start + len(page)
    token = f"{_TOKEN}{end}" if end < len(authorities) else ""
    return {"ResourceTagMappingList": page, "PaginationToken": token}


def _authorities(state: State, caller: Caller) -> Iterable[CertificateAuthority]:
    """The caller's own CAs in its region."""
    store = state.store(caller.partition, caller.region, caller.account)
    return store.after(0, state.clock.now())


def _is_meant(ca: CertificateAuthority, members: Mapping[str, Any]) -> bool:
    types, arns = members.get("ResourceTypeFilters"), members.get("ResourceARNList")
    return (
        bool(ca.tags)
        and (not types or any(each in _TYPES for each in types))
        and (not arns or str(ca.arn) in arns)
        and all(_fits(ca.tags, each) for each in members.get("TagFilters") or ())
    )


def _fits(tags: Mapping[str, str], tag_filter: Mapping[str, Any]) -> bool:
    values = tag_filter.get("Values")
    return tag_filter["Key"] in tags and (not values or tags[tag_filter["Key"]] in values)


def _add_keys(
    state: State, caller: Caller, members: Mapping[str, Any], parsed: dict[str, Any]
) -> None:
    keys = (key for ca in _authorities(state, caller) for key in ca.tags)
    _add_words(parsed, "TagKeys", keys)


def _add_values(
    state: State, caller: Caller, members: Mapping[str, Any], parsed: dict[str, Any]
) -> None:
    key = members["Key"]
    values = (ca.tags[key] for ca in _authorities(state, caller) if key in ca.tags)
    _add_words(parsed, "TagValues", values)


def _add_words(parsed: dict[str, Any], member: str, words: Iterable[str]) -> None:
    """Add words to the last of moto's pages, each once."""
    if not parsed.get("PaginationToken"):
        parsed[member] = list(dict.fromkeys([*parsed.get(member, ()), *words]))


def _tag(state: State, caller: Caller, members: Mapping[str, Any], parsed: dict[str, Any]) -> None:
    tags = [{"Key": key, "Value": value} for key, value in members["Tags"].items()]
    _change(state, caller, members, parsed, "TagCertificateAuthority", tags)


def _untag(
    state: State, caller: Caller, members: Mapping[str, Any], parsed: dict[str, Any]
) -> None:
    tags = [{"Key": key} for key in members["TagKeys"]]
    _change(state, caller, members, parsed, "UntagCertificateAuthority", tags)


def _change(
    state: State,
    caller: Caller,
    members: Mapping[str, Any],
    parsed: dict[str, Any],
    operation: str,
    tags: list[dict[str, str]],
) -> None:
    """Change the tags of the CAs among the resources, which moto has taken for unknown ones."""
    failures = parsed.setdefault("FailedResourcesMap", {})
    for arn in filter(_is_authority, members["ResourceARNList"]):
        failures.pop(arn, None)
        call = ClientCall(state, operation, {"CertificateAuthorityArn": arn, "Tags": tags}, caller)
        try:
            call.attempt()
        except (AwsError, BotoCoreError) as error:
            call.end(error, 0)
            status, code = _FAILURES.get(type(error).__name__, _INVALID)
            failures[arn] = {"StatusCode": status, "ErrorCode": code, "ErrorMessage": str(error)}
        else:
            call.end(None, 0)


def _is_authority(arn: str) -> bool:
    try:
        parse_authority_arn(arn)
    except InvalidArnException:
        return False
    return True


_ADDITIONS: Final[dict[str, Callable[[State, Caller, Mapping[str, Any], dict[str, Any]], None]]] = {
    "GetResources": _add_resources,
    "GetTagKeys": _add_keys,
    "GetTagValues": _add_values,
    "TagResources": _tag,
    "UntagResources": _untag,
}
