"""A first-match list by z3: one bit vector a dimension, the list as nested if-then-else, a question for each pair of zones.

    z3_peer.py FILE     FILE: what `sanso-peers export` wrote
"""

import json
import sys
import time

import z3

WIDTHS = [32, 32, 8, 16, 16]


def main() -> None:
    with open(sys.argv[1], "rb") as file:
        task = json.load(file)
    start = time.perf_counter()
    fields = [z3.BitVec(f"f{at}", width) for at, width in enumerate(WIDTHS)]

    def inside(box):
        parts = []
        for field, width, (low, high) in zip(fields, WIDTHS, box):
            if low == high:
                parts.append(field == low)
                continue
            if low > 0:
                parts.append(z3.UGE(field, low))
            if high < (1 << width) - 1:
                parts.append(z3.ULE(field, high))
        return z3.And(parts)

    permitted = z3.BoolVal(False)
    for permit, box in reversed(task["lines"]):
        permitted = z3.If(inside(box), z3.BoolVal(permit), permitted)
    prepared = time.perf_counter()
    yes = 0
    for zone in task["zones"]:
        solver = z3.SolverFor("QF_BV")
        solver.add(inside(zone), permitted)
        answer = solver.check()
        assert answer != z3.unknown, "z3 gave no answer"
        yes += answer == z3.sat
    solved = time.perf_counter()
    result = {"prepare_ms": (prepared - start) * 1e3, "solve_ms": (solved - prepared) * 1e3}
    print(json.dumps({**result, "yes": yes, "of": len(task["zones"])}))


main()
