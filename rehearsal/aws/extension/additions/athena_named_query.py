"""AWS::Athena::NamedQuery: the emulator has the service but not the resource type. A change of anything replaces it."""

from ministack.services import athena

from .framework import Properties, RELIES_ON as FRAMEWORK, answer_of, register

TYPE = "AWS::Athena::NamedQuery"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.athena": ("_create_named_query", "_delete_named_query", "_workgroups"),
}

REQUIRED = ("Database", "QueryString")
MEMBERS = ("Name", "Description", "Database", "QueryString", "WorkGroup")


def install() -> None:
    register(TYPE, create=create, update=update, delete=delete)


def create(logical_id: str, props: Properties, _stack_name: str) -> tuple[str, dict]:
    missing = [name for name in REQUIRED if name not in props]
    if missing:
        raise ValueError(f"{TYPE} {logical_id}: required properties are missing: {', '.join(missing)}")
    work_group = props.get("WorkGroup", "primary")
    # As on AWS: the emulator would take one that is not there.
    if work_group != "primary" and work_group not in athena._workgroups:
        raise ValueError(f"{TYPE} {logical_id}: WorkGroup {work_group} is not found.")
    request = {name: props[name] for name in MEMBERS if name in props}
    query_id = answer_of(TYPE, athena._create_named_query(request))["NamedQueryId"]
    return query_id, {"NamedQueryId": query_id}


def update(query_id: str, _old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    replacement = create(query_id, new, stack_name)
    delete(query_id, new)
    return replacement


def delete(query_id: str, _props: Properties) -> None:
    answer_of(TYPE, athena._delete_named_query({"NamedQueryId": query_id}))
