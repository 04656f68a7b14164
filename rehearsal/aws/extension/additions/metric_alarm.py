"""AWS::CloudWatch::Alarm with metric mathematics: the emulator refuses it.

Such an alarm is kept and described here, but never leaves INSUFFICIENT_DATA: the mathematics are not evaluated.
"""

from ministack.services.cloudformation import provisioners

from .framework import Properties, as_boolean, replace_everywhere

RELIES_ON = {"ministack.services.cloudformation.provisioners": ("_cw_metric_alarm_record",)}

# Members of an alarm on one metric: an alarm with mathematics has none of them.
OF_ONE_METRIC = ("MetricName", "Namespace", "Statistic", "ExtendedStatistic", "Period", "Dimensions", "Unit")


def install() -> None:
    record_of_one_metric = provisioners._cw_metric_alarm_record

    def record(name: str, props: Properties) -> dict:
        if not props.get("Metrics"):
            return record_of_one_metric(name, props)
        placeholder = {**props, "Metrics": None, "MetricName": "none", "Namespace": "none"}
        alarm = record_of_one_metric(name, placeholder)
        kept = {member: value for member, value in alarm.items() if member not in OF_ONE_METRIC}
        return {**kept, "Metrics": [query(metric) for metric in props["Metrics"]]}

    replace_everywhere(provisioners, "_cw_metric_alarm_record", record)


def query(metric: Properties) -> dict:
    """A MetricDataQuery with the types of the API: templates may hold numbers and booleans as text."""
    typed = dict(metric)
    if "ReturnData" in typed:
        typed["ReturnData"] = as_boolean(typed["ReturnData"])
    if "MetricStat" in typed:
        typed["MetricStat"] = {**typed["MetricStat"], "Period": int(typed["MetricStat"]["Period"])}
    return typed
