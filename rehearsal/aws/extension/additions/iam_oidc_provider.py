"""AWS::IAM::OIDCProvider: the emulator has the API but not the resource type. The vendor's account stack has one."""

from ministack.services import iam

from .framework import Properties, RELIES_ON as FRAMEWORK, ServiceRefused, register

TYPE = "AWS::IAM::OIDCProvider"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.iam": ("_oidc_providers", "_create_oidc_provider", "_delete_oidc_provider"),
}


def install() -> None:
    register(TYPE, create=create, update=update, delete=delete)


def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
    before = set(iam._oidc_providers)
    status, _headers, body = iam._create_oidc_provider(request(props))
    if status >= 400:
        raise ServiceRefused(f"{TYPE} {logical_id}: {body!r}")
    (arn,) = set(iam._oidc_providers) - before
    return arn, {"Arn": arn}


def update(arn: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    if old.get("Url") != new.get("Url"):
        return create(arn, new, stack_name)
    provider = iam._oidc_providers[arn]
    provider["ClientIDList"] = list(new.get("ClientIdList") or [])
    provider["ThumbprintList"] = list(new.get("ThumbprintList") or [])
    provider["Tags"] = list(new.get("Tags") or [])
    return arn, {"Arn": arn}


def delete(arn: str, props: Properties) -> None:
    if arn in iam._oidc_providers:
        iam._delete_oidc_provider({"OpenIDConnectProviderArn": [arn]})


def request(props: Properties) -> dict:
    """CreateOpenIDConnectProvider in the query protocol, as the emulator's dispatcher hands it on."""
    values = {"Url": props["Url"]}
    for position, client in enumerate(props.get("ClientIdList") or [], start=1):
        values[f"ClientIDList.member.{position}"] = client
    for position, thumbprint in enumerate(props.get("ThumbprintList") or [], start=1):
        values[f"ThumbprintList.member.{position}"] = thumbprint
    for position, tag in enumerate(props.get("Tags") or [], start=1):
        values[f"Tags.member.{position}.Key"] = tag["Key"]
        values[f"Tags.member.{position}.Value"] = tag["Value"]
    return {name: [value] for name, value in values.items()}
