"""The event that begins the roll-back of a creation names the resources that failed, as CloudFormation's does."""

from ministack.services.cloudformation import stacks

from .framework import replace_everywhere

RELIES_ON = {"ministack.services.cloudformation.stacks": ("_roll_back_operation",)}


def install() -> None:
    roll_back = stacks._roll_back_operation

    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict, operation: dict, reason_override: str = ""
    ) -> None:
        failed = operation.get("failed_logical_id")
        if failed and not operation.get("is_update") and not reason_override:
            reason_override = f"The following resource(s) failed to create: [{failed}]. Rollback requested by user."
        await roll_back(stack_name, stack_id, stack, operation, reason_override)

    replace_everywhere(stacks, "_roll_back_operation", roll_back_operation)
