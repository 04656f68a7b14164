"""ListDashboards: the emulator gives a time as text where the SDK of JavaScript, over JSON, needs a number."""

from typing import Any

from ministack.services import cloudwatch

from .framework import replace_everywhere

RELIES_ON = {"ministack.services.cloudwatch": ("_json_timestamps", "_json_timestamp")}


def install() -> None:
    convert = cloudwatch._json_timestamps

    def convert_also_dashboards(value: Any) -> Any:
        if not isinstance(value, dict) or "DashboardEntries" not in value:
            return convert(value)
        return {"DashboardEntries": [
            {**entry, "LastModified": cloudwatch._json_timestamp(entry["LastModified"])}
            for entry in value["DashboardEntries"]
        ]}

    replace_everywhere(cloudwatch, "_json_timestamps", convert_also_dashboards)
