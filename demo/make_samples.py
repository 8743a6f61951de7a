"""Lay out a dozen sample submissions to hw2_clustering, as a class would hand them in.

They are made from what the grader's exam already knows: the reference, the
handout's untouched stub, variants, misconceptions, and two hostile ones. Run:

    python demo/make_samples.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from autograder import config, verify

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "hw2_clustering"
CHOSEN = {
    "ada": "reference/reference",
    "boris": "handout/handout",
}


def main(folder: Path) -> None:
    """Write the samples below ``folder``, replacing those of an earlier run."""
    assignment = config.assignment(config.load(ROOT / "grading_config.yaml"), ASSIGNMENT)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as temporary:
        known = {
            f"{c.kind}/{c.name}": c.path
            for c in verify.candidates(assignment, ROOT, Path(temporary))
        }
        for student, candidate in CHOSEN.items():
            shutil.copytree(known[candidate], folder / student)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
