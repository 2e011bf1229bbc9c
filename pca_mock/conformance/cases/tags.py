"""Tags of CAs."""

from __future__ import annotations

from typing import Any, Final

from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, Mark
from pca_mock.conformance.session import Session

AREA: Final = Area("tags", "API_TagCertificateAuthority")


def _tags(aws: Session, arn: str, **members: object) -> list[Any]:
    """The tags of a CA, without that of the run."""
    answer = aws.call("ListTags", CertificateAuthorityArn=arn, **members)
    return [tag for tag in answer["Tags"] if tag["Key"] != TAG]


def _tag(aws: Session, arn: str, *tags: dict[str, str]) -> str:
    return aws.code("TagCertificateAuthority", CertificateAuthorityArn=arn, Tags=list(tags))


def _untag(aws: Session, arn: str, *tags: dict[str, str]) -> str:
    return aws.code("UntagCertificateAuthority", CertificateAuthorityArn=arn, Tags=list(tags))


def _numbered(count: int) -> list[dict[str, str]]:
    return [{"Key": f"key {number}", "Value": str(number)} for number in range(count)]


@AREA.case(tags=[{"Key": "a", "Value": "1"}], source="API_CreateCertificateAuthority")
def _tags_at_creation(aws: Session) -> Answers:
    """A CA has the tags that it was created with."""
    return {"tags": _tags(aws, aws.create(Tags=[{"Key": "a", "Value": "1"}]))}


@AREA.case(codes=["ok", "ok"], tags=[{"Key": "a", "Value": "2"}])
def _same_key_overwrites(aws: Session) -> Answers:
    """A tag with a key that the CA has replaces its value."""
    arn = aws.borrow()
    codes = [_tag(aws, arn, {"Key": "a", "Value": value}) for value in "12"]
    return {"codes": codes, "tags": _tags(aws, arn)}


@AREA.case(codes=["ok", "ok"], keys=["a", "A"])
def _keys_are_case_sensitive(aws: Session) -> Answers:
    """Keys that differ in case are two keys."""
    arn = aws.borrow()
    codes = [_tag(aws, arn, {"Key": key, "Value": ""}) for key in "aA"]
    return {"codes": codes, "keys": sorted((tag["Key"] for tag in _tags(aws, arn)), reverse=True)}


@AREA.case(codes=["ok", "TooManyTagsException"], count=49)
def _more_than_fifty(aws: Session) -> Answers:
    """A CA has at most 50 tags; a call that would give it more changes nothing."""
    arn = aws.borrow()
    codes = [_tag(aws, arn, *_numbered(49)), _tag(aws, arn, {"Key": "x"}, {"Key": "y"})]
    return {"codes": codes, "count": len(_tags(aws, arn))}


@AREA.case(codes=["InvalidTagException"] * 2, tags=[])
def _reserved_keys(aws: Session) -> Answers:
    """Keys that begin with aws: are reserved, also at creation."""
    arn = aws.borrow()
    request = aws.request(Tags=[{"Key": "aws:x", "Value": "1"}])
    codes = [_tag(aws, arn, {"Key": "aws:x"}), aws.code("CreateCertificateAuthority", **request)]
    return {"codes": codes, "tags": _tags(aws, arn)}


@AREA.case(
    codes=["ok", "ok"], tags=[{"Key": "b", "Value": "2"}], source="API_UntagCertificateAuthority"
)
def _untag_by_key(aws: Session) -> Answers:
    """A tag that is named by its key is removed whatever its value."""
    arn = aws.create(Tags=[{"Key": "a", "Value": "1"}, {"Key": "b", "Value": "2"}])
    codes = [_untag(aws, arn, {"Key": "a"}), _untag(aws, arn, {"Key": "b", "Value": "1"})]
    return {"codes": codes, "tags": _tags(aws, arn)}


@AREA.case(code="ok", tags=[], source="API_UntagCertificateAuthority")
def _untag_by_key_and_value(aws: Session) -> Answers:
    """A tag that is named by its key and its value is removed."""
    arn = aws.create(Tags=[{"Key": "a", "Value": "1"}])
    return {"code": _untag(aws, arn, {"Key": "a", "Value": "1"}), "tags": _tags(aws, arn)}


@AREA.case(Mark.OBSERVED, tags=[{"Key": "a", "Value": "1"}], source="acceptance tests of Terraform")
def _pending_can_be_tagged(aws: Session) -> Answers:
    """A CA that waits for its certificate can be tagged."""
    arn = aws.borrow()
    _tag(aws, arn, {"Key": "a", "Value": "1"})
    return {"tags": _tags(aws, arn)}


@AREA.case(code="ok", tags=[{"Key": "Ключ 1_.:/=+-@", "Value": "Wert ä"}])
def _letters_of_all_scripts(aws: Session) -> Answers:
    """Keys and values may have letters, digits and spaces of all scripts, and some marks."""
    arn = aws.borrow()
    code = _tag(aws, arn, {"Key": "Ключ 1_.:/=+-@", "Value": "Wert ä"})
    return {"code": code, "tags": _tags(aws, arn)}
