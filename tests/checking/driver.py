"""Runs the second checker many times in one process: for the tests.

Standard input: a line with two lengths, then a document and a certificate of so many bytes; with a third, a policy comes after
them; and so on. Standard output:
one line each, the exit status that the checker would have and, where it does not accept, the reason.
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "checker"))
sys.dont_write_bytecode = True
import sanso_check  # noqa: E402


def main():
    """Until standard input ends."""
    inward, outward = sys.stdin.buffer, sys.stdout.buffer
    for line in iter(inward.readline, b""):
        document, certificate, *policy = [inward.read(int(length)) for length in line.split()]
        result = sanso_check.check(document, certificate, None, *policy)
        text = "%d %s" % (result.status, "" if result.status == 0 else sanso_check.report(result, "en"))
        outward.write(text.replace("\n", " ").encode("utf-8", "backslashreplace") + b"\n")
        outward.flush()


main()
