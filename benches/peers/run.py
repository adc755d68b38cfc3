"""Everything against everything, side by side: each engine in a process of its own, runs alternating, answers compared
before anything is reported.

    run.py graph [NODES ...]       the plain question: networkx, rustworkx, igraph, sanso
    run.py lists [SIZE ...]        packet sets: sanso, boxes, z3, oxidd, biodivine
    run.py backbone --stanford DIR --internet2 DIR     public backbones, see backbone.py

`run` beside this file installs what is needed and calls this. Options: --runs N (default 3), --timeout SECONDS (default
120) and --memory GIB (default 12) for each process: what passes them "gave up", and is not run again; --engines a,b.
"""

import argparse
import json
import os
import math
import platform
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
PEERS = HERE / "target/release/sanso-peers"
# Another build can be given for comparison.
SANSO = Path(os.environ.get("SANSO", HERE.parent.parent / "target/release/sanso"))
LISTS = ["closed", "closed-but-for-a-hole", "acl", "fw", "ipc", "alternating", "interleaved"]
SILENT = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


def measure(command: list[str], timeout: float, memory: float) -> dict:
    """Wall and processor seconds, peak memory in MiB, and what was printed, of one process; `failed` says why not. A
    process gets no more than `memory` GiB of addresses, so that an engine that blows up fails and nothing else does."""
    limit = int(memory * 2**30)

    def hold() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.perf_counter()
        process = subprocess.Popen(command, stdout=out, stderr=err, preexec_fn=hold)
        signal.signal(signal.SIGALRM, lambda *_: process.kill())
        signal.setitimer(signal.ITIMER_REAL, timeout)
        _, status, usage = os.wait4(process.pid, 0)
        signal.setitimer(signal.ITIMER_REAL, 0)
        wall = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        text = out.read().decode()
        err.seek(0)
        told = err.read().decode(errors="replace").strip().splitlines()
    result = {
        "wall": wall,
        "processor": usage.ru_utime + usage.ru_stime,
        "mib": usage.ru_maxrss / 1024,
        "text": text,
        "status": process.returncode,
    }
    last = (told or ["?"])[-1]
    if process.returncode == -signal.SIGKILL:
        result["failed"] = f"gave up: not in {timeout:.0f} s" if wall >= timeout else "killed by the system: out of memory"
    elif any(word in last.lower() for word in ("memory", "bad_alloc")):
        result["failed"] = f"gave up: not in {memory:.0f} GiB"
    elif process.returncode not in (0, 1) or not text.startswith(("{", "[")):
        result["failed"] = f"status {process.returncode}: {last}"
    return result


def alternate(commands: dict[str, list[str]], runs: int, timeout: float, memory: float) -> dict[str, list[dict]]:
    """All runs of each command, one of each in turn. What failed once is not run again."""
    results: dict[str, list[dict]] = {name: [] for name in commands}
    for _ in range(runs):
        for name, command in commands.items():
            if any("failed" in run for run in results[name]):
                continue
            results[name].append(measure(command, timeout, memory))
    return results


def median(runs: list[dict], key) -> float:
    return statistics.median(key(run) for run in runs)


def table(head: list[str], rows: list[list[str]]) -> None:
    print("| " + " | ".join(head) + " |")
    print("|" + "---|" * len(head))
    for row in rows:
        print("| " + " | ".join(row) + " |", flush=True)
    print()


def ratio(value: float, unit: float) -> str:
    return f"{value / unit:.1f}" if unit > 0 else "-"


def graph(sizes: list[int], engines: list[str] | None, runs: int, timeout: float, memory: float) -> None:
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            for crossing in (1, 0):
                file = Path(folder) / f"{size}-{crossing}.json"
                with open(file, "wb") as out:
                    subprocess.run([PEERS, "graph", str(size), str(crossing)], stdout=out, check=True)
                commands = {"sanso": [str(SANSO), "verify", "--format", "json", "--max-tuples", "1", str(file)]}
                for library in ("networkx", "rustworkx", "igraph"):
                    commands[library] = [sys.executable, str(HERE / "graph_peer.py"), library, str(file)]
                commands = {name: command for name, command in commands.items() if not engines or name in engines}
                # The graph that is not isolated only shows that the answers agree.
                results = alternate(commands, 1 if crossing else runs, timeout, memory)
                for name, all_runs in results.items():
                    for run in (run for run in all_runs if "failed" not in run):
                        found = json.loads(run["text"])
                        if name == "sanso":
                            by_id = {one["id"]: one["verdict"] for one in found["requirements"]}
                            isolated = by_id["MN-ISOLATION"] == "proved"
                        else:
                            isolated = found["isolated"]
                        assert isolated == (crossing == 0), f"{name} is wrong about {file}"
            megabytes = file.stat().st_size / 1e6
            print(f"{size:,} nodes, {size * 5 - 1:,} links, {megabytes:.0f} MB of JSON; answer: isolated\n")
            unit = [run for run in results.get("sanso", []) if "failed" not in run]
            rows = []
            for name, all_runs in results.items():
                if any("failed" in run for run in all_runs):
                    rows.append([name, all_runs[-1]["failed"], "", "", "", ""])
                    continue
                cells = [name]
                for key in ("wall", "processor", "mib"):
                    value = median(all_runs, lambda run: run[key])
                    ours = median(unit, lambda run: run[key]) if unit else 0
                    cells.append(f"{value:.2f} ({ratio(value, ours)})" if key != "mib" else f"{value:.0f} ({ratio(value, ours)})")
                spread = [run["wall"] for run in all_runs]
                cells += [f"{min(spread):.2f}–{max(spread):.2f}"]
                phases = json.loads(all_runs[-1]["text"]) if name != "sanso" else {}
                cells.append(", ".join(f"{key[:-3]} {value / 1e3:.2f}" for key, value in phases.items() if key != "isolated"))
                rows.append(cells)
            table(["", "wall s (times sanso)", "processor s", "peak MiB", "wall, least–most", "of which, s"], rows)


def lists(
    sizes: list[int], engines: list[str] | None, names: list[str], runs: int, timeout: float, memory: float
) -> None:
    rows = []
    growth: dict[str, list[tuple[int, int, float]]] = {}
    for size in sizes:
        for name in names:
            with tempfile.TemporaryDirectory() as folder:
                file = Path(folder) / "list.json"
                with open(file, "wb") as out:
                    subprocess.run([PEERS, "export", name, str(size)], stdout=out, check=True)
                commands = {}
                for engine in ("sanso", "boxes", "oxidd", "biodivine"):
                    commands[engine] = [str(PEERS), "solve", engine, name, str(size)]
                commands["z3"] = [sys.executable, str(HERE / "z3_peer.py"), str(file)]
                commands = {key: command for key, command in commands.items() if not engines or key in engines}
                results = alternate(commands, runs, timeout, memory)
            solved = {}
            for engine, all_runs in results.items():
                for run in all_runs:
                    if "failed" in run:
                        solved[engine] = run["failed"]
                        continue
                    found = json.loads(run["text"])
                    if "gave_up" in found:
                        solved[engine] = f"gave up: {found['gave_up']}"
                        continue
                    solved.setdefault(engine, []).append(found)
            answers = {engine: {(one["yes"], one["of"]) for one in found} for engine, found in solved.items() if isinstance(found, list)}
            assert len(set().union(*answers.values())) <= 1, f"{name} {size}: answers differ: {answers}"
            yes, of = next(iter(next(iter(answers.values())))) if answers else ("?", "?")
            row = [name, f"{size:,}", f"{yes} of {of} yes"]
            ours = solved.get("sanso")
            if isinstance(ours, list):
                mine = statistics.median(one["solve_ms"] for one in ours)
                growth.setdefault(name, []).append((size, ours[0]["cells"], mine))
            for engine in commands:
                found = solved[engine]
                if isinstance(found, str):
                    row.append(found)
                    continue
                prepare = statistics.median(one["prepare_ms"] for one in found)
                solve = statistics.median(one["solve_ms"] for one in found)
                text = f"{prepare:.1f} + {solve:.2f}"
                if engine != "sanso" and isinstance(ours, list):
                    # Diagrams are built to answer: their building is part of solving. z3's solving is its own.
                    mine = statistics.median(one["solve_ms"] for one in ours)
                    theirs = solve + (prepare if engine in ("oxidd", "biodivine") else 0)
                    text += f" ({ratio(theirs, mine)})"
                row.append(text)
            rows.append(row)
            print("·", name, size, file=sys.stderr, flush=True)
    heads = [f"{engine}, ms" for engine in commands]
    table(["list", "lines", "answer", *heads], rows)
    rows = []
    for name, points in growth.items():
        for at, (size, cells, ms) in enumerate(points):
            row = [name, f"{size:,}", f"{cells:,}", f"{ms:.2f}", f"{ms * 1e6 / (size * math.log2(size)):.1f}"]
            if at > 0:
                before, cells_before, ms_before = points[at - 1]
                grown = math.log(size / before)
                row += [f"{math.log(max(new, 1e-3) / max(old, 1e-3)) / grown:.2f}" for new, old in ((cells, cells_before), (ms, ms_before))]
            else:
                row += ["", ""]
            rows.append(row)
    if rows:
        print("How the solving of sanso grows with the lines N; exponents against the size before.\n")
        table(["list", "lines", "cells", "ms", "ns / (N log₂ N)", "exponent of cells", "of time"], rows)


def backbones(folders: dict[str, Path | None], runs: int, timeout: float, memory: float) -> None:
    rows = []
    variants = [("stanford", "with access lists", []), ("stanford", "without", ["--no-acl"]), ("internet2", "without", [])]
    for network, title, options in variants:
        source = folders[network]
        if source is None:
            continue
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / f"{network}.json"
            count = ["--count"] if title == "without" else []
            importer = [sys.executable, str(HERE / "backbone.py"), network, str(source), str(file), *options, *count]
            told = subprocess.run(importer, check=True, stderr=subprocess.PIPE, text=True).stderr.splitlines()
            command = [str(SANSO), "verify", "--format", "json", "--max-tuples", "1", str(file)]
            results = alternate({"sanso": command}, runs, timeout, memory)["sanso"]
            size = f"{file.stat().st_size / 1e6:.1f} MB"
        if "failed" in results[-1]:
            rows.append([network, title, told[-1], size, results[-1]["failed"], "", "", ""])
            continue
        by_id = {one["id"]: one["tuples"] for one in json.loads(results[-1]["text"])["requirements"]}
        pairs = by_id["MN-ISOLATION"]
        if count:
            other = int(told[0].split()[0].replace(",", ""))
            assert pairs == other, f"{network}: sanso finds {pairs} pairs, the other method {other}"
        values = [f"{median(results, lambda run: run[key]):.2f}" for key in ("wall", "processor")]
        rows.append([network, title, told[-1], size, f"{pairs:,}", *values, f"{median(results, lambda run: run['mib']):.0f}"])
        print("·", network, title, file=sys.stderr, flush=True)
    table(["backbone", "lists", "", "document", "pairs of ports", "wall s", "processor s", "peak MiB"], rows)


def machine() -> None:
    model = "?"
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    load = os.getloadavg()[0]
    print(f"{os.cpu_count()} processors ({model}), {platform.system()}, load {load:.1f} at the start.\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["graph", "lists", "backbone"])
    parser.add_argument("sizes", nargs="*", type=int)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--timeout", type=float, default=120)
    parser.add_argument("--memory", type=float, default=12)
    parser.add_argument("--stanford", type=Path)
    parser.add_argument("--internet2", type=Path)
    parser.add_argument("--engines", type=lambda text: text.split(","))
    parser.add_argument("--lists", type=lambda text: text.split(","), default=LISTS)
    call = parser.parse_args()
    machine()
    limits = (call.runs, call.timeout, call.memory)
    if call.what == "graph":
        graph(call.sizes or [10_000, 100_000], call.engines, *limits)
    elif call.what == "lists":
        lists(call.sizes or [100, 1_000], call.engines, call.lists, *limits)
    else:
        backbones({"stanford": call.stanford, "internet2": call.internet2}, *limits)


main()
