"""AWS::SecretsManager::ResourcePolicy and ::RotationSchedule: the emulator has the API but not the resource types."""

import json

from ministack.services import secretsmanager

from .framework import Properties, RELIES_ON as FRAMEWORK, answer_of, as_boolean, register

POLICY = "AWS::SecretsManager::ResourcePolicy"
SCHEDULE = "AWS::SecretsManager::RotationSchedule"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.secretsmanager": ("_resolve", "_put_resource_policy", "_delete_resource_policy"),
}


def install() -> None:
    register(POLICY, create=create_policy, update=update_policy, delete=delete_policy)
    register(SCHEDULE, create=create_schedule, update=update_schedule, delete=delete_schedule)


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
    # Absent means true on AWS. A first rotation that races the stack's own creation is not what the product does, and
    # not what is simulated here.
    if as_boolean(props.get("RotateImmediatelyOnUpdate", True)):
        raise ValueError(f"{SCHEDULE} {logical_id}: the local AWS needs RotateImmediatelyOnUpdate to be false")
    _key, secret = secretsmanager._resolve(props["SecretId"])
    if secret is None:
        raise ValueError(f"{SCHEDULE} {logical_id}: Secrets Manager can't find the specified secret.")
    secret["RotationEnabled"] = True
    secret["RotationLambdaARN"] = props["RotationLambdaARN"]
    secret["RotationRules"] = dict(props.get("RotationRules") or {})
    return secret["ARN"], {"Id": secret["ARN"]}


def update_schedule(arn: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    return create_schedule(arn, new, stack_name)


def delete_schedule(arn: str, props: Properties) -> None:
    _key, secret = secretsmanager._resolve(arn)
    if secret is not None:
        secret["RotationEnabled"] = False
