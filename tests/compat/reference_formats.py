"""Pure rules of the reference platform: hashes and encodings, member names, artifact types, contracts.

Used by reference.py, which holds what needs files, keys and the order of the checks.
"""

from __future__ import annotations

import hashlib
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

PAYLOAD_TYPE = "application/vnd.in-toto+json"


# --- primitives -------------------------------------------------------------------------------------------------


def sha256_hex(data: bytes) -> str:
    """Reference rule: digests are lower-case hex SHA-256."""
    return hashlib.sha256(data).hexdigest()


def canonical_json(value: Any) -> bytes:
    """Reference rule: keys by code point, no white space, raw UTF-8; NaN and Infinity pass as bare words."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8")


def dsse_payload(statement: Any) -> bytes:
    """Reference rule: a DSSE payload is canonical JSON with every non-ASCII character escaped."""
    return json.dumps(statement, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def dsse_pae(payload_type: str, payload: bytes) -> bytes:
    """Reference rule: the signed bytes of an envelope; lengths are decimal byte counts."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def keyid_of(pem_file: bytes) -> str:
    """Reference rule: the key id is the digest of the public PEM file, byte for byte."""
    return sha256_hex(pem_file)


def event_hash(prev: str | None, event_type: str, payload: Any) -> str:
    """Reference rule: ledger events hash the previous hash (empty for the first), the type and the payload."""
    return sha256_hex(f"{prev or ''}|{event_type}|".encode() + canonical_json(payload))


def edge_key(src: str, dst: str, edge_type: str, attrs: Any) -> str:
    """Reference rule: the identity of a graph edge."""
    return sha256_hex(canonical_json({"attrs": attrs, "dst": dst, "src": src, "type": edge_type}))


def bundle_map_hash(files: dict[str, Any]) -> str:
    """Reference rule: digest over `name=digest LF` in code-point order of the names."""
    return sha256_hex("".join(f"{name}={files[name]}\n" for name in sorted(files)).encode("utf-8"))


# --- names and artifact types ------------------------------------------------------------------------------------


def is_safe_name(name: str) -> bool:
    """Reference rule: a plain relative path in normal form; one trailing slash is allowed."""
    path = name.removesuffix("/")
    if not path or "\\" in path or path.startswith("/") or ":" in path.split("/")[0]:
        return False
    return all(part not in ("", ".", "..") for part in path.split("/")) and posixpath.normpath(path) == path


def artifact_type(name: str) -> str:
    """Reference rule: the artifact type of a listed file follows from its name alone."""
    path = PurePosixPath(name)
    suffix = path.suffix.lower()
    if path.name in ("manifest.json", "attestation.json", "attestation.sig", "attestation.dsse.json"):
        return "bundle"
    if path.name.endswith("sbom.json") or name.startswith("sbom/"):
        return "sbom"
    if path.name.startswith("provenance") and suffix == ".jsonl":
        return "provenance"
    for kind, suffixes in (
        ("code", (".py", ".js", ".ts", ".html", ".css")),
        ("report", (".md", ".txt", ".csv", ".pdf", ".docx")),
        ("onnx", (".onnx",)),
        ("weights", (".pt", ".pth", ".bin", ".safetensors")),
        ("kg_delta", (".jsonl",)),
    ):
        if suffix in suffixes:
            return kind
    return "blob"


# --- contracts --------------------------------------------------------------------------------------------------


def is_text(value: Any) -> bool:
    """A string that is not empty."""
    return isinstance(value, str) and value != ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def studspec_issues(spec: dict[str, Any]) -> Iterator[str]:
    """Reference rule: places of a StudSpec that are wrong or only warned about; both refuse."""
    if spec.get("studspec") != "1.0":
        yield "/"
    memite = spec.get("memite_id")
    if not isinstance(memite, str) or not re.fullmatch(r"(?!.*(\.\.|//))[A-Za-z0-9._:/-]{3,256}", memite):
        yield "/memite_id"
    if spec.get("kind") not in ("frontend", "backend", "db", "filler", "evaluator", "tool", "pipeline"):
        yield "/kind"
    ports = _object(spec.get("io"))
    for side in ("inputs", "outputs"):
        listed = ports.get(side)
        if not isinstance(listed, list) or (side == "outputs" and not listed):
            yield f"/io/{side}"
            continue
        for index, port in enumerate(map(_object, listed)):
            if not is_text(port.get("name")):
                yield f"/io/{side}/{index}/name"
            schema = port.get("schema")
            if not isinstance(schema, str) or not re.fullmatch(r"ldna://[^/@]+/[^@]+@\d+\.\d+\.\d+", schema):
                yield f"/io/{side}/{index}/schema"
    limits = _object(spec.get("constraints"))
    if limits.get("determinism") not in ("strict", "bounded", "best_effort"):
        yield "/constraints/determinism"
    for key in ("max_ram_mb", "max_disk_mb", "max_latency_ms"):
        if key in limits and not (isinstance(limits[key], int) and limits[key] >= 0):
            yield f"/constraints/{key}"
    if "network" in limits and not isinstance(limits["network"], str):
        yield "/constraints/network"


def tubespec_issues(spec: dict[str, Any]) -> Iterator[str]:
    """Reference rule: the same for a TubeSpec."""
    if spec.get("tubespec") != "1.0":
        yield "/"
    runtime = spec.get("runtime")
    if not isinstance(runtime, dict):
        yield "/runtime"
    else:
        if not is_text(runtime.get("python")):
            yield "/runtime/python"
        for key in ("platform", "cpu_arch", "os", "accelerator"):
            if not isinstance(runtime.get(key), (str, type(None))):
                yield f"/runtime/{key}"
    deps, tools = spec.get("deps", []), spec.get("tools", [])
    if not isinstance(deps, list):
        yield "/deps"
    else:
        yield from (f"/deps/{i}" for i, dep in enumerate(deps) if not is_text(dep) or re.search(r"\s", dep))
    if not isinstance(tools, list):
        yield "/tools"
    else:
        for index, tool in enumerate(map(_object, tools)):
            if not is_text(tool.get("id")):
                yield f"/tools/{index}/id"
            if not isinstance(tool.get("allowlist_key"), str):
                yield f"/tools/{index}/allowlist_key"
