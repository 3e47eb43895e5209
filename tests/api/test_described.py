#!/usr/bin/env python3
"""Whether the server answers as its description says, asked by schemathesis: rightly, wrongly, and at random.

Run: `python3 -m unittest discover -s tests/api -v`.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
import unittest
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import schemathesis
from schemathesis.specs.openapi.checks import response_headers_conformance, response_schema_conformance
from schemathesis.specs.openapi.checks import content_type_conformance, status_code_conformance

import known_ids  # noqa: F401 -- its serializers
from serving import AUTHORIZATION, SAMPLES, TOKEN, Server

HERE = Path(__file__).resolve().parent
CONFORMS = [
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
TUS = {"Tus-Resumable": "1.0.0"}
FORM = "multipart/form-data"
PIECE = "application/offset+octet-stream"
# Random requests for each operation, beside those that schemathesis makes for every rule of the description.
EXAMPLES = "30"
# An answer without an end: its own tests listen to it (tests/server/events.rs).
ENDLESS = "/api/v1/events"
# What the description does not promise: that every request that fits it is granted, that nothing is thrown away.
NOT_PROMISED = ["positive_data_acceptance", "use_after_free", "ensure_resource_availability"]


class Described(unittest.TestCase):
    @classmethod
    def setUpClass(cls) -> None:
        cls.server = Server()
        cls.addClassCleanup(cls.server.close)
        cls.server.run("ingest", str(SAMPLES))
        cls.server.run("seal")
        cls.server.start()

    def upload(self, size: int = 5) -> str:
        """Begins an upload and returns its id."""
        said = "filename " + base64.b64encode(b"a.txt").decode()
        headers = TUS | {"Upload-Length": str(size), "Upload-Metadata": said}
        begun = self.server.ask("POST", "/uploads", headers=headers)
        return begun.headers["Location"].rsplit("/", 1)[1]

    def whole(self) -> str:
        """An upload that has arrived."""
        upload = self.upload()
        headers = TUS | {"Upload-Offset": "0", "Content-Type": PIECE}
        self.server.ask("PATCH", f"/uploads/{upload}", headers=headers, data=b"12345")
        return upload

    def ended(self) -> str:
        """A run that has succeeded."""
        run = self.server.ask("POST", "/bundles", json={"full": True}).json()
        return self.server.ended(run["id"])["id"]

    def right(self) -> Iterator[tuple[str, dict[str, Any]]]:
        """For each operation a request that must be granted. What one needs is made just before."""
        waiting = {"path_parameters": {"run": self.server.ask("POST", "/bundles", json={}).json()["id"]}}
        yield "POST /runs/{run}/cancel", waiting
        yield "POST /runs/{run}/retry", waiting
        self.server.work()
        run = {"path_parameters": {"run": self.ended()}}
        yield "GET /runs/{run}", run
        yield "GET /runs/{run}/items", run
        yield "GET /runs/{run}/log", run
        yield "GET /runs", {"query": {"state": "succeeded", "limit": 1}}
        yield "POST /runs", {"body": {"kind": "capture", "uploads": [self.whole()]}}
        form = {"file": [b"abc"], "note": "a note"}
        yield "POST /runs/upload", {"query": {"kind": "pipeline"}, "body": form, "media_type": FORM}
        yield "GET /workers", {}

        yield "GET /bundles", {"query": {"limit": 1}}
        yield "POST /bundles", {"body": {"label": "again", "full": True}, "headers": {"Idempotency-Key": "a-1"}}
        bundle = {"path_parameters": {"bundle": "1"}}
        yield "GET /bundles/{bundle}", bundle
        yield "GET /bundles/{bundle}/content", bundle
        yield "GET /bundles/{bundle}/report", bundle
        sealed = self.server.ask("GET", "/bundles/1/content").content
        yield "POST /verify", {"body": sealed, "media_type": "application/zip"}

        file = {"query": {"name": "a.txt"}, "body": b"abc", "media_type": "application/octet-stream"}
        yield "POST /documents", file
        yield "GET /documents", {"query": {"limit": 1}}
        item = {"path_parameters": {"item": "1"}}
        yield "GET /documents/{item}", item
        yield "GET /documents/{item}/content", item
        yield "GET /search", {"query": {"q": "crack"}}
        yield "GET /ledger", {"query": {"limit": 1000}}
        yield "GET /ledger/verify", {}
        yield "GET /projects", {}
        yield "POST /projects", {"body": {"name": "bridge", "title": "Brücke"}}
        yield "GET /health", {}

        said = "filename " + base64.b64encode("Größe.txt".encode()).decode()
        yield "OPTIONS /uploads", {}
        yield "POST /uploads", {"headers": TUS | {"Upload-Length": "5", "Upload-Metadata": said}}
        yield "GET /uploads", {}
        upload = {"path_parameters": {"upload": self.upload()}}
        piece = {"headers": TUS | {"Upload-Offset": "0"}, "body": b"123", "media_type": PIECE}
        yield "PATCH /uploads/{upload}", upload | piece
        yield "HEAD /uploads/{upload}", upload | {"headers": TUS}
        yield "DELETE /uploads/{upload}", upload | {"headers": TUS}

    def test_1_every_operation_does_what_is_described(self) -> None:
        schema = schemathesis.openapi.from_url(f"{self.server.url}/api/v1/openapi.json")
        operations = {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}
        granted = set()
        for label, request in self.right():
            method, path = label.split(" ")
            label = f"{method} /api/v1{path}"
            with self.subTest(label):
                case = operations[label].Case(**request)
                answer = case.call(headers=AUTHORIZATION)
                self.assertTrue(200 <= answer.status_code < 300, f"{answer.status_code}: {answer.content!r}")
                case.validate_response(answer, checks=CONFORMS)
                granted.add(label)
        self.assertEqual(granted, set(operations) - {f"GET {ENDLESS}"})

    def test_2_nothing_that_is_asked_surprises(self) -> None:
        command = [sys.executable, "-m", "schemathesis.cli", "--config-file", str(HERE / "schemathesis.toml")]
        command += ["--no-color", "run", f"{self.server.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {TOKEN}"]
        command += ["--phases", "examples,coverage,fuzzing", "--max-examples", EXAMPLES, "--seed", "1"]
        command += ["--exclude-checks", ",".join(NOT_PROMISED), "--no-shrink", "--continue-on-failure", "--warnings", "off"]
        command += ["--exclude-path", ENDLESS]
        command += ["--generation-database", "none", "--output-sanitize", "false"]
        known = os.environ | {"SCHEMATHESIS_HOOKS": "known_ids", "PYTHONPATH": str(HERE), "COLUMNS": "120"}
        folder = self.server.folder
        ran = subprocess.run(command, cwd=folder, env=known, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.assertEqual(ran.returncode, 0, ran.stdout)


if __name__ == "__main__":
    unittest.main()
