"""What CloudFormation promises when a custom resource fails, and the emulator does not keep:

- One whose creation failed is sent a Delete by the roll-back, like those that were created.
- What a resource that could not be deleted depends on (the function of a custom resource, its role) is not deleted
  either, so that a second DeleteStack can ask again.
- After a roll-back that failed, DeleteStack asks again for what is left.
"""

from typing import Any

from ministack.core.responses import now_iso
from ministack.services import cloudformation
from ministack.services.cloudformation import custom_resource, provisioners, stacks

from .framework import Properties, replace_everywhere

RELIES_ON = {
    "ministack.core.responses": ("now_iso",),
    "ministack.services.cloudformation": ("_stacks",),
    "ministack.services.cloudformation.custom_resource": ("deliver_response",),
    "ministack.services.cloudformation.provisioners": ("_provision_resource", "_delete_resource", "_cr_stack_id"),
    "ministack.services.cloudformation.stacks": ("_roll_back_operation", "_with_dependencies"),
}

# What is known of custom resources that were not created (yet), by stack id and logical id.
answered_ids: dict[tuple[str, str], str] = {}
attempted: dict[tuple[str, str], tuple[str, Properties]] = {}

UNDELETED = "_undeleted"


class StillNeeded(Exception):
    """A resource is kept because one that depends on it could not be deleted."""


def install() -> None:
    replace_everywhere(custom_resource, "deliver_response", remembering_ids(custom_resource.deliver_response))
    replace_everywhere(provisioners, "_provision_resource", remembering_attempts(provisioners._provision_resource))
    replace_everywhere(provisioners, "_delete_resource", keeping_dependencies(provisioners._delete_resource))
    replace_everywhere(stacks, "_roll_back_operation", rolling_back_all(stacks._roll_back_operation))


def is_custom(resource_type: str) -> bool:
    return resource_type.startswith("Custom::") or resource_type == "AWS::CloudFormation::CustomResource"


def remembering_ids(deliver):
    def deliver_response(token: str, response: dict) -> bool:
        if response.get("PhysicalResourceId"):
            which = (str(response.get("StackId")), str(response.get("LogicalResourceId")))
            answered_ids[which] = response["PhysicalResourceId"]
        return deliver(token, response)

    return deliver_response


def remembering_attempts(provision):
    def provision_resource(resource_type: str, logical_id: str, props: dict, stack_name: str) -> tuple:
        if is_custom(resource_type):
            attempted[(provisioners._cr_stack_id(stack_name), logical_id)] = (resource_type, props)
        made = provision(resource_type, logical_id, props, stack_name)
        attempted.pop((provisioners._cr_stack_id(stack_name), logical_id), None)
        return made

    return provision_resource


def keeping_dependencies(delete):
    def delete_resource(
        resource_type: str, physical_id: str, props: dict, stack_name: str | None = None, logical_id: str | None = None
    ) -> None:
        stack = cloudformation._stacks.get(stack_name) if stack_name and logical_id else None
        if stack is None:
            return delete(resource_type, physical_id, props, stack_name, logical_id)
        undeleted = stack.setdefault(UNDELETED, [])
        try:
            refuse_if_needed(stack, logical_id, undeleted)
            delete(resource_type, physical_id, props, stack_name, logical_id)
        except Exception:
            if logical_id not in undeleted:
                undeleted.append(logical_id)
            raise
        if logical_id in undeleted:
            undeleted.remove(logical_id)

    return delete_resource


def refuse_if_needed(stack: dict, logical_id: str, undeleted: list[str]) -> None:
    definitions = (stack.get("_template") or {}).get("Resources", {})
    for other in undeleted:
        if other != logical_id and logical_id in stacks._with_dependencies([other], definitions, set(definitions)):
            raise StillNeeded(f"kept, because {other} depends on it and could not be deleted")


def rolling_back_all(roll_back):
    async def roll_back_operation(
        stack_name: str, stack_id: str, stack: dict, operation: dict, reason_override: str = ""
    ) -> None:
        include_failed(stack_id, stack, operation)
        # The emulator keeps a template only when a deployment succeeds; what depends on what is in it.
        stack["_template"] = stack.get("_template") or operation["template"]
        await roll_back(stack_name, stack_id, stack, operation, reason_override)
        if stack["StackStatus"] == "ROLLBACK_FAILED":
            keep_what_is_left(stack)

    return roll_back_operation


def include_failed(stack_id: str, stack: dict, operation: dict) -> None:
    """Have the roll-back delete a custom resource whose creation failed, before those that were created."""
    # A failed update is not a failed creation: CloudFormation sends the old properties again instead.
    if operation.get("failed_update") is None:
        operation["created"] = [*operation["created"], *count_failed_as_created(stack_id, stack)]


def count_failed_as_created(stack_id: str, stack: dict) -> list[str]:
    """Put custom resources that were attempted, and are not in the stack, there; give their logical ids."""
    resources = stack.setdefault("_resources", {})
    failed = [which for which in attempted if which[0] == stack_id and which[1] not in resources]
    for which in failed:
        resource_type, props = attempted.pop(which)
        # Without an answer CloudFormation makes an id up.
        physical_id = answered_ids.get(which, f"{which[1]}-without-answer")
        resources[which[1]] = record(which[1], resource_type, physical_id, props)
    return [logical_id for _stack_id, logical_id in failed]


def keep_what_is_left(stack: dict) -> None:
    for logical_id, left in stack.get("_rollback_failed", {}).items():
        stack["_resources"][logical_id] = record(
            logical_id, left["ResourceType"], left["PhysicalResourceId"], left.get("Properties", {}))


def record(logical_id: str, resource_type: str, physical_id: str, props: Any) -> dict:
    """A resource of a stack in the emulator's own shape."""
    return {
        "PhysicalResourceId": physical_id,
        "ResourceType": resource_type,
        "ResourceStatus": "CREATE_FAILED",
        "LogicalResourceId": logical_id,
        "Properties": props,
        "Attributes": {},
        "Timestamp": now_iso(),
    }
