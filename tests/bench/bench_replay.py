"""Judge a million events: `./dev bench replay [EVENTS]`.

Writes a year of incidents, made up from one seed, to a file; lets the `replay` command judge it in its own processes;
prints events a second and the peak of memory (all processes together, shared pages counted once), then the same file
with a bad last line, which must end with exit 2 and nothing on standard output. Exits with 1 when a goal is missed.
"""

import json
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO

EVENTS = 1_000_000
GOAL_A_SECOND = 100_000
GOAL_BYTES = 1024**3
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
HEADER = {"replay": 1, "terms": "juno-live-support", "timezone": "America/New_York"}
HOURS = {"critical": 6.0, "major": 24.0, "minor": 200.0}


@dataclass(frozen=True)
class Judged:
    """A run of the command: seconds, exit, bytes printed, the last line, and the peak of memory in bytes."""

    seconds: float
    code: int
    printed: int
    last: str
    peak: int


def main() -> int:
    """Judge the file twice, print the figures and the goals, and tell whether all were reached."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "history.jsonl"
        written = write(path, wanted)
        print(f"{written:,} events, {path.stat().st_size / 1e6:.0f} MB")
        good = judge(path)
        with path.open("ab") as file:
            file.write(b'{"at": "2026-12-31T12:00:00", "event": "incident.responded", "incident": "I0"}\n')
        bad = judge(path)
    print(good.last)
    speed = written / good.seconds
    reached = [
        said(good.code == 0, f"judged in {good.seconds:.1f} s, exit {good.code}, {good.printed / 1e6:.0f} MB printed"),
        said(speed >= GOAL_A_SECOND, f"{speed:,.0f} events a second, start included (goal {GOAL_A_SECOND:,})"),
        said(good.peak < GOAL_BYTES, f"peak memory {good.peak / 1024**2:,.0f} MB (under 1,024 MB)"),
        said((bad.code, bad.printed) == (2, 0), f"a bad last line: exit {bad.code}, {bad.printed} bytes, {bad.last}"),
    ]
    return 0 if all(reached) else 1


def said(reached: bool, what: str) -> bool:
    """Print whether a goal was reached."""
    print(f"{'reached' if reached else 'MISSED ':8} {what}")
    return reached


def judge(path: Path) -> Judged:
    """Run the command; its result goes through a pipe and is thrown away, so that no disk is measured."""
    began = time.perf_counter()
    command = [sys.executable, "manage.py", "replay", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        with ThreadPoolExecutor(2) as threads:
            peak = threads.submit(watch, process)
            told = threads.submit(process.stderr.read)
            written, end = 0, b""
            while piece := process.stdout.read(1 << 20):
                written += len(piece)
                end = (end + piece)[-500:]
            process.wait()
    seconds = time.perf_counter() - began
    last = (told.result() if process.returncode else end).decode().strip().rpartition("\n")[2]
    return Judged(seconds, process.returncode, written, last, peak.result())


def watch(process: "subprocess.Popen[bytes]") -> int:
    """Return the most bytes that a process and its children held while it ran."""
    peak = 0
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        time.sleep(0.2)
    return peak


def memory(pid: int) -> int:
    """Return the bytes that a process and its children hold, each page shared among them counted once."""
    try:
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8").split()
    except OSError:  # it has just ended
        return 0
    held = sum(int(row.split()[1]) * 1024 for row in rollup.splitlines() if row.startswith("Pss:"))
    return held + sum(memory(int(child)) for child in children)


def write(path: Path, wanted: int) -> int:
    """Write a history of at least so many events; return how many there are."""
    chance = random.Random(20)
    written = 0
    with path.open("wb") as file:
        file.write(json.dumps(HEADER).encode() + b"\n")
        written += shared(file)
        number = 0
        while written < wanted:
            for at, name, fields in incident(chance):
                line(file, at, f"incident.{name}", {"incident": f"I{number}", **fields})
                written += 1
            number += 1
    return written


def shared(file: BinaryIO) -> int:
    """Write hosted events and releases through the year; return how many lines."""
    for week in range(0, 52, 4):
        start = YEAR + timedelta(weeks=week, hours=14)
        sessions = [[start.isoformat(), (start + timedelta(hours=8)).isoformat()]]
        fields = {"hosted_event": f"E{week}", "timezone": "America/New_York", "sessions": sessions}
        line(file, YEAR, "hosted_event.scheduled", fields)
        planned = (YEAR + timedelta(weeks=week + 2)).isoformat()
        line(file, YEAR, "release.planned", {"release": f"R{week}", "planned_at": planned})
    return 26


def incident(chance: random.Random) -> Iterator[tuple[datetime, str, dict[str, str]]]:
    """Yield one incident's events: about eight, with updates, some waits, changes of severity and reopenings."""
    severity = chance.choices(list(HOURS), [1, 4, 5])[0]
    at = YEAR + timedelta(minutes=chance.randrange(500_000))
    hours = HOURS[severity]
    yield at, "reported", {"severity": severity, "category": "nonconformity"}
    at += timedelta(hours=hours * chance.uniform(0.01, 0.15))
    yield at, "responded", {}
    for _ in range(chance.randrange(6)):
        at += timedelta(hours=hours * chance.uniform(0.02, 0.14))
        yield at, "contacted", {}
    if chance.random() < 0.2:
        at += timedelta(hours=hours * 0.05)
        yield at, "waiting", {"on": "information"}
        at += timedelta(hours=hours * chance.uniform(0.05, 0.3))
        yield at, "resumed", {}
    if severity != "critical" and chance.random() < 0.1:
        at += timedelta(minutes=5)
        yield at, "reclassified", {"severity": "critical"}
    at += timedelta(hours=hours * chance.uniform(0.01, 0.4))
    yield at, "resolved", {"by": "fix"}
    if chance.random() < 0.05:
        at += timedelta(hours=10)
        yield at, "reopened", {}
        yield at + timedelta(hours=hours / 2), "resolved", {"by": "fix"}


def line(file: BinaryIO, at: datetime, name: str, fields: Mapping[str, object]) -> None:
    """Write one event."""
    file.write(json.dumps({"at": at.isoformat(), "event": name, **fields}).encode() + b"\n")


if __name__ == "__main__":
    sys.exit(main())
