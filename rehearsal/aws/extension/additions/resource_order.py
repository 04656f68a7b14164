"""The order in which resources are created and deleted: whatever the dependencies allow.

The emulator takes what is ready in the order of the logical ids, and deletes in the reverse of just that order.
CloudFormation works at everything that is ready at once, so nothing but a dependency keeps one resource from going
before another. A dependency that a template lacks shows in some orders only: here a stack is deleted in another order
than it was created in, and what is to fail (see failing_creation) is created after everything that can do without it,
so that the roll-back has the most to undo. The same template and the same failing resource give the same order again.
"""

import contextvars
import hashlib
import heapq

from ministack.services.cloudformation import engine, stacks

from .failing_creation import failing_creation
from .framework import replace_everywhere

RELIES_ON = {
    "ministack.services.cloudformation.engine": ("_evaluate_conditions", "_extract_deps", "_topological_sort"),
    "ministack.services.cloudformation.stacks": ("_delete_stack_async", "_roll_back_operation"),
}

# What is being done, which has a part in the order.
operation_name = contextvars.ContextVar("operation_name", default="create")


def install() -> None:
    delete_stack, roll_back = stacks._delete_stack_async, stacks._roll_back_operation

    async def delete_stack_async(*args, **kwargs) -> None:
        operation_name.set("delete")
        await delete_stack(*args, **kwargs)

    async def roll_back_operation(stack_name: str, stack_id: str, stack: dict, operation: dict, *rest) -> None:
        operation_name.set("roll back")
        # What an update has changed is put back in the order of the update.
        if not operation.get("is_update"):
            template, parameters = operation["template"], operation["param_values"]
            order = sort(template["Resources"], engine._evaluate_conditions(template, parameters))
            operation["created"] = sorted(operation["created"], key=order.index)
        await roll_back(stack_name, stack_id, stack, operation, *rest)

    sort = any_order(engine._topological_sort)
    replace_everywhere(engine, "_topological_sort", sort)
    replace_everywhere(stacks, "_delete_stack_async", delete_stack_async)
    replace_everywhere(stacks, "_roll_back_operation", roll_back_operation)


def any_order(check):
    def topological_sort(resources: dict, conditions: dict) -> list[str]:
        # The emulator's own refuses circles, and leaves out what its condition does.
        active = set(check(resources, conditions))
        waits_for = {name: engine._extract_deps(resources[name], active) & active - {name} for name in active}
        failing = failing_creation()
        seed = f"{operation_name.get()} {failing.get('resource', '')}"

        def place(name: str) -> tuple[bool, str, str]:
            return name == failing.get("resource"), hashlib.sha256(f"{seed} {name}".encode()).hexdigest(), name

        ready = [place(name) for name in active if not waits_for[name]]
        heapq.heapify(ready)
        ordered = []
        while ready:
            *_, done = heapq.heappop(ready)
            ordered.append(done)
            for name in active:
                if done in waits_for[name]:
                    waits_for[name].remove(done)
                    if not waits_for[name]:
                        heapq.heappush(ready, place(name))
        return ordered

    return topological_sort
