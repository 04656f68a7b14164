"""What the emulator lacks and the product's templates need, and what a rehearsal must be able to ask of it. One module
a gap; each says what the gap is.

Every module names the emulator's private functions and tables that it relies on (`RELIES_ON`): they are checked before
anything is served, so that a new release that moved one fails at once and by name, not in the middle of a deployment.
"""

from importlib import import_module
from types import ModuleType

MODULES = tuple(
    import_module(f".{name}", __name__)
    for name in (
        "athena_named_query",
        "cloudtrail_public_keys",
        "cloudtrail_trail",
        "conditions",
        # Before the next, which has to see that a creation failed.
        "failing_creation",
        "custom_resource_clean_up",
        "dashboard_list",
        "dynamodb_leading_keys",
        "dynamodb_table",
        "event_bus_elsewhere",
        "iam_oidc_provider",
        "iam_role_policy",
        "lambda_function",
        "lambda_log_group",
        "metric_alarm",
        "nested_stack",
        "roll_back_reason",
        "s3_bucket",
        "s3_event",
        "s3_managed_key",
        "secret_rotation",
        "secrets_manager",
        "secure_transport",
        "ses_mail",
        "sqs_batches",
        "update_clean_up",
        # Last, around the roll-back that the others have put right.
        "resource_order",
    )
)


class EmulatorChanged(RuntimeError):
    """The emulator's release no longer has a name that an addition relies on."""


def install() -> None:
    for module in MODULES:
        check(module)
    for module in MODULES:
        module.install()


def check(module: ModuleType) -> None:
    for owner, names in module.RELIES_ON.items():
        missing = [name for name in names if not hasattr(import_module(owner), name)]
        if missing:
            raise EmulatorChanged(
                f"{module.__name__} relies on {', '.join(missing)} of {owner}, which this release of the emulator does "
                "not have. Use the release pinned in requirements.txt, or adapt the addition and run the conformance suite."
            )
