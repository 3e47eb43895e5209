"""Hooks for schemathesis: half of all random ids become ids of things that are there."""

from __future__ import annotations

from typing import Any

import schemathesis

KNOWN = {"item": "1", "bundle": "1"}


@schemathesis.hook
def map_path_parameters(context: schemathesis.HookContext, path_parameters: dict[str, Any] | None) -> Any:
    for name in KNOWN.keys() & (path_parameters or {}).keys():
        if len(str(path_parameters[name])) % 2:
            path_parameters[name] = KNOWN[name]
    return path_parameters


# The media types of bytes as they are.
for media_type in ("application/offset+octet-stream", "application/zip"):
    schemathesis.serializer.alias(media_type, "application/octet-stream")
