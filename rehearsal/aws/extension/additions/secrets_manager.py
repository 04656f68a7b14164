"""Secrets Manager: `Ref` of a secret is its name in the emulator, where AWS gives the ARN; and the resource types
ResourcePolicy and RotationSchedule are missing, though the API has both.
"""

import json

from ministack.services import secretsmanager

from .framework import Properties, RELIES_ON as FRAMEWORK, answer_of, as_boolean, handlers_of, register

SECRET = "AWS::SecretsManager::Secret"
POLICY = "AWS::SecretsManager::ResourcePolicy"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.secretsmanager": ("_resolve", "_put_resource_policy", "_delete_resource_policy", "_rotate_secret"),
}


def install() -> None:
    register(SECRET, **by_arn(handlers_of(SECRET)))
    register(POLICY, create=create_policy, update=update_policy, delete=delete_policy)
    register(SCHEDULE, create=create_schedule, update=update_schedule, delete=delete_schedule)


def by_arn(emulator: dict) -> dict:
    """The emulator's handlers, which know a secret by its name, for stacks, which know it by its ARN."""

    def name_of(arn: str) -> str:
        key, _secret = secretsmanager._resolve(arn)
        return key or arn

    def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
        _name, attributes = emulator["create"](logical_id, props, stack_name)
        return attributes["Arn"], attributes

    def update(arn: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> tuple[str, dict]:
        _name, attributes = emulator["update"](name_of(arn), old, new, stack_name, logical_id)
        return attributes["Arn"], attributes

    def delete(arn: str, props: Properties) -> None:
        emulator["delete"](name_of(arn), props)

    return {"create": create, "update": update, "delete": delete}


def create_policy(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
    policy = props["ResourcePolicy"]
    document = policy if isinstance(policy, str) else json.dumps(policy)
    request = {"SecretId": props["SecretId"], "ResourcePolicy": document}
    arn = answer_of(POLICY, secretsmanager._put_resource_policy(request))["ARN"]
    return arn, {"Id": arn}


def update_policy(arn: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    return create_policy(arn, new, stack_name)


def delete_policy(arn: str, props: Properties) -> None:
    _key, secret = secretsmanager._resolve(arn)
    if secret is not None:
        answer_of(POLICY, secretsmanager._delete_resource_policy({"SecretId": arn}))


def create_schedule(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
    request = {
        "SecretId": props["SecretId"],
        "RotationLambdaARN": props["RotationLambdaARN"],
        "RotationRules": dict(props.get("RotationRules") or {}),
        "RotateImmediately": as_boolean(props.get("RotateImmediatelyOnUpdate", True)),
    }
    arn = answer_of(SCHEDULE, secretsmanager._rotate_secret(request))["ARN"]
    return arn, {"Id": arn}


def update_schedule(arn: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    return create_schedule(arn, new, stack_name)


def delete_schedule(arn: str, props: Properties) -> None:
    _key, secret = secretsmanager._resolve(arn)
    if secret is not None:
        secret["RotationEnabled"] = False
