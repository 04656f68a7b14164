"""Writing with `aws:kms` and no key: S3 takes the account's managed key `aws/s3`, the emulator refuses.

The CDK publishes its assets that way, as its bootstrap bucket is encrypted so.
"""

from ministack.core.responses import get_account_id, get_region
from ministack.services import s3

from .framework import replace_everywhere

ALGORITHM = "x-amz-server-side-encryption"
KEY = "x-amz-server-side-encryption-aws-kms-key-id"
RELIES_ON = {"ministack.services.s3": ("_resolve_sse_write_headers",)}


def install() -> None:
    resolve = s3._resolve_sse_write_headers

    def resolve_with_managed_key(headers: dict, bucket_name: str):
        if headers.get(ALGORITHM) == "aws:kms" and not headers.get(KEY):
            headers = {**headers, KEY: f"arn:aws:kms:{get_region()}:{get_account_id()}:alias/aws/s3"}
        return resolve(headers, bucket_name)

    replace_everywhere(s3, "_resolve_sse_write_headers", resolve_with_managed_key)
