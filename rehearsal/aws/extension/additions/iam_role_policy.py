"""AWS::IAM::RolePolicy: the emulator has the API but not the resource type.

Another name or another role replaces it: the new one is there before the old one goes, in the clean-up of the update.
"""

import json

from ministack.services import iam
from ministack.services.cloudformation import provisioners

from .framework import Answer, Properties, RELIES_ON as FRAMEWORK, ServiceRefused, register

TYPE = "AWS::IAM::RolePolicy"
# Identifies it: a change of either is a replacement (CloudFormation Template Reference, AWS::IAM::RolePolicy).
IDENTITY = ("PolicyName", "RoleName")
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": (*FRAMEWORK, "_REPLACING_PROPERTIES"),
    "ministack.services.iam": ("_put_role_policy", "_delete_role_policy"),
}


def install() -> None:
    provisioners._REPLACING_PROPERTIES[TYPE] = IDENTITY
    register(TYPE, create=create, update=update, delete=delete)


def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
    document = props.get("PolicyDocument", {})
    request = {**identity(props), "PolicyDocument": document if isinstance(document, str) else json.dumps(document)}
    answered(iam._put_role_policy(request))
    return physical_id(props), {}


def update(old_id: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    return create(old_id, new, stack_name)


def delete(old_id: str, props: Properties) -> None:
    answer = iam._delete_role_policy(identity(props))
    if answer[0] != 404:
        answered(answer)


def identity(props: Properties) -> dict:
    return {name: props[name] for name in IDENTITY}


def physical_id(props: Properties) -> str:
    return "|".join(props[name] for name in IDENTITY)


def answered(answer: Answer) -> None:
    status, _headers, body = answer
    if status >= 400:
        raise ServiceRefused(f"{TYPE}: {body!r}")
