"""RotateSecret: the emulator moves the labels itself and calls no function.

The order of the steps, their event and the labels are those of the Secrets Manager User Guide, "Rotation by Lambda
function": an empty version is labelled AWSPENDING, the function is called for each step, and moves AWSCURRENT itself.
"""

import logging
from typing import Any

from ministack.core.concurrency import spawn_background
from ministack.core.responses import error_response_json, json_response, new_uuid
from ministack.services import lambda_svc, secretsmanager

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.core.concurrency": ("spawn_background",),
    "ministack.core.responses": ("error_response_json", "json_response", "new_uuid"),
    "ministack.services.lambda_svc": ("_get_func_record_for_ref", "_execute_function_with_config_scope"),
    "ministack.services.secretsmanager": ("_rotate_secret", "_get_secret_value", "_resolve", "_find_stage_version"),
}

STEPS = ("createSecret", "setSecret", "testSecret", "finishSecret")
logger = logging.getLogger("secretsmanager")


def install() -> None:
    replace_everywhere(secretsmanager, "_rotate_secret", refusing_unknown(secretsmanager._rotate_secret))
    replace_everywhere(secretsmanager, "_get_secret_value", without_empty(secretsmanager._get_secret_value))


def refusing_unknown(emulator_rotate):
    def rotate_secret(data: dict) -> tuple:
        _key, secret = secretsmanager._resolve(data.get("SecretId"))
        # The emulator words these errors well, and stops at them.
        if secret is None or secret.get("DeletedDate"):
            return emulator_rotate(data)
        return rotate(secret, data)

    return rotate_secret


def rotate(secret: dict, data: dict) -> tuple:
    """Configure rotation and start it; like the service, answer before the function has run."""
    function_arn = data.get("RotationLambdaARN") or secret.get("RotationLambdaARN")
    function, config, _name = lambda_svc._get_func_record_for_ref(function_arn or "")
    if function is None:
        return refusal("InvalidRequestException", "No Lambda rotation function ARN is associated with this secret.")
    if not lets_secrets_manager_in(function):
        return refusal("AccessDeniedException", (
            "Secrets Manager cannot invoke the specified Lambda function. Ensure that the function policy grants access "
            "to the principal secretsmanager.amazonaws.com."))
    pending, version = secretsmanager._find_stage_version(secret, "AWSPENDING")
    if version is not None and "AWSCURRENT" not in version["Stages"]:
        return refusal("InvalidRequestException", "A previous rotation isn't complete. That rotation will be reattempted.")

    secret["RotationEnabled"] = True
    secret["RotationLambdaARN"] = function_arn
    secret["RotationRules"] = data.get("RotationRules") or secret.get("RotationRules")
    if pending:
        version["Stages"].remove("AWSPENDING")
    token = data.get("ClientRequestToken") or new_uuid()
    secret["Versions"][token] = {
        "SecretString": None, "SecretBinary": None, "CreatedDate": secret["LastChangedDate"], "Stages": ["AWSPENDING"],
    }
    run = run_steps if data.get("RotateImmediately", True) else try_configuration
    spawn_background(run, secret, function, token, thread_name="secret-rotation")
    return json_response({"ARN": secret["ARN"], "Name": secret["Name"], "VersionId": token})


def run_steps(secret: dict, function: dict, token: str) -> None:
    for step in STEPS:
        if not call(secret, function, token, step):
            # What is pending stays, and stops the next rotation, until somebody looks.
            return


def try_configuration(secret: dict, function: dict, token: str) -> None:
    """Without an immediate rotation the service only tries the function, and removes the pending version again."""
    call(secret, function, token, "testSecret")
    secret["Versions"].pop(token, None)


def call(secret: dict, function: dict, token: str, step: str) -> bool:
    event = {"Step": step, "SecretId": secret["ARN"], "ClientRequestToken": token}
    result = lambda_svc._execute_function_with_config_scope(function, event)
    if result.get("error"):
        logger.warning("rotation of %s failed at %s: %s", secret["Name"], step, result.get("body"))
        return False
    return True


def lets_secrets_manager_in(function: dict) -> bool:
    def principals(statement: dict) -> Any:
        principal = statement.get("Principal")
        services = principal.get("Service", []) if isinstance(principal, dict) else principal
        return services if isinstance(services, list) else [services]

    return any(
        "secretsmanager.amazonaws.com" in principals(statement) for statement in function["policy"]["Statement"]
    )


def without_empty(get):
    def get_secret_value(data: dict) -> tuple:
        """A version that a rotation has labelled, but not filled yet, is not found."""
        _key, secret = secretsmanager._resolve(data.get("SecretId"))
        version = (secret or {}).get("Versions", {}).get(data.get("VersionId"))
        if version and version["SecretString"] is None and version["SecretBinary"] is None:
            return refusal("ResourceNotFoundException", (
                "Secrets Manager can't find the specified secret value for staging label: "
                f"{data.get('VersionStage', 'AWSPENDING')}"))
        return get(data)

    return get_secret_value


def refusal(code: str, message: str) -> tuple:
    return error_response_json(code, message, 400)
