"""SQS's batch calls: IAM knows no action of their names, they need the permission of the single call."""

from ministack.core import iam_actions

from .framework import replace_everywhere

RELIES_ON = {"ministack.core.iam_actions": ("extract_iam_action",)}

SINGLE = {
    "sqs:SendMessageBatch": "sqs:SendMessage",
    "sqs:DeleteMessageBatch": "sqs:DeleteMessage",
    "sqs:ChangeMessageVisibilityBatch": "sqs:ChangeMessageVisibility",
}


def install() -> None:
    extract = iam_actions.extract_iam_action

    def extract_single(*args, **kwargs):
        action = extract(*args, **kwargs)
        return SINGLE.get(action, action)

    replace_everywhere(iam_actions, "extract_iam_action", extract_single)
