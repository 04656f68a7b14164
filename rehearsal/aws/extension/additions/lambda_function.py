"""AWS::Lambda::Function: the emulator makes a function without code when the code object does not exist."""

from ministack.services import s3

from .framework import Properties, RELIES_ON as FRAMEWORK, handlers_of, register

TYPE = "AWS::Lambda::Function"
RELIES_ON = {
    "ministack.services.cloudformation.provisioners": FRAMEWORK,
    "ministack.services.s3": ("_get_object_data",),
}


def install() -> None:
    emulator = handlers_of(TYPE)

    def create(logical_id: str, props: Properties, stack_name: str) -> tuple[str, dict]:
        check_code(props)
        return emulator["create"](logical_id, props, stack_name)

    def update(name: str, old: Properties, new: Properties, stack_name: str, logical_id: str) -> tuple[str, dict]:
        check_code(new)
        return emulator["update"](name, old, new, stack_name, logical_id)

    register(TYPE, create=create, update=update, delete=emulator["delete"])


def check_code(props: Properties) -> None:
    code = props.get("Code") or {}
    if code.get("S3Bucket") is None:
        return
    if s3._get_object_data(code["S3Bucket"], code["S3Key"], version_id=code.get("S3ObjectVersion")) is None:
        # The words of Lambda, so that what recognises them on AWS does so here.
        raise ValueError(
            "Error occurred while GetObject. S3 Error Code: NoSuchKey. S3 Error Message: The specified key does not "
            f"exist. (s3://{code['S3Bucket']}/{code['S3Key']})"
        )
