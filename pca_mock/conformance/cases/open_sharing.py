"""Open rules about tags, permissions and policies."""

from __future__ import annotations

import json
from typing import Final

from pca_mock.conformance import authorities
from pca_mock.conformance.cases import issuing, operations
from pca_mock.conformance.cases.open_requests import PAGE
from pca_mock.conformance.cases.operations import ACM, policy
from pca_mock.conformance.cases.sharing import put, shared_with
from pca_mock.conformance.ledger import TAG
from pca_mock.conformance.model import Answers, Area, CouldNotRun, Mark
from pca_mock.conformance.session import OK, Session

SHARING: Final = Area("open rules: tags, permissions, policies", PAGE)
_OPEN: Final = Mark.OPEN
_DENIED: Final = "AccessDeniedException"
_STRANGER: Final = {"AWS": "111122223333"}


def _tag(aws: Session, *tags: dict[str, str], operation: str = "TagCertificateAuthority") -> str:
    return aws.code(operation, CertificateAuthorityArn=aws.borrow(), Tags=list(tags))


@SHARING.case(_OPEN, codes=["InvalidTagException"] * 3)
def _tag_keys(aws: Session) -> Answers:
    """Keys that begin with aws: or rds: in any case are refused, and one that comes twice."""
    twice = ({"Key": "a"}, {"Key": "a"})
    return {"codes": [_tag(aws, {"Key": "AWS:x"}), _tag(aws, {"Key": "rds:x"}), _tag(aws, *twice)]}


@SHARING.case(_OPEN, tags=[{"Key": "a", "Value": ""}])
def _tag_values(aws: Session) -> Answers:
    """A tag without a value has an empty one."""
    arn = aws.borrow()
    aws.call("TagCertificateAuthority", CertificateAuthorityArn=arn, Tags=[{"Key": "a"}])
    tags = aws.call("ListTags", CertificateAuthorityArn=arn)["Tags"]
    return {"tags": [tag for tag in tags if tag["Key"] != TAG]}


@SHARING.case(_OPEN, code=OK)
def _untag(aws: Session) -> Answers:
    """To untag what isn't there has no effect."""
    return {"code": _tag(aws, {"Key": "x"}, operation="UntagCertificateAuthority")}


@SHARING.case(_OPEN, count=50, token=False)
def _page_sizes(aws: Session) -> Answers:
    """A page has 50 tags."""
    arn = aws.borrow()
    tags = [{"Key": f"key {number}"} for number in range(49)]
    aws.call("TagCertificateAuthority", CertificateAuthorityArn=arn, Tags=tags)
    answer = aws.call("ListTags", CertificateAuthorityArn=arn)
    return {"count": len(answer["Tags"]), "token": "NextToken" in answer}


@SHARING.case(_OPEN, code="ValidationException")
def _permission_principal(aws: Session) -> Answers:
    """Only ACM can have a permission."""
    principal = "s3.amazonaws.com"
    return {"code": operations.code(aws, "CreatePermission", aws.borrow(), Principal=principal)}


@SHARING.case(_OPEN, code="ResourceNotFoundException")
def _permission_missing(aws: Session) -> Answers:
    """A permission that isn't there cannot be deleted."""
    return {"code": operations.code(aws, "DeletePermission", aws.shared("root"))}


@SHARING.case(_OPEN, actions=["acm-pca:IssueCertificate"], principal={"Service": ACM})
def _permission_policy(aws: Session) -> Answers:
    """A permission has a policy for ACM with its actions."""
    arn = aws.borrow()
    operations.code(aws, "CreatePermission", arn, Actions=["IssueCertificate"])
    (permission,) = aws.call("ListPermissions", CertificateAuthorityArn=arn)["Permissions"]
    (statement,) = json.loads(permission["Policy"])["Statement"]
    return {"actions": statement["Action"], "principal": statement["Principal"]}


@SHARING.case(_OPEN, codes=["InvalidPolicyException", OK, OK])
def _policy_rules(aws: Session) -> Answers:
    """A policy allows the seven actions, to accounts and services."""
    arn = aws.borrow()
    texts = (
        policy(arn, _STRANGER, "*"),
        policy(arn, _STRANGER, "IssueCertificate", Resource=f"{arn}/certificate/*"),
        policy(arn, {"Service": ACM}, "IssueCertificate"),
    )
    return {"codes": [put(aws, arn, text) for text in texts]}


@SHARING.case(_OPEN, code="LockoutPreventedException")
def _policy_lockout(aws: Session) -> Answers:
    """A policy that denies its author to put policies is refused."""
    arn = aws.borrow()
    owner = {"AWS": arn.split(":")[4]}
    return {"code": put(aws, arn, policy(arn, owner, "PutPolicy", Effect="Deny"))}


@SHARING.case(_OPEN, codes=[_DENIED, OK])
def _policy_certificate_resource(aws: Session) -> Answers:
    """Certificates as a resource open the CA in actions that are about none."""
    arn = aws.borrow("ACTIVE")
    issued = authorities.issue(aws, arn, **issuing.members())["CertificateArn"]
    account = {"AWS": aws.second_account()}
    resource = f"{arn}/certificate/*"
    put(aws, arn, policy(arn, account, "DescribeCertificateAuthority", Resource=resource))
    names = {"CertificateAuthorityArn": arn}
    return {
        "codes": [
            aws.second.code("GetCertificate", **names, CertificateArn=issued),
            aws.second.code("DescribeCertificateAuthority", **names),
        ]
    }


@SHARING.case(_OPEN, code=_DENIED)
def _policy_conditions(aws: Session) -> Answers:
    """A condition on another key never holds."""
    condition = {"StringEquals": {"aws:SourceAccount": aws.second_account()}}
    arn = shared_with(aws, "DescribeCertificateAuthority", Condition=condition)
    names = {"CertificateAuthorityArn": arn}
    return {"code": aws.second.code("DescribeCertificateAuthority", **names)}


@SHARING.case(_OPEN, code=_DENIED)
def _policy_templates(aws: Session) -> Answers:
    """A template that isn't open to other accounts is denied to them."""
    arn = shared_with(aws, "IssueCertificate")
    request = issuing.members("CodeSigningCertificate")
    return {"code": aws.second.code("IssueCertificate", CertificateAuthorityArn=arn, **request)}


@SHARING.case(_OPEN, code=OK)
def _condition_several_values(_: Session) -> Answers:
    """A condition without a set operator holds where one of several values fits."""
    raise CouldNotRun("needs an identity with a policy of its own")


@SHARING.case(_OPEN, code=_DENIED)
def _identity_policy_resource(_: Session) -> Answers:
    """An identity must be allowed to list CAs for every resource."""
    raise CouldNotRun("needs an identity with a policy of its own")
