"""DynamoDB: the emulator asks IAM for a call without the partition keys of the items that it is about.

`dynamodb:LeadingKeys` has them (Amazon DynamoDB Developer Guide, "Using IAM policy conditions for fine-grained access
control"). Of a scan there are none.
"""

import json
import re
from typing import Any, Iterator

from ministack.core import iam_actions
from ministack.services import dynamodb

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.core.iam_actions": ("dynamodb_service_context",),
    "ministack.services.dynamodb": ("_tables",),
}


def install() -> None:
    context_of = iam_actions.dynamodb_service_context

    def dynamodb_service_context(body: bytes) -> dict[str, Any]:
        context = context_of(body)
        keys = sorted(set(leading_keys(decoded(body))))
        return {**context, "dynamodb:LeadingKeys": keys} if keys else context

    replace_everywhere(iam_actions, "dynamodb_service_context", dynamodb_service_context)


def decoded(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        # The emulator answers as it does to what is no JSON.
        return {}
    return request if isinstance(request, dict) else {}


def leading_keys(request: dict[str, Any]) -> Iterator[str]:
    for table, item in items_of(request):
        yield from values([item.get(partition_key_of(table), {})])
    yield from queried_key(request)


def items_of(request: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each item, or its key, with its table: of a single call, of a batch, of a transaction."""
    for named in [request, *(next(iter(each.values())) for each in request.get("TransactItems", []))]:
        for member in ("Key", "Item"):
            if member in named:
                yield named.get("TableName", ""), named[member]
    for table, requests in request.get("RequestItems", {}).items():
        if isinstance(requests, dict):
            yield from ((table, key) for key in requests.get("Keys", []))
        else:
            yield from ((table, item) for each in requests for wanted in each.values() for item in wanted.values())


def queried_key(request: dict[str, Any]) -> Iterator[str]:
    names = request.get("ExpressionAttributeNames") or {}
    wanted = partition_key_of(request.get("TableName", ""))
    for name, value in re.findall(r"([#\w]+)\s*=\s*(:\w+)", request.get("KeyConditionExpression") or ""):
        if names.get(name, name) == wanted:
            yield from values([(request.get("ExpressionAttributeValues") or {}).get(value, {})])


def values(attributes: list[dict[str, Any]]) -> Iterator[str]:
    return (str(value) for attribute in attributes for value in attribute.values())


def partition_key_of(table: str) -> str:
    """By the table's name or ARN; empty where there is no such table."""
    schema = dynamodb._tables.get(table.rsplit("/", 1)[-1], {}).get("KeySchema", [])
    return next((key["AttributeName"] for key in schema if key["KeyType"] == "HASH"), "")
