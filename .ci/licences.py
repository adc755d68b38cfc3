"""Fails when a dependency has a licence that is not on the list below. Works offline, from `cargo metadata`."""

import json
import re
import subprocess
import sys

ALLOWED = {
    "MIT", "MIT-0", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "Unicode-3.0", "Zlib", "Unlicense",
    "BSL-1.0", "CC0-1.0", "0BSD", "Apache-2.0 WITH LLVM-exception",
}


def allowed(expression: str) -> bool:
    """Whether an SPDX expression can be met with allowed licences: some alternative has allowed parts only."""
    alternatives = re.split(r"\s+OR\s+|/", expression.replace("(", "").replace(")", ""))
    return any(all(part.strip() in ALLOWED for part in re.split(r"\s+AND\s+", one)) for one in alternatives)


def main() -> int:
    """Prints what is not allowed; exit status 1 if there is any."""
    text = subprocess.run(
        ["cargo", "metadata", "--all-features", "--format-version", "1", "--locked"], check=True, capture_output=True, text=True
    ).stdout
    packages = [package for package in json.loads(text)["packages"] if package["source"]]
    bad = [
        f"{package['name']} {package['version']}: {package['license']}"
        for package in packages
        if not (package["license"] and allowed(package["license"]))
    ]
    print(f"{len(packages)} dependencies")
    for line in bad:
        print("not allowed:", line)
    return 1 if bad or not packages else 0


if __name__ == "__main__":
    sys.exit(main())
