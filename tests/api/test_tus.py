#!/usr/bin/env python3
"""Uploads with tuspy, a tus client that was not written for this server.

Run: `python3 -m unittest discover -s tests/api -v`.
"""

from __future__ import annotations

import hashlib
import random
import unittest

from serving import AUTHORIZATION, Server
from tusclient.client import TusClient
from tusclient.exceptions import TusCommunicationError, TusUploadFailed

SIZE = 30_000_000
PIECE = 4_000_000


class Resumed(unittest.TestCase):
    def setUp(self) -> None:
        self.server = Server().start()
        self.addCleanup(self.server.close)

    def test_an_upload_survives_the_death_of_the_server_and_becomes_an_item(self) -> None:
        body = random.Random(1).randbytes(SIZE)
        digest = hashlib.sha256(body).hexdigest()
        file = self.server.folder / "large.bin"
        file.write_bytes(body)
        client = TusClient(f"{self.server.url}/api/v1/uploads", headers=AUTHORIZATION)
        said = {"filename": "Größe.bin", "sha256": digest}
        first = client.uploader(str(file), chunk_size=PIECE, metadata=said)
        first.upload(stop_at=3 * PIECE)
        self.server.kill()
        with self.assertRaises(TusCommunicationError):
            first.upload_chunk()

        self.server.start()
        self.server.work()
        second = client.uploader(str(file), chunk_size=PIECE, url=first.url)
        self.assertEqual(second.offset, 3 * PIECE)
        second.upload()
        self.assertEqual(second.offset, SIZE)

        upload = second.url.rsplit("/", 1)[1]
        asked = {"kind": "capture", "uploads": [upload]}
        run = self.server.ended(self.server.ask("POST", "/runs", json=asked).json()["id"])
        self.assertEqual(run["state"], "succeeded", run)
        item = self.server.ask("GET", "/documents/1").json()
        self.assertEqual((item["name"], item["bytes"], item["sha256"]), ("Größe.bin", SIZE, digest))
        kept = self.server.ask("GET", "/documents/1/content").content
        self.assertEqual(hashlib.sha256(kept).hexdigest(), digest)

    def test_what_is_not_what_was_sent_is_refused(self) -> None:
        file = self.server.folder / "small.bin"
        file.write_bytes(b"other bytes")
        client = TusClient(f"{self.server.url}/api/v1/uploads", headers=AUTHORIZATION)
        said = {"filename": "small.bin", "sha256": hashlib.sha256(b"the bytes").hexdigest()}
        with self.assertRaises(TusUploadFailed) as refused:
            client.uploader(str(file), chunk_size=PIECE, metadata=said).upload()
        self.assertEqual(refused.exception.status_code, 422)
        self.assertIn(b"upload_digest", refused.exception.response_content)


if __name__ == "__main__":
    unittest.main()
