#!/usr/bin/env python3
"""Tests of sanso_check.py: `python3 -m unittest checker/test_sanso_check.py`, standard library only.

The certificates come from a slow prover in this file (small documents only). It searches every box and, where it cannot
close one, cuts it at the next boundary of any set of the document; at a box that no boundary cuts it is exact, and what it
finds there is a real session. So it either proves, or comes back with a witness, and what it finds is held to the expected
tuples of all conformance cases. SANSO_CONFORMANCE=N tries every N-th case only, beside those of the fourth edition that
aim at one clause each (default 10; 1: all, many minutes).
"""

import copy
import hashlib
import io
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest
from contextlib import redirect_stderr, redirect_stdout

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import sanso_check as sc  # noqa: E402

ALPHA = sc.built_in("three-tier/alpha")
FOR_ALPHA = json.dumps({"policy": {"id": ALPHA.id}}).encode()  # no certificate, but it says for which policy
REQUIREMENTS = [r.id for r in ALPHA.requirements]
PATH_REQUIREMENTS = [r.id for r in ALPHA.requirements if r.kind in sc.WAIVABLE]


def requirement_of(name):
    return next(r for r in ALPHA.requirements if r.id == name)


CASES = [os.path.join(HERE, "..", "tests", "conformance", name + ".jsonl") for name in ("cases", "cases-4", "own-4")]
DATE = "2026-11-22"


def conformance():
    found = []
    for path in CASES:
        with open(path, encoding="utf-8") as lines:
            found += [json.loads(line) for line in lines]
    return found


def translates(document):
    return any("nat" in node for node in document["nodes"])


# ---------------------------------------------------------------------------------------------------------------------
# The slow prover
# ---------------------------------------------------------------------------------------------------------------------

class Session(Exception):
    """The prover found a forbidden session: opener, receiver, its header, hops, and what the caller wants to know."""

    def __init__(self, u, v, header, hops, detail, changes=()):
        super().__init__(u, v)
        self.u, self.v, self.header, self.hops, self.detail, self.changes = u, v, header, hops, detail, changes


class TooLarge(Exception):
    """More cells than a test should take."""


class Prover:
    def __init__(self, document, limit=4000, together=False, lying=False):
        self.together = together  # one flood for all openers
        self.lying = lying  # what is forbidden is kept quiet about
        self.data = json.dumps(document, ensure_ascii=False).encode()
        d = sc.read_document(self.data)
        sc.check_topology_to_verify(d, ALPHA)
        self.symbolic = [n.id for n in d.nodes.values()
                         if not sc.nets_of(n, sc.label_of(n, d.zones), d.zones)]
        self.m = m = sc.meaning_of(d, self.symbolic)
        self.facts = sc.facts_of(d, ALPHA)
        self.d, self.limit, self.views = d, limit, {}
        self.court = sc.Court(m, self.facts, DATE, self.views)
        rules = [r for fs in m.filters.values() for f in fs for r in f.rules]
        stations = [s for n in d.nodes.values() for s in n.relays or ()]
        per_node = [*m.sends.values(), *m.receives.values(), *m.singles.values(), *m.nets.values(), *m.claims.values()]
        per_node += [sc.on_line(m.line, [prefix.net]) for routes in m.routes.values() for prefix in routes]
        lines = [[r.sets[0] for r in rules] + per_node, [r.sets[1] for r in rules] + per_node,
                 [r.sets[2] for r in rules] + [e.service for e in d.waivers]
                 + [s for x in stations for s in (x.origin_service, x.onward_service)], [r.sets[3] for r in rules]]
        fixed = [{sc.V4_END, m.line.v6} | {p + 1 for p in m.line.symbolic.values()}, {sc.V4_END, m.line.v6}
                 | {p + 1 for p in m.line.symbolic.values()}, {253}, {1}]
        self.bounds = [sorted({b for s in sets for f, l in sc.pairs_of(s) for b in (f, l + 1)} | more)
                       for sets, more in zip(lines, fixed)]
        tags = sorted({b for link in d.links for s in link.tags for f, l in sc.pairs_of(s) for b in (f, l + 1)}
                      | {b for link in d.links for v in link.native or () for b in (v, v + 1)})
        self.spans = list(zip(tags, (t - 1 for t in tags[1:])))

    def atoms(self, tags):
        return [(f, t) for f, t in self.spans if sc.holds(tags, f, t)]

    def search(self, view, pull, openers, box, nulls):
        """Breadth first: states with parents, and deliveries {node: (state, hop)}."""
        m, links, memo = self.m, self.d.links, {}
        parents, queue, delivered = {}, [], {}

        def arrive(state, i, side, tag, hop_tag):
            far = links[i].ends[1 - side]
            name = links[i].names[1 - side]
            if far in view.forwarding:
                plain = far not in m.filters and far not in m.routes
                by = None if nulls and plain and links[i].ends[side] not in view.forwarding else i
                new = (far, by, tag if far in view.switches else None)
                if new not in parents:
                    parents[new] = (state, (i, side, hop_tag))
                    queue.append(new)
            elif sc.may_pass(m, far, name, None, box, memo):
                delivered.setdefault(far[0], (state, (i, side, hop_tag)))

        def entering(i, side):
            """(tag of the hop, tag at the far end) of what is emitted, or comes from what is no switch."""
            ends = links[i].ends
            if ends[1 - side] in view.switches:
                return [(t, t) for t in self.atoms(links[i].tags[1 - side])]
            return [(t, None) for t in self.atoms(links[i].tags[side])[:1]] if ends[side] in view.switches else [(None, None)]

        for u in sorted(openers):
            if not sc.meets(m.sends[u], *box.source):
                continue
            unit = sc.session_unit(self.d.nodes[u])
            for i, side in view.around[unit]:
                if sc.leads_away(links[i], side, pull) and sc.may_pass(m, unit, None, links[i].names[side], box, memo):
                    for hop_tag, tag in entering(i, side):
                        arrive((unit, "emit", None), i, side, tag, hop_tag)
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
                    to_switch = links[i].ends[1 - side] in view.switches
                    for t in self.atoms(sc.across(links[i], side, sc.intervals([tag]), to_switch)):
                        arrive(state, i, side, t if to_switch else None, tag)
                else:
                    for hop_tag, t in entering(i, side):
                        arrive(state, i, side, t, hop_tag)
        return parents, delivered

    def tree(self, view, pull, openers, targets, forbidden, offends):
        """A tree (where some node translates, a flow proof), or raises Session. forbidden(u, sources, v, destinations, box)
        returns a detail or None; offends(u, v, relation) gives what of it is forbidden, each with a detail."""
        if self.lying:
            forbidden, offends = lambda *_: None, lambda *_: ()
        if self.m.nat:
            return Flows(self, view, pull).proof(openers, targets, offends)
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
        return {"relies_on": self.everything(), "links": self.every_link(), "sets": sets, "cells": cells}

    def everything(self):
        """All deny rules, deny defaults and routes of the document."""
        found = []
        for (node, _), filters in self.m.filters.items():
            for i, f in enumerate(filters):
                found += [[node, i, j] for j, r in enumerate(f.rules) if not r.permit]
                found += [] if f.permit else [[node, i, None]]
        return found + [[node, None, None] for node, _ in self.m.routes]

    def every_link(self):
        """All links, as one run."""
        return [[0, len(self.m.document.links) - 1]] if self.m.document.links else []

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
        if s.hops is None:
            return {"transfer": s.header}
        session = {"pull": pull, "packet": self.packet(s.header), "hops": s.hops}
        if s.changes:
            session["translations"] = [[at, self.packet(h)] for at, h in s.changes]
        return session

    def packet(self, h):
        protocol, ports = None, (None, None)
        if h.service < 253:
            protocol = sc.WITHOUT_PORTS[h.service]
        else:
            protocol, base = max((x for x in sc.WITH_PORTS.items() if x[1] <= h.service), key=lambda x: x[1])
            ports = (h.source_port - 1, h.service - base)
        return {"source": self.position(h.source), "destination": self.position(h.destination),
                "protocol": protocol, "source_port": ports[0], "destination_port": ports[1]}

    def explore(self, q, starts, ends):
        """(direction, None) or (None, witness) for data from starts to ends."""
        m, levels, origins = self.m, {}, {}
        if self.lying:  # the stations are those where data may rest
            self.lying = False
            levels = {(n, e, mirror): level for n, e, mirror, level in self.explore(q, starts, set())[0]["stations"]}
            self.lying = True

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

        def flowing(u, v, relation, pull):
            x, y, x_sees, y_sees = (v, u, sc.CAME, sc.SENT) if pull else (u, v, sc.SENT, sc.CAME)
            states = [(None, 0)] if x in starts else []
            states += [(s, levels[sc.station_key(s)]) for s in q.stations_at.get(x, ()) if sc.station_key(s) in levels]
            roles = [None] if y in ends else []
            roles += [r for r in q.stations_at.get(y, ()) if levels.get(sc.station_key(r)) != 1]
            for (s, level), r in itertools.product(states, roles):
                left = relation
                if s:
                    left = sc.seen_by(m, left, x_sees, s.onward, y, s.onward_service)
                if r and left:
                    left = sc.seen_by(m, left, y_sees, r.origin, x, r.origin_service)
                if not left:
                    continue
                for bad in sc.uncovered(m, q.waivers if level == 0 else (), u, v, left):
                    yield bad, (x, s, level, y, r, 1)
                if level == 0 and r and sc.station_key(r) not in levels:
                    for e in q.waivers:
                        part = sc.covered_part(m, e, u, v, left)
                        if part and sc.is_possible(m, part):
                            yield part, (x, s, level, y, r, 0)

        while True:
            holders = frozenset(starts) | {k[0] for k in levels}
            others = frozenset(ends) | {s.node for k, s in q.stations.items() if levels.get(k) != 1}
            try:
                for t, x, y in itertools.product(self.d.transfers, sorted(holders), sorted(others)):
                    if sc.carries(m, q, t, x, y) and not self.lying:
                        detail = transition(x, y, x, sc.EMPTY, y, sc.EMPTY, sc.CARRIED, sc.EMPTY, sc.EMPTY)
                        if detail:
                            raise Session(x, y, t.id, None, detail)
                push = self.tree(q.view, False, holders, others,
                                 lambda u, a, v, b, box: transition(u, v, u, a, v, b, box, a, b),
                                 lambda u, v, r: flowing(u, v, r, False))
                pull = self.tree(q.view, True, others, holders,
                                 lambda u, a, v, b, box: transition(v, u, u, a, v, b, box, b, a),
                                 lambda u, v, r: flowing(u, v, r, True))
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

    def question(self, requirement):
        """Its two sides, and which paths count."""
        r = requirement_of(requirement)
        q = sc.question_for(self.m, self.court.view(sc.removed_by(self.facts, r)), r)
        return (*sc.sides_of(self.facts, r), q)

    def path_requirement(self, requirement, violating):
        a, b, q = self.question(requirement)
        value = {"id": requirement, "verdict": "violated" if violating else "proved", "violating": violating or [],
                 "complete": True, "witnesses": [], "parts": []}
        if not a or not b:
            assert violating is None, "expected vacuous"
            return dict(value, verdict="vacuous")
        assert violating is not None, "expected not vacuous"
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
        q = sc.question_of(m, self.view(), sc.METHODS, None)
        internet = [n for n in d.nodes if m.labels[n] == "internet"]
        outside = set()
        for e in d.waivers:
            if "MN-ISOLATION" not in e.waives or e.attested:
                continue
            endpoints = [n.id for n in d.nodes.values() if n.endpoint]
            openers = frozenset(n for n in endpoints if sc.some_matched(m, e.source, n, m.singles[n]))
            targets = frozenset(n for n in endpoints if sc.some_matched(m, e.destination, n, m.singles[n]))
            peers = sorted(n for n in openers | targets if m.labels[n] != "my-number")

            def by_transfer(missing):
                for t, u, v in itertools.product(d.transfers, endpoints, endpoints):
                    if not self.lying and (u in missing or v in missing) and sc.carries(m, q._replace(methods=frozenset()), t, u, v) \
                            and sc.covers(m, e, u, v, sc.Seen(None, None)):
                        raise Session(u, v, t.id, None, None)

            def covered(missing):
                return lambda u, a, v, b, box: ((u in missing or v in missing) and sc.meets(e.service, *box.service)
                                                and sc.some_matched(m, e.source, u, a) and sc.some_matched(m, e.destination, v, b))

            def in_flow(missing):
                def parts(u, v, relation):
                    part = sc.covered_part(m, e, u, v, relation) if u in missing or v in missing else None
                    return [(part, True)] if part and sc.is_possible(m, part) else []
                return parts

            missing = set()
            for n in peers:
                exposed = m.labels[n] == "internet"
                path = None
                for i in internet if not self.lying else ():
                    path = path or (None if exposed else self.witness(q, n, i))
                if self.lying and (exposed or [e.id, n] in self.quiet):
                    missing.add(n)
                    continue
                if [e.id, n] in violating:
                    assert exposed or path, "no path of %s" % n
                    try:
                        by_transfer({n})
                        self.tree(self.view(), False, openers, targets, covered({n}), in_flow({n}))
                        raise AssertionError("no session of %s" % n)
                    except Session as s:
                        value["witnesses"].append(([e.id, n], {"end": [s.u, s.v], "session": self.session(s, False), "path": path}))
                elif exposed or path:
                    missing.add(n)
            nodes = [n for n in peers if n not in missing]
            outside |= {n for n in nodes if [e.id, n] not in violating}
            try:
                by_transfer(missing)
                tree = self.tree(self.view(), False, openers, targets, covered(missing), in_flow(missing)) \
                    if missing else None
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

    def decide(self):
        """The violating tuples of the path requirements; there are no exceptions."""
        assert not self.d.waivers
        expect = {"EXCEPTION-PEER": None}
        for requirement in PATH_REQUIREMENTS:
            a, b, q = self.question(requirement)
            expect[requirement] = sorted([x, y] for x in a for y in b if self.witness(q, x, y)) if a and b else None
        return expect

    def certificate(self, expect):
        found = []
        for requirement in REQUIREMENTS:
            if requirement in PATH_REQUIREMENTS:
                found.append(self.path_requirement(requirement, expect[requirement]))
            elif requirement == "EXCEPTION-PEER":
                found.append(self.exception_peer(expect[requirement]))
            else:
                key, value, spoken, violating = sc.declared_facts(self.facts, requirement_of(requirement), DATE)
                found.append({"id": requirement, "verdict": sc.verdict_of(violating, spoken), "violating": violating, key: value})
        return {"sanso_certificate": 2 if self.m.nat else 1, "tool": "slow prover", "topology": {"sha256": hashlib.sha256(self.data).hexdigest()},
                "policy": {"id": ALPHA.id, "sha256": ALPHA.sha256}, "date": DATE, "symbolic": self.symbolic,
                "requirements": found}


class Flows:
    """Flow proofs of a prover: one flood for each opener, followed to the end."""

    def __init__(self, prover, view, pull):
        self.p, self.m, self.view, self.pull = prover, prover.m, view, pull
        self.links = prover.d.links
        self.cuts = self.positions()

    def positions(self):
        """Where any set of addresses of the document begins or ends, and what becomes of these one to one."""
        m = self.m
        found = set(self.p.bounds[0]) | set(self.p.bounds[1]) | {b for f, l in sc.pairs_of(m.declared) for b in (f, l + 1)}
        entries = [e for es in m.nat.values() for e in es]
        sets = [s for e in entries for s in (*e.loose[:2], *e.strict[:2], *([] if e.target is None else [e.target]))]
        found |= {b for s in sets for f, l in sc.pairs_of(s) for b in (f, l + 1)}
        while True:
            more = set()
            for e in entries:
                if e.shift is not None:
                    low, high = e.target.firsts[0], e.target.lasts[0]
                    more |= {b - e.shift for b in found if low <= b <= high + 1}
                    more |= {b + e.shift for b in found if low <= b + e.shift <= high + 1}
            if more <= found:
                return sorted(b for b in found if b < m.line.end)
            found |= more

    def relation(self, piece):
        lines = [sc.values(s.sent, s.gone, s.before and s.after) for s in piece]
        return tuple(lines) if None not in lines and sc.is_possible(self.m, tuple(lines)) else None

    def made(self, unit, relation, into, out):
        piece = tuple(sc.Step(v.sent, v.came, v.came, v.linked, True) for v in relation)
        return sc.made_of(self.m, unit, piece, into, out, self.cuts)

    def flood(self, u, nulls):
        """Places {(unit, by, tags): relations}, what led to each, and deliveries (node, place, relation, piece)."""
        m, links, view = self.m, self.links, self.view
        places, parents, queue, delivered = {}, {}, [], []

        def entering(i, side):
            ends = links[i].ends
            if ends[1 - side] in view.switches:
                return [(t, t) for t in self.p.atoms(links[i].tags[1 - side])]
            return [(t, None) for t in self.p.atoms(links[i].tags[side])[:1]] if ends[side] in view.switches else [(None, None)]

        def arrive(parent, before, piece, i, side, tag, hop_tag):
            new = self.relation(piece)
            far = links[i].ends[1 - side]
            by = i
            if far in view.forwarding and nulls and sc.is_plain(m, far) and links[i].ends[side] not in view.forwarding:
                by = None
            key = (far, by, tag)
            if new is None or sc.is_covered(m, new, places.get(key, ())):
                return
            places.setdefault(key, []).append(new)
            if sum(map(len, places.values())) > self.p.limit:
                raise TooLarge
            parents[(key, new)] = (parent, before, piece, (i, side, hop_tag))
            queue.append((key, new))

        unit = sc.session_unit(self.p.d.nodes[u])
        first = sc.emitted(m, m.sends[u])
        for i, side in view.around[unit]:
            if sc.leads_away(links[i], side, self.pull):
                for piece in self.made(unit, first, None, links[i].names[side]):
                    for hop_tag, tag in entering(i, side):
                        arrive(None, first, piece, i, side, tag, hop_tag)
        while queue:
            key, relation = queue.pop(0)
            unit, by, tag = key
            into = None if by is None else links[by].names[links[by].ends.index(unit)]
            node = self.p.d.nodes[unit[0]]
            if unit not in view.forwarding or (node.endpoint and unit == sc.session_unit(node)):
                delivered += [(unit[0], key, relation, piece) for piece in self.made(unit, relation, into, None)]
            for i, side in view.around[unit] if unit in view.forwarding else ():
                if (unit in view.switches and by == i) or not sc.leads_away(links[i], side, self.pull):
                    continue
                pieces = self.made(unit, relation, into, links[i].names[side])
                led = sc.led(m, unit, links[i], side)
                if led is not None:
                    pieces = [p for p in (sc.cut_piece(p, sc.DESTINATION, sc.GONE, led) for p in pieces) if p]
                hops = entering(i, side)
                if unit in view.switches:
                    to_switch = links[i].ends[1 - side] in view.switches
                    there = sc.across(links[i], side, sc.intervals([tag]), to_switch)
                    hops = [(tag, t if to_switch else None) for t in self.p.atoms(there)]
                    hops = hops if to_switch else hops[:1]
                for piece in pieces:
                    for hop_tag, t in hops:
                        arrive(key, relation, piece, i, side, t, hop_tag)
        return places, parents, delivered

    def proof(self, openers, targets, offends):
        sets, relations, floods = {}, {}, []

        def number(table, key):
            return table.setdefault(key, len(table))

        for c in self.cuts:  # so that a checker parts what is one to one as this prover did
            number(sets, ("address", sc.point(c)))
        for u in sorted(openers):
            for nulls in (True, False):
                places, parents, delivered = self.flood(u, nulls)
                bad = self.offence(u, targets, delivered, offends)
                if not bad:
                    break
            else:
                raise self.session(u, parents, *bad)
            listed = []
            for (unit, by, tag), found in places.items():
                if unit in self.view.forwarding:
                    listed.append([*unit, by, None if tag is None else [list(tag)],
                                   [number(relations, r) for r in found]])
            if self.p.together and floods:
                floods[0]["openers"].append(u)
                floods[0]["places"] += listed
            else:
                floods.append({"openers": [u], "places": listed})
        names = ("address", "address", "service", "source_port")
        written = [[[number(sets, (n, v.sent)) for n, v in zip(names, r)], [number(sets, (n, v.came)) for n, v in zip(names, r)],
                    [v.linked for v in r]] for r in relations]
        return {"relies_on": self.p.everything(), "links": self.p.every_link(), "relations": written, "floods": floods,
                "sets": [[n, [[self.p.position(x) if n == "address" else x for x in run] for run in sc.pairs_of(s)]]
                         for n, s in sets]}

    def offence(self, u, targets, delivered, offends):
        m = self.m
        for v, key, before, piece in delivered:
            relation = self.relation(piece)
            if u == v or v not in targets or relation is None:
                continue
            relation = sc.restricted(relation, sc.DESTINATION, sc.CAME, m.receives[v])
            for bad, detail in offends(u, v, relation) if relation and sc.is_possible(m, relation) else ():
                return v, key, before, piece, bad, detail
        return None

    def session(self, u, parents, v, key, before, piece, bad, detail):
        """A packet that does it: chosen at the end, and followed back to where it was sent."""
        m, shifts = self.m, sorted({e.shift for es in self.m.nat.values() for e in es if e.shift is not None})

        def some(s):
            kinds = [(0, sc.V4_END - 1), (sc.V4_END, m.line.v6 - 1), (m.line.v6, m.line.end - 1)] if s.lasts[-1] > 2 ** 20 \
                else [(0, 252), (253, 2 ** 20)]
            return list(dict.fromkeys([s.firsts[0]] + [f for low, high in kinds if low <= high for f in sc.clip(s, low, high).firsts[:3]]))

        def valid(h):
            return (sc.go_together(*(sc.families(m.line, sc.point(a)) for a in h[:2]))
                    and (h.service < 253) == (h.source_port == 0))

        def back(sent, gone, key, before, piece):
            """The hops to the place and the packets on the way, if the place can have had this packet."""
            choices = []
            for k, step in enumerate(piece):
                if step.before:
                    choices.append([sent[k]])
                elif step.after:
                    choices.append([gone[k]])
                else:
                    choices.append([c for c in [gone[k] - x for x in shifts if k < 2] + some(step.came) if sc.holds(step.came, c, c)])
            for came in map(sc.Header._make, itertools.product(*choices)):
                unit, by, _ = key if key else (sc.session_unit(self.p.d.nodes[u]), None, None)
                if not valid(came) or not all(sc.holds(v.sent, s, s) and sc.holds(v.came, c, c) and (not v.linked or s == c)
                                              for v, s, c in zip(before, sent, came)):
                    continue
                if key is None:
                    if came == sent:
                        return [], [came]
                    continue
                parent, earlier, made, hop = parents[(key, before)]
                i, side, _ = hop
                if not all(sc.holds(step.gone, c, c) for step, c in zip(made, came)):
                    continue
                near = links_unit = self.links[i].ends[side]
                found = back(sent, came, parent, earlier, made)
                if found is None:
                    continue
                hops, packets = found
                if near in m.nat:
                    pby = parent[1] if parent else None
                    into = None if pby is None else self.links[pby].names[self.links[pby].ends.index(links_unit)]
                    if not sc.may_make(m, near, into, self.links[i].names[side], packets[-1], came):
                        continue
                return hops + [hop], packets + [came]
            return None

        for sent in map(sc.Header._make, itertools.product(*(some(x.sent) for x in bad))):
            for came in itertools.product(*([s] if x.linked else [c for c in some(x.came) + [s + t for t in shifts] if sc.holds(x.came, c, c)]
                                            for x, s in zip(bad, sent))):
                came = sc.Header._make(came)
                if not valid(sent) or not valid(came):
                    continue
                found = back(sent, came, key, before, piece)
                if found is None:
                    continue
                hops, packets = found
                unit, by, _ = key
                into = None if by is None else self.links[by].names[self.links[by].ends.index(unit)]
                if unit in m.nat and not sc.may_make(m, unit, into, None, packets[-1], came):
                    continue
                packets.append(came)
                changes = [(i, packets[i + 1]) for i in range(len(packets) - 1) if packets[i + 1] != packets[i]]
                return Session(u, v, sent, [[i, side == 1, None if t is None else t[0]] for i, side, t in hops], detail, changes)
        raise AssertionError("no packet found: %s %s %s" % (u, v, sc.show_relation(m, bad)))


def encode(certificate):
    return json.dumps(certificate, ensure_ascii=False).encode()


# ---------------------------------------------------------------------------------------------------------------------
# A tiny document
# ---------------------------------------------------------------------------------------------------------------------

TINY = {
    "sanso": 1, "name": "tiny",
    "zones": {"my-number": {"networks": ["10.1.0.0/16"]}, "lgwan": {"networks": ["10.2.0.0/16"]}},
    "nodes": [
        {"id": "m", "kind": "terminal", "addresses": ["10.1.0.5"], "controls": ["mfa", "export-disabled"]},
        {"id": "l", "kind": "server", "addresses": ["10.2.0.5"]},
        {"id": "i", "kind": "external", "zone": "internet", "addresses": ["203.0.113.9"]},
        {"id": "g", "kind": "gateway", "relays": [
            {"from": "zone:internet", "from_service": "tcp/443", "to": "zone:lgwan", "to_service": "tcp/8443", "sanitise": "file"}]},
        {"id": "sw", "kind": "switch"},
        {"id": "fw", "kind": "firewall", "filter": {"rules": [
            {"action": "deny", "from": "node:m", "to": "any"},
            {"action": "permit", "from": "node:l", "to": "node:m", "service": "tcp/443"},
            {"action": "permit", "from": "node:i", "to": "node:g", "service": "tcp/443"},
            {"action": "permit", "from": "node:g", "to": "node:l", "service": "tcp/8443"}]}}],
    "links": [{"between": ["m", "sw"], "vlans": [10]}, {"between": ["l", "sw"], "vlans": [20]},
              {"between": ["sw", "fw:mn"], "vlans": [10]}, {"between": ["sw", "fw:lg"], "vlans": [20]},
              ["i", "fw"], ["g", "fw"]],
    "exceptions": [{"id": "x", "from": "node:l", "to": "node:m", "service": "tcp/443", "reason": "r", "approved_by": "c"}]}
PROVED = {"MN-ISOLATION": [], "LGWAN-INTERNET": [], "INTERNET-CLOUD": [["l", "i"]], "EXCEPTION-PEER": []}


def changed(change):
    document = copy.deepcopy(TINY)
    change(document)
    return document


def open_internet(document):
    document["nodes"][5]["filter"]["rules"].append({"action": "permit", "from": "node:i", "to": "node:l", "service": "udp/53"})


VIOLATED = {"MN-ISOLATION": [], "LGWAN-INTERNET": [["l", "i"]], "INTERNET-CLOUD": [["l", "i"]],
            "EXCEPTION-PEER": [["x", "l"]]}


def requirement(certificate, name):
    return certificate["requirements"][REQUIREMENTS.index(name)]


class Accepted(unittest.TestCase):
    def accepted(self, document, expect):
        p = Prover(document)
        certificate = p.certificate(expect)
        result = sc.check(p.data, encode(certificate))
        self.assertEqual(result.status, 0, result.failure and (result.requirement, result.failure.text("en")))
        return p, certificate

    def test_proved_violated_and_vacuous(self):
        self.accepted(TINY, PROVED)
        self.accepted(changed(open_internet), VIOLATED)
        alone = changed(lambda d: d["nodes"].pop(2) and d["links"].pop(4) and d.pop("exceptions")
                        and d["nodes"][4]["filter"]["rules"].__delitem__(slice(0, 3)))
        self.accepted(alone, {"MN-ISOLATION": [], "LGWAN-INTERNET": None, "INTERNET-CLOUD": None, "EXCEPTION-PEER": None})

    def test_incomplete(self):
        p = Prover(changed(open_internet))
        certificate = p.certificate(VIOLATED)
        for name in ("LGWAN-INTERNET", "INTERNET-CLOUD"):
            requirement(certificate, name).update(complete=False, parts=[])
        requirement(certificate, "EXCEPTION-PEER").update(complete=False, ends=[], part=None)
        result = sc.check(p.data, encode(certificate))
        self.assertEqual(result.status, 0, result)
        self.assertIn("violated by at least", sc.report(result, "en"))

    def test_conformance(self):
        """Both ways: certificates of what is expected are accepted, and the prover, which is exact with the checker's own
        primitives, finds a witness for every expected tuple and none for any other."""
        step = int(os.environ.get("SANSO_CONFORMANCE", "10"))
        cases = conformance()
        aimed = [c for c in cases[590:] if c["id"].endswith(("hand", "own"))]
        self.assertEqual(len(aimed), 143)
        for case in aimed + [c for c in cases[::step] if c not in aimed]:
            with self.subTest(case["id"]):
                try:
                    self.accepted(case["document"], case["expect"])
                except sc.Unusable as failure:
                    self.assertEqual(failure.message, "all-vacuous")
                    self.assertFalse(any(case["expect"][r] is not None for r in PATH_REQUIREMENTS))

    def test_lies(self):
        """What is violated is said to be proved: by floods and sets that hold all that is sent, and sessions that are
        forbidden. Where nothing is forbidden the same is accepted of flow proofs; trees may have to be finer."""
        step = int(os.environ.get("SANSO_CONFORMANCE", "10"))
        cases = conformance()
        lies, truths = {}, 0
        for case in [c for c in cases[590:] if c["id"].endswith(("hand", "own"))] + cases[5::3 * step]:
            expect = case["expect"]
            if not any(expect[r] is not None for r in PATH_REQUIREMENTS):
                continue
            for name in (*PATH_REQUIREMENTS, "EXCEPTION-PEER"):
                if expect[name] is None or (name == "EXCEPTION-PEER" and not expect[name]):
                    continue
                liar = Prover(case["document"], 20000, lying=True)
                liar.quiet = expect["EXCEPTION-PEER"] or []
                told = liar.exception_peer([]) if name == "EXCEPTION-PEER" else liar.path_requirement(name, [])
                try:
                    judge = sc.check_exception_peer if name == "EXCEPTION-PEER" else sc.check_path_requirement
                    judge(liar.court, requirement_of(name), told)
                    failure = None
                except sc.Failure as found:
                    failure = found
                with self.subTest(case["id"], requirement=name):
                    if expect[name]:
                        self.assertIsNotNone(failure)
                        self.assertEqual(failure.message, "forbidden", failure.text("en"))
                        lies[name] = lies.get(name, 0) + 1
                    elif liar.m.nat:
                        self.assertIsNone(failure, failure and failure.text("en"))
                        truths += 1
        self.assertGreater(truths, 50)
        self.assertGreater(min(lies.values()), 5, lies)
        self.assertEqual(len(lies), 4)

    def test_false_alarms(self):
        """Witnesses of pairs of which every session is covered, and of peers with a session that no exception covers."""
        step = int(os.environ.get("SANSO_CONFORMANCE", "10"))
        cases = [c for c in conformance() if c["document"].get("exceptions")]
        excused, not_covered = 0, 0
        for case in [c for c in cases if c["id"].endswith(("hand", "own"))] + cases[::step]:
            expect = case["expect"]
            if not any(expect[r] is not None for r in PATH_REQUIREMENTS):
                continue
            prover = Prover(case["document"], 20000)
            m, d = prover.m, prover.d
            for name in PATH_REQUIREMENTS:
                a, b, q = prover.question(name)
                for x, y in itertools.product(a, b) if q.waivers else ():
                    witness = None if [x, y] in (expect[name] or []) else prover.witness(q._replace(waivers=()), x, y)
                    if witness:
                        with self.subTest(case["id"], requirement=name, pair=(x, y)), self.assertRaises(sc.Failure) as found:
                            sc.check_path(m, q, witness, "witness")
                        self.assertEqual(found.exception.message, "all-covered", (case["id"], found.exception.text("en")))
                        excused += 1
            whole = sc.question_of(m, prover.view(), sc.METHODS, None)
            endpoints = frozenset(n.id for n in d.nodes.values() if n.endpoint)
            internet = [n for n in d.nodes if m.labels[n] == "internet"]
            for e in d.waivers:
                openers = frozenset(n for n in endpoints if sc.some_matched(m, e.source, n, m.singles[n]))
                targets = frozenset(n for n in endpoints if sc.some_matched(m, e.destination, n, m.singles[n]))
                for n in sorted(openers | targets):
                    if m.labels[n] == "my-number" or e.attested or "MN-ISOLATION" not in e.waives or [e.id, n] in expect["EXCEPTION-PEER"]:
                        continue
                    path = None if m.labels[n] == "internet" else next(filter(None, (prover.witness(whole, n, i) for i in internet)), None)
                    if m.labels[n] != "internet" and path is None:
                        continue
                    try:
                        prover.tree(prover.view(), False, openers, targets, lambda u, a, v, b, box: n in (u, v),
                                    lambda u, v, r: [(r, True)] if n in (u, v) else [])
                    except Session as s:
                        value = {"end": [s.u, s.v], "session": prover.session(s, False), "path": path}
                        with self.subTest(case["id"], exception=e.id, peer=n), self.assertRaises(sc.Failure) as found:
                            sc.check_peer_witness(m, whole, e, n, value, "witness")
                        self.assertEqual(found.exception.message, "not-covered", (case["id"], found.exception.text("en")))
                        not_covered += 1
        self.assertGreater(excused, 10)
        self.assertGreater(not_covered, 5)

    def test_pairs(self):
        """Documents with certificates that are to be accepted and rejected, made by attack (tests/pairs)."""
        folder, seen = os.path.join(HERE, "tests", "pairs"), 0
        for name in sorted(os.listdir(folder)):
            stem, *expected = name[:-len(".json")].split(".")
            if expected:
                with open(os.path.join(folder, stem + ".json"), "rb") as document, \
                        open(os.path.join(folder, name), "rb") as certificate:
                    result = sc.check(document.read(), certificate.read())
                self.assertEqual(["accepted", "rejected"][result.status], expected[0], name)
                self.assertTrue(result.status == 0 or result.requirement or result.failure.place == "bound", name)
                seen += 1
        self.assertGreaterEqual(seen, 2)

    def test_attribute_requirements(self):
        for case in conformance():
            facts = sc.facts_of(sc.read_document(json.dumps(case["document"]).encode()), ALPHA)
            for name in ("MN-TERMINAL", "INTERNET-MONITOR", "EXCEPTION-LIMITED", "LABELLED"):
                _, _, spoken, violating = sc.declared_facts(facts, requirement_of(name), DATE)
                verdict = sc.verdict_of(violating, spoken)
                self.assertEqual(None if verdict == "vacuous" else violating, case["expect"][name], (case["id"], name))


# ---------------------------------------------------------------------------------------------------------------------
# Tampering
# ---------------------------------------------------------------------------------------------------------------------

def edit(path, value):
    """An edit at a path such as "MN-ISOLATION/parts/0/a"; a value that is callable changes what is there."""
    def apply(certificate):
        keys = [int(k) if k.lstrip("-").isdigit() else k for k in path.split("/")]
        at = certificate
        if keys[0] in REQUIREMENTS:
            at = requirement(certificate, keys.pop(0))
        for key in keys[:-1]:
            at = at[key]
        if callable(value):
            value(at[keys[-1]])
        else:
            at[keys[-1]] = value
    return apply


def drop(path):
    return edit(path.rpartition("/")[0], lambda at: at.pop(int(path.rpartition("/")[2]) if isinstance(at, list) else path.rpartition("/")[2]))


def closed_cell(tree, wanted=lambda s: s):
    """The first set with states that a cell uses."""
    return next(c["closed"] for c in tree["cells"] if "closed" in c and wanted(tree["sets"][c["closed"]]))


def empty_sets(tree):
    tree["sets"] = [[] for _ in tree["sets"]]


def first(kind, change):
    """Changes the first cell of a kind."""
    def apply(cells):
        change(next(c for c in cells if kind in c))
    return apply


PUSH = "MN-ISOLATION/parts/0/forward/push"
PULL = "MN-ISOLATION/parts/0/forward/pull"
WITNESS = "LGWAN-INTERNET/witnesses/0"
SESSION = WITNESS + "/sessions/0"
PEER = "EXCEPTION-PEER/witnesses/0"

# (what is done, the requirement named, the message, a part of the place)
TAMPERED = [
    (edit("sanso_certificate", 2), None, "value", "sanso_certificate"),
    (edit("sanso_certificate", True), None, "type", "sanso_certificate"),
    (edit("extra", 1), None, "unknown-key", "certificate"),
    (lambda c: c.pop("tool"), None, "missing-key", "certificate"),
    (edit("topology/sha256", "0" * 64), None, "digest", "topology"),
    (edit("topology/sha256", "0"), None, "value", "topology"),
    (edit("topology/json_sha256", "0" * 64), None, "digest", "topology"),
    (edit("policy/id", "three-tier/gamma"), None, "no-policy", "policy"),
    (edit("policy/id", "three-tier/beta"), None, "policy", "policy"),
    (edit("policy/sha256", "0" * 64), None, "policy", "policy"),
    (edit("date", "2026-02-30"), None, "value", "date"),
    (edit("date", "20261122"), None, "value", "date"),
    (edit("symbolic", []), None, "differs", "symbolic"),
    (edit("symbolic", lambda s: s.append("g")), None, "differs", "symbolic"),
    (drop("requirements/7"), None, "differs", "requirements"),
    (edit("requirements", lambda r: r.reverse()), None, "differs", "requirements[0].id"),
    (edit("requirements", lambda r: r.append(r[0])), None, "differs", "requirements[8].id"),
    (edit("MN-TERMINAL/groups/0/declares", ["mfa"]), "MN-TERMINAL", "differs", "groups"),
    (edit("MN-TERMINAL/groups", []), "MN-TERMINAL", "differs", "groups"),
    (edit("MN-TERMINAL/verdict", "vacuous"), "MN-TERMINAL", "differs", "verdict"),
    (edit("MN-TERMINAL/verdict", "undecided"), "MN-TERMINAL", "value", "verdict"),
    (edit("MN-TERMINAL/verdict", "violated"), "MN-TERMINAL", "verdict", "verdict"),
    (edit("EXCEPTION-LIMITED/exceptions", []), "EXCEPTION-LIMITED", "differs", "exceptions"),
    (edit("LABELLED/groups", lambda g: g.reverse()), "LABELLED", "differs", "groups"),
    (edit("MN-ISOLATION/verdict", "vacuous"), "MN-ISOLATION", "verdict", "verdict"),
    (edit("MN-ISOLATION/complete", False), "MN-ISOLATION", "verdict", "witnesses"),
    (edit("MN-ISOLATION/parts", []), "MN-ISOLATION", "uncovered-pair", "parts"),
    (edit("MN-ISOLATION/parts/0/b", ["l"]), "MN-ISOLATION", None, ""),
    (edit("MN-ISOLATION/parts/0/a", ["l"]), "MN-ISOLATION", "not-side", "parts[0].a"),
    (edit("MN-ISOLATION/parts/0/a", []), "MN-ISOLATION", "order", "parts[0].a"),
    (edit("MN-ISOLATION/parts/0/forward/stations", [["g", 0, True, 1]]), "MN-ISOLATION", "station", "forward.stations[0]"),
    (edit("MN-ISOLATION/parts/0/forward/stations", [["m", None, False, 1]]), "MN-ISOLATION", "station", "forward.stations[0]"),
    (edit("MN-ISOLATION/parts/0/forward/stations", [["g", 0, False, 1]] * 2), "MN-ISOLATION", "duplicate", "stations[1]"),
    (edit(PUSH + "/relies_on", []), "MN-ISOLATION", None, "forward.push.cells"),
    (edit(PUSH + "/relies_on/0", ["fw", 0, 1]), "MN-ISOLATION", "relied", "forward.push.relies_on[0]"),
    (edit(PUSH + "/relies_on/0", ["sw", None, None]), "MN-ISOLATION", "relied", "forward.push.relies_on[0]"),
    (edit(PUSH + "/relies_on", lambda r: r.append(r[0])), "MN-ISOLATION", "duplicate", "relies_on"),
    (edit(PUSH + "/links", []), "MN-ISOLATION", "step", "forward.push.cells"),
    (edit(PUSH + "/links", [[0, 99]]), "MN-ISOLATION", "value", "forward.push.links[0]"),
    (edit(PUSH + "/links", [[1, 0]]), "MN-ISOLATION", "value", "forward.push.links[0]"),
    (edit(PUSH + "/links", [[0, 1], [1, 2]]), "MN-ISOLATION", "value", "forward.push.links[1]"),
    (edit(PUSH + "/links", [[0]]), "MN-ISOLATION", "relied", "forward.push.links[0]"),
    (edit(PUSH + "/links", [0]), "MN-ISOLATION", "type", "forward.push.links[0]"),
    (edit(PUSH, empty_sets), "MN-ISOLATION", "emit", "forward.push.cells["),
    (edit(PULL, empty_sets), "MN-ISOLATION", None, "forward.pull.cells["),
    (edit(PUSH + "/cells", first("closed", lambda c: c.update(closed=99))), "MN-ISOLATION", "value", "cells["),
    (edit(PUSH + "/cells", first("closed", lambda c: (c.clear(), c.update(void=True)))), "MN-ISOLATION", "not-void", "cells["),
    (edit(PULL + "/cells", first("cut", lambda c: c["cut"].__setitem__(1, "0.0.0.0"))), "MN-ISOLATION", "cut", "cells[0]"),
    (edit(PULL + "/cells", first("cut", lambda c: c["cut"].__setitem__(0, "tag"))), "MN-ISOLATION", "value", "cells[0]"),
    (edit(PULL + "/cells", first("cut", lambda c: c["cut"].__setitem__(3, c["cut"][2]))), "MN-ISOLATION", "cell-name", "cells[0]"),
    (edit(PULL + "/cells", first("cut", lambda c: c["cut"].__setitem__(2, 0))), "MN-ISOLATION", "value", "cells[0]"),
    (edit(PULL + "/cells", lambda c: c.append({"void": True})), "MN-ISOLATION", "cell-name", "cells["),
    (edit(PULL + "/cells", []), "MN-ISOLATION", "missing-key", "cells"),
    (edit(PULL + "/cells/0", {"split": [["nobody"], 1, 2]}), "MN-ISOLATION", "split", "cells[0]"),
    (edit(PULL + "/cells/0", {"split": [[], 1, 2]}), "MN-ISOLATION", "split", "cells[0]"),
    (edit(PULL + "/cells/0", {"closed": 0, "void": True}), "MN-ISOLATION", "value", "cells[0]"),
    (edit(PUSH + "/sets/0", [["sw", 1, None, [[10, 10]]]]), "MN-ISOLATION", "state", "sets[0]"),
    (edit(PUSH + "/sets/0", [["sw", 0, None, []]]), "MN-ISOLATION", "state", "sets[0]"),
    (edit(PUSH + "/sets/0", [["sw", 0, None, None]]), "MN-ISOLATION", "type", "sets[0]"),
    (edit(PUSH + "/sets/0", [["sw", 0, None, [[20, 20], [10, 10]]]]), "MN-ISOLATION", "value", "sets[0]"),
    (edit(PUSH + "/sets/0", [["sw", 0, 4, [[10, 10]]]]), "MN-ISOLATION", "state", "sets[0]"),
    (edit(PUSH + "/sets/0", [["fw", 0, None, None]]), "MN-ISOLATION", "state", "sets[0]"),
    (edit(PUSH + "/sets/0", [["m", 0, 0, None]]), "MN-ISOLATION", "state", "sets[0]"),
    (edit(PUSH + "/sets/0", [["fw", 0, 2, None]] * 2), "MN-ISOLATION", "state", "sets[0][1]"),
    (edit("LGWAN-INTERNET/violating", [["l", "m"]]), "LGWAN-INTERNET", "not-sides", "violating[0]"),
    (edit("LGWAN-INTERNET/violating", [["i", "l"]]), "LGWAN-INTERNET", "not-sides", "violating[0]"),
    (edit("LGWAN-INTERNET/violating", [["l", "i"]] * 2), "LGWAN-INTERNET", "order", "violating[1]"),
    (edit("LGWAN-INTERNET/violating", []), "LGWAN-INTERNET", "verdict", "verdict"),
    (edit("LGWAN-INTERNET/witnesses", []), "LGWAN-INTERNET", "verdict", "witnesses"),
    (edit(WITNESS + "/path", ["i", "g", "l"]), "LGWAN-INTERNET", "path", "witnesses[0]"),
    (edit(WITNESS + "/path", ["i", "m"]), "LGWAN-INTERNET", "header", "witnesses[0]"),
    (edit(SESSION + "/pull", False), "LGWAN-INTERNET", "header", "sessions[0].packet"),
    (edit(SESSION + "/packet/source", "10.2.0.5"), "LGWAN-INTERNET", "header", "sessions[0].packet"),
    (edit(SESSION + "/packet/source", "::1"), "LGWAN-INTERNET", "header", "sessions[0].packet"),
    (edit(SESSION + "/packet/destination", "10.2.0.6"), "LGWAN-INTERNET", "header", "sessions[0].packet"),
    (edit(SESSION + "/packet/destination_port", 54), "LGWAN-INTERNET", "denied", "sessions[0].hops[1]"),
    (edit(SESSION + "/packet/source_port", None), "LGWAN-INTERNET", "type", "packet.source_port"),
    (edit(SESSION + "/packet/protocol", 1), "LGWAN-INTERNET", "header", "packet"),
    (edit(SESSION + "/packet/protocol", 256), "LGWAN-INTERNET", "value", "packet.protocol"),
    (edit(SESSION + "/hops", []), "LGWAN-INTERNET", "hop", "hops"),
    (drop(SESSION + "/hops/2"), "LGWAN-INTERNET", "hop", "hops"),
    (drop(SESSION + "/hops/0"), "LGWAN-INTERNET", "hop", "hops[0]"),
    (edit(SESSION + "/hops/1/2", 10), "LGWAN-INTERNET", "hop", "hops[1]"),
    (edit(SESSION + "/hops/1/2", None), "LGWAN-INTERNET", "type", "hops[1]"),
    (edit(SESSION + "/hops/0/2", 1), "LGWAN-INTERNET", "hop", "hops[0]"),
    (edit(SESSION + "/hops/0/1", True), "LGWAN-INTERNET", "hop", "hops[0]"),
    (edit(SESSION + "/hops/0/1", 0), "LGWAN-INTERNET", "type", "hops[0]"),
    (edit(SESSION + "/hops/1/0", 99), "LGWAN-INTERNET", "value", "hops[1]"),
    (edit("EXCEPTION-PEER/violating", [["x", "m"]]), "EXCEPTION-PEER", "peer", "witnesses[0]"),
    (edit("EXCEPTION-PEER/violating", [["y", "l"]]), "EXCEPTION-PEER", "peer", "violating[0]"),
    (edit(PEER + "/end", ["i", "m"]), "EXCEPTION-PEER", "peer", "witnesses[0].end"),
    (edit(PEER + "/path", None), "EXCEPTION-PEER", "type", "witnesses[0].path"),
    (edit(PEER + "/session/packet/destination_port", 444), "EXCEPTION-PEER", "denied", "witnesses[0].session"),
    (edit("EXCEPTION-PEER/ends", []), "EXCEPTION-PEER", "differs", "ends"),
    (edit("EXCEPTION-PEER/ends/0/nodes", ["l", "m"]), "EXCEPTION-PEER", "not-side", "ends[0].nodes"),
    (edit("EXCEPTION-PEER/ends/0/nodes", []), "EXCEPTION-PEER", "type", "ends[0].tree"),
    (edit("EXCEPTION-PEER/ends/0/tree", {"relies_on": [], "links": [], "sets": [], "cells": []}), "EXCEPTION-PEER", "differs", "tree"),
    (edit("EXCEPTION-PEER/ends/0/exception", "y"), "EXCEPTION-PEER", "differs", "ends[0].exception"),
    (edit("EXCEPTION-PEER/part", {}), "EXCEPTION-PEER", "differs", "part"),
    (edit("EXCEPTION-PEER/complete", False), "EXCEPTION-PEER", "differs", "ends"),
]


class Rejected(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prover = Prover(changed(open_internet))
        cls.certificate = cls.prover.certificate(VIOLATED)

    def test_tampered(self):
        for number, (change, name, message, place) in enumerate(TAMPERED):
            with self.subTest(number=number, message=message, place=place):
                certificate = copy.deepcopy(self.certificate)
                change(certificate)
                result = sc.check(self.prover.data, encode(certificate))
                self.assertEqual(result.status, 1)
                found = (result.requirement, result.failure.message, result.failure.place)
                self.assertEqual(result.requirement, name, found)
                self.assertIn(place, result.failure.place, found)
                if message:
                    self.assertEqual(result.failure.message, message, found)
                self.assertNotEqual(result.failure.message, "internal", found)
                for language in sc.LANGUAGES:
                    self.assertTrue(sc.report(result, language))

    def test_every_state_and_every_rule_is_needed_or_idle(self):
        """Any state, set or item of relies_on removed: rejected, or the certificate still proves the claim (idle item)."""
        rejected = 0
        for name, way, kind in itertools.product(PATH_REQUIREMENTS, ("forward", "backward"), ("push", "pull")):
            for part in range(len(requirement(self.certificate, name)["parts"])):
                tree = requirement(self.certificate, name)["parts"][part][way][kind]
                for i, states in enumerate(tree["sets"]):
                    for j in range(len(states)):
                        certificate = copy.deepcopy(self.certificate)
                        requirement(certificate, name)["parts"][part][way][kind]["sets"][i].pop(j)
                        result = sc.check(self.prover.data, encode(certificate))
                        rejected += result.status == 1
                        self.assertNotEqual((result.failure or sc.Failure("", "", "")).message, "internal")
        self.assertGreater(rejected, 20)

    def test_document_changed_under_its_certificate(self):
        """The digest is renewed, the network is worse: rejected at the right requirement."""
        prover = Prover(TINY)
        certificate = prover.certificate(PROVED)

        def rule(*words):
            return lambda d: d["nodes"][5]["filter"]["rules"].append(dict(zip(("action", "from", "to", "service"), words)))

        for change, name in (
                (rule("permit", "node:i", "node:m", "udp/53"), "MN-ISOLATION"),
                (rule("permit", "any", "zone:my-number", "esp"), "MN-ISOLATION"),
                (lambda d: d["nodes"][5]["filter"].update(default="permit"), "MN-ISOLATION"),
                (lambda d: d["links"][0].pop("vlans") and d["links"][1].pop("vlans"), "MN-ISOLATION"),
                (lambda d: d["links"].append(["m", "l"]), "MN-ISOLATION"),
                (lambda d: d["links"].append({"between": ["l", "m"], "one_way": True}), "MN-ISOLATION"),
                (lambda d: d["exceptions"][0].update(service="tcp/80"), "MN-ISOLATION"),
                (lambda d: d["exceptions"][0].update(waives=["LGWAN-INTERNET"]), "MN-ISOLATION"),
                (lambda d: d["nodes"][3]["relays"][0].pop("sanitise"), "LGWAN-INTERNET"),
                (open_internet, "MN-ISOLATION"),  # the first claim whose sets no longer hold all
                (lambda d: d["nodes"][0].update(controls=[]), "MN-TERMINAL"),
                (lambda d: d["exceptions"][0].update(expires="2026-11-21"), "EXCEPTION-LIMITED"),
                (lambda d: d["nodes"][1].update(zone="my-number"), "MN-ISOLATION")):
            data = json.dumps(changed(change)).encode()
            renewed = dict(certificate, topology={"sha256": hashlib.sha256(data).hexdigest()})
            result = sc.check(data, encode(renewed))
            self.assertEqual((result.status, result.requirement), (1, name), result.failure)
            self.assertNotEqual(result.failure.message, "internal", result.failure)
            self.assertEqual(sc.check(data, encode(certificate)).failure.message, "digest")

    def test_sanitising_passes_are_no_stations_of_raw_paths(self):
        prover = Prover(TINY)
        certificate = prover.certificate(PROVED)
        edit("LGWAN-INTERNET/parts/0/forward/stations", [["g", 0, False, 1]])(certificate)
        result = sc.check(prover.data, encode(certificate))
        self.assertEqual((result.status, result.requirement, result.failure.message), (1, "LGWAN-INTERNET", "station"))

    def alike(self, permitted):
        """Three alike LGWAN servers under one exception for their network; the firewall lets one of them through."""
        return {
            "sanso": 1, "zones": TINY["zones"],
            "nodes": [{"id": "m", "addresses": ["10.1.0.5"]},
                      {"id": "i", "kind": "external", "zone": "internet", "addresses": ["203.0.113.9"]},
                      {"id": "sw", "kind": "switch"},
                      {"id": "fw", "kind": "firewall", "filter": {"rules": [
                          {"action": "permit", "from": permitted, "to": "node:m", "service": "tcp/443"}]}},
                      *({"id": "l%d" % n, "addresses": ["10.2.0.%d" % n]} for n in (1, 2, 3))],
            "links": [["l1", "sw"], ["l2", "sw"], ["l3", "sw"], ["sw", "fw"], ["m", "fw"], ["i", "sw"]],
            "exceptions": [{"id": "x", "from": "10.2.0.0/24", "to": "node:m", "service": "tcp/443"}]}

    def test_exceptions_for_a_network_of_alike_nodes(self):
        """What holds of one of several alike nodes is not taken for what holds of another."""
        direct = [["l1", "i"], ["l2", "i"], ["l3", "i"]]
        expect = {"MN-ISOLATION": [], "LGWAN-INTERNET": direct, "INTERNET-CLOUD": direct, "EXCEPTION-PEER": [["x", "l2"]]}
        prover = Prover(self.alike("10.2.0.2"))
        certificate = prover.certificate(expect)
        result = sc.check(prover.data, encode(certificate))
        self.assertEqual(result.status, 0, result.failure and result.failure.text("en"))
        peer = requirement(certificate, "EXCEPTION-PEER")
        self.assertEqual(peer["ends"][0]["nodes"], ["l2"])
        peer.update(verdict="proved", violating=[], witnesses=[])
        peer["ends"][0]["nodes"] = []
        result = sc.check(prover.data, encode(certificate))
        self.assertEqual((result.status, result.requirement, result.failure.message), (1, "EXCEPTION-PEER", "forbidden"))
        self.assertEqual(result.failure.arguments[:2], ("l2", "m"))

    def test_strict_json(self):
        good = encode(self.certificate).decode()
        self.assertEqual(sc.check(self.prover.data, good.encode()).status, 0)
        for bad in (good + "x", good + " {}", "\ufeff" + good, good.replace('"tool"', '"date": "2026-11-22", "tool"', 1),
                    good.replace('"sanso_certificate": 1', '"sanso_certificate": 1.0'),
                    good.replace('"sanso_certificate": 1', '"sanso_certificate": 1e0'),
                    good.replace('"sanso_certificate": 1', '"sanso_certificate": NaN'),
                    good.replace('"sanso_certificate": 1', '"sanso_certificate": -1'),
                    good.replace('"sanso_certificate": 1', '"sanso_certificate": ' + "9" * 5000),
                    good.replace("slow prover", "\\ud800"), good.replace("slow prover", "\n"), good[:-1], "", "[" * 100000,
                    '{"a":' * 65 + "1" + "}" * 65):
            result = sc.check(self.prover.data, bad.encode())
            self.assertEqual((result.status, result.failure.message in ("json", "depth", "duplicate")), (1, True), bad[:60])
        self.assertEqual(sc.check(self.prover.data, b"\xff").status, 1)
        self.assertEqual(sc.check(self.prover.data, b"[]").status, 1)
        self.assertEqual(sc.check(b"[" * 100000, good.encode()).status, 2)

    def test_long_chain_of_cells(self):
        """Ten thousand nested cells: no recursion; rejected because the last one is not void."""
        certificate = copy.deepcopy(self.certificate)
        cells = []
        for i in range(10000):
            cells += [{"cut": ["source_port", i + 1, 2 * i + 1, 2 * i + 2]}, {"closed": 0}]
        requirement(certificate, "MN-ISOLATION")["parts"][0]["forward"]["push"] = {
            "relies_on": [], "links": [], "sets": [[]], "cells": cells + [{"void": True}]}
        result = sc.check(self.prover.data, encode(certificate))
        self.assertEqual((result.status, result.requirement), (1, "MN-ISOLATION"))

    def test_a_failure_inside_is_a_rejection(self):
        original = sc.check_path_requirement
        try:
            for error in (RuntimeError("x"), RecursionError(), MemoryError(), KeyError(1)):
                sc.check_path_requirement = lambda *_: (_ for _ in ()).throw(error)
                self.assertEqual(sc.check(self.prover.data, encode(self.certificate)).status, 1)
        finally:
            sc.check_path_requirement = original


# ---------------------------------------------------------------------------------------------------------------------
# Where addresses are translated
# ---------------------------------------------------------------------------------------------------------------------

# Two LGWAN servers, one of them behind a virtual address; a firewall that hides sources, and another behind it.
BEHIND = {
    "sanso": 1, "zones": {"my-number": {"networks": ["10.1.0.0/16"]}, "lgwan": {"networks": ["10.2.0.0/16"]}},
    "nodes": [
        {"id": "m", "kind": "server", "addresses": ["10.1.0.5"]}, {"id": "l1", "kind": "server", "addresses": ["10.2.0.5"]},
        {"id": "l2", "kind": "server", "addresses": ["10.2.0.6"]},
        {"id": "i", "kind": "external", "zone": "internet", "addresses": ["203.0.113.9"]}, {"id": "sw", "kind": "switch"},
        {"id": "fw", "kind": "firewall",
         "nat": [{"destination": "10.2.0.5", "destination_port": 8443, "to": "203.0.113.10", "service": "tcp/443", "in": ["wan"]},
                 {"source": "10.9.0.0/28", "from": "10.2.0.0/28", "to": "10.1.0.5", "one_to_one": True, "out": ["mn"]},
                 {"source": ["198.51.100.1", "198.51.100.2"], "from": "10.2.0.0/16", "out": ["wan"]}],
         "filter": {"rules": [
             {"action": "permit", "from": "203.0.113.9", "to": "10.2.0.5", "service": "tcp/8443"},
             {"action": "deny", "from": "node:l1", "to": "any", "service": "udp"},
             {"action": "permit", "from": "node:l1", "to": "node:i", "service": ["udp/53", "tcp/25"]},
             {"action": "permit", "from": "zone:lgwan", "to": "node:m", "service": "tcp/22"}]}},
        {"id": "fm", "kind": "firewall", "filter": {"rules": [
            {"action": "permit", "from": "10.9.0.6", "to": "node:m", "service": "tcp/22"}]}},
        {"id": "fi", "kind": "router", "filter": {"default": "deny", "rules": [
            {"action": "permit", "from": "198.51.100.2", "to": "node:i", "service": "tcp/25", "source_port": "1024-65535"},
            {"action": "permit", "from": "node:i", "to": "203.0.113.10"}]}}],
    "links": [{"between": ["l1", "sw"], "vlans": [20]}, {"between": ["l2", "sw"], "vlans": [20]},
              {"between": ["sw", "fw:lg"], "vlans": [20]}, ["fw:mn", "fm"], ["fm", "m"], ["fw:wan", "fi"], ["fi", "i"]]}
BEHIND_EXPECT = {"MN-ISOLATION": [["m", "l2"]], "LGWAN-INTERNET": [["l1", "i"]], "INTERNET-CLOUD": [["l1", "i"]],
                 "EXCEPTION-PEER": None}


def behind(change):
    document = copy.deepcopy(BEHIND)
    change(document)
    return document


class Translated(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.prover = Prover(BEHIND)
        cls.certificate = cls.prover.certificate(BEHIND_EXPECT)

    def judged(self, certificate, prover=None):
        return sc.check((prover or self.prover).data, encode(certificate))

    def flows(self, certificate):
        for r in certificate["requirements"]:
            for part in r.get("parts", []):
                yield from (part[way][kind] for way in ("forward", "backward") for kind in ("push", "pull"))

    def test_accepted(self):
        self.assertEqual(self.prover.decide(), BEHIND_EXPECT)
        result = self.judged(self.certificate)
        self.assertEqual(result.status, 0, result.failure and result.failure.text("en"))
        self.assertEqual(self.certificate["sanso_certificate"], 2)
        together = Prover(BEHIND, together=True)
        certificate = together.certificate(BEHIND_EXPECT)
        self.assertTrue(all(len(flow["floods"]) <= 1 for flow in self.flows(certificate)))
        self.assertEqual(self.judged(certificate).status, 0)
        # Sets in one piece: what is one to one is still parted where a set of the proof begins.
        for flow in self.flows(certificate):
            for place in flow["floods"][0]["places"]:
                place[4] = list(reversed(place[4])) + place[4][:1]
        self.assertEqual(self.judged(certificate).status, 0)

    def test_tampered(self):
        lgwan = requirement(self.certificate, "LGWAN-INTERNET")
        path = "LGWAN-INTERNET/parts/0/forward/push"
        flow = lgwan["parts"][0]["forward"]["push"]
        session = "LGWAN-INTERNET/witnesses/0/sessions/0"
        first_session = lgwan["witnesses"][0]["sessions"][0]
        self.assertEqual([at for at, _ in first_session["translations"]], [2] if first_session["hops"][0][0] == 0 else [1])
        packet = first_session["translations"][0][1]
        for number, (change, message) in enumerate((
                (edit("sanso_certificate", 1), "value"),
                (edit(path, lambda f: f.update(cells=[])), "unknown-key"),
                (edit(path + "/floods", []), "openers"),
                (edit(path + "/floods", lambda f: f.pop()), "openers"),
                (edit(path + "/floods/0/openers", ["m"] if "m" not in flow["floods"][0]["openers"] else ["i"]), "opener"),
                (edit(path + "/floods/0/openers", lambda o: o.append(o[0])), "order"),
                (edit(path + "/floods/0/places", []), "arrive"),
                (edit(path + "/floods/0/places/0/4", []), "state"),
                (edit(path + "/floods/0/places/0/4", [9999]), "value"),
                (edit(path + "/floods/0/places", lambda p: p.append(["fw", 0, None, None, [0]])), "state"),
                (edit(path + "/floods/0/places", lambda p: p.append(["fw", 0, 0, None, [0]])), "state"),
                (edit(path + "/floods/0/places", lambda p: p.append(["sw", 0, None, None, [0]])), "type"),
                (edit(path + "/floods/0/places", lambda p: p.append(["sw", 0, None, [[20, 20]]])), "state"),
                (edit(path + "/relations/0/2", [True, True, True]), "set"),
                (edit(path + "/relations/0/2", [1, 1, 1, 1]), "type"),
                (edit(path + "/relations/0/0", lambda r: r.__setitem__(2, r[0])), "set"),
                (edit(path + "/relations/0/0", lambda r: r.__setitem__(2, 9999)), "value"),
                (edit(path + "/sets/0", ["address", [["0.0.0.1", "0.0.0.0"]]]), "order"),
                (edit(path + "/sets/0", ["address", [["0.0.0.0", "0.0.0.1"], ["0.0.0.1", "0.0.0.2"]]]), "order"),
                (edit(path + "/sets/0", ["port", []]), "value"),
                (edit(path + "/sets/0", ["service", [[0, 196861]]]), "value"),
                (edit(path + "/relies_on", []), None),
                (edit(path + "/links", []), None),
                (lambda c: requirement(c, "LGWAN-INTERNET")["witnesses"][0]["sessions"][0].pop("translations"), "made"),
                (edit(session + "/translations", []), "made"),
                (edit(session + "/translations/0/0", first_session["translations"][0][0] - 1), "made"),
                (edit(session + "/translations/0/0", 99), "made"),
                (edit(session + "/translations", lambda t: t.append([99, packet])), "value"),
                (edit(session + "/translations", lambda t: t.append(t[0])), "value"),
                (edit(session + "/translations/0", lambda t: t.append(1)), "value"),
                (edit(session + "/translations/0/1/source", "198.51.100.3"), "made"),
                (edit(session + "/translations/0/1/source", "198.51.100.1"), None),
                (edit(session + "/translations/0/1/destination", "10.2.0.6"), "made"),
                (edit(session + "/translations", lambda t: t.append([len(first_session["hops"]), dict(packet, source="10.2.0.9")])), "made"),
                (edit(session + "/translations/0/1/destination_port", 443), "made"),
                (edit(session + "/translations/0/1/protocol", 17), "made"),
                (edit(session + "/translations/0/1/source_port", None), "type"),
                (lambda c: (edit(session + "/packet/destination_port", 26)(c),  # which the filter denies
                            edit(session + "/translations/0/1/destination_port", 26)(c)), "made"))):
            with self.subTest(number=number, message=message):
                certificate = copy.deepcopy(self.certificate)
                change(certificate)
                result = self.judged(certificate)
                self.assertEqual(result.status, 1, message)
                self.assertNotEqual(result.failure.message, "internal", result.failure)
                if message:
                    self.assertEqual(result.failure.message, message, result.failure.text("en"))

    def test_every_relation_of_every_place_is_needed(self):
        """Without any of them the flood is not closed, but for relations that others of the place hold."""
        self.without_some(self.certificate)
        self.without_some(Prover(BEHIND, together=True).certificate(BEHIND_EXPECT))

    def test_a_flood_holds_what_each_of_its_openers_sends(self):
        """The places of one opener's flood are not those of another's, but where the two send alike from one place."""
        tried = rejected = 0
        for number, flow in enumerate(self.flows(self.certificate)):
            for one, other in itertools.permutations(range(len(flow["floods"])), 2):
                certificate = copy.deepcopy(self.certificate)
                floods = list(self.flows(certificate))[number]["floods"]
                floods[one]["openers"] += floods[other]["openers"]
                floods.pop(other)
                result = self.judged(certificate)
                tried += 1
                rejected += result.status == 1 and result.failure.message == "arrive"
        self.assertGreater(tried, 3)
        self.assertEqual(rejected, tried)

    def without_some(self, whole):
        tried, rejected = 0, 0
        for number, flow in enumerate(self.flows(whole)):
            for i, flood in enumerate(flow["floods"]):
                for j, place in enumerate(flood["places"]):
                    for relation in place[4]:
                        certificate = copy.deepcopy(whole)
                        places = list(self.flows(certificate))[number]["floods"][i]["places"]
                        places[j][4].remove(relation)
                        if not places[j][4]:
                            places.pop(j)
                        result = self.judged(certificate)
                        tried += 1
                        rejected += result.status == 1 and result.failure.message == "arrive"
        self.assertGreater(tried, 50)
        self.assertGreater(rejected, 0.8 * tried)

    def test_another_document_under_a_certificate(self):
        """Certificates of documents that differ a little: accepted only where what they say is true all the same."""
        def nat(at, **keys):
            return lambda d: d["nodes"][5]["nat"][at].update(keys)

        def rule(at, **keys):
            return lambda d: d["nodes"][5]["filter"]["rules"][at].update(keys)

        changes = [nat(0, destination="10.2.0.6"), nat(0, destination_port=443), nat(0, service="tcp/8443"), nat(0, **{"in": ["lg"]}),
                   nat(0, to="any"), nat(0, to={"not": "203.0.113.10"}), nat(0, source_port="1-1023"), nat(0, destination="keep") and
                   (lambda d: d["nodes"][5]["nat"].__setitem__(0, {"destination": "keep"})),
                   lambda d: d["nodes"][5]["nat"].pop(0), lambda d: d["nodes"][5]["nat"].pop(1), lambda d: d["nodes"][5]["nat"].pop(2),
                   lambda d: d["nodes"][5]["nat"].insert(0, {"source": "keep", "from": "10.2.0.5"}),
                   lambda d: d["nodes"][5]["nat"].reverse(), nat(1, source="10.9.0.0-10.9.0.15"), nat(1, source="10.9.1.0/28"),
                   nat(1, source="10.9.0.1-10.9.0.16"), nat(1, one_to_one=False), nat(1, out=["wan"]), nat(1, to="10.1.0.6"),
                   nat(2, source="198.51.100.1"), nat(2, source="198.51.100.2", one_to_one=True, **{"from": "10.2.0.6"}),
                   nat(2, **{"from": "10.2.0.6"}), nat(2, **{"from": {"not": "10.2.0.6"}}), nat(2, **{"from": "node:l2"}),
                   rule(0, to="203.0.113.10"), rule(0, service="tcp/443"), rule(0, condition="c"), rule(1, condition="c"),
                   rule(1, service="any"), rule(2, to={"not": "node:m"}), rule(2, **{"from": "198.51.100.2"}), rule(3, to="any"),
                   lambda d: d["nodes"][5]["filter"].update(sees={"source": "translated"}),
                   lambda d: d["nodes"][5]["filter"].update(sees={"destination": "original"}),
                   lambda d: d["nodes"][5]["filter"].update(sees={"source": "translated", "destination": "original"}),
                   lambda d: d["nodes"][5]["filter"].update(default="permit"),
                   lambda d: d["nodes"][5]["filter"].update(applies_to="delivered"),
                   lambda d: d["nodes"][5].update(routes=[{"to": "10.1.0.0/16", "via": "mn"}, {"to": "10.2.0.0/16", "via": "lg"},
                                                          {"to": "203.0.113.0/24", "via": "wan"}]),
                   lambda d: d["nodes"][5].update(routes=[{"to": "10.1.0.0/16", "via": "mn"}, {"to": "10.2.0.0/16", "via": "lg"},
                                                          {"to": "203.0.113.0/24", "via": "lg", "fails": True},
                                                          {"to": "0.0.0.0/0", "via": "wan"}]),
                   lambda d: d["nodes"][6]["filter"]["rules"][0].update({"from": "10.9.0.5"}),
                   lambda d: d["nodes"][6].pop("filter") and d["nodes"][6].update(kind="router"),
                   lambda d: d["nodes"][7]["filter"]["rules"][0].update(source_port="1-1023"),
                   lambda d: d["nodes"][7]["filter"]["rules"][0].update({"from": "198.51.100.1"}),
                   lambda d: d["nodes"][7].update(nat=[{"destination": "203.0.113.9", "to": "203.0.113.10"}]),
                   lambda d: d["nodes"][7].update(nat=[{"destination": "203.0.113.10", "to": "203.0.113.11"}]),
                   lambda d: d["nodes"][1].pop("addresses") and d["nodes"][1].update(zone="lgwan"),
                   lambda d: d["nodes"][3].update(addresses=["203.0.113.0/24"]), lambda d: d["nodes"][2].update(addresses=["10.2.0.7"]),
                   lambda d: d["links"].append(["l2", "fi"]), lambda d: d["links"].append({"between": ["i", "l2"], "one_way": True}),
                   lambda d: d["links"][1].update(vlans=[21]), lambda d: d["links"][2].update(vlans=[20, 21])]
        documents = [BEHIND] + [behind(change) for change in changes]
        known = []
        for document in documents:
            prover = Prover(document)
            expect = prover.decide()
            known.append((prover, expect, prover.certificate(expect)))
            self.assertEqual(self.judged(known[-1][2], prover).status, 0)
        false, still_true = 0, 0
        for number, (prover, expect, _) in enumerate(known):
            for _, other, certificate in known[number % 4::4]:
                topology = {"sha256": hashlib.sha256(prover.data).hexdigest()}
                renewed = dict(certificate, topology=topology, symbolic=prover.symbolic,
                               sanso_certificate=2 if prover.m.nat else 1)
                result = self.judged(renewed, prover)
                self.assertNotEqual(result.failure and result.failure.message, "internal", result.failure)
                if other != expect:
                    self.assertEqual(result.status, 1, (expect, other))
                    false += 1
                else:
                    still_true += result.status == 0
        self.assertGreater(false, 250)
        self.assertGreater(still_true, 40)
        self.assertGreater(len({json.dumps(e) for _, e, _ in known}), 6)


NET = {"id": "net", "kind": "external", "zone": "internet", "addresses": ["203.0.113.9"]}
LG = {"id": "lg", "kind": "server", "zone": "lgwan", "addresses": ["10.2.0.5"]}


def chain(*nodes, **more):
    """Nodes in a row."""
    ids = [n["id"] for n in nodes]
    return dict({"sanso": 1, "nodes": list(nodes), "links": [list(pair) for pair in zip(ids, ids[1:])]}, **more)


def firewall(name, rules, **more):
    return dict({"id": name, "kind": "firewall", "filter": dict({"rules": [dict({"action": "permit"}, **r) for r in rules]},
                                                              **more.pop("filter", {}))}, **more)


def to_mn(addresses, claimed):
    """A school server that the firewall hides from the My Number server, with an exception for one of its addresses."""
    return chain({"id": "m", "zone": "my-number", "addresses": ["10.1.0.5"]},
                 firewall("fw", [{"from": "10.9.0.5", "to": "node:m", "service": "tcp/443"}],
                          nat=[{"source": "192.0.2.1", "from": "10.9.0.5", "out": ["m"]}]),
                 {"id": "s", "zone": "school", "addresses": addresses}, zones={"school": {}},
                 exceptions=[{"id": "x", "from": claimed, "to": "10.1.0.5", "service": "tcp/443"}])


def by_port(service, port, seen):
    return chain(NET, firewall("fo", [{"to": "203.0.113.10"}]),
                 firewall("fw", [{"to": "10.2.0.5", "service": seen}],
                          nat=[{"destination": "10.2.0.5", "destination_port": port, "to": "203.0.113.10", "service": service}]), LG)


def by_source_port(**entry):
    return chain(NET, firewall("fo", [{"service": "tcp", "source_port": "1024-65535"}]),
                 firewall("fi", [{"service": "tcp", "source_port": "1-1023"}], filter={"sees": {"source": "translated"}},
                          nat=[dict(source="198.51.100.1", **{"from": "203.0.113.9"}, **entry)]), LG)


def by_route(*routes):
    return chain(NET, {"id": "r", "kind": "router", "nat": [{"source": "keep"}], "routes": list(routes)},
                 {"id": "lg", "zone": "lgwan"})


def by_virtual(route):
    return chain(NET, {"id": "r", "kind": "router", "routes": [route], "nat": [{"destination": "10.2.0.5", "to": "203.0.113.10"}]}, LG)


# (what, the document, the violating pair of two tiers or None)
AIMED = [
    ("exception: from looks at the source of h", to_mn(["10.9.0.5"], "10.9.0.5"), None),
    ("exception: from does not look at the source of h'", to_mn(["10.9.0.5", "192.0.2.1"], "192.0.2.1"), ["m", "s"]),
    ("destination_port: udp stays udp", by_port("udp/5353", 53, "udp/53"), ["lg", "net"]),
    ("destination_port: sctp stays sctp", by_port(["tcp/1", "sctp/5"], 53, "sctp/53"), ["lg", "net"]),
    ("destination_port: tcp does not become udp", by_port("tcp/5353", 53, "udp/53"), None),
    ("sees source translated: the new source port", by_source_port(), ["lg", "net"]),
    ("sees source translated: one to one it is the old one", by_source_port(one_to_one=True), None),
    ("routes: a symbolic destination follows any but a drop", by_route({"to": "10.0.0.0/8", "via": "lg"}), ["lg", "net"]),
    ("routes: a symbolic destination does not follow a drop",
     by_route({"to": "0.0.0.0/0", "drop": True}, {"to": "10.0.0.0/8", "via": "net"}), None),
    ("routes: look at the translated destination", by_virtual({"to": "10.2.0.0/16", "via": "lg"}), ["lg", "net"]),
    ("routes: do not look at the original destination", by_virtual({"to": "203.0.113.0/24", "via": "lg"}), None),
    ("routes: where the longest fails the next counts, too",
     chain(NET, {"id": "r", "kind": "router", "nat": [{"source": "keep"}], "routes": [
         {"to": "10.2.0.0/16", "via": "net", "fails": True}, {"to": "10.0.0.0/8", "via": "lg"}]}, LG), ["lg", "net"]),
    ("nat: alone on its node",
     chain(NET, firewall("fo", [{"to": "203.0.113.10"}]),
           {"id": "r", "kind": "router", "nat": [{"destination": "10.2.0.5", "to": "203.0.113.10"}]}, LG), ["lg", "net"]),
    ("nat: alone on its node, beside a leaf",
     chain(LG, {"id": "r", "kind": "router", "nat": [{"source": "192.0.2.1"}]}, firewall("fo", [{"from": "192.0.2.1"}]), NET),
     ["lg", "net"]),
    ("filters: all that apply must permit, with nat",
     chain(NET, {"id": "fw", "kind": "firewall", "nat": [{"source": "keep"}],
                 "filters": [{"default": "permit"}, {"default": "deny"}]}, LG), None),
    ("filters: all that apply must permit, the other way round",
     chain(NET, {"id": "fw", "kind": "firewall", "nat": [{"source": "keep"}],
                 "filters": [{"default": "deny"}, {"default": "permit"}]}, LG), None),
    ("deliver: only what is in R(v)", chain(NET, firewall("fw", [{"to": "10.2.0.6"}], nat=[{"source": "keep"}]), LG), None),
    ("condition: a deny holds never", chain(NET, firewall("fw", [{"action": "deny", "condition": "c"}, {}]), LG), ["lg", "net"]),
    ("condition: of nat, a deny holds never",
     chain(NET, firewall("fw", [{"action": "deny", "condition": "c"}, {}], nat=[{"source": "keep"}]), LG), ["lg", "net"]),
    ("vlans of the switch's end alone, of a filtering node and of a router",
     {"sanso": 1, "zones": {"school": {}},
      "nodes": [{"id": "m", "zone": "my-number", "addresses": ["10.1.0.5"], "filter": {}}, {"id": "sw", "kind": "switch"},
                {"id": "r", "kind": "router", "filter": {}}, {"id": "s", "zone": "school", "addresses": ["10.9.0.5"]},
                {"id": "t", "zone": "school", "addresses": ["10.9.0.6"]}],
      "links": [{"between": ["m", "sw"], "vlans": {"b": [10]}}, {"between": ["r", "sw"], "vlans": {"b": [10]}}, ["r", "s"],
                {"between": ["t", "sw"], "vlans": [20]}]}, ["m", "s"]),
]


class Aimed(unittest.TestCase):
    def test_documents_that_aim_at_one_clause(self):
        for what, document, pair in AIMED:
            with self.subTest(what):
                prover = Prover(document)
                name = "MN-ISOLATION" if prover.question("MN-ISOLATION")[0] else "LGWAN-INTERNET"
                expect = {r: None if not all(prover.question(r)[:2]) else [pair] if pair and (r == name or "net" in pair) else []
                          for r in PATH_REQUIREMENTS}
                expect["EXCEPTION-PEER"] = [] if prover.d.waivers else None
                certificate = prover.certificate(expect)
                result = sc.check(prover.data, encode(certificate))
                self.assertEqual(result.status, 0, result.failure and result.failure.text("en"))
                if pair:
                    liar = Prover(document, lying=True)
                    certificate["requirements"][REQUIREMENTS.index(name)] = liar.path_requirement(name, [])
                    result = sc.check(prover.data, encode(certificate))
                    self.assertEqual((result.status, result.failure.message), (1, "forbidden"))


class Alarmed(unittest.TestCase):
    def test_what_is_translated_for_another(self):
        """A packet that becomes lg's is not delivered to its neighbour."""
        document = chain(NET, firewall("fo", [{"to": "203.0.113.10"}]),
                         {"id": "r", "kind": "router", "nat": [{"destination": "10.2.0.5", "to": "203.0.113.10"}]},
                         {"id": "sw", "kind": "switch"}, LG)
        document["nodes"].append(dict(LG, id="l2", addresses=["10.2.0.6"]))
        document["links"].append(["sw", "l2"])
        expect = {"MN-ISOLATION": None, "LGWAN-INTERNET": [["lg", "net"]], "INTERNET-CLOUD": [["lg", "net"]], "EXCEPTION-PEER": None}
        prover = Prover(document)
        self.assertEqual(prover.decide(), expect)
        certificate = prover.certificate(expect)
        self.assertEqual(sc.check(prover.data, encode(certificate)).status, 0)
        lgwan = requirement(certificate, "LGWAN-INTERNET")
        lgwan.update(complete=False, parts=[], violating=[["l2", "net"], ["lg", "net"]],
                     witnesses=[copy.deepcopy(lgwan["witnesses"][0]), lgwan["witnesses"][0]])
        lgwan["witnesses"][0]["path"] = ["l2" if n == "lg" else n for n in lgwan["witnesses"][1]["path"]]
        lgwan["witnesses"][0]["sessions"][0]["hops"][-1][0] = 4
        result = sc.check(prover.data, encode(certificate))
        self.assertEqual((result.status, result.failure.message), (1, "header"))
        self.assertTrue(result.failure.place.endswith("hops"))


class Turned(unittest.TestCase):
    """VLANs that are native to one end of a link and other ones at the other."""
    DOCUMENT = {
        "sanso": 1, "nodes": [{"id": "m", "zone": "my-number", "addresses": ["10.1.0.1"]},
                              {"id": "l", "zone": "lgwan", "addresses": ["10.2.0.1"]},
                              {"id": "s", "zone": "school", "addresses": ["10.9.0.1"]},
                              {"id": "a", "kind": "switch"}, {"id": "b", "kind": "switch"}],
        "zones": {"school": {}},
        "links": [{"between": ["m", "a"], "vlans": 10}, {"between": ["l", "b"], "vlans": 10}, {"between": ["s", "b"], "vlans": 20},
                  {"between": ["a", "b"], "vlans": {"a": 10, "b": 20}, "native": [10, 20]}]}
    EXPECT = {"MN-ISOLATION": [["m", "s"]], "LGWAN-INTERNET": None, "INTERNET-CLOUD": None, "EXCEPTION-PEER": None}

    def test_the_link_has_to_be_listed(self):
        prover = Prover(self.DOCUMENT)
        self.assertEqual(prover.decide(), self.EXPECT)
        certificate = prover.certificate(self.EXPECT)
        self.assertEqual(sc.check(prover.data, encode(certificate)).status, 0)
        part = requirement(certificate, "MN-ISOLATION")["parts"][0]
        part["forward"]["push"]["links"] = [[0, 2]]
        result = sc.check(prover.data, encode(certificate))
        self.assertEqual((result.status, result.failure.message), (1, "step"))

    def test_one_way_and_witness(self):
        """In the witness the VLAN is that of the switch the packet leaves."""
        prover = Prover(self.DOCUMENT)
        certificate = prover.certificate(self.EXPECT)
        hops = requirement(certificate, "MN-ISOLATION")["witnesses"][0]["sessions"][0]["hops"]
        tags = {hop[0]: hop[2] for hop in hops}
        self.assertIn(tags[3], (10, 20))
        for wrong in (30 - tags[3], 30, None):
            changed_one = copy.deepcopy(certificate)
            for hop in requirement(changed_one, "MN-ISOLATION")["witnesses"][0]["sessions"][0]["hops"]:
                hop[2] = wrong if hop[0] == 3 else hop[2]
            self.assertEqual(sc.check(prover.data, encode(changed_one)).status, 1)


class Documents(unittest.TestCase):
    def test_unusable(self):
        for change in (lambda d: d.update(sanso=2), lambda d: d.update(extra=1), lambda d: d["nodes"].append({"id": "m"}),
                       lambda d: d["nodes"].append({"id": "a:b"}), lambda d: d["nodes"].append({"id": " a"}),
                       lambda d: d["links"].append(["m", "m"]), lambda d: d["links"].append(["m", "nobody"]),
                       lambda d: d["nodes"][0].update(addresses=["10.1.0.5/24"]), lambda d: d["nodes"][0].update(zone="x"),
                       lambda d: d["nodes"][0].update(count=1.5), lambda d: d["nodes"][5].pop("filter"),
                       lambda d: d["nodes"][5]["filter"]["rules"][0].update({"in": ["nowhere"]}),
                       lambda d: d["nodes"][5]["filter"]["rules"][0].update({"from": "kind:server"}),
                       lambda d: d["nodes"][5]["filter"]["rules"][0].update({"service": "tcp/70000"}),
                       lambda d: d["nodes"][3].update(zone="lgwan"), lambda d: d["nodes"][4].update(routes=[]),
                       lambda d: d["exceptions"][0].update(waives=[]), lambda d: d["exceptions"].append(d["exceptions"][0]),
                       lambda d: d["zones"].update(dmz={"networks": ["10.1.0.0/16"]}),
                       lambda d: d.update(groups={"a": ["group:b"]}), lambda d: d.update(nodes=d["nodes"][3:], links=[])):
            result = sc.check(json.dumps(changed(change)).encode(), FOR_ALPHA)
            self.assertEqual(result.status, 2, json.dumps(changed(change))[-300:])
            self.assertTrue(sc.report(result, "ja"))

    def test_names_within_names(self):
        for key, prefix, leaf in (("groups", "group:", "10.0.0.1"), ("services", "", "tcp/1")):
            def chain(length):
                names = ["n%d" % i for i in range(length)]
                return {n: [leaf] + [prefix + m for m in names[i + 1:i + 2] + names[-1:] if m != n]
                        for i, n in enumerate(names)}

            for lists, failure in ((chain(64), None), (chain(65), "depth"), ({"a": prefix + "a"}, "circle"),
                                   ({"a": [prefix + "b"], "b": [leaf, prefix + "a"]}, "circle")):
                document = changed(lambda d: d.update({key: lists}))
                result = sc.check(json.dumps(document).encode(), FOR_ALPHA)
                self.assertEqual((result.status, result.failure.message), (2, failure) if failure else (1, "missing-key"))


# A document of everything that the fourth edition adds.
FOURTH = {
    "sanso": 1, "zones": {"my-number": {"networks": ["10.1.0.0/16"]}, "school": {"networks": "10.9.0.0/16"}},
    "groups": {"g": ["10.9.0.1"]}, "services": {"s": ["tcp/1"], "t": ["transfer", "tcp/1"]},
    "names": {"a.example.jp": ["10.9.0.1", "group:g", "node:m"]},
    "nodes": [
        {"id": "m", "kind": "terminal", "addresses": ["10.1.0.1"], "origin": "x"}, {"id": "l", "zone": "lgwan"},
        {"id": "i", "kind": "external", "zone": "internet", "relays": [{"from": "any", "to": "any", "from_service": "t"}]},
        {"id": "sw", "kind": "switch"}, {"id": "sx", "kind": "switch"}, {"id": "l3", "kind": "l3-switch"},
        {"id": "r", "kind": "router", "routes": [{"to": "10.1.0.0/16", "via": "sw", "fails": True, "note": "n", "origin": "o"},
                                                 {"to": "0.0.0.0/0", "drop": True}]},
        {"id": "f", "kind": "firewall",
         "filter": {"applies_to": ["forwarded"], "stateful": True, "sees": {"source": "original"}, "rules": [
             {"id": "R", "action": "permit", "from": {"not": "10.0.0.0/8"}, "to": "fqdn:a.example.jp", "state": "replies",
              "condition": "c", "origin": "o"}]},
         "nat": [{"id": "V", "destination": "10.1.0.5", "destination_port": 80, "to": "203.0.113.1", "service": "tcp/443",
                  "in": ["sw"], "note": "n", "origin": "o", "applies_to": "arrived"},
                 {"id": "S", "source": ["203.0.113.5"], "from": ["10.0.0.0/8"], "out": ["up"], "source_port": [1],
                  "sees": {"destination": "original"}},
                 {"source": "10.4.0.0/16", "from": "10.3.0.0/16", "one_to_one": True}, {"source": "keep"}]}],
    "links": [["m", "sw"], ["l", "sw"], ["f:up", "i"], ["f", "sw"], ["r", "sw"],
              {"between": ["sw", "sx"], "native": [10, 20], "origin": "o"},
              {"between": ["sx", "l3"], "vlans": {"a": [10], "b": [10, 20]}, "native": 10}],
    "transfers": [{"id": "u", "from": "node:m", "to": ["zone:lgwan", "kind:server", "tag:x", "any"], "sanitise": "file",
                   "reason": "r", "approved_by": "a", "expires": "2026-01-01", "note": "n"}],
    "exceptions": [{"id": "x", "from": "node:m", "to": "node:i", "service": ["transfer", "s", "t"]}]}
GONE = object()
FW, RULE = "nodes/7", "nodes/7/filter/rules/0"
# (where, what is taken, what is refused)
FORMS = [
    *((at, [{"not": "any"}, {"not": {"not": "any"}}, {"not": ["10.0.0.1", {"not": "fqdn:zz"}]}, [{"not": "any"}, "10.0.0.1"],
            "fqdn:zz", "fqdn:a b", "fqdn:a:b", "fqdn:A.EXAMPLE.JP.", {"not": "group:g"}, "fqdn:."],
       [{}, {"not": []}, {"not": "any", "x": 1}, {"not": None}, {"nott": "any"}, "fqdn:", "fqdn: a", "fqdn", {"not": "kind:host"},
        {"not": "node:zz"}, [["any"]], {"not": {"not": {}}}, "keep", "transfer"])
      for at in (RULE + "/from", RULE + "/to", FW + "/nat/0/from", FW + "/nat/1/to")),
    *((at, ["any", "node:m"], [{"not": "any"}, "fqdn:a.example.jp", [{"not": "node:m"}]])
      for at in ("exceptions/0/from", "nodes/2/relays/0/to")),
    ("transfers/0/from", ["any", "node:m", ["kind:host", "tag:a b"]],
     ["10.0.0.1", "10.0.0.0/8", "::1", "group:g", "fqdn:zz", {"not": "any"}, [], "kind:zz", "tag:", "zone:zz", None]),
    ("transfers/0/sanitise", ["screen", "mail-text"], ["x", None, True]), ("transfers/0/id", ["a:b"], ["", " a", 1, GONE]),
    ("transfers/0/expires", [], ["x", "2026-1-1", None]), ("transfers/0/reason", [""], [1]), ("transfers/0/service", [], ["any"]),
    ("transfers", [[]], [{}, None, FOURTH["transfers"] * 2]),
    ("names", [{"b": "::1", "a.example.jp": "::2"}, {"a": "10.0.0.1-10.0.0.2"}, {"*.x": "::1", "x:y": ["::1", "::1"]},
               {"\uff41": "::1", "\uff21": "::1"}, {}],
     [[], None, {"a": []}, {"a": "any"}, {"a": "zone:lgwan"}, {"a": "kind:host"}, {"a": "fqdn:b"}, {"a": {"not": "any"}},
      {"a": "10.0.0.1/8"}, {"a": "node:zz"}, {"a": "group:zz"}, {"": "::1"}, {" a": "::1"}, {"a": "::1", "A": "::1"},
      {"a": "::1", "a.": "::1"}]),
    (FW + "/filter/applies_to", ["delivered", ["emitted", "emitted"]], [[], "arrived", None]),
    (FW + "/filter/stateful", [False], ["yes", None]),
    (FW + "/filter/sees", [{}, {"source": "translated", "destination": "original"}], [{"source": "x"}, {"x": 1}, None, []]),
    (FW + "/nat", [[{"source": "keep"}], [{"destination": "keep", "to": "::2"}], [{"destination": "::/0", "to": "::/0", "one_to_one": True}],
                   [{"destination": "::1", "to": ["::2"], "one_to_one": True}], [{"source": "10.0.0.1", "from": "10.0.0.9-10.0.0.9", "one_to_one": True}],
                   [{"destination": "::1", "destination_port": "80", "service": ["tcp/1", "udp"]}],
                   [{"source": "::1"}]],
     [GONE, [], {}, None, [{}], {"source": "keep"}, [{"source": "keep", "destination": "keep"}],
      [{"destination": "::1", "out": ["up"]}], [{"source": "::1", "destination_port": 1, "service": "tcp"}],
      [{"destination": "keep", "destination_port": 1, "service": "tcp"}], [{"destination": "::1", "destination_port": 1}],
      [{"destination": "::1", "destination_port": 1, "service": ["tcp", "icmp"]}], [{"source": "keep", "from": "::1", "one_to_one": True}],
      [{"destination": "::1", "to": "any", "one_to_one": True}], [{"destination": "::1", "one_to_one": True}],
      [{"source": "10.4.0.0/16", "from": "10.3.0.0/17", "one_to_one": True}], [{"source": "::1", "from": "10.0.0.1", "one_to_one": True}],
      [{"source": "node:m", "from": "10.0.0.1", "one_to_one": True}], [{"source": "10.0.0.1", "from": "group:g", "one_to_one": True}],
      [{"source": "10.0.0.1", "from": ["10.0.0.1", "10.0.0.2"], "one_to_one": True}], [{"source": "any"}], [{"source": []}],
      [{"source": "zone:lgwan"}], [{"source": "group:g"}], [{"source": "fqdn:zz"}], [{"source": {"not": "any"}}],
      [{"source": ["keep", "::1"]}], [{"source": ["keep"]}], [{"source": "10.0.0.1/8"}], [{"source": "node:zz"}],
      [{"source": "::1", "applies_to": "arrived"}], [{"destination": "::1", "applies_to": []}],
      [{"destination": "::1", "applies_to": "forwarded"}], [{"destination": "::1", "sees": {"destination": "original"}}],
      [{"source": "::1", "sees": {}}], [{"source": "::1", "sees": {"source": "original"}}], [{"source": "::1", "in": "zz"}],
      [{"source": "::1", "service": "transfer"}], [{"source": "::1", "service": "t"}], [{"source": "::1", "condition": "c"}],
      [{"source": "::1", "id": "a"}, {"source": "::1", "id": "a"}]]),
    ("nodes/6/nat", [[{"source": "keep"}]], [[]]), ("nodes/5/nat", [[{"source": "keep"}]], []),
    ("nodes/3/nat", [], [[{"source": "keep"}]]), ("nodes/0/nat", [], [[{"source": "keep"}]]), (FW + "/forwards", [], [False]),
    (RULE + "/state", [], ["x", "established", None, ["replies"]]), (RULE + "/condition", ["\x1c"], ["", " ", "\u3000", 1, None]),
    (RULE + "/service", ["s"], ["transfer", "t", ["tcp", "t"]]), (RULE + "/sees", [], [{}]),
    ("services/z", ["t", "transfer"], ["transfer/1"]), ("services", [], [{"s": "tcp/1", "t": "tcp/1", "transfer": "tcp/1"}]),
    ("nodes/2/relays/0/to_service", ["transfer", ["any", "t"]], ["transfer/1"]), ("exceptions/0/service", ["transfer"], []),
    ("nodes/6/routes/0/fails", [False], ["x", None]), ("nodes/6/routes/1/fails", [], [True, False]),
    ("links/5/native", [10, "10", ["10", 20]], [[10], [1, 2, 3], [], None, 0, 4095, "10-10", "10-11", {"a": 10}, True]),
    ("links/6/native", [10], [20, [10, 30], [20, 10]]), ("links/4", [{"between": ["r", "sw"]}],
                                                         [{"between": ["r", "sw"], "native": 10}]),
    ("links/6/vlans", [{"b": "10-20"}, {"a": 10, "b": 10}, [10]], [{}, {"a": [], "b": [10]}, {"a": [10], "c": 1}, {"a": None}, {"b": 11}, [11]]),
    ("links/3", [{"between": ["f", "sw"], "vlans": {"b": 10}}], [{"between": ["f", "sw"], "vlans": {"a": 10}},
                                                               {"between": ["sw", "f"], "vlans": {"b": 10}}]),
    *((at, [""], [1]) for at in ("nodes/0/origin", "links/5/origin", RULE + "/origin", FW + "/nat/0/origin", "nodes/6/routes/0/origin")),
    *((at, [], ["o"]) for at in ("origin", "zones/school/origin", "exceptions/0/origin", "transfers/0/origin", FW + "/filter/origin")),
]


class Forms(unittest.TestCase):
    def test_the_fourth_edition(self):
        sc.read_document(json.dumps(FOURTH).encode())
        tried = 0
        for where, taken, refused in FORMS:
            for value, expected in [(v, True) for v in taken] + [(v, False) for v in refused]:
                document = copy.deepcopy(FOURTH)
                *keys, last = [int(k) if k.isdigit() else k for k in where.split("/")]
                at = document
                for key in keys:
                    at = at[key]
                if value is GONE:
                    del at[last]
                else:
                    at[last] = value
                with self.subTest(where=where, value=str(value)):
                    try:
                        sc.read_document(json.dumps(document).encode())
                        self.assertTrue(expected)
                    except sc.Unusable as failure:
                        self.assertFalse(expected, failure.text("en"))
                tried += 1
        self.assertGreater(tried, 200)


class Relations(unittest.TestCase):
    """Relations over a tiny world, against the sets of pairs that they stand for."""

    def setUp(self):
        document = {"sanso": 1, "nodes": [{"id": "a", "zone": "lgwan"}, {"id": "f", "kind": "router"}]}
        self.m = sc.meaning_of(sc.read_document(json.dumps(document).encode()), ["a", "f"])
        v4, v6, a = (1, 2), (self.m.line.v6, self.m.line.v6 + 1), self.m.line.symbolic["a"]
        self.worlds = ((v4[0], v4[1], a, v6[0]), (v4[0], a, v6[0], v6[1]), (0, 253, 254), (0, 1, 2))
        kinds = {x: sc.families(self.m.line, sc.point(x)) for x in {*self.worlds[0], *self.worlds[1]}}
        self.headers = [h for h in itertools.product(*self.worlds) if sc.go_together(kinds[h[0]], kinds[h[1]])
                        and (h[2] < 253) == (h[3] == 0)]

    def some(self, generator):
        """A relation, or None where no value is left on a line."""
        lines = []
        for world in self.worlds:
            sets = [sc.intervals([(x, x) for x in world if generator.random() < 0.6]) for _ in (0, 1)]
            lines.append(sc.values(*sets, generator.random() < 0.5) if sets[0] != sc.EMPTY and sets[1] != sc.EMPTY else None)
        return None if None in lines else tuple(lines)

    def pairs(self, relation):
        def inside(h, side):
            return all(sc.holds(v[side], x, x) for v, x in zip(relation, h))

        sent, came = [[h for h in self.headers if inside(h, side)] for side in (0, 1)]
        return {(h, g) for h in sent for g in came if all(x == y for v, x, y in zip(relation, h, g) if v.linked)}

    def test_against_pairs(self):
        generator = random.Random(7)
        seen = {"covered": 0, "not": 0, "possible": 0, "impossible": 0, "exact": 0}
        for _ in range(1500):
            relation, *others = [r for r in (self.some(generator) for _ in range(generator.choice((2, 2, 3, 5)))) if r] or [None]
            if relation is None or not others:
                continue
            if generator.random() < 0.5:  # near to one another
                axis = generator.randrange(4)
                others = [relation[:axis] + (o[axis],) + relation[axis + 1:] for o in others]
            mine, theirs = self.pairs(relation), [self.pairs(o) for o in others]
            self.assertEqual(sc.is_possible(self.m, relation), bool(mine), relation)
            seen["possible" if mine else "impossible"] += 1
            if sc.includes(others[0], relation):
                self.assertLessEqual(mine, theirs[0])
            left = set().union(*(self.pairs(piece) for piece in sc.without(relation, others[0])))
            self.assertLessEqual(mine - theirs[0], left)
            self.assertLessEqual(left, mine)
            seen["exact"] += left == mine - theirs[0]
            covered = sc.is_covered(self.m, relation, others)
            if covered:
                self.assertLessEqual(mine, set().union(*theirs))
            seen["covered" if covered else "not"] += 1
            self.assertTrue(sc.is_covered(self.m, relation, [relation]))
            looks = [(axis, generator.randrange(2), sc.intervals([(x, x) for x in self.worlds[axis] if generator.random() < 0.6]))
                     for axis in generator.sample(range(4), 2)]
            inside, outside = sc.parted(relation, looks)
            wanted = {p for p in mine if all(sc.holds(s, p[side][axis], p[side][axis]) for axis, side, s in looks)}
            self.assertEqual(self.pairs(inside) if inside else set(), wanted)
            self.assertEqual(set().union(*map(self.pairs, outside)), mine - wanted)
        self.assertTrue(all(n > 50 for n in seen.values()), seen)
        self.assertGreater(seen["exact"], 500)

    def test_pieces_are_cut_without_loss(self):
        """What is in a product and what is not, of pieces in which every line may change, against their triples."""
        generator = random.Random(8)

        def triples(step):
            return {(a, b, c) for a in sc.members(step.sent) for b in sc.members(step.came) for c in sc.members(step.gone)
                    if (not step.before or a == b) and (not step.after or b == c)}

        def step():
            sets = [sc.intervals([(x, x) for x in range(3) if generator.random() < 0.7] or [(0, 0)]) for _ in range(3)]
            before, after = generator.random() < 0.5, generator.random() < 0.5
            sent, came, gone = sets
            sent = came if before else sent
            return sc.Step(sent, came, came if after else gone, before, after)

        for _ in range(300):
            piece = tuple(step() for _ in range(4))
            sides = tuple(generator.choice((sc.CAME, sc.GONE)) for _ in range(4))
            product = tuple(sc.intervals([(x, x) for x in range(3) if generator.random() < 0.6]) for _ in range(4))
            inside, outside = sc.cut_out(piece, sides, product)
            whole = set(itertools.product(*map(triples, piece)))
            wanted = {t for t in whole if all(sc.holds(s, x[side], x[side]) for s, x, side in zip(product, t, sides))}
            self.assertEqual(set(itertools.product(*map(triples, inside))) if inside else set(), wanted)
            self.assertEqual(set().union(*(itertools.product(*map(triples, o)) for o in outside)), whole - wanted)


class Sets(unittest.TestCase):
    def test_exhaustively(self):
        """All sets over a universe of seven, all pairs of them, all intervals."""
        size = 7
        spans = [(a, b) for a in range(size) for b in range(a, size)]

        def make(mask):
            return sc.intervals([(i, i) for i in range(size) if mask >> i & 1])

        def mask(s):
            found = 0
            self.assertTrue(all(f <= l for f, l in sc.pairs_of(s)))
            self.assertTrue(all(l + 1 < f for l, f in zip(s.lasts, s.firsts[1:])))
            for i in sc.members(s):
                found |= 1 << i
            return found

        sets = [make(i) for i in range(2 ** size)]
        for i, s in enumerate(sets):
            self.assertEqual(mask(s), i)
            for a, b in spans:
                span = mask(sc.intervals([(a, b)]))
                self.assertEqual(sc.meets(s, a, b), bool(i & span))
                self.assertEqual(sc.holds(s, a, b), i & span == span)
                self.assertEqual(mask(sc.clip(s, a, b)), i & span)
        for (i, s), (j, t) in itertools.product(enumerate(sets), repeat=2):
            self.assertEqual(mask(sc.intersect(s, t)), i & j)
            self.assertEqual(mask(sc.subtract(s, t)), i & ~j)
            self.assertEqual(mask(sc.union([s, t])), i | j)
            self.assertEqual(sc.within(s, t), i & ~j == 0)
            self.assertEqual(sc.disjoint(s, t), i & j == 0)

    def test_any_order_of_intervals(self):
        spans = [(a, b) for a in range(5) for b in range(a, 5)]
        for some in itertools.permutations(spans, 3):
            expected = {i for a, b in some for i in range(a, b + 1)}
            self.assertEqual(sc.members(sc.intervals(some)), sorted(expected))


class CommandLine(unittest.TestCase):
    def run_it(self, *arguments):
        out, err = io.StringIO(), io.StringIO()
        with redirect_stdout(out), redirect_stderr(err):
            status = sc.main(list(arguments))
        return status, out.getvalue(), err.getvalue()

    def test_exit_statuses(self):
        prover = Prover(TINY)
        certificate = prover.certificate(PROVED)
        with tempfile.TemporaryDirectory() as folder:
            def file(name, data):
                with open(os.path.join(folder, name), "wb") as f:
                    f.write(data)
                return f.name

            document = file("d.json", prover.data)
            good = file("good.json", encode(certificate))
            bad = file("bad.json", encode(dict(certificate, date="x")))
            yaml = file("d.yaml", b"sanso: 1\n")
            bound = dict(certificate, topology={"sha256": hashlib.sha256(b"sanso: 1\n").hexdigest(),
                                                "json_sha256": hashlib.sha256(prover.data).hexdigest()})
            converted = file("converted.json", encode(bound))
            self.assertEqual(self.run_it(document, good)[0], 0)
            self.assertEqual(self.run_it(document, converted, "--source", yaml)[0], 0)
            self.assertEqual(self.run_it(document, converted, "--source", document)[0], 1)
            status, out, err = self.run_it(document, bad, "--lang", "en")
            self.assertEqual((status, err), (1, ""))
            self.assertIn("rejected: date", out)
            self.assertIn("certificate: sha256 " + hashlib.sha256(encode(dict(certificate, date="x"))).hexdigest(), out)
            self.assertIn("checker: sanso_check.py " + sc.VERSION, out)
            answer = json.loads(self.run_it(document, good, "--format", "json")[1])
            self.assertEqual((answer["answer"], answer["certificate"]["sha256"], answer["why"]),
                             ("accepted", hashlib.sha256(encode(certificate)).hexdigest(), None))
            status, out, err = self.run_it(document, os.path.join(folder, "none"), "--format", "json")
            self.assertEqual((status, json.loads(out)["answer"], err), (2, "unusable", ""))
            # An answer that cannot be written is none: neither accepted nor rejected.
            program = [sys.executable, os.path.join(HERE, "sanso_check.py"), document]
            for data in (good, bad):
                if os.path.exists("/dev/full"):
                    with open("/dev/full", "wb") as full:
                        done = subprocess.run(program + [data], stdout=full, stderr=subprocess.PIPE)
                    self.assertEqual((done.returncode, done.stderr.count(b"\n")), (2, 1))
                read, write = os.pipe()
                os.close(read)
                done = subprocess.run(program + [data], stdout=write, stderr=subprocess.PIPE)
                os.close(write)
                self.assertEqual((done.returncode, done.stderr.count(b"\n")), (2, 1))
            done = subprocess.run(program + [good], stderr=subprocess.PIPE, preexec_fn=lambda: os.close(1))
            self.assertEqual(done.returncode, 2)
            self.assertEqual(self.run_it(bad, good)[0], 2)
            self.assertEqual(self.run_it(document, os.path.join(folder, "none"))[0], 2)
            self.assertEqual(self.run_it(os.path.join(folder, "none"), good)[0], 2)
            done = subprocess.run([sys.executable, os.path.join(HERE, "sanso_check.py"), document, good],
                                  stdout=subprocess.PIPE, env=dict(os.environ, LC_ALL="C", PYTHONIOENCODING="ascii"))
            self.assertEqual(done.returncode, 0)
            self.assertIn("適合", done.stdout.decode("utf-8"))


class Words(unittest.TestCase):
    def test_both_languages(self):
        for key, words in sc.MESSAGES.items():
            self.assertEqual(len(words), 2, key)
            self.assertEqual(words[0].count("{"), words[1].count("{"), key)


if __name__ == "__main__":
    unittest.main()
