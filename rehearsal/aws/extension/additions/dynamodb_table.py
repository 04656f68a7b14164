"""AWS::DynamoDB::Table: the emulator's create drops the time to live, the recovery and the encryption settings."""

from ministack.services import dynamodb

from .framework import Properties, RELIES_ON as FRAMEWORK, answer_of, as_boolean, handlers_of, register

TYPE = "AWS::DynamoDB::Table"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.dynamodb": ("_update_table", "_update_ttl", "_update_continuous_backups"),
}


def install() -> None:
    emulator = handlers_of(TYPE)

    def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
        name, attributes = emulator["create"](logical_id, props, stack_name)
        if props.get("SSESpecification"):
            encryption = {"Enabled": as_boolean(props["SSESpecification"].get("SSEEnabled", False))}
            encryption |= {key: props["SSESpecification"][key] for key in ("SSEType", "KMSMasterKeyId")
                           if key in props["SSESpecification"]}
            answer_of(TYPE, dynamodb._update_table({"TableName": name, "SSESpecification": encryption}))
        apply_rest(name, {}, props)
        return name, attributes

    def update(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> tuple[str, dict]:
        physical_id, attributes = emulator["update"](name, old, new, stack_name, logical_id)
        apply_rest(physical_id, old if physical_id == name else {}, new)
        return physical_id, attributes

    register(TYPE, create=create, update=update, delete=emulator["delete"])


def apply_rest(name: str, old: Properties, new: Properties) -> None:
    """What has an API call of its own. A setting that the template no longer has is switched off."""
    before, after = old.get("TimeToLiveSpecification"), new.get("TimeToLiveSpecification")
    if before or after:
        attribute = (after or before)["AttributeName"]
        enabled = as_boolean((after or {}).get("Enabled", False))
        specification = {"AttributeName": attribute, "Enabled": enabled}
        answer_of(TYPE, dynamodb._update_ttl({"TableName": name, "TimeToLiveSpecification": specification}))
    recovery = new.get("PointInTimeRecoverySpecification") or {}
    specification = {"PointInTimeRecoveryEnabled": as_boolean(recovery.get("PointInTimeRecoveryEnabled", False))}
    request = {"TableName": name, "PointInTimeRecoverySpecification": specification}
    answer_of(TYPE, dynamodb._update_continuous_backups(request))
