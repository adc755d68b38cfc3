#!/usr/bin/env python3
"""Tests of sanso_check.py: `python3 -m unittest checker/test_sanso_check.py`, standard library only.

The certificates come from a slow prover in this file (small documents only). It searches every box and, where it cannot
close one, cuts it at the next boundary of any set of the document; at a box that no boundary cuts it is exact, and what it
finds there is a real session. So it either proves, or comes back with a witness, and what it finds is held to the expected
tuples of all conformance cases. SANSO_CONFORMANCE=N tries every N-th case only (default 10; 1: all, some minutes).
"""

import copy
import hashlib
import io
import itertools
import json
import os
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import sanso_check as sc  # noqa: E402

CASES = os.path.join(HERE, "..", "tests", "conformance", "cases.jsonl")
DATE = "2026-11-22"


def conformance():
    with open(CASES, encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


# ---------------------------------------------------------------------------------------------------------------------
# The slow prover
# ---------------------------------------------------------------------------------------------------------------------

class Session(Exception):
    """The prover found a forbidden session: opener, receiver, its header, hops, and what the caller wants to know."""

    def __init__(self, u, v, header, hops, detail):
        super().__init__(u, v)
        self.u, self.v, self.header, self.hops, self.detail = u, v, header, hops, detail


class TooLarge(Exception):
    """More cells than a test should take."""


class Prover:
    def __init__(self, document, limit=4000):
        self.data = json.dumps(document, ensure_ascii=False).encode()
        d = sc.read_document(self.data)
        sc.check_topology_to_verify(d)
        d = sc.with_date(d, DATE)
        self.symbolic = [n.id for n in d.nodes.values()
                         if not sc.nets_of(n, sc.label_of(n, d.zones), d.zones)]
        self.m = m = sc.meaning_of(d, self.symbolic)
        self.d, self.limit, self.views = d, limit, {}
        rules = [r for fs in m.filters.values() for f in fs for r in f.rules]
        stations = [s for n in d.nodes.values() for s in n.relays or ()]
        per_node = [*m.sends.values(), *m.receives.values(), *m.singles.values(), *m.nets.values(), *m.claims.values()]
        per_node += [sc.on_line(m.line, [net]) for routes in m.routes.values() for net, _ in routes]
        lines = [[r.sets[0] for r in rules] + per_node, [r.sets[1] for r in rules] + per_node,
                 [r.sets[2] for r in rules] + [e.service for e in d.waivers]
                 + [s for x in stations for s in (x.origin_service, x.onward_service)], [r.sets[3] for r in rules]]
        fixed = [{sc.V4_END, m.line.v6} | {p + 1 for p in m.line.symbolic.values()}, {sc.V4_END, m.line.v6}
                 | {p + 1 for p in m.line.symbolic.values()}, {253}, {1}]
        self.bounds = [sorted({b for s in sets for f, l in sc.pairs_of(s) for b in (f, l + 1)} | more)
                       for sets, more in zip(lines, fixed)]
        tags = sorted({b for link in d.links for f, l in sc.pairs_of(link.tags) for b in (f, l + 1)})
        self.atoms = {i: [(f, t - 1) for f, t in zip(tags, tags[1:]) if sc.holds(link.tags, f, f)]
                      for i, link in enumerate(d.links)}

    def search(self, view, pull, openers, box, nulls):
        """Breadth first: states with parents, and deliveries {node: (state, hop)}."""
        m, links, memo = self.m, self.d.links, {}
        parents, queue, delivered = {}, [], {}

        def arrive(state, i, side, tag):
            far = links[i].ends[1 - side]
            name = links[i].names[1 - side]
            if far in view.forwarding:
                plain = far not in m.filters and far not in m.routes
                by = None if nulls and plain and links[i].ends[side] not in view.forwarding else i
                new = (far, by, tag if far in view.switches else None)
                if new not in parents:
                    parents[new] = (state, (i, side, tag))
                    queue.append(new)
            elif sc.may_pass(m, far, name, None, box, memo):
                delivered.setdefault(far[0], (state, (i, side, tag)))

        def tags_of(i, a, b):
            return self.atoms[i] if a in view.switches or b in view.switches else [None]

        for u in sorted(openers):
            if not sc.meets(m.sends[u], *box.source):
                continue
            unit = sc.session_unit(self.d.nodes[u])
            for i, side in view.around[unit]:
                if sc.leads_away(links[i], side, pull) and sc.may_pass(m, unit, None, links[i].names[side], box, memo):
                    for tag in tags_of(i, *links[i].ends):
                        arrive((unit, "emit", None), i, side, tag)
        while queue:
            state = unit, by, tag = queue.pop(0)
            into = None if by is None else links[by].names[links[by].ends.index(unit)]
            node = self.d.nodes[unit[0]]
            if node.endpoint and unit == sc.session_unit(node) and sc.may_pass(m, unit, into, None, box, memo):
                delivered.setdefault(unit[0], (state, None))
            for i, side in view.around[unit]:
                if (unit in view.switches and by == i) or not sc.leads_away(links[i], side, pull):
                    continue
                if not sc.may_pass(m, unit, into, links[i].names[side], box, memo):
                    continue
                if unit in m.routes and not sc.routed(m, unit, links[i], side, box):
                    continue
                if unit in view.switches:
                    for t in self.atoms[i]:
                        if t == tag:
                            arrive(state, i, side, t)
                else:
                    for t in tags_of(i, *links[i].ends):
                        arrive(state, i, side, t)
        return parents, delivered

    def tree(self, view, pull, openers, targets, forbidden):
        """A tree, or raises Session. forbidden(u, sources, v, destinations, box) returns a detail or None."""
        m, sets, known, cells = self.m, [], {}, []
        todo = [(sc.full_box(m.line), frozenset(openers), self.number(cells))]
        while todo:
            box, who, number = todo.pop()
            if len(cells) > self.limit:
                raise TooLarge
            if sc.is_void(m.line, box):
                cells[number] = {"void": True}
                continue
            bad = None
            for nulls in (True, False):
                parents, delivered = self.search(view, pull, who, box, nulls)
                bad = self.offence(who, targets, delivered, box, forbidden)
                if not bad:
                    break
            if not bad:
                states = {}
                for unit, by, tag in parents:
                    states.setdefault((unit, by), set()).add(tag)
                listed = sorted(([n, h, by, None if None in t else [list(x) for x in sorted(t)]]
                                 for ((n, h), by), t in states.items()), key=json.dumps)
                key = json.dumps(listed)
                if key not in known:
                    known[key] = len(sets)
                    sets.append(listed)
                cells[number] = {"closed": known[key]}
                continue
            for axis in range(4):
                cut = [b for b in self.bounds[axis] if box[axis][0] < b <= box[axis][1]]
                if cut:
                    at = cut[len(cut) // 2]
                    low, high = self.number(cells), self.number(cells)
                    name = sc.LINES[axis]
                    cells[number] = {"cut": [name, self.position(at) if axis < 2 else at, low, high]}
                    todo += [(box._replace(**{name: (at, box[axis][1])}), who, high),
                             (box._replace(**{name: (box[axis][0], at - 1)}), who, low)]
                    break
            else:
                u, v, detail = bad
                if len(who) > 1:
                    low, high = self.number(cells), self.number(cells)
                    cells[number] = {"split": [[u], low, high]}
                    todo += [(box, who - {u}, high), (box, frozenset([u]), low)]
                    continue
                hops, (state, hop) = [], delivered[v]
                while True:
                    if hop is not None:
                        hops.insert(0, [hop[0], hop[1] == 1, None if hop[2] is None else hop[2][0]])
                    if state[1] == "emit":
                        break
                    state, hop = parents[state]
                source, destination = next(
                    (s, t) for s in sc.clip(m.sends[u], *box.source).firsts
                    for t in sc.clip(m.receives[v], *box.destination).firsts
                    if sc.go_together(sc.families(m.line, sc.intervals([(s, s)])), sc.families(m.line, sc.intervals([(t, t)]))))
                raise Session(u, v, sc.Header(source, destination, box.service[0], box.source_port[0]), hops, detail)
        return {"relies_on": self.everything(), "sets": sets, "cells": cells}

    def everything(self):
        """All deny rules, deny defaults and routes of the document."""
        found = []
        for (node, _), filters in self.m.filters.items():
            for i, f in enumerate(filters):
                found += [[node, i, j] for j, r in enumerate(f.rules) if not r.permit]
                found += [] if f.permit else [[node, i, None]]
        return found + [[node, None, None] for node, _ in self.m.routes]

    @staticmethod
    def number(cells):
        cells.append(None)
        return len(cells) - 1

    def offence(self, who, targets, delivered, box, forbidden):
        m = self.m
        for u in sorted(who):
            sources = sc.clip(m.sends[u], *box.source)
            for v in sorted(delivered):
                destinations = sc.clip(m.receives[v], *box.destination)
                if u == v or v not in targets or not sc.go_together(sc.families(m.line, sources), sc.families(m.line, destinations)):
                    continue
                detail = forbidden(u, sources, v, destinations, box)
                if detail:
                    return u, v, detail
        return None

    def position(self, at):
        line = self.m.line
        if sc.V4_END <= at < line.v6:
            return {"symbolic": self.symbolic[at - sc.V4_END]}
        return sc.show_address(self.m, at)

    def session(self, s, pull):
        h = s.header
        protocol, ports = None, (None, None)
        if h.service < 253:
            protocol = sc.WITHOUT_PORTS[h.service]
        else:
            protocol, base = max((x for x in sc.WITH_PORTS.items() if x[1] <= h.service), key=lambda x: x[1])
            ports = (h.source_port - 1, h.service - base)
        return {"pull": pull, "packet": {"source": self.position(h.source), "destination": self.position(h.destination),
                                         "protocol": protocol, "source_port": ports[0], "destination_port": ports[1]},
                "hops": s.hops}

    def explore(self, q, starts, ends):
        """(direction, None) or (None, witness) for data from starts to ends."""
        m, levels, origins = self.m, {}, {}

        def transition(x, y, u, sources, v, destinations, box, x_addresses, y_addresses):
            states = [(None, 0)] if x in starts else []
            states += [(s, levels[sc.station_key(s)]) for s in q.stations_at.get(x, ()) if sc.station_key(s) in levels]
            roles = [None] if y in ends else []
            roles += [r for r in q.stations_at.get(y, ()) if levels.get(sc.station_key(r)) != 1]
            for s, level in states:
                if s and not sc.matches_peer(m, s.onward, y, y_addresses):
                    continue
                for r in roles:
                    if r and not sc.matches_peer(m, r.origin, x, x_addresses):
                        continue
                    services = sc.clip(sc.intersect(s.onward_service if s else sc.ANY_SERVICE,
                                                    r.origin_service if r else sc.ANY_SERVICE), *box.service)
                    if services == sc.EMPTY:
                        continue
                    covered = any(sc.all_matched(m, e.source, u, sources) and sc.all_matched(m, e.destination, v, destinations)
                                  and sc.within(services, e.service) for e in q.waivers)
                    new = 1 if level == 1 or not covered else 0
                    if new == 0 and (r is None or levels.get(sc.station_key(r)) == 0):
                        continue
                    return (x, s, level, y, r, new)
            return None

        while True:
            holders = frozenset(starts) | {k[0] for k in levels}
            others = frozenset(ends) | {s.node for k, s in q.stations.items() if levels.get(k) != 1}
            try:
                push = self.tree(q.view, False, holders, others,
                                 lambda u, a, v, b, box: transition(u, v, u, a, v, b, box, a, b))
                pulled = True
                pull = self.tree(q.view, True, others, holders,
                                 lambda u, a, v, b, box: transition(v, u, u, a, v, b, box, b, a))
                stations = sorted(([*k, level] for k, level in levels.items()), key=json.dumps)
                return {"stations": stations, "push": push, "pull": pull}, None
            except Session as found:
                x, s, level, y, r, new = found.detail
                hop = (x, s, level, self.session(found, found.u != x))
                if r is not None:
                    levels[sc.station_key(r)] = new
                    origins[(sc.station_key(r), new)] = hop
                    continue
                path, passes, sessions = [y], [], []
                while True:
                    x, s, level, session = hop
                    path.insert(0, x)
                    sessions.insert(0, session)
                    if s is None:
                        return None, {"path": path, "passes": passes, "sessions": sessions}
                    passes.insert(0, None if s.entry is None else [s.entry, s.mirror])
                    hop = origins[(sc.station_key(s), level)]

    def view(self, removed=frozenset()):
        return sc.view_for(self.m, self.views, removed)

    def witness(self, q, a, b):
        for x, y in ((a, b), (b, a)):
            direction, witness = self.explore(q, {x}, {y})
            if witness:
                return witness
        return None

    def path_requirement(self, requirement, violating):
        a, b = sc.sides_of(self.m, requirement)
        value = {"id": requirement, "verdict": "violated" if violating else "proved", "violating": violating or [],
                 "complete": True, "witnesses": [], "parts": []}
        if not a or not b:
            assert violating is None, "expected vacuous"
            return dict(value, verdict="vacuous")
        assert violating is not None, "expected not vacuous"
        cloud = frozenset(n.id for n in self.d.nodes.values() if "security-cloud" in n.tags)
        q = sc.question_of(self.m, self.view(cloud if requirement == "INTERNET-CLOUD" else frozenset()),
                           requirement == "LGWAN-INTERNET", requirement)
        for x, y in violating:
            witness = self.witness(q, x, y)
            assert witness, "no witness of %s / %s" % (x, y)
            value["witnesses"].append(witness)
        groups = {}
        for x in a:
            left = tuple(y for y in b if [x, y] not in violating)
            if left:
                groups.setdefault(left, []).append(x)
        for left, xs in groups.items():
            part = {"a": None if xs == a else xs, "b": None if list(left) == b else list(left)}
            for name, starts, ends in (("forward", xs, left), ("backward", left, xs)):
                part[name], witness = self.explore(q, set(starts), set(ends))
                assert witness is None, "not in violating: %s" % witness["path"]
            value["parts"].append(part)
        return value

    def exception_peer(self, violating):
        m, d = self.m, self.d
        value = {"id": "EXCEPTION-PEER", "verdict": "vacuous" if violating is None else "violated" if violating else "proved",
                 "violating": violating or [], "complete": True, "witnesses": [], "ends": [], "part": None}
        violating = violating or []
        q = sc.question_of(m, self.view(), True, None)
        internet = [n for n in d.nodes if m.labels[n] == "internet"]
        outside = set()
        for e in d.waivers:
            if "MN-ISOLATION" not in e.waives or e.attested:
                continue
            endpoints = [n.id for n in d.nodes.values() if n.endpoint]
            openers = frozenset(n for n in endpoints if sc.some_matched(m, e.source, n, m.singles[n]))
            targets = frozenset(n for n in endpoints if sc.some_matched(m, e.destination, n, m.singles[n]))
            peers = sorted(n for n in openers | targets if m.labels[n] != "my-number")

            def covered(missing):
                return lambda u, a, v, b, box: ((u in missing or v in missing) and sc.meets(e.service, *box.service)
                                                and sc.some_matched(m, e.source, u, a) and sc.some_matched(m, e.destination, v, b))

            missing = set()
            for n in peers:
                exposed = m.labels[n] == "internet"
                path = None
                for i in internet:
                    path = path or (None if exposed else self.witness(q, n, i))
                if [e.id, n] in violating:
                    assert exposed or path, "no path of %s" % n
                    try:
                        self.tree(self.view(), False, openers, targets, covered({n}))
                        raise AssertionError("no session of %s" % n)
                    except Session as s:
                        value["witnesses"].append(([e.id, n], {"end": [s.u, s.v], "session": self.session(s, False), "path": path}))
                elif exposed or path:
                    missing.add(n)
            nodes = [n for n in peers if n not in missing]
            outside |= {n for n in nodes if [e.id, n] not in violating}
            try:
                tree = self.tree(self.view(), False, openers, targets, covered(missing)) if missing else None
            except Session as s:
                raise AssertionError("not in violating: %s %s %s" % (e.id, s.u, s.v)) from None
            value["ends"].append({"exception": e.id, "nodes": nodes, "tree": tree})
        value["witnesses"] = [w for _, w in sorted(value["witnesses"], key=lambda w: w[0])]
        assert len(value["witnesses"]) == len(violating)
        if outside and internet:
            forward, w1 = self.explore(q, outside, set(internet))
            backward, w2 = self.explore(q, set(internet), outside)
            assert w1 is None and w2 is None
            value["part"] = {"a": sorted(outside), "b": None, "forward": forward, "backward": backward}
        return value

    def certificate(self, expect):
        found = []
        for requirement in sc.REQUIREMENTS:
            if requirement in sc.PATH_REQUIREMENTS:
                found.append(self.path_requirement(requirement, expect[requirement]))
            elif requirement == "EXCEPTION-PEER":
                found.append(self.exception_peer(expect[requirement]))
            else:
                key, facts, verdict, violating = sc.attribute_facts(self.m, requirement)
                found.append({"id": requirement, "verdict": verdict, "violating": violating, key: facts})
        return {"sanso_certificate": 1, "tool": "slow prover", "topology": {"sha256": hashlib.sha256(self.data).hexdigest()},
                "policy": {"id": sc.POLICY_ID, "sha256": sc.POLICY_SHA256}, "date": DATE, "symbolic": self.symbolic,
                "requirements": found}


def encode(certificate):
    return json.dumps(certificate, ensure_ascii=False).encode()
