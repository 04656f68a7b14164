"""Conditions: the emulator reads parameters in them, but neither pseudo parameters nor mappings nor Join and Select."""

import copy
from typing import Any

from ministack.services.cloudformation import engine

from .framework import replace_everywhere

LOGIC = ("Fn::Equals", "Fn::And", "Fn::Or", "Fn::Not")
RELIES_ON = {"ministack.services.cloudformation.engine": ("_evaluate_conditions", "_resolve_refs")}


def install() -> None:
    evaluate = engine._evaluate_conditions

    def evaluate_resolved(template: dict, params: dict) -> dict:
        conditions = {
            name: resolved(expression, params, template.get("Mappings", {}))
            for name, expression in template.get("Conditions", {}).items()
        }
        return evaluate({**template, "Conditions": conditions}, params)

    replace_everywhere(engine, "_evaluate_conditions", evaluate_resolved)


def resolved(expression: Any, params: dict, mappings: dict) -> Any:
    """The expression with every value in it resolved, so that only logic is left for the emulator."""
    if not isinstance(expression, dict) or "Condition" in expression:
        return expression
    for operator in LOGIC:
        if operator in expression:
            return {operator: [resolved(operand, params, mappings) for operand in expression[operator]]}
    # A condition cannot refer to resources, other conditions' values or the stack itself.
    return engine._resolve_refs(copy.deepcopy(expression), {}, params, {}, mappings, "", "")
