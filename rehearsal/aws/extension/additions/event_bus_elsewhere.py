"""EventBridge: a rule's target may be the event bus of another region of the account. The emulator drops such events."""

from ministack.core.responses import get_account_id, get_region, request_scope
from ministack.services import eventbridge

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.core.responses": ("get_account_id", "get_region", "request_scope"),
    "ministack.services.eventbridge": ("_dispatch_to_event_bus", "_ensure_default_bus"),
}


def install() -> None:
    dispatch = eventbridge._dispatch_to_event_bus

    def dispatch_anywhere(spec, *args, **kwargs):
        if spec.account_id != get_account_id() or spec.region == get_region():
            return dispatch(spec, *args, **kwargs)
        with request_scope(spec.account_id, spec.region):
            # Every region has one; the emulator makes it when it is first asked for.
            eventbridge._ensure_default_bus()
            return dispatch(spec, *args, **kwargs)

    replace_everywhere(eventbridge, "_dispatch_to_event_bus", dispatch_anywhere)
