"""AWS::CloudTrail::Trail: the emulator has the service but not the resource type."""

from ministack.services import cloudtrail
from ministack.services.cloudformation import provisioners

from .framework import Answer, Properties, RELIES_ON as FRAMEWORK, answer_of, as_boolean, register

TYPE = "AWS::CloudTrail::Trail"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.cloudtrail": (
        "_create_trail", "_update_trail", "_delete_trail", "_start_logging", "_stop_logging",
        "_put_event_selectors", "_add_tags",
    ),
}

# Property of the template -> member of CreateTrail and UpdateTrail, where they are called the same.
TEXTS = ("S3BucketName", "S3KeyPrefix", "SnsTopicName", "CloudWatchLogsLogGroupArn", "CloudWatchLogsRoleArn")
SWITCHES = ("IncludeGlobalServiceEvents", "IsMultiRegionTrail", "IsOrganizationTrail", "EnableLogFileValidation")


def install() -> None:
    register(TYPE, create=create, update=update, delete=delete)


def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
    # As on AWS: these three are required, and a trail without IsLogging is refused.
    missing = [name for name in ("S3BucketName", "IsLogging") if name not in props]
    if missing:
        raise ValueError(f"{TYPE} {logical_id}: required properties are missing: {', '.join(missing)}")
    name = props.get("TrailName") or provisioners._physical_name(stack_name, logical_id, max_len=128)
    made = answered(cloudtrail._create_trail(request(name, props)))
    apply_rest(name, made["TrailARN"], props)
    return name, attributes(made)


def update(name: str, old: Properties, new: Properties, stack_name: str) -> tuple[str, dict]:
    changed = answered(cloudtrail._update_trail(request(name, new)))
    apply_rest(name, changed["TrailARN"], new)
    return name, attributes(changed)


def delete(name: str, props: Properties) -> None:
    status, _headers, body = cloudtrail._delete_trail({"Name": name})
    if status >= 400 and "TrailNotFound" not in str(body):
        answered((status, {}, body))


def request(name: str, props: Properties) -> dict:
    return {
        "Name": name,
        **{text: props[text] for text in TEXTS if text in props},
        **{switch: as_boolean(props[switch]) for switch in SWITCHES if switch in props},
        # Sent even when it is not in the template: an update that drops the key must clear it.
        "KmsKeyId": props.get("KMSKeyId", ""),
    }


def apply_rest(name: str, arn: str, props: Properties) -> None:
    """What CreateTrail does not take: the selectors, the tags, and whether it logs."""
    if props.get("EventSelectors"):
        answered(cloudtrail._put_event_selectors({"TrailName": name, "EventSelectors": props["EventSelectors"]}))
    if props.get("AdvancedEventSelectors"):
        advanced = {"TrailName": name, "AdvancedEventSelectors": props["AdvancedEventSelectors"]}
        answered(cloudtrail._put_event_selectors(advanced))
    if props.get("Tags"):
        answered(cloudtrail._add_tags({"ResourceId": arn, "TagsList": props["Tags"]}))
    switch = cloudtrail._start_logging if as_boolean(props["IsLogging"]) else cloudtrail._stop_logging
    answered(switch({"Name": name}))


def attributes(trail: dict) -> dict:
    arn = trail["TrailARN"]
    return {"Arn": arn, **({"SnsTopicArn": trail["SnsTopicARN"]} if trail.get("SnsTopicARN") else {})}


def answered(answer: Answer) -> dict:
    return answer_of(TYPE, answer)
