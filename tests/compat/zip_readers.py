#!/usr/bin/env python3
"""Do four ZIP readers see the same members in a bundle?

    zip_readers.py BUNDLE...

Compares name, size and SHA-256 of every file member as seen by Python's zipfile, Info-ZIP `unzip`, 7-Zip and
`bsdtar`. Nothing is extracted to disk. Exit status: 0 all agree, 1 some difference, 2 usage, 3 a tool is missing.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import IO, NamedTuple

CHUNK = 1 << 20
ENVIRONMENT = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}


class Member(NamedTuple):
    """A file member as one reader sees it."""

    name: str
    size: int
    sha256: str


class Disagreement(Exception):
    """A reader does not read the bundle to its end."""


def digest_of(stream: IO[bytes], size: int) -> tuple[int, str]:
    """Length and digest of the next `size` bytes, or of what is left if that is less."""
    digest, taken = hashlib.sha256(), 0
    while taken < size and (part := stream.read(min(CHUNK, size - taken))):
        digest.update(part)
        taken += len(part)
    return taken, digest.hexdigest()


def finish(process: subprocess.Popen[bytes]) -> None:
    """Waits for a reader; output that nobody asked for and complaints are disagreements."""
    assert process.stdout and process.stderr
    surplus = process.stdout.read(1)
    if surplus:
        process.kill()
    complaint = process.stderr.read().decode("utf-8", "replace").strip()
    process.stdout.close()
    process.stderr.close()
    status = process.wait()
    if surplus:
        raise Disagreement("gives more bytes than its own list of members declares")
    if status:
        raise Disagreement(f"exit status {status}: {' / '.join(complaint.splitlines()[:4])}")


def start(*command: str) -> subprocess.Popen[bytes]:
    """A reader with its output on a pipe, no input and no settings from the environment."""
    return subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT
    )


def text_of(*command: str) -> str:
    """What a reader prints, however it ends (reading the members decides)."""
    ended = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False, env=ENVIRONMENT)
    return ended.stdout.decode("utf-8", "surrogateescape")


def cut(listed: list[tuple[str, int]], *command: str) -> list[Member]:
    """Members from a reader that prints their bytes one after the other, cut by the sizes that it lists."""
    process = start(*command)
    assert process.stdout
    members = [Member(name, *digest_of(process.stdout, size)) for name, size in listed]
    finish(process)
    return members


def by_zipfile(_tool: str, bundle: Path) -> list[Member]:
    """Python's zipfile."""
    try:
        with zipfile.ZipFile(bundle) as archive:
            members = []
            for info in archive.infolist():
                if not info.is_dir():
                    with archive.open(info) as stream:
                        members.append(Member(info.filename, *digest_of(stream, info.file_size + 1)))
                    if members[-1].size != info.file_size:
                        raise Disagreement(f"{info.filename!r} ends before its declared {info.file_size} bytes")
            return members
    except Disagreement:
        raise
    except Exception as error:
        raise Disagreement(f"{type(error).__name__}: {error}") from error


def by_unzip(tool: str, bundle: Path) -> list[Member]:
    """Info-ZIP: names from `-Z1`, sizes from `-Z -s` (same order), bytes from `-p`."""
    path = str(bundle)
    names = text_of(tool, "-Z1", path).split("\n")[:-1]
    rows = (re.match(r"\S{10} +\S+ \S+ +(\d+) ", line) for line in text_of(tool, "-Z", "-s", "-h", path).split("\n"))
    sizes = [int(row[1]) for row in rows if row]
    if len(names) != len(sizes):
        raise Disagreement(f"lists {len(names)} names but {len(sizes)} sizes")
    files = [(name, size) for name, size in zip(names, sizes) if not name.endswith("/")]
    return cut(files, tool, "-p", path)


def by_7z(tool: str, bundle: Path) -> list[Member]:
    """7-Zip: names and sizes from `l -slt`, bytes from `x -so`."""
    path = str(bundle)
    files: list[tuple[str, int]] = []
    for block in text_of(tool, "l", "-slt", "-ba", "-tzip", "-sccUTF-8", "--", path).split("\n\n"):
        fields = dict(line.split(" = ", 1) for line in block.split("\n") if " = " in line)
        if "Path" in fields and fields.get("Folder", "-") != "+":
            files.append((fields["Path"], int(fields.get("Size") or 0)))
    return cut(files, tool, "x", "-so", "-tzip", "-bd", "--", path)


def by_bsdtar(tool: str, bundle: Path) -> list[Member]:
    """libarchive: the bundle turned into a tar stream, which carries names and sizes."""
    process = start(tool, "--format", "pax", "-cf", "-", f"@{bundle}")
    assert process.stdout
    members: list[Member] = []
    try:
        with tarfile.open(fileobj=process.stdout, mode="r|", encoding="utf-8") as archive:
            for entry in archive:
                if not entry.isdir():
                    stream = archive.extractfile(entry) if entry.isfile() else None
                    size, digest = digest_of(stream, entry.size) if stream else (0, "not a regular file")
                    members.append(Member(entry.name, size, digest))
    except tarfile.TarError as error:
        process.kill()
        finish(process)
        raise Disagreement(f"{type(error).__name__}: {error}") from error
    while process.stdout.read(CHUNK):  # padding after the end of the tar stream
        pass
    finish(process)
    return members


Reader = Callable[[str, Path], list[Member]]
READERS: tuple[tuple[str, tuple[str, ...], str, Reader], ...] = (
    ("unzip", ("unzip",), "unzip", by_unzip),
    ("7z", ("7z", "7zz"), "p7zip-full", by_7z),
    ("bsdtar", ("bsdtar",), "libarchive-tools", by_bsdtar),
)


def show(member: Member) -> str:
    """One member on one line."""
    return f"{member.name!r} {member.size} bytes, SHA-256 {member.sha256}"


def differences(bundle: Path, tools: dict[str, str]) -> tuple[int, list[str]]:
    """Member count by Python's zipfile, and one line for everything that another reader sees otherwise."""
    lines: list[str] = []
    try:
        expected = Counter(by_zipfile("", bundle))
    except Disagreement as why:
        return 0, [f"zipfile: {why}"]
    for reader, _commands, _package, read in READERS:
        try:
            seen = Counter(read(tools[reader], bundle))
        except Disagreement as why:
            lines.append(f"{reader}: {why}")
            continue
        lines += [f"zipfile, not {reader}: {show(member)}" for member in sorted((expected - seen).elements())]
        lines += [f"{reader}, not zipfile: {show(member)}" for member in sorted((seen - expected).elements())]
    return expected.total(), lines


def main(arguments: list[str]) -> int:
    if not arguments or any(argument in ("-h", "--help") for argument in arguments):
        print((__doc__ or "").strip(), file=sys.stderr)
        return 0 if arguments else 2
    tools: dict[str, str] = {}
    for reader, commands, package, _read in READERS:
        if found := next(filter(None, map(shutil.which, commands)), None):
            tools[reader] = found
        else:
            print(f"error: {' or '.join(commands)} is missing; install the Debian package {package}", file=sys.stderr)
    if len(tools) < len(READERS):
        return 3
    status = 0
    for argument in arguments:
        count, lines = differences(Path(argument).absolute(), tools)
        for line in lines:
            print(f"{argument}: {line}")
        if lines:
            status = 1
        else:
            print(f"{argument}: {count} members, all readers agree")
    return status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
