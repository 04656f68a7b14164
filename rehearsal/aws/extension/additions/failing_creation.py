"""Not a gap, but a switch: the creation of one resource of a stack fails, as it does where a permission is missing or a
quota is used up. What is deployed stays the user's own template.

The environment variable FAILING_CREATION names a JSON file, read whenever a resource is created; it may come and go:

    {"stack": "<name>", "resource": "<logical id>", "reason": "<what CloudFormation says>", "when": "before" | "after"}

`before`: nothing is created. `after`: a custom resource's function does its work, and its answer never arrives. The
deletion of either is left alone, so the roll-back works.
"""

import json
import os
from pathlib import Path

from ministack.services.cloudformation import provisioners

from .custom_resource_clean_up import answered_ids
from .framework import replace_everywhere

FILE = "FAILING_CREATION"
RELIES_ON = {"ministack.services.cloudformation.provisioners": ("_provision_resource", "_cr_stack_id")}


class CreationFailed(Exception):
    """The creation that was to fail. The message becomes the resource's status reason."""


def install() -> None:
    provision = provisioners._provision_resource

    def provision_resource(resource_type: str, logical_id: str, props: dict, stack_name: str) -> tuple:
        failing = failing_creation()
        if (failing.get("stack"), failing.get("resource")) != (stack_name, logical_id):
            return provision(resource_type, logical_id, props, stack_name)
        if failing["when"] == "after":
            provision(resource_type, logical_id, props, stack_name)
            answered_ids.pop((provisioners._cr_stack_id(stack_name), logical_id), None)
        raise CreationFailed(failing["reason"])

    replace_everywhere(provisioners, "_provision_resource", provision_resource)


def failing_creation() -> dict:
    """The creation that is to fail; empty where none is."""
    path = os.environ.get(FILE)
    return json.loads(Path(path).read_text(encoding="utf-8")) if path and Path(path).exists() else {}
