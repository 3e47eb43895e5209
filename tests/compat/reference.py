#!/usr/bin/env python3
"""Second opinion on bundles: the reference platform's verification rules, written anew.

    reference.py verify BUNDLE --policy policy.yaml --allowlist allowlist.yaml
    reference.py batch      one {"bundle", "policy", "allowlist"} object a line on stdin

Each answer is one line of JSON: `outcome` is `accepted`, `refused` or `crashed` (where the reference ends in an
exception instead of a verdict), `reason` its exact reason string or `ExceptionName: message`. Exit status of
`verify`: 0 accepted, 2 refused, 1 crashed. `batch` exits 0.

This module says what the *reference* answers, gaps included. It is no model of a good verifier.
"""

from __future__ import annotations

import argparse
import base64
import bz2
import json
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from cryptography.hazmat.primitives.serialization import load_pem_public_key

from reference_formats import artifact_type, bundle_map_hash, canonical_json, dsse_pae, is_safe_name, is_text
from reference_formats import keyid_of, sha256_hex, studspec_issues, tubespec_issues

META_MEMBERS = {"manifest.json", "attestation.json", "attestation.sig", "attestation.dsse.json", "sbom/bom.dsse.json"}
ARTIFACT_TYPES = ("code", "dsl", "onnx", "weights", "report", "bundle", "blob", "provenance", "sbom", "kg_delta")
READ_CHUNK = 1 << 24


# --- policy and allowlist ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Policy:
    """What verification reads of a policy; truth values are Python's (the string "false" counts as true)."""

    hash: str
    max_bundle_mb: int
    max_files_in_bundle: int
    require_signature: bool
    require_manifest_hashes: bool
    require_map_hash: bool
    require_policy_hash: bool
    require_allowlist_hash: bool
    require_dsse: bool
    require_sbom: bool
    protected_paths: tuple[str, ...]
    allowed_types: tuple[str, ...]
    killed: bool


@dataclass(frozen=True)
class Allowlist:
    """Trusted toolchains: id → public key file. The key bytes are not part of the hash."""

    hash: str
    keys: dict[Any, Path]


def legacy_policy(document: dict[str, Any]) -> dict[str, Any]:
    """Reference rule: a legacy `policy:` document becomes a meap_v1 object first, and that object is hashed."""
    head = document.get("policy") or {}
    limits = document.get("limits") or {}
    chain = bool((document.get("replay") or {}).get("require_provenance_chain", True))
    thresholds = document.get("thresholds") or {
        "max_bundle_mb": limits.get("max_bundle_mb", 250),
        "max_files_in_bundle": limits.get("max_files_in_bundle", 20000),
        "require_signature": True,
        "require_provenance_chain_intact": chain,
        "require_manifest_hashes": True,
        "require_deterministic_bundle_hash": True,
        "require_policy_hash_match": chain,
        "require_allowlist_hash_match": True,
    }
    allowed = (document.get("accept") or {}).get("allowed_artifact_types", list(ARTIFACT_TYPES))
    return {
        "policy_id": head.get("name", "MEAP_V1_LEGACY"),
        "policy_version": head.get("version", 1),
        "mode": head.get("mode", "REVIEW_ONLY"),
        "thresholds": thresholds,
        "protected_paths": document.get("protected_paths") or [],
        "accept": {"allowed_artifact_types": allowed, "deny_network_by_default": True},
        "replay": {"allow_reexecute_tools": False},
        "kill_switch": document.get("kill_switch") or {},
    }


def parse_policy(text: str) -> Policy:
    """Reference rule: YAML 1.1; the hash covers the parsed meap_v1 object, unknown keys included."""
    document = yaml.safe_load(text) or {}
    if "meap_v1" in document:
        meap = document["meap_v1"]
    elif "policy" in document:
        meap = legacy_policy(document)
    else:
        meap = {"policy_id": "MEAP_V1_DEFAULT", "policy_version": 1, "mode": "REVIEW_ONLY", "thresholds": {}}
    limits = meap.get("thresholds") or {}
    switch = meap.get("kill_switch") or {}
    return Policy(
        hash=sha256_hex(canonical_json(meap)),
        max_bundle_mb=int(limits.get("max_bundle_mb", 250)),
        max_files_in_bundle=int(limits.get("max_files_in_bundle", 20000)),
        require_signature=bool(limits.get("require_signature", True)),
        require_manifest_hashes=bool(limits.get("require_manifest_hashes", True)),
        require_map_hash=bool(limits.get("require_deterministic_bundle_hash", True)),
        require_policy_hash=bool(limits.get("require_policy_hash_match", False)),
        require_allowlist_hash=bool(limits.get("require_allowlist_hash_match", False)),
        require_dsse=bool(limits.get("require_dsse_attestations", False)),
        require_sbom=bool(limits.get("require_cyclonedx_sbom", False)),
        protected_paths=tuple(str(path) for path in meap.get("protected_paths") or []),
        allowed_types=tuple((meap.get("accept") or {}).get("allowed_artifact_types") or []),
        killed=bool(switch.get("enabled") or switch.get("kill")),
    )


def parse_allowlist(text: str, folder: Path) -> Allowlist:
    """Reference rule: the hash covers the whole parsed file; a relative key path starts at the file's folder."""
    document = yaml.safe_load(text) or {}
    listed = (document.get("allowlist") or {}).get("toolchain_ids") or []
    keys = {entry["id"]: folder / entry["pubkey_path"] for entry in listed}
    return Allowlist(hash=sha256_hex(canonical_json(document)), keys=keys)


@lru_cache(maxsize=4096)
def _policy_at(path: Path, _stamp: tuple[int, int]) -> Policy:
    return parse_policy(path.read_text(encoding="utf-8"))


@lru_cache(maxsize=4096)
def _allowlist_at(path: Path, _stamp: tuple[int, int]) -> Allowlist:
    return parse_allowlist(path.read_text(encoding="utf-8"), path.parent)


def _stamp(path: Path) -> tuple[int, int]:
    """What tells a changed file from a cached one."""
    status = path.stat()
    return status.st_mtime_ns, status.st_size


def load_policy(path: Path) -> Policy:
    """The policy at `path`, parsed once for as long as the file stays as it is."""
    return _policy_at(path, _stamp(path))


def load_allowlist(path: Path) -> Allowlist:
    """The allowlist at `path`, parsed once for as long as the file stays as it is."""
    return _allowlist_at(path, _stamp(path))


# --- reading ---------------------------------------------------------------------------------------------------


class _Bounded:
    """A bzip2 or LZMA decompressor that stops after `limit` bytes of output (zipfile's own never stops)."""

    def __init__(self, method: int, limit: int) -> None:
        self._inner: Any = bz2.BZ2Decompressor() if method == zipfile.ZIP_BZIP2 else None
        self._head = b""
        self._limit = limit
        self.eof = False

    def decompress(self, data: bytes) -> bytes:
        if self._inner is None:  # LZMA in ZIP: four bytes, the properties, then the raw stream
            self._head += data
            start = 5 + int.from_bytes(self._head[2:4], "little")
            if len(self._head) < start:
                return b""
            opener: Any = getattr(zipfile, "LZMADecompressor")()
            opener.decompress(self._head[:start])
            self._inner, data = opener._decomp, self._head[start:]
        result: bytes = self._inner.decompress(data, self._limit)
        self._limit -= len(result)
        self.eof = self._inner.eof
        return result


def read_member(archive: zipfile.ZipFile, name: str) -> bytes:
    """Reference rule: zipfile's reading, local name and CRC check included; never inflates past size + 1."""
    info = archive.getinfo(name)
    limit = info.file_size + 1
    with archive.open(name) as member:
        stream: Any = member
        if info.compress_type in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
            stream._decompressor = _Bounded(info.compress_type, limit)
        else:
            stream.MIN_READ_SIZE = 1  # else a small member may inflate to 4096 bytes at once
        parts: list[bytes] = []
        while limit > 0 and (part := member.read(min(limit, READ_CHUNK))):
            parts.append(part)
            limit -= len(part)
    return b"".join(parts)


# --- verification -----------------------------------------------------------------------------------------------


class Refused(Exception):
    """The reference says no, for this reason."""


@dataclass
class Result:
    """What the reference reports of one verification."""

    outcome: str = "crashed"
    reason: str = ""
    toolchain_id: Any = None
    bundle_map_hash: str | None = None
    policy_hash_expected: str | None = None
    policy_hash_seen: Any = None
    allowlist_hash_expected: str | None = None
    allowlist_hash_seen: Any = None
    meap_findings: list[str] = field(default_factory=list)
    artifact_types_seen: list[str] = field(default_factory=list)
    studspec_issues: list[str] = field(default_factory=list)
    tubespec_issues: list[str] = field(default_factory=list)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        raise Refused(reason)


def _parse(data: bytes, reason: str) -> Any:
    """Reference rule: UTF-8 first (so a byte order mark is refused), then Python's JSON parser."""
    try:
        return json.loads(data.decode("utf-8"))
    except Exception:
        raise Refused(reason) from None


def _signed(key: Any, signature: Any, message: bytes) -> bool:
    """Reference rule: base64 with foreign characters ignored; whatever goes wrong is a bad signature."""
    try:
        key.verify(base64.b64decode(signature), message)
        return True
    except Exception:
        return False


def open_envelope(data: bytes, key: Any, keyid: str) -> bytes:
    """Reference rule: the payload of a DSSE envelope of which one signature verifies; ValueError says why not."""
    envelope = json.loads(data.decode("utf-8"))
    if not isinstance(envelope, dict):
        raise ValueError("dsse_not_dict")
    kind: Any = envelope.get("payloadType")
    payload: Any = envelope.get("payload")
    signatures: Any = envelope.get("signatures")
    if not is_text(kind):
        raise ValueError("dsse_missing_payloadType")
    if not is_text(payload):
        raise ValueError("dsse_missing_payload")
    if not isinstance(signatures, list) or not signatures:
        raise ValueError("dsse_missing_signatures")
    body = base64.b64decode(payload)
    last_error = ""
    for signature in signatures:
        if signature.get("keyid") != keyid:
            last_error = "dsse_keyid_mismatch"
        elif _signed(key, signature.get("sig"), dsse_pae(kind, body)):
            return body
        else:
            last_error = ""
    raise ValueError(f"dsse_bad_signature:{last_error}")


def _envelope_payload(data: bytes, pem: bytes, reason: str) -> bytes:
    """Reference rule: the envelope verifies with the listed key, else `reason` and why."""
    key = load_pem_public_key(pem)
    try:
        return open_envelope(data, key, keyid_of(pem))
    except Exception as error:
        raise Refused(f"{reason}:{error}") from None


def _names_subject(payload: bytes, subject: str, digest: str, malformed: str) -> bool:
    """Reference rule: some subject of the statement is `subject` with `digest`; nothing else in it is looked at."""
    try:
        subjects = json.loads(payload.decode("utf-8")).get("subject") or []
        return any(s.get("name") == subject and s.get("digest", {}).get("sha256") == digest for s in subjects)
    except Exception:
        raise Refused(malformed) from None


def _check_archive(infos: list[zipfile.ZipInfo], names: set[str], policy: Policy) -> None:
    """Reference rule: checks that need only the directory, from duplicate names to missing members."""
    _require(len(names) == sum(not info.filename.endswith("/") for info in infos), "duplicate_zip_members")
    for info in infos:
        _require(is_safe_name(info.filename), f"unsafe_zip_member:{info.filename}")
    _require(sum(info.file_size for info in infos) <= policy.max_bundle_mb * 1_048_576, "bundle_too_large")
    _require(len(infos) <= policy.max_files_in_bundle, "too_many_files")
    for info in infos:
        for protected in policy.protected_paths:
            root = protected.rstrip("/")
            outside = info.filename != root and not info.filename.startswith(root + "/")
            _require(outside, f"protected_path:{protected}")
    for wanted, name, reason in (
        (True, "manifest.json", "missing_manifest"),
        (True, "attestation.json", "missing_attestation"),
        (policy.require_signature, "attestation.sig", "missing_signature"),
        (policy.require_sbom, "sbom/bom.cdx.json", "missing_cyclonedx_sbom"),
        (policy.require_sbom, "sbom/bom.dsse.json", "missing_cyclonedx_dsse"),
        (policy.require_dsse, "attestation.dsse.json", "missing_dsse_attestation"),
    ):
        _require(not wanted or name in names, reason)


def _check_contract(archive: zipfile.ZipFile, name: str, issues_of: Callable[[Any], Iterator[str]]) -> list[str]:
    """Reference rule: issues of a contract at the root. Unreadable JSON counts as an issue of the whole."""
    try:
        return list(issues_of(json.loads(read_member(archive, name))))
    except (ValueError, AttributeError):
        return ["/"]


def _check(bundle: Path, policy: Policy, allowlist: Allowlist, result: Result) -> None:
    """Reference rule: every check, in the reference's order. Returns if accepted; other exceptions are crashes."""
    result.policy_hash_expected, result.allowlist_hash_expected = policy.hash, allowlist.hash
    _require(bundle.exists(), "missing_bundle")
    with zipfile.ZipFile(bundle) as archive:
        infos = archive.infolist()
        names = {info.filename for info in infos if not info.filename.endswith("/")}
        _check_archive(infos, names, policy)

        manifest_bytes = read_member(archive, "manifest.json")
        manifest = _parse(manifest_bytes, "manifest_parse_error")
        files = manifest.get("files")
        files = {} if files is None else files
        _require(isinstance(files, dict), "manifest_files_not_dict")
        for name in files:
            _require(is_safe_name(name) and not name.endswith("/"), f"unsafe_manifest_name:{name}")
        for info in infos:
            known = info.filename.endswith("/") or info.filename in files or info.filename in META_MEMBERS
            _require(known, f"unexpected_zip_member:{info.filename}")
        if policy.require_manifest_hashes:
            for name, digest in files.items():
                _require(name in names, f"manifest_file_missing:{name}")
                _require(sha256_hex(read_member(archive, name)) == digest, f"hash_mismatch:{name}")
        computed = bundle_map_hash(files)
        result.bundle_map_hash, result.toolchain_id = computed, manifest.get("toolchain_id")
        if policy.require_map_hash:
            _require(manifest.get("bundle_map_hash") == computed, "bundle_map_hash_mismatch")

        attestation_bytes = read_member(archive, "attestation.json")
        attestation = _parse(attestation_bytes, "attestation_parse_error")
        result.policy_hash_seen = attestation.get("policy_hash")
        result.allowlist_hash_seen = attestation.get("allowlist_hash")
        if policy.require_map_hash:
            _require(attestation.get("bundle_map_hash") == computed, "attestation_bundle_map_hash_mismatch")
        manifest_hash = sha256_hex(manifest_bytes)
        _require(attestation.get("manifest_hash") == manifest_hash, "attestation_manifest_hash_mismatch")
        if policy.require_policy_hash and result.policy_hash_seen:
            _require(result.policy_hash_seen == policy.hash, "policy_hash_mismatch")
        if policy.require_allowlist_hash and result.allowlist_hash_seen:
            _require(result.allowlist_hash_seen == allowlist.hash, "allowlist_hash_mismatch")
        _require(result.toolchain_id in allowlist.keys, "toolchain_not_allowed")
        key_file = allowlist.keys[result.toolchain_id]

        if policy.require_signature:
            key = load_pem_public_key(key_file.read_bytes())
            message = attestation_bytes
            if attestation.get("attestation_version") != "2":
                parts = (attestation.get(name) or "" for name in ("bundle_map_hash", "sbom_hash", "provenance_hash"))
                message = "|".join(map(str, parts)).encode("utf-8")
            _require(_signed(key, read_member(archive, "attestation.sig"), message), "bad_signature")
        if policy.require_dsse:
            envelope = read_member(archive, "attestation.dsse.json")
            payload = _envelope_payload(envelope, key_file.read_bytes(), "dsse_attestation_invalid")
            named = _names_subject(payload, "manifest.json", manifest_hash, "dsse_payload_malformed")
            _require(named, "dsse_manifest_digest_mismatch")
        if policy.require_sbom:
            envelope = read_member(archive, "sbom/bom.dsse.json")
            payload = _envelope_payload(envelope, key_file.read_bytes(), "dsse_sbom_invalid")
            bom_hash = sha256_hex(read_member(archive, "sbom/bom.cdx.json"))
            named = _names_subject(payload, "sbom/bom.cdx.json", bom_hash, "dsse_sbom_payload_malformed")
            _require(named, "dsse_sbom_digest_mismatch")

        types = [artifact_type(name) for name in files]
        denied = [kind for kind in types if policy.allowed_types and kind not in policy.allowed_types]
        result.artifact_types_seen = sorted(set(types))
        result.meap_findings = ["kill_switch_enabled"] * policy.killed + ["artifact_type_denied"] * len(denied)
        _require(not result.meap_findings, "meap_eval_failed")
        if "studspec.json" in names:
            result.studspec_issues = _check_contract(archive, "studspec.json", studspec_issues)
            _require(not result.studspec_issues, "invalid_studspec")
        if "tubespec.json" in names:
            result.tubespec_issues = _check_contract(archive, "tubespec.json", tubespec_issues)
            _require(not result.tubespec_issues, "invalid_tubespec")


def verify(bundle: Path, policy: Path, allowlist: Path) -> Result:
    """What the reference answers for `bundle` under these two files; never raises for what they contain."""
    result = Result()
    try:
        _check(bundle, load_policy(policy), load_allowlist(allowlist), result)
    except Refused as refusal:
        result.outcome, result.reason = "refused", str(refusal)
    except Exception as error:
        result.outcome, result.reason = "crashed", f"{type(error).__name__}: {error}"
    else:
        result.outcome, result.reason = "accepted", "ok"
    return result


# --- command ----------------------------------------------------------------------------------------------------


def _print(result: Result) -> None:
    print(json.dumps(vars(result)), flush=True)


def _batch() -> int:
    for line in filter(str.strip, sys.stdin):
        try:
            job = json.loads(line)
            _print(verify(Path(job["bundle"]), Path(job["policy"]), Path(job["allowlist"])))
        except (ValueError, KeyError, TypeError) as error:
            _print(Result(reason=f"BadRequest: {type(error).__name__}: {error}"))
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    one = commands.add_parser("verify", help="verify one bundle")
    one.add_argument("bundle", type=Path)
    one.add_argument("--policy", type=Path, required=True)
    one.add_argument("--allowlist", type=Path, required=True)
    commands.add_parser("batch", help="verify many, one JSON object a line on stdin")
    arguments = parser.parse_args()
    if arguments.command == "batch":
        return _batch()
    result = verify(arguments.bundle, arguments.policy, arguments.allowlist)
    _print(result)
    return {"accepted": 0, "refused": 2}.get(result.outcome, 1)


if __name__ == "__main__":
    sys.exit(main())
