"""Public backbones as documents of sanso: reads a copy of the data that the user has and writes JSON. What is kept and what
is lost is said in README.md beside this file.

    backbone.py stanford DIR [OUT]     DIR: `networks/` of github.com/XJTU-NetVerify/apkeep (MIT)
    backbone.py internet2 DIR [OUT]    DIR: `atpg/data/Internet2` of github.com/eastzone/atpg (Apache-2.0)
    --no-acl                           stanford without its access lists
    --zones edge                       a zone of its own for each edge port: all pairs of edge ports are asked about
                                       (default: two zones, so that each port of one half is asked about with each of the other)
"""

import argparse
import ipaddress
import json
import re
import sys
from collections import defaultdict
from pathlib import Path

Port = tuple[str, str]


def name_of(port: Port) -> str:
    return re.sub(r"[^A-Za-z0-9_.-]", "-", "-".join(port))


class Backbone:
    """Forwarding tables, links between ports, and lists at ports."""

    def __init__(self) -> None:
        # prefix -> ports of a router; no port: dropped, or for the router itself
        self.routes: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
        self.links: set[frozenset[Port]] = set()
        # lists of a port, those that a packet meets first from inside standing first
        self.lists: dict[Port, list[tuple[str, str]]] = defaultdict(list)
        self.rules: dict[str, list[dict]] = {}

    def document(self, name: str, zone_of) -> dict:
        nodes, links = [], []
        joined = {port for link in self.links for port in link}
        used = {(router, port) for router, table in self.routes.items() for ports in table.values() for port in ports}
        edges = sorted(used - joined)
        edge_routers = sorted({router for router, _ in edges})
        for router, table in sorted(self.routes.items()):
            routes = []
            for prefix, ports in sorted(table.items()):
                routes += [{"to": prefix, "via": port} for port in sorted(ports)] or [{"to": prefix, "drop": True}]
            nodes.append({"id": router, "kind": "router", "routes": routes})
        outside: dict[Port, str] = {}
        for port in sorted(used | joined):
            router, interface = port
            end = f"{router}:{interface}"
            for number, (rtr_list, direction) in enumerate(self.lists.get(port, [])):
                node = f"{name_of(port)}.{number}"
                guarded, free = ("outer", "inner") if direction == "in" else ("inner", "outer")
                rules = [{"action": "permit", "from": "any", "to": "any", "service": "any", "in": free}]
                rules += [{**rule, "in": guarded} for rule in self.rules[rtr_list]]
                nodes.append({"id": node, "kind": "firewall", "filter": {"default": "deny", "rules": rules}})
                links.append([end, f"{node}:inner"])
                end = f"{node}:outer"
            outside[port] = end
        for link in sorted(map(sorted, self.links)):
            one, other = map(tuple, link)
            links.append([outside[one], outside[other]])
        declared = {}
        for router, interface in edges:
            prefixes = (prefix for prefix, ports in self.routes[router].items() if interface in ports)
            declared[router, interface] = list(ipaddress.collapse_addresses(map(ipaddress.ip_network, prefixes)))
        within = strictly_within(network for networks in declared.values() for network in networks)
        for port in edges:
            networks = [str(piece) for network in declared[port] for piece in pieces(network, within)]
            zone = zone_of(port, edge_routers)
            nodes.append({"id": name_of(port), "zone": zone, "addresses": networks, "relays": []})
            links.append([outside[port], name_of(port)])
        return {"sanso": 1, "name": name, "nodes": nodes, "links": links}

    def joined_pairs(self, zone_of) -> int:
        """Pairs of edge ports of different zones of which the one reaches the other when lists are left out, found without
        sanso: every address that the tables tell apart is followed through them."""
        bounds = {0}
        flat: dict[str, list[tuple[int, frozenset]]] = {}
        for router, table in self.routes.items():
            # The longest prefix wins: shorter ones first, each painted over by those within it.
            networks = sorted((ipaddress.ip_network(prefix), ports) for prefix, ports in table.items())
            runs: list[tuple[int, frozenset]] = [(0, frozenset())]
            open_ones: list[tuple[int, frozenset]] = []
            for network, ports in networks:
                low, high = int(network.network_address), int(network.broadcast_address)
                while open_ones and open_ones[-1][0] < low:
                    end, _ = open_ones.pop()
                    runs.append((end + 1, open_ones[-1][1] if open_ones else frozenset()))
                runs.append((low, frozenset(ports)))
                open_ones.append((high, frozenset(ports)))
            while open_ones:
                end, _ = open_ones.pop()
                runs.append((end + 1, open_ones[-1][1] if open_ones else frozenset()))
            # Of runs that begin at the same place the last counts.
            flat[router] = list(dict(runs).items())
            bounds.update(start for start, _ in flat[router])
        peer = {port: [] for link in self.links for port in link}
        for one, other in map(tuple, self.links):
            peer[one].append(other[0])
            peer[other].append(one[0])
        at = {router: 0 for router in flat}
        edge_routers = {router for router, runs in flat.items() for _, ports in runs for port in ports if (router, port) not in peer}
        reached: dict[str, set[Port]] = defaultdict(set)
        known = set()
        for bound in sorted(bounds):
            for router, runs in flat.items():
                while at[router] + 1 < len(runs) and runs[at[router] + 1][0] <= bound:
                    at[router] += 1
            now = {router: runs[at[router]][1] for router, runs in flat.items()}
            key = frozenset(now.items())
            if key in known:
                continue
            known.add(key)
            for start in edge_routers:
                seen, todo = {start}, [start]
                while todo:
                    router = todo.pop()
                    for port in now[router]:
                        if (router, port) not in peer:
                            reached[start].add((router, port))
                        for other in peer.get((router, port), []):
                            if other not in seen:
                                seen.add(other)
                                todo.append(other)
        edges = sorted(
            {(router, port) for router, runs in self.routes.items() for ports in runs.values() for port in ports} - set(peer)
        )
        routers = sorted({router for router, _ in edges})
        pairs = 0
        for number, one in enumerate(edges):
            for other in edges[:number]:
                if zone_of(one, routers) != zone_of(other, routers):
                    pairs += other in reached[one[0]] or one in reached[other[0]]
        return pairs


def strictly_within(networks) -> set:
    """All networks that hold a smaller one of these."""
    larger = set()
    for network in set(networks):
        while network.prefixlen and (network := network.supernet()) not in larger:
            larger.add(network)
    return larger


def pieces(network, larger: set) -> list:
    """A network cut so that no other port declares a part of a piece. (In sanso an address belongs to the nodes that declare
    it in the longest prefix; the question here is what leaves by a port.)"""
    todo, found = [network], []
    while todo:
        network = todo.pop()
        if network in larger:
            todo.extend(network.subnets())
        else:
            found.append(network)
    return sorted(found)


def wildcard(address: str, wild: str) -> list[str]:
    """`171.64.0.0 0.3.255.255` as CIDRs; `any` as itself."""
    if address == "any":
        return ["any"]
    if wild == "null":
        return [address]
    mask = int(ipaddress.ip_address(wild))
    low = int(ipaddress.ip_address(address)) & ~mask
    length = mask.bit_length()
    holes = [bit for bit in range(length) if not mask >> bit & 1]
    # Bits that are fixed below bits that are not: the networks below them one by one.
    whole = holes[0] if holes else length
    free = [bit for bit in range(whole, length) if mask >> bit & 1]
    if len(free) > 12:
        raise ValueError(f"too many networks in {address} {wild}")
    found = []
    for number in range(1 << len(free)):
        base = low | sum(1 << bit for at, bit in enumerate(free) if number >> at & 1)
        found.append(f"{ipaddress.ip_address(base)}/{32 - whole}")
    return found


def ports(low: str, high: str) -> str:
    # The data writes `gt 27000` as `27000 null`.
    return f"{int(low) + 1}-65535" if high == "null" else (low if low == high else f"{low}-{high}")


def access_rule(words: list[str]) -> dict:
    """permit PROTO PROTO SRC WILD PORT PORT DST WILD PORT PORT … of APKeep's own form of Cisco's lists."""
    action, proto, last, source, source_wild, sp1, sp2, destination, destination_wild, dp1, dp2 = words[:11]
    names = {"6": "tcp", "17": "udp", "1": "icmp"}
    service = "any" if (proto, last) == ("0", "255") else names.get(proto, f"proto/{proto}")
    if service in ("tcp", "udp") and dp1 != "null":
        service += f"/{ports(dp1, dp2)}"
    rule = {"action": action, "from": wildcard(source, source_wild), "to": wildcard(destination, destination_wild), "service": service}
    if sp1 != "null":
        rule["source_port"] = ports(sp1, sp2)
    return rule


def stanford(folder: Path, with_lists: bool) -> Backbone:
    backbone = Backbone()
    vlans = {(words[0], words[1]): words[2:] for words in map(str.split, (folder / "stanford/vlan.txt").read_text().splitlines())}
    for line in (folder / "stanford/updates").read_text().splitlines():
        sign, kind, *rest = line.split()
        if sign != "+" or kind != "fwd":
            continue
        router, address, length, port, _ = rest
        ways = backbone.routes[router][f"{ipaddress.ip_address(int(address))}/{length}"]
        if port != "self":
            ways.update(vlans.get((router, port), [port]))
    for line in (folder / "stanford-noacl/topo.txt").read_text().splitlines():
        one, port, other, its = line.split()
        backbone.links.add(frozenset({(one, port), (other, its)}))
    if with_lists:
        for usage in sorted((folder / "stanford/acls").glob("*_usage")):
            router = usage.name.removesuffix("_usage")
            for line in usage.read_text().splitlines():
                port, direction, *names = line.split()
                # From inside a packet meets the lists for going out in their order; one that comes in meets those for
                # coming in in theirs, from outside.
                ordered = names if direction == "out" else reversed(names)
                backbone.lists[router, port] += [(f"{router}_{name}", direction) for name in ordered]
        for file in sorted((folder / "stanford/acls").iterdir()):
            if not file.name.endswith("_usage"):
                lines = (line.split() for line in file.read_text().splitlines())
                backbone.rules[file.name] = [access_rule(words[2:]) for words in lines if words]
    return backbone


ROUTER = re.compile(r"^(\S+?)-show_route_forwarding-table_table_default\.xml$")
DESTINATION = re.compile(r"^(default|\d+(?:\.\d+){0,3}(?:/\d+)?)\s+(?:user|perm|intf|dest|iddn|ifdn|ifcl|clon)\s")
INTERFACE = re.compile(r"\s((?:[a-z]+-\d+/\d+/\d+|[a-z]+\d*)\.\d+)$")


def internet2(folder: Path) -> Backbone:
    backbone = Backbone()
    for file in sorted(folder.iterdir()):
        if not (match := ROUTER.match(file.name)):
            continue
        router, prefix = match[1], None
        text = file.read_text(errors="replace")
        table = text.split("Routing table: default.inet\n", 1)[1].split("\nRouting table:", 1)[0]
        for line in table.splitlines():
            if found := DESTINATION.match(line):
                address = "0.0.0.0/0" if found[1] == "default" else found[1]
                head, _, length = address.partition("/")
                padded = head + ".0" * (3 - head.count("."))
                prefix = str(ipaddress.ip_network(f"{padded}/{length or 32}", strict=False))
                ways = backbone.routes[router][prefix]
            if prefix and (way := INTERFACE.search(line)) and " locl " not in line and " recv " not in line:
                ways.add(way[1].rsplit(".", 1)[0])
    routers, ports = [], {}
    for line in (folder / "port_map.txt").read_text().splitlines():
        if line.startswith("$"):
            routers.append(line[1:])
        elif ":" in line:
            port, number = line.rsplit(":", 1)
            ports[int(number)] = (routers[-1], port)
    for line in (folder / "backbone_topology.tf").read_text().splitlines():
        if match := re.match(r"link\$\[(\d+)\].*\$\[(\d+)\]", line):
            # Numbers of ports for going out are 20,000 higher.
            one, other = int(match[1]) - 20_000, int(match[2])
            backbone.links.add(frozenset({ports[one], ports[other]}))
    return backbone


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["stanford", "internet2"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("out", nargs="?", type=argparse.FileType("w"), default=sys.stdout)
    parser.add_argument("--no-acl", action="store_true")
    parser.add_argument("--count", action="store_true", help="also count the pairs of ports by another method, without lists")
    parser.add_argument("--zones", choices=["two", "edge"], default="two")
    call = parser.parse_intermixed_args()
    backbone = internet2(call.folder) if call.what == "internet2" else stanford(call.folder, not call.no_acl)

    def zone_of(port: Port, routers: list[str]) -> str:
        if call.zones == "edge":
            return name_of(port)
        # Sites alternate by name; Stanford's routers come in pairs, one pair a site.
        site = sorted({router[:3] for router in routers}).index(port[0][:3])
        return "my-number" if site % 2 == 0 else "lgwan"

    json.dump(backbone.document(call.what, zone_of), call.out, indent=0)
    tables = sum(len(table) for table in backbone.routes.values())
    if call.count:
        print(f"{backbone.joined_pairs(zone_of):,} pairs of ports by following each address", file=sys.stderr)
    lists = sum(len(rules) for rules in backbone.rules.values())
    print(f"{len(backbone.routes)} routers, {tables:,} prefixes in their tables, {lists} lines of lists", file=sys.stderr)


main()
