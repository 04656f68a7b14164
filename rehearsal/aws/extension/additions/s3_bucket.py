"""AWS::S3::Bucket: the emulator drops several settings of a template, and deletes a bucket that still holds objects.

CloudFormation never deletes objects: a bucket that is not empty fails the stack's deletion.
"""

from typing import Any, Callable
from xml.etree.ElementTree import Element, SubElement, tostring

from ministack.services import s3
from ministack.services.cloudformation import provisioners

from .framework import Properties, RELIES_ON as FRAMEWORK, answer_of, as_boolean, handlers_of, register

TYPE = "AWS::S3::Bucket"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": (*FRAMEWORK, "_S3_BUCKET_CONFIGURATIONS"),
    "ministack.services.s3": (
        "_put_bucket_encryption", "_delete_bucket_encryption", "_put_bucket_lifecycle", "_delete_bucket_lifecycle",
        "_put_bucket_logging", "_put_bucket_ownership_controls", "_delete_bucket_ownership_controls",
        "_put_bucket_tagging", "_delete_bucket_tagging", "_put_object_lock_configuration", "_delete_bucket", "S3_NS",
    ),
}


def install() -> None:
    # The emulator applies each entry on create and on update, and the last function when a template drops the property.
    provisioners._S3_BUCKET_CONFIGURATIONS = (
        *provisioners._S3_BUCKET_CONFIGURATIONS,
        ("BucketEncryption", encryption_xml, checked(s3._put_bucket_encryption), s3._delete_bucket_encryption),
        ("LifecycleConfiguration", lifecycle_xml, checked(s3._put_bucket_lifecycle), s3._delete_bucket_lifecycle),
        # In this order: the first switches it on, the second says for how long.
        ("ObjectLockEnabled", lock_enabled_xml, put_lock, keep_lock),
        ("ObjectLockConfiguration", lock_xml, put_lock, keep_lock),
        ("LoggingConfiguration", logging_xml, checked(s3._put_bucket_logging), clear_logging),
        ("OwnershipControls", ownership_xml, checked(s3._put_bucket_ownership_controls),
         s3._delete_bucket_ownership_controls),
        ("Tags", tags_xml, checked(s3._put_bucket_tagging), s3._delete_bucket_tagging),
    )
    emulator = handlers_of(TYPE)
    register(TYPE, create=emulator["create"], update=emulator["update"], delete=delete)


def delete(name: str, props: Properties) -> None:
    status, headers, body = s3._delete_bucket(name)
    if status != 404:
        answer_of(TYPE, (status, headers, body))


def checked(put: Callable) -> Callable:
    """The emulator ignores what S3 answers here; CloudFormation fails the resource."""
    return lambda name, body: answer_of(TYPE, put(name, body))


def put_lock(name: str, body: bytes) -> None:
    if body:
        answer_of(TYPE, s3._put_object_lock_configuration(name, body))


def keep_lock(name: str) -> None:
    """Object Lock cannot be switched off: a template that drops it leaves it without a default."""
    put_lock(name, lock_enabled_xml(True))


def lock_enabled_xml(enabled: Any) -> bytes:
    return document("ObjectLockConfiguration", {"ObjectLockEnabled": "Enabled"}) if as_boolean(enabled) else b""


def lock_xml(configuration: Properties) -> bytes:
    rule = configuration.get("Rule")
    return document("ObjectLockConfiguration", {
        "ObjectLockEnabled": configuration["ObjectLockEnabled"],
        "Rule": rule and {"DefaultRetention": rule["DefaultRetention"]},
    })


def clear_logging(name: str) -> None:
    s3._put_bucket_logging(name, document("BucketLoggingStatus", {}))


def encryption_xml(configuration: Properties) -> bytes:
    rules = [
        {
            "ApplyServerSideEncryptionByDefault": rule.get("ServerSideEncryptionByDefault"),
            "BucketKeyEnabled": rule.get("BucketKeyEnabled"),
        }
        for rule in configuration["ServerSideEncryptionConfiguration"]
    ]
    return document("ServerSideEncryptionConfiguration", {"Rule": rules})


def logging_xml(configuration: Properties) -> bytes:
    enabled = {
        "TargetBucket": configuration["DestinationBucketName"],
        "TargetPrefix": configuration.get("LogFilePrefix", ""),
    }
    return document("BucketLoggingStatus", {"LoggingEnabled": enabled})


def ownership_xml(controls: Properties) -> bytes:
    return document("OwnershipControls", {"Rule": controls["Rules"]})


def tags_xml(tags: list) -> bytes:
    return document("Tagging", {"TagSet": {"Tag": tags}})


def lifecycle_xml(configuration: Properties) -> bytes:
    return document("LifecycleConfiguration", {"Rule": [lifecycle_rule(rule) for rule in configuration["Rules"]]})


# Where the resource type calls a member of a rule as the API does.
SAME_IN_RULE = {"Status", "AbortIncompleteMultipartUpload", "NoncurrentVersionExpiration"}
TRANSLATED_IN_RULE = {
    "Id", "Prefix", "TagFilters", "ObjectSizeGreaterThan", "ExpirationInDays", "ExpirationDate", "ExpiredObjectDeleteMarker",
    "NoncurrentVersionExpirationInDays", "Transitions", "NoncurrentVersionTransitions",
}


def lifecycle_rule(rule: Properties) -> dict:
    unknown = set(rule) - SAME_IN_RULE - TRANSLATED_IN_RULE
    if unknown:
        raise ValueError(f"{TYPE}: the local AWS does not know the lifecycle rule member {', '.join(sorted(unknown))}")
    expiration = {
        "Days": rule.get("ExpirationInDays"),
        "Date": rule.get("ExpirationDate"),
        "ExpiredObjectDeleteMarker": rule.get("ExpiredObjectDeleteMarker"),
    }
    noncurrent = rule.get("NoncurrentVersionExpiration")
    if "NoncurrentVersionExpirationInDays" in rule:
        noncurrent = {"NoncurrentDays": rule["NoncurrentVersionExpirationInDays"]}
    return {
        "ID": rule.get("Id"),
        "Status": rule["Status"],
        "Filter": lifecycle_filter(rule),
        "Expiration": expiration if any(value is not None for value in expiration.values()) else None,
        "NoncurrentVersionExpiration": noncurrent,
        "AbortIncompleteMultipartUpload": rule.get("AbortIncompleteMultipartUpload"),
        "Transition": [
            {"Days": transition.get("TransitionInDays"), "Date": transition.get("TransitionDate"),
             "StorageClass": transition["StorageClass"]}
            for transition in rule.get("Transitions") or []
        ],
        "NoncurrentVersionTransition": [
            {"NoncurrentDays": transition["TransitionInDays"],
             "NewerNoncurrentVersions": transition.get("NewerNoncurrentVersions"),
             "StorageClass": transition["StorageClass"]}
            for transition in rule.get("NoncurrentVersionTransitions") or []
        ],
    }


def lifecycle_filter(rule: Properties) -> dict:
    """One condition stands for itself, several within And; without any, a rule is for the whole bucket."""
    conditions = {
        "Prefix": rule.get("Prefix"),
        "Tag": rule.get("TagFilters") or None,
        "ObjectSizeGreaterThan": rule.get("ObjectSizeGreaterThan"),
    }
    given = {name: value for name, value in conditions.items() if value is not None}
    if not given:
        return {"Prefix": ""}
    return given if len(given) == 1 and "Tag" not in given else {"And": given}


def document(name: str, content: dict) -> bytes:
    """An S3 configuration document: members become elements, lists repeat theirs, absent ones (None) are left out."""
    root = Element(name, xmlns=s3.S3_NS)
    add_members(root, content)
    return tostring(root, encoding="utf-8")


def add_members(parent: Element, content: dict) -> None:
    for name, value in content.items():
        for item in value if isinstance(value, list) else [value]:
            add_member(parent, name, item)


def add_member(parent: Element, name: str, value: Any) -> None:
    if value is None:
        return
    element = SubElement(parent, name)
    if isinstance(value, dict):
        add_members(element, value)
    else:
        element.text = str(value).lower() if isinstance(value, bool) else str(value)
