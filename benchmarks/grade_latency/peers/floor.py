"""The least that any grader does: Python, NumPy, the twelve checks, a JSON file."""

import json
import sys

import checks

results = {}
for name, check in list(vars(checks).items()):
    if name.startswith("test_"):
        try:
            check()
            results[name] = 1.0
        except Exception:
            results[name] = 0.0
with open(sys.argv[1], "w") as file:
    json.dump(results, file)
