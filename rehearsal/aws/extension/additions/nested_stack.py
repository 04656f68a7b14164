"""AWS::CloudFormation::Stack: the emulator leaves what a failed nested stack had made, calls a nested stack deleted when
something in it refused to be, and reads a template's URL with the bucket in its path only.
"""

import re

from ministack.services import cloudformation
from ministack.services.cloudformation import provisioners

from .custom_resource_clean_up import UNDELETED, count_failed_as_created
from .framework import Properties, RELIES_ON as FRAMEWORK, handlers_of, register

TYPE = "AWS::CloudFormation::Stack"
RELIES_ON = {
    "ministack.services.cloudformation": ("_stacks",),
    "ministack.services.cloudformation.provisioners": (*FRAMEWORK, "_nested_stack_lookup_name"),
}


# https://BUCKET.s3.REGION.amazonaws.com/KEY, and the older spellings of the host.
BUCKET_IN_HOST = re.compile(r"https://(?P<bucket>[a-z0-9][a-z0-9.-]*)\.s3[.-](?:[a-z0-9.-]+\.)?amazonaws\.com/(?P<key>.+)")


class NestedStackLeft(Exception):
    """A nested stack could not be deleted completely."""


def install() -> None:
    emulator = handlers_of(TYPE)

    def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
        before = set(cloudformation._stacks)
        try:
            return emulator["create"](logical_id, bucket_in_path(props), stack_name)
        except Exception:
            for child_name in set(cloudformation._stacks) - before:
                roll_back(child_name, props)
            raise

    def roll_back(child_name: str, props: Properties) -> None:
        child = cloudformation._stacks[child_name]
        # Grandchildren have rolled themselves back by now.
        if child["StackStatus"] == "CREATE_FAILED":
            count_failed_as_created(child["StackId"], child)
            delete(child_name, props)

    def update(physical_id: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
        return emulator["update"](physical_id, old, bucket_in_path(new), stack_name)

    def delete(physical_id: str, props: Properties) -> None:
        child = cloudformation._stacks.get(provisioners._nested_stack_lookup_name(physical_id))
        if child is None:
            return
        resources = dict(child["_resources"])
        emulator["delete"](physical_id, props)
        left = child.get(UNDELETED, [])
        # The emulator has forgotten them; the next deletion is to ask again.
        child["_resources"] = {logical_id: resources[logical_id] for logical_id in left}
        if left:
            child["StackStatus"] = "DELETE_FAILED"
            raise NestedStackLeft(
                f"Embedded stack {child['StackId']} was not successfully deleted: The following resource(s) failed to "
                f"delete: [{', '.join(left)}]."
            )

    register(TYPE, create=create, update=update, delete=delete)


def bucket_in_path(props: Properties) -> Properties:
    url = BUCKET_IN_HOST.fullmatch(props.get("TemplateURL") or "")
    if url is None:
        return props
    return {**props, "TemplateURL": f"https://s3.amazonaws.com/{url['bucket']}/{url['key']}"}
