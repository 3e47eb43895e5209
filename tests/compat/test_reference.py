#!/usr/bin/env python3
"""The rules in reference.py against what the reference itself answered for every test vector.

Run: `python3 tests/compat/test_reference.py`. FIELDGRADE_VECTORS names another vectors folder.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
import tracemalloc
import unittest
import zipfile
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_public_key

sys.path.insert(0, str(Path(__file__).resolve().parent))
import reference  # noqa: E402
import reference_formats as formats  # noqa: E402

REPOSITORY = Path(__file__).resolve().parents[2]
VECTORS = Path(os.environ.get("FIELDGRADE_VECTORS", REPOSITORY / "tests" / "vectors"))
RECORDED = ("toolchain_id", "bundle_map_hash", "meap_findings", "studspec_issues", "tubespec_issues")


def load(name: str) -> Any:
    return json.loads((VECTORS / name).read_text(encoding="utf-8"))


class Vectors(unittest.TestCase):
    """Verdicts recorded from the reference."""

    def check(self, root: Path, kit: dict[str, Any], bundle: str, recorded: dict[str, Any]) -> None:
        found = reference.verify(root / bundle, root / kit["policy"], root / kit["allowlist"])
        self.assertEqual(found.outcome, recorded["outcome"], found.reason)
        if recorded["outcome"] == "crashed":
            self.assertEqual(found.reason.split(":")[0], recorded["reason"].split(":")[0])
        else:
            self.assertEqual(found.reason, recorded["reason"])
        for name in RECORDED:
            if name in recorded:
                self.assertEqual(getattr(found, name), recorded[name], name)

    def check_index(self, folder: str) -> None:
        index, root = load(f"{folder}index.json"), VECTORS / folder
        self.assertTrue(index["files"])
        for entry in index["files"]:
            with self.subTest(bundle=folder + entry["name"], kit=entry["kit"]):
                self.check(root, index["kits"][entry["kit"]], entry["name"], entry["reference"]["verify"])
            for kit in index["kits"]:
                if other := entry.get(f"reference_under_{kit}"):
                    with self.subTest(bundle=folder + entry["name"], kit=kit):
                        self.check(root, index["kits"][kit], entry["name"], other.get("verify", other))

    def test_reference_bundles(self) -> None:
        self.check_index("")

    def test_our_bundles(self) -> None:
        self.check_index("ours/")

    def test_bundles_of_a_reference_data_root(self) -> None:
        """The allowlist of that data root names its key file by `../runtime`, so the two folders go side by side."""
        pack = VECTORS / "legacy" / "termite_fieldpack"
        with tempfile.TemporaryDirectory() as scratch:
            shutil.copytree(VECTORS / "legacy" / "config", Path(scratch) / "config")
            shutil.copytree(pack / "runtime" / "keys", Path(scratch) / "runtime" / "keys")
            config = Path(scratch) / "config"
            kit = {"policy": config / "meap_v1.yaml", "allowlist": config / "tool_allowlist.yaml"}
            bundles = sorted((pack / "artifacts" / "bundles_out").glob("*.zip"))
            self.assertTrue(bundles)
            for bundle in bundles:
                with self.subTest(bundle=bundle.name):
                    self.check(VECTORS, kit, str(bundle.absolute()), {"outcome": "accepted", "reason": "ok"})

    def test_kit_hashes(self) -> None:
        for folder in ("", "ours/"):
            for name, kit in load(f"{folder}index.json")["kits"].items():
                with self.subTest(kit=folder + name):
                    root = VECTORS / folder
                    self.assertEqual(reference.load_policy(root / kit["policy"]).hash, kit["policy_hash"])
                    self.assertEqual(reference.load_allowlist(root / kit["allowlist"]).hash, kit["allowlist_hash"])
                    for key, keyid in kit["keys"].items():
                        self.assertEqual(formats.keyid_of((root / key).read_bytes()), keyid)


class Primitives(unittest.TestCase):
    """Hashes and encodings recorded from the reference."""

    vectors: dict[str, Any]

    @classmethod
    def setUpClass(cls) -> None:
        cls.vectors = load("primitives.json")

    def test_canonical_json(self) -> None:
        for case in self.vectors["canonical_json"]:
            with self.subTest(input=case["input"]):
                canonical = formats.canonical_json(json.loads(case["input"]))
                self.assertEqual(canonical, case["canonical"].encode())
                self.assertEqual(formats.sha256_hex(canonical), case["sha256"])

    def test_event_hash(self) -> None:
        for case in self.vectors["event_hash"]:
            self.assertEqual(formats.event_hash(case["prev"], case["event_type"], case["payload"]), case["hash"])

    def test_bundle_map_hash(self) -> None:
        for case in self.vectors["bundle_map_hash"]:
            self.assertEqual(formats.bundle_map_hash(case["files"]), case["hash"])

    def test_edge_key(self) -> None:
        for case in self.vectors["edge_key"]:
            found = formats.edge_key(case["src"], case["dst"], case["type"], case["attrs"])
            self.assertEqual(found, case["key"])

    def test_policy_hash(self) -> None:
        kits = load("index.json")["kits"]
        for case in self.vectors["policy_hash"]:
            kit = kits[case["kit"]]
            self.assertEqual(reference.load_policy(VECTORS / kit["policy"]).hash, case["policy_hash"])
            self.assertEqual(reference.load_allowlist(VECTORS / kit["allowlist"]).hash, case["allowlist_hash"])

    def test_keyid(self) -> None:
        key = self.vectors["ed25519"]
        self.assertEqual(formats.keyid_of(key["public_key_pem"].encode()), key["keyid"])

    def test_dsse(self) -> None:
        case, key = self.vectors["dsse"], self.vectors["ed25519"]
        payload = formats.dsse_payload(case["statement"])
        self.assertEqual(payload, case["payload_utf8"].encode())
        self.assertEqual(formats.dsse_pae(formats.PAYLOAD_TYPE, payload).hex(), case["pae_hex"])
        public = load_pem_public_key(key["public_key_pem"].encode())
        opened = reference.open_envelope(json.dumps(case["envelope"]).encode(), public, key["keyid"])
        self.assertEqual(opened, payload)

    def test_signature(self) -> None:
        key = self.vectors["ed25519"]
        private = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(key["seed_hex"]))
        message, signature = key["message"].encode(), key["signature_base64"]
        self.assertEqual(base64.b64encode(private.sign(message)).decode(), signature)
        self.assertTrue(reference._signed(private.public_key(), signature, message))


class Rules(unittest.TestCase):
    """Single rules that no recorded bundle shows."""

    def test_names(self) -> None:
        for name in ("a", "a/b.txt", "a/", "a/b:c", "...", "a b", "é/ü"):
            self.assertTrue(formats.is_safe_name(name), name)
        for name in ("", "/", "/a", "a//b", "a//", "./a", "a/.", "a/../b", "..", "C:/a", "C:", "a\\b"):
            self.assertFalse(formats.is_safe_name(name), name)

    def test_artifact_types(self) -> None:
        for name, kind in (
            ("a/manifest.json", "bundle"),
            ("sbom/anything.py", "sbom"),
            ("x/my.sbom.json", "sbom"),
            ("provenance.jsonl", "provenance"),
            ("a/provenance-2.JSONL", "provenance"),
            ("kg_delta.jsonl", "kg_delta"),
            ("A.PY", "code"),
            ("a.docx", "report"),
            ("a.onnx", "onnx"),
            ("a.safetensors", "weights"),
            ("a.yaml", "blob"),
            ("cas/raw/00", "blob"),
        ):
            self.assertEqual(formats.artifact_type(name), kind, name)

    def test_policy_defaults_and_truth_values(self) -> None:
        empty = reference.parse_policy("")
        self.assertEqual((empty.max_bundle_mb, empty.max_files_in_bundle), (250, 20000))
        self.assertTrue(empty.require_signature and empty.require_manifest_hashes and empty.require_map_hash)
        self.assertFalse(empty.require_policy_hash or empty.require_allowlist_hash or empty.require_dsse)
        policy = reference.parse_policy('meap_v1: {thresholds: {require_sbom: 1, require_signature: "false"}}')
        self.assertTrue(policy.require_signature)
        self.assertTrue(reference.parse_policy("meap_v1: {kill_switch: {kill: true}}").killed)
        legacy = reference.parse_policy("{policy: {}, replay: {require_provenance_chain: false}}")
        self.assertEqual((legacy.require_policy_hash, legacy.require_allowlist_hash), (False, True))
        with self.assertRaises(TypeError):
            reference.parse_policy("meap_v1: {since: 2024-01-01}")

    def test_envelope_refusals(self) -> None:
        private = Ed25519PrivateKey.from_private_bytes(bytes(32))
        good = base64.b64encode(private.sign(formats.dsse_pae("t", b"{}"))).decode()
        right, wrong = {"keyid": "k", "sig": good}, {"keyid": "k", "sig": "AAAA"}
        stranger = {"keyid": "x", "sig": good}
        head = {"payloadType": "t", "payload": "e30="}
        cases: list[tuple[Any, str]] = [
            ([], "dsse_not_dict"),
            ({}, "dsse_missing_payloadType"),
            ({"payloadType": "t"}, "dsse_missing_payload"),
            (head, "dsse_missing_signatures"),
            ({**head, "signatures": []}, "dsse_missing_signatures"),
            ({**head, "signatures": [wrong]}, "dsse_bad_signature:"),
            ({**head, "signatures": [wrong, stranger]}, "dsse_bad_signature:dsse_keyid_mismatch"),
        ]
        for envelope, why in cases:
            with self.subTest(why=why), self.assertRaises(ValueError) as raised:
                reference.open_envelope(json.dumps(envelope).encode(), private.public_key(), "k")
            self.assertEqual(str(raised.exception), why)
        good_last = json.dumps({**head, "signatures": [stranger, wrong, right]}).encode()
        self.assertEqual(reference.open_envelope(good_last, private.public_key(), "k"), b"{}")

    def test_contract_issues(self) -> None:
        self.assertEqual(
            list(formats.studspec_issues({"memite_id": "a..b", "constraints": {"max_ram_mb": -1}})),
            ["/", "/memite_id", "/kind", "/io/inputs", "/io/outputs"]
            + ["/constraints/determinism", "/constraints/max_ram_mb"],
        )
        tube = {"tubespec": "1.0", "runtime": {"python": "", "os": 1}, "deps": ["a b"], "tools": [{"id": "x"}]}
        self.assertEqual(
            list(formats.tubespec_issues(tube)),
            ["/runtime/python", "/runtime/os", "/deps/0", "/tools/0/allowlist_key"],
        )


class Reading(unittest.TestCase):
    """Members are read as zipfile reads them, but not past their declared size."""

    METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)

    @staticmethod
    def archive(method: int, content: bytes, declared: int) -> zipfile.ZipFile:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", method) as archive:
            archive.writestr("m", content)
        opened = zipfile.ZipFile(buffer)
        opened.getinfo("m").file_size = declared
        return opened

    def test_every_method(self) -> None:
        for method in self.METHODS:
            for content in (b"", b"x", os.urandom(70_000), bytes(3_000_000)):
                with self.subTest(method=method, size=len(content)):
                    with self.archive(method, content, len(content)) as archive:
                        self.assertEqual(reference.read_member(archive, "m"), content)

    def test_lying_size_is_not_inflated(self) -> None:
        for method in self.METHODS[1:]:
            with self.subTest(method=method), self.archive(method, bytes(64 << 20), 1000) as archive:
                tracemalloc.start()
                with self.assertRaises(zipfile.BadZipFile):
                    reference.read_member(archive, "m")
                peak = tracemalloc.get_traced_memory()[1]
                tracemalloc.stop()
                self.assertLess(peak, 20 << 20)


class Command(unittest.TestCase):
    """What the command prints and how it ends."""

    def run_command(self, *arguments: str, stdin: str = "") -> tuple[int, list[dict[str, Any]]]:
        command = [sys.executable, str(Path(reference.__file__)), *arguments]
        ran = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False)
        self.assertEqual(ran.stderr, "")
        return ran.returncode, [json.loads(line) for line in ran.stdout.splitlines()]

    def test_verify_exit_status(self) -> None:
        folder = VECTORS / "kits" / "strict"
        kit = ("--policy", str(folder / "policy.yaml"), "--allowlist", str(folder / "allowlist.yaml"))
        for bundle, status, outcome in (
            ("good/one-text.zip", 0, "accepted"),
            ("bad/bad-signature.zip", 2, "refused"),
            ("bad/nowhere.zip", 2, "refused"),
            ("bad/not-a-zip.zip", 1, "crashed"),
        ):
            with self.subTest(bundle=bundle):
                ended, lines = self.run_command("verify", str(VECTORS / bundle), *kit)
                self.assertEqual((ended, [line["outcome"] for line in lines]), (status, [outcome]))

    def test_batch_answers_in_order(self) -> None:
        index = load("index.json")
        files = [entry for entry in index["files"] if not entry["name"].startswith("bad/bomb")]
        jobs = []
        for entry in files:
            kit = index["kits"][entry["kit"]]
            paths = {"bundle": entry["name"], "policy": kit["policy"], "allowlist": kit["allowlist"]}
            jobs.append(json.dumps({name: str(VECTORS / path) for name, path in paths.items()}))
        ended, lines = self.run_command("batch", stdin="\n".join([*jobs, "", "not json"]) + "\n")
        self.assertEqual(ended, 0)
        self.assertEqual(
            [line["outcome"] for line in lines],
            [entry["reference"]["verify"]["outcome"] for entry in files] + ["crashed"],
        )


if __name__ == "__main__":
    unittest.main()
