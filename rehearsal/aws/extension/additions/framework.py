"""The few things that all additions share."""

import json
import sys
from types import ModuleType
from typing import Any, Callable, Mapping

from ministack.services.cloudformation import provisioners

RELIES_ON = ("_RESOURCE_HANDLERS", "_physical_name", "_tag_map")

Properties = Mapping[str, Any]
Answer = tuple[int, Mapping[str, str], Any]


class ServiceRefused(ValueError):
    """A service of the emulator answered with an error. The message becomes the resource's status reason."""


def answer_of(resource_type: str, answer: Answer) -> Any:
    """The decoded body of a service's answer, or ServiceRefused."""
    status, _headers, body = answer
    text = body.decode() if isinstance(body, bytes) else (body or "")
    if status >= 400:
        raise ServiceRefused(f"{resource_type}: {text}")
    return json.loads(text) if text.startswith("{") else text


def register(resource_type: str, *, create: Callable, update: Callable, delete: Callable) -> None:
    """Add a resource type, or put ours in the place of the emulator's."""
    provisioners._RESOURCE_HANDLERS[resource_type] = {
        **provisioners._RESOURCE_HANDLERS.get(resource_type, {}),
        "create": create,
        "update": update,
        "delete": delete,
    }


def handlers_of(resource_type: str) -> dict:
    """The emulator's own handlers of a resource type, as they are before an addition replaces any."""
    return dict(provisioners._RESOURCE_HANDLERS[resource_type])


def as_boolean(value: Any) -> bool:
    """CloudFormation accepts `true` and `"true"` alike."""
    return str(value).lower() == "true"


def replace_everywhere(owner: ModuleType, name: str, replacement: Callable) -> None:
    """Put our function in the place of one of the emulator's, also where it was imported by name."""
    original = getattr(owner, name)
    for module_name, module in list(sys.modules.items()):
        if module_name.startswith("ministack.") and getattr(module, name, None) is original:
            setattr(module, name, replacement)
