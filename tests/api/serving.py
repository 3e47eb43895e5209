"""A server of its own for a test: FIELDGRADE_BIN serves a fresh data folder until the test ends."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import Any

import requests

REPOSITORY = Path(__file__).resolve().parents[2]
SAMPLES = REPOSITORY / "samples"
TOKEN = "a-token-for-tests"
AUTHORIZATION = {"Authorization": f"Bearer {TOKEN}"}


def program() -> str:
    """The program under test: FIELDGRADE_BIN, else the debug build."""
    target = Path(os.environ.get("CARGO_TARGET_DIR", "target"))
    return os.environ.get("FIELDGRADE_BIN") or str(REPOSITORY / target / "debug" / "fieldgrade")


class Server:
    """A data folder and, from `start` to `kill` or `close`, a server at it; a worker once there is work for one."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="fieldgrade-api-"))
        self.port = 0
        self.running: list[subprocess.Popen[str]] = []
        self.log = (self.folder / "server.log").open("w")

    def command(self, *arguments: str) -> list[str]:
        return [program(), "--data-dir", str(self.folder / "data"), "--actor", "Anna", *arguments]

    def run(self, *arguments: str) -> None:
        """A command at the data folder, which must succeed."""
        subprocess.run(self.command(*arguments), check=True, stdout=subprocess.DEVNULL, stderr=self.log)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        known = {name: value for name, value in os.environ.items() if not name.startswith("FG_")}
        known |= {"FG_API_TOKEN": TOKEN}
        command = self.command(*arguments)
        process = subprocess.Popen(command, env=known, stdout=subprocess.PIPE, stderr=self.log, text=True)
        self.running.append(process)
        return process

    def start(self) -> Server:
        """Serves: the first time at any free port, later at the same."""
        out = self.begin("--json", "serve", "--port", str(self.port)).stdout
        assert out is not None
        self.port = int(json.loads(out.readline())["url"].rsplit(":", 1)[1])
        return self

    def work(self) -> None:
        """Carries out runs from now on."""
        self.begin("worker")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def kill(self) -> None:
        """Ends everything at once, as a power cut does."""
        for process in self.running:
            process.kill()
            process.communicate()
        self.running.clear()

    def close(self) -> None:
        self.kill()
        self.log.close()
        shutil.rmtree(self.folder)

    def ask(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request with the token, which must be granted."""
        headers = AUTHORIZATION | more.pop("headers", {})
        answer = requests.request(method, f"{self.url}/api/v1{path}", headers=headers, timeout=30, **more)
        answer.raise_for_status()
        return answer

    def ended(self, run: str) -> dict[str, Any]:
        """A run once it has ended."""
        for _ in range(600):
            found: dict[str, Any] = self.ask("GET", f"/runs/{run}").json()
            if found["state"] not in ("queued", "running"):
                return found
            time.sleep(0.05)
        raise AssertionError(f"the run does not end: {found}")
