"""Amazon SES, by its API of version 2: the emulator asks IAM for a mail without its sender, and forgets attachments.

What is sent is authorized by the sender's identity and `ses:FromAddress` (Service Authorization Reference, "Amazon Simple
Email Service v2"). The emulator's list of what was sent has a mail's text and no attachment: each is told in a line of
its own below the text, `attachment <JSON>`, with its name, type, size in bytes and SHA-256.
"""

import base64
import contextvars
import hashlib
import json
from typing import Any

from ministack.core import iam_actions, iam_evaluator
from ministack.services import ses_v2

from .framework import replace_everywhere

RELIES_ON = {
    "ministack.core.iam_actions": ("extract_resource_arn",),
    "ministack.core.iam_evaluator": ("enforce",),
    "ministack.services.ses_v2": ("handle_request", "_sent_emails_list"),
}

PATH = "/v2/email/outbound-emails"
ACTION = "ses:SendEmail"

# Of the request that is being authorized: IAM's condition is asked for after the resource.
sender = contextvars.ContextVar("sender", default="")


def install() -> None:
    extract, enforce, handle = iam_actions.extract_resource_arn, iam_evaluator.enforce, ses_v2.handle_request

    def extract_resource_arn(service, method, path, headers, body, query_params, region, account_id) -> str:
        if service != "ses" or not is_mail(method, path):
            return extract(service, method, path, headers, body, query_params, region, account_id)
        sender.set(decoded(body).get("FromEmailAddress", ""))
        return f"arn:aws:ses:{region}:{account_id}:identity/{sender.get()}"

    def enforce_with_sender(access_key, action, service, region, resource_arn="*", service_context=None):
        context = service_context or {}
        if action == ACTION and sender.get():
            context = {**context, "ses:FromAddress": sender.get()}
        return enforce(access_key, action, service, region, resource_arn=resource_arn, service_context=context)

    async def handle_request(method, path, headers, body, query_params):
        answer = await handle(method, path, headers, body, query_params)
        if is_mail(method, path) and answer[0] == 200:
            mail = ses_v2._sent_emails_list()[-1]
            mail["BodyText"] = "\n".join([mail["BodyText"], *attachments_of(decoded(body))])
        return answer

    replace_everywhere(iam_actions, "extract_resource_arn", extract_resource_arn)
    replace_everywhere(iam_evaluator, "enforce", enforce_with_sender)
    replace_everywhere(ses_v2, "handle_request", handle_request)


def is_mail(method: str, path: str) -> bool:
    return method == "POST" and path.rstrip("/") == PATH


def decoded(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body or b"{}")
    except ValueError:
        # The emulator answers as it does to what is no JSON.
        return {}
    return request if isinstance(request, dict) else {}


def attachments_of(request: dict[str, Any]) -> list[str]:
    attachments = request.get("Content", {}).get("Simple", {}).get("Attachments") or []
    return [f"attachment {json.dumps(told(attachment))}" for attachment in attachments]


def told(attachment: dict[str, Any]) -> dict[str, Any]:
    content = base64.b64decode(attachment.get("RawContent", ""))
    return {
        "name": attachment.get("FileName"),
        "type": attachment.get("ContentType"),
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
