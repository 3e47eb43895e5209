#!/usr/bin/env python3
"""Measures fieldgrade against openssl, cp + sync, restic and unzip, in turn, in one run.

usage: bench.py PROGRAM [--rounds N] [--folder DIR] [--only NAME] [--scale F]

Everything lies on the disk of DIR (default: target/bench), never in memory, and nothing is deleted between rounds: each
round has new folders. Printed are medians and ratios; a ratio below 1 means that fieldgrade was faster. Peak memory is
that of the whole process. `--scale 0.1` is for trying the script out.
"""

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

GIB = 1 << 30


class Run:
    """One measured process: seconds and peak memory in MiB."""

    def __init__(self, *command, env=None, cwd=None, ok=(0,)):
        begin = time.monotonic()
        process = subprocess.Popen(
            [str(part) for part in command],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env={**os.environ, **(env or {})},
            cwd=cwd,
        )
        errors = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        self.seconds = time.monotonic() - begin
        self.memory = usage.ru_maxrss / 1024
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in ok:
            sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n{errors.decode()}")


def sync_copy(source: Path, target: Path) -> float:
    begin = time.monotonic()
    subprocess.run(["cp", source, target], check=True)
    subprocess.run(["sync", target], check=True)
    return time.monotonic() - begin


def settle() -> None:
    """What earlier work left unwritten must not be charged to the next."""
    subprocess.run(["sync"], check=True)


class Bench:
    def __init__(self, program: Path, folder: Path, rounds: int, scale: float):
        self.program, self.folder, self.rounds, self.scale = program, folder, rounds, scale
        self.count = 0
        self.rows = []

    def new(self, name: str) -> Path:
        self.count += 1
        return self.folder / f"{self.count:03}-{name}"

    def fieldgrade(self, root: Path, *arguments, ok=(0,)) -> Run:
        return Run(self.program, "--data-dir", root, "--quiet", *arguments, ok=ok)

    def large(self) -> Path:
        path = self.folder / "large.bin"
        if not path.exists():
            with path.open("wb") as file:
                left = int(GIB * self.scale)
                while left > 0:
                    piece = os.urandom(min(left, 16 << 20))
                    file.write(piece)
                    left -= len(piece)
            settle()
        return path

    def many(self, name: str, count: int, size: int, text: bool = False) -> Path:
        folder = self.folder / name
        if not folder.exists():
            folder.mkdir()
            generator = random.Random(name)
            words = ["bridge", "bearing", "crack", "north", "Pfeiler", "Lager", "Riss", "опора", "мост"]
            words += ["".join(generator.choices("abcdefghijklmnoprstuw", k=generator.randint(3, 9))) for _ in range(5000)]
            for number in range(int(count * self.scale)):
                if text:
                    content = " ".join(generator.choices(words, k=size // 6)).encode()[:size]
                else:
                    content = generator.randbytes(size)
                (folder / f"file {number:05}.{'txt' if text else 'bin'}").write_bytes(content)
            settle()
        return folder

    def row(self, what: str, ours: list, theirs: list, against: str, most: str, memory: float) -> None:
        mine, other = statistics.median(ours), statistics.median(theirs)
        self.rows.append((what, f"{mine:.2f} s", f"{other:.2f} s", against, f"{mine / other:.2f}", most, f"{memory:.0f} MiB"))
        print("  " + "  ".join(self.rows[-1]), flush=True)

    def capture_large(self) -> None:
        source = self.large()
        ours, hashes, copies, memory = [], [], [], 0.0
        for _ in range(self.rounds):
            hashes.append(Run("openssl", "dgst", "-sha256", source).seconds)
            copies.append(sync_copy(source, self.new("copy.bin")))
            settle()
            run = self.fieldgrade(self.new("root"), "ingest", source)
            ours.append(run.seconds)
            memory = max(memory, run.memory)
            settle()
        slower = hashes if statistics.median(hashes) > statistics.median(copies) else copies
        name = "openssl" if slower is hashes else "cp + sync"
        self.row("capture one 1 GiB file", ours, slower, name, "1.15", memory)

    def capture_many(self) -> None:
        source = self.many("small", 10_000, 20 << 10)
        ours, theirs, memory = [], [], 0.0
        environment = {"RESTIC_PASSWORD": "bench"}
        for _ in range(self.rounds):
            repository = self.new("restic")
            Run("restic", "-q", "init", "-r", repository, env=environment)
            theirs.append(Run("restic", "-q", "backup", "-r", repository, source, env=environment).seconds)
            settle()
            run = self.fieldgrade(self.new("root"), "ingest", "--index", "later", source)
            ours.append(run.seconds)
            memory = max(memory, run.memory)
            settle()
        self.row("capture 10,000 x 20 KiB", ours, theirs, "restic backup", "0.75", memory)

    def search_many(self) -> None:
        source = self.many("texts", 10_000, 20 << 10, text=True)
        total = sum(path.stat().st_size for path in source.iterdir()) / 1e6
        times, memory = [], 0.0
        for _ in range(self.rounds):
            run = self.fieldgrade(self.new("root"), "ingest", source)
            times.append(run.seconds)
            memory = max(memory, run.memory)
            settle()
        rate = total / statistics.median(times)
        print(f"  10,000 texts captured and searchable: {rate:.1f} MB of text per second, {memory:.0f} MiB", flush=True)

    def seal_and_verify_large(self) -> None:
        source = self.large()
        seals, copies, checks, hashes = [], [], [], []
        seal_memory = check_memory = 0.0
        for _ in range(self.rounds):
            root = self.new("root")
            self.fieldgrade(root, "ingest", source)
            settle()
            copies.append(sync_copy(source, self.new("copy.bin")))
            settle()
            run = self.fieldgrade(root, "seal")
            seals.append(run.seconds)
            seal_memory = max(seal_memory, run.memory)
            settle()
            bundle = next((root / "termite_fieldpack/artifacts/bundles_out").glob("*.zip"))
            hashes.append(Run("openssl", "dgst", "-sha256", bundle).seconds)
            run = self.fieldgrade(root, "verify", bundle)
            checks.append(run.seconds)
            check_memory = max(check_memory, run.memory)
        self.row("seal 1 GiB already captured", seals, copies, "cp + sync", "1.25", seal_memory)
        self.row("verify a 1 GiB bundle", checks, hashes, "openssl", "1.15", check_memory)

    def verify_many(self) -> None:
        source = self.many("small", 10_000, 20 << 10)
        root = self.new("root")
        self.fieldgrade(root, "ingest", "--index", "later", source)
        self.fieldgrade(root, "seal")
        bundle = next((root / "termite_fieldpack/artifacts/bundles_out").glob("*.zip"))
        ours, theirs, memory = [], [], 0.0
        for _ in range(self.rounds):
            theirs.append(Run("unzip", "-tqq", bundle).seconds)
            run = self.fieldgrade(root, "verify", bundle)
            ours.append(run.seconds)
            memory = max(memory, run.memory)
        self.row("verify a bundle of 10,000", ours, theirs, "unzip -t", "0.60", memory)

    def doctor(self) -> None:
        source = self.many("blobs", 10_000, GIB // 10_000)
        environment = {"RESTIC_PASSWORD": "bench"}
        repository, root = self.new("restic"), self.new("root")
        Run("restic", "-q", "init", "-r", repository, env=environment)
        Run("restic", "-q", "backup", "-r", repository, source, env=environment)
        self.fieldgrade(root, "ingest", "--index", "later", source)
        settle()
        ours, theirs, memory = [], [], 0.0
        for _ in range(self.rounds):
            theirs.append(Run("restic", "-q", "check", "--read-data", "-r", repository, env=environment).seconds)
            run = self.fieldgrade(root, "doctor", "--read-data")
            ours.append(run.seconds)
            memory = max(memory, run.memory)
        self.row("doctor --read-data, 1 GiB", ours, theirs, "restic check", "0.70", memory)

    def sparse(self) -> None:
        source = self.folder / "sparse.bin"
        with source.open("wb") as file:
            file.truncate(int(20 * GIB * self.scale))
        run = self.fieldgrade(self.new("root"), "ingest", source)
        print(f"  capture of a sparse 20 GiB file: {run.seconds:.1f} s, {run.memory:.0f} MiB", flush=True)

    def version(self) -> None:
        times = [Run(self.program, "--version").seconds for _ in range(20)]
        print(f"  fieldgrade --version: {statistics.median(times) * 1000:.1f} ms", flush=True)


def machine() -> str:
    model = next((line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GIB
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {os.uname().sysname} {os.uname().release}"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--folder", type=Path, default=Path("target/bench"))
    parser.add_argument("--scale", type=float, default=1.0)
    parser.add_argument("--only", default="")
    given = parser.parse_args()
    shutil.rmtree(given.folder, ignore_errors=True)
    given.folder.mkdir(parents=True)
    bench = Bench(given.program.resolve(), given.folder.resolve(), given.rounds, given.scale)
    print(f"{machine()}; load {os.getloadavg()[0]:.1f}; medians of {given.rounds}")
    print("  what  fieldgrade  other  against  ratio  at most  peak memory")
    parts = ["version", "capture_large", "capture_many", "search_many", "seal_and_verify_large", "verify_many", "doctor", "sparse"]
    for part in parts:
        if given.only in part:
            getattr(bench, part)()
    shutil.rmtree(given.folder, ignore_errors=True)


if __name__ == "__main__":
    main()
