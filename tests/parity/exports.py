"""Exports of each task's model in Python `transformers`: classes, keys, logits, classes, tags and greedy text on 200 records.

    python tests/parity/exports.py          trains, exports (by vitest) and compares (export_check.py)
"""
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).parent.resolve().parent.parent
command = ["node", "node_modules/vitest/vitest.mjs", "run", "tests/export/python-transformers.test.ts"]
environment = {**os.environ, "SIGHTLINE_PARITY_PYTHON": sys.executable, "NO_COLOR": "1"}
sys.exit(subprocess.run(command, cwd=ROOT, env=environment).returncode)
