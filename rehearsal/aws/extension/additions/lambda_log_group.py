"""Implicit log groups: the emulator makes one for every function, where Lambda needs its role's permission.

What a deleted stack leaves behind depends on it: a late invocation recreates a group only if the role may.
"""

from ministack.core import iam_evaluator
from ministack.services import cloudwatch_logs, lambda_svc

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.core.iam_evaluator": ("EvalContext", "_gather_role_policies", "evaluate"),
    "ministack.services.cloudwatch_logs": ("_log_groups", "_make_group_arn"),
    "ministack.services.lambda_svc": ("_emit_lambda_logs",),
}


def install() -> None:
    emit = lambda_svc._emit_lambda_logs

    def emit_if_permitted(func: dict, *args, **kwargs) -> None:
        config = func.get("config") or func
        logging = config.get("LoggingConfig") or {}
        group = logging.get("LogGroup") or f"/aws/lambda/{config.get('FunctionName')}"
        if group in cloudwatch_logs._log_groups or may_create(config["Role"], group):
            emit(func, *args, **kwargs)

    replace_everywhere(lambda_svc, "_emit_lambda_logs", emit_if_permitted)


def may_create(role_arn: str, group: str) -> bool:
    account, role_name = role_arn.split(":")[4], role_arn.rsplit("/", 1)[-1]
    resource = cloudwatch_logs._make_group_arn(group)
    context = iam_evaluator.EvalContext(
        principal_arn=role_arn,
        principal_type="AssumedRole",
        principal_account=account,
        action="logs:CreateLogGroup",
        resource_arn=resource,
        region=resource.split(":")[3],
    )
    return iam_evaluator.evaluate(context, iam_evaluator._gather_role_policies(role_name, account)).decision == "Allow"
