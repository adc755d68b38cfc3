"""Runs the second checker many times in one process: for the tests.

Standard input: a line with two lengths, then a document and a certificate of so many bytes; with a third, a policy comes after
them; and so on. Standard output:
one line each, the exit status that the checker would have and, where it does not accept, the reason.

A forgery is one false requirement among honest ones, and there are many forgeries of one document: what was read of a document, and
which of its requirements were accepted with the very same words, is remembered until another document comes.
"""

import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "checker"))
sys.dont_write_bytecode = True
import sanso_check  # noqa: E402


class Memory:
    """Stands between the checker's `check` and what it calls; refusals are not remembered."""

    def __init__(self):
        self.read, self.judge = sanso_check.read_document, sanso_check.check_requirement
        self.data, self.document, self.accepted = None, None, {}

    def read_document(self, data):
        """The document, read once while no other comes between."""
        if data != self.data:
            self.document = self.read(data)
            self.data, self.accepted = data, {}
        return self.document

    def check_requirement(self, court, requirement, value):
        """The outcome; all that it depends on but the document is in the key."""
        patterns = frozenset(court.facts.named.items())
        key = (court.date, tuple(court.m.line.symbolic), patterns, repr(requirement), json.dumps(value))
        if key not in self.accepted:
            self.accepted[key] = self.judge(court, requirement, value)
        return self.accepted[key]


def main():
    """Until standard input ends."""
    memory = Memory()
    sanso_check.read_document, sanso_check.check_requirement = memory.read_document, memory.check_requirement
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    for line in iter(inward.readline, b""):
        document, certificate, *policy = [inward.read(int(length)) for length in line.split()]
        result = sanso_check.check(document, certificate, None, *policy)
        text = "%d %s" % (result.status, "" if result.status == 0 else sanso_check.report(result, "en"))
        outward.write(text.replace("\n", " ").encode("utf-8", "backslashreplace") + b"\n")
        outward.flush()


main()
