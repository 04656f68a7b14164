"""The last phase of an update: the emulator removes what an update has replaced or dropped while the stack still says
UPDATE_IN_PROGRESS. CloudFormation says UPDATE_COMPLETE_CLEANUP_IN_PROGRESS then, which is how the function of a custom
resource tells the one from the other.
"""

from ministack.services import cloudformation
from ministack.services.cloudformation import stacks

from .framework import replace_everywhere

UPDATING = "UPDATE_IN_PROGRESS"
CLEANING_UP = "UPDATE_COMPLETE_CLEANUP_IN_PROGRESS"
RELIES_ON = {
    "ministack.services.cloudformation": ("_stacks",),
    "ministack.services.cloudformation.stacks": ("_resolve_stack_outputs", "_add_event"),
}


def install() -> None:
    resolve = stacks._resolve_stack_outputs

    # Outputs are resolved once every change is made, and before anything is removed.
    def resolve_then_clean_up(*args) -> tuple:
        resolved = resolve(*args)
        stack_name, stack_id = args[-2:]
        stack = cloudformation._stacks.get(stack_name)
        if stack is not None and stack["StackStatus"] == UPDATING:
            stack["StackStatus"] = CLEANING_UP
            stacks._add_event(
                stack_id, stack_name, stack_name, "AWS::CloudFormation::Stack", CLEANING_UP, physical_id=stack_id)
        return resolved

    replace_everywhere(stacks, "_resolve_stack_outputs", resolve_then_clean_up)
