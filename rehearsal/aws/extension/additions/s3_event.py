"""Events of S3 by way of EventBridge: the emulator leaves out the version id of an object in a versioned bucket."""

import contextvars
import json

from ministack.services import eventbridge, s3

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.services.eventbridge": ("_dispatch_event",),
    "ministack.services.s3": ("_fire_s3_event",),
}

# The emulator makes and dispatches an event in one call, on a thread of its own.
version_of_event = contextvars.ContextVar("version_of_event", default=None)


def install() -> None:
    fire = s3._fire_s3_event
    dispatch = eventbridge._dispatch_event

    def fire_with_version(*args, **kwargs):
        version_of_event.set(kwargs.get("version_id"))
        return fire(*args, **kwargs)

    def dispatch_with_version(event, *args, **kwargs):
        if event.get("Source") == "aws.s3" and version_of_event.get():
            detail = json.loads(event["Detail"])
            detail["object"]["version-id"] = version_of_event.get()
            event = {**event, "Detail": json.dumps(detail)}
        return dispatch(event, *args, **kwargs)

    replace_everywhere(s3, "_fire_s3_event", fire_with_version)
    replace_everywhere(eventbridge, "_dispatch_event", dispatch_with_version)
