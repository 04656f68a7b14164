"""The loopback connection counts as TLS: with IAM enforced (AUTH=true), policies that demand `aws:SecureTransport`, the
CDK's own bootstrap bucket among them, would refuse every request of the rehearsal.
"""

from ministack.core import iam_evaluator

from .framework import replace_everywhere

RELIES_ON = {"ministack.core.iam_evaluator": ("pin_request_origin",)}


def install() -> None:
    pin = iam_evaluator.pin_request_origin

    def pin_as_secure(source_ip: str, secure_transport: bool) -> None:
        pin(source_ip, True)

    replace_everywhere(iam_evaluator, "pin_request_origin", pin_as_secure)
