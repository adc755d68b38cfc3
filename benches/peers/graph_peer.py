"""The plain question by a graph library: from the same JSON, is there a way between the two endpoints?

    graph_peer.py networkx|rustworkx|igraph FILE
"""

import json
import sys
import time


def main() -> None:
    library, path = sys.argv[1:]
    start = time.perf_counter()
    with open(path, "rb") as file:
        document = json.load(file)
    read = time.perf_counter()
    nodes, links = document["nodes"], document["links"]
    if library == "networkx":
        import networkx

        graph = networkx.Graph()
        graph.add_nodes_from(node["id"] for node in nodes)
        graph.add_edges_from(links)
        built = time.perf_counter()
        isolated = not networkx.has_path(graph, "inner", "outer")
    elif library == "rustworkx":
        import rustworkx

        number = {node["id"]: at for at, node in enumerate(nodes)}
        graph = rustworkx.PyGraph(multigraph=True)
        graph.add_nodes_from(range(len(nodes)))
        graph.add_edges_from_no_data([(number[one], number[other]) for one, other in links])
        built = time.perf_counter()
        isolated = not rustworkx.has_path(graph, number["inner"], number["outer"])
    else:
        import igraph

        number = {node["id"]: at for at, node in enumerate(nodes)}
        graph = igraph.Graph(n=len(nodes), edges=[(number[one], number[other]) for one, other in links])
        built = time.perf_counter()
        isolated = number["outer"] not in set(graph.subcomponent(number["inner"]))
    done = time.perf_counter()
    phases = {"read_ms": (read - start) * 1e3, "build_ms": (built - read) * 1e3, "query_ms": (done - built) * 1e3}
    print(json.dumps({"isolated": isolated, **phases}))


main()
