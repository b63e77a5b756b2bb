"""The text of a structured payload whose parts must be put together."""

from typing import Any

import msgspec

from rca.ingest.fields import TEXTS, TRACES

_INSIDE = ("message", "msg", "value", "text", "reason")
_STACKS = ("traceback", "stack_trace", "stacktrace", "stack", "stackTrace")
_EXCEPTIONS = ("Error", "Exception", "Warning", "Fault", "Failure")
_DEPTH = 3  # an error in an error in an error; deeper nesting is printed as JSON


def message_of(payload: dict[str, Any]) -> str:
    """Message, then the traceback beneath it when that says more; the payload's JSON when it holds no text at all."""
    if "methodName" in payload:
        status = payload.get("status")
        said = text_of(status) if isinstance(status, dict) else ""
        return said or " ".join(str(payload[key]) for key in ("methodName", "resourceName") if payload.get(key))
    head = next((text for key in TEXTS if (text := text_of(payload.get(key)))), "")
    for key in TRACES:
        trace = _trace(payload.get(key))
        if trace and trace not in head:
            return f"{head}\n{trace}" if head and head.strip() not in trace else trace
    return head or _json(payload)


def _trace(value: Any) -> str:
    """What stands beside the message counts when it is text, a traceback, or an object whose type names an exception.

    Some loggers put an empty error object beside every message.
    """
    if isinstance(value, dict):
        return text_of(value) if _kind(value) or any(value.get(key) for key in _STACKS) else ""
    return text_of(value) if isinstance(value, str | list) else ""


def _kind(error: dict[str, Any]) -> str:
    """The exception type an object names, else nothing."""
    kind = next((error[key] for key in ("type", "name", "class") if error.get(key)), "")
    return kind if isinstance(kind, str) and kind.endswith(_EXCEPTIONS) else ""


def text_of(value: Any, depth: int = _DEPTH) -> str:
    """The text in a value: a string as it is, lines joined, an error object as its traceback or "type: message"."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(part.rstrip("\n") for part in value)
    if value is None or value in ({}, [], ""):
        return ""
    return _object_text(value, depth) if isinstance(value, dict) and depth else _json(value)


def _object_text(value: dict[str, Any], depth: int) -> str:
    for key in _STACKS:
        if stack := text_of(value.get(key), depth - 1):
            return _headed(value, stack)
    said = next((text for key in _INSIDE if (text := text_of(value.get(key), depth - 1))), "")
    kind = _kind(value)
    if said:
        return f"{kind}: {said}" if kind and kind not in said else said
    return _json(value)


def _headed(error: dict[str, Any], stack: str) -> str:
    """A stack without the line that names the error gets it: at the end as Python prints it, else at the top."""
    said = str(next((error[key] for key in _INSIDE if isinstance(error.get(key), str) and error[key]), ""))
    line = ": ".join(part for part in (_kind(error), said) if part)
    named = said or line
    if not line or named in stack:
        return stack
    stack = stack.rstrip("\n")
    return f"{stack}\n{line}" if 'File "' in stack else f"{line}\n{stack}"


def _json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode("utf-8", "replace")
