"""Lay out a dozen sample submissions to hw2_clustering, as a class would hand them in.

They are made from what the grader's exam already knows: the reference, the
handout's untouched stub, variants and misconceptions, with two hostile ones
beside them. Run:

    python demo/make_samples.py FOLDER
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

from autograder import config, overlay, verify
from autograder.model import Assignment

ROOT = Path(__file__).resolve().parent.parent
ASSIGNMENT = "hw2_clustering"

FROM_THE_EXAM = {
    "all_right": "reference/reference",
    "all_right_einsum": "variant/einsum",
    "all_right_helper_modules": "variant/helper_modules",
    "nothing_written": "handout/handout",
    "forgot_two_pi": "misconception/GMM._ll_joint__pi_without_two",
    "loss_is_a_sum": "misconception/KMeans._get_loss__sum",
    "nan_for_empty_cluster": "misconception/KMeans._update_centers__nan_for_empty",
    "slow_loops": "misconception/pairwise_dist__slow_double_loop",
    "changes_its_input": "misconception/softmax__changes_logits",
    "uses_scipy": "misconception/pairwise_dist__scipy",
}
"""Folder of a sample, and the candidate of ``autograder verify`` that it is."""

HOSTILE = {
    "exits_in_softmax": "import os\n\ndef softmax(logits):\n    os._exit(0)\n",
    "never_returns_from_softmax": "def softmax(logits):\n    while True:\n        pass\n",
}
"""One function of the reference replaced; everything else must keep its points."""


def make(assignment: Assignment, folder: Path) -> None:
    """Write the samples below ``folder``, which must not exist."""
    with tempfile.TemporaryDirectory() as temporary:
        known = {
            f"{candidate.kind}/{candidate.name}": candidate.path
            for candidate in verify.candidates(assignment, ROOT, Path(temporary))
        }
        for sample, candidate in FROM_THE_EXAM.items():
            shutil.copytree(known[candidate], folder / sample)
    reference = (folder / "all_right" / "clustering.py").read_text(encoding="utf-8")
    for sample, change in HOSTILE.items():
        (folder / sample).mkdir()
        text = overlay.apply(reference, change)
        (folder / sample / "clustering.py").write_text(text, encoding="utf-8")
    # One hands in a zip, and one a file that does not compile.
    with zipfile.ZipFile(folder / "all_right_as_zip.zip", "w") as archive:
        archive.writestr("my homework/clustering.py", reference)
    broken = reference.replace("def softmax(logits):", "def softmax(logits)", 1)
    (folder / "does_not_compile.py").write_text(broken, encoding="utf-8")


def main(folder: Path) -> None:
    """Write the samples to ``folder``, in place of those of an earlier run."""
    assignment = config.assignment(config.load(ROOT / "grading_config.yaml"), ASSIGNMENT)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    make(assignment, folder)
    print(f"{len(list(folder.iterdir()))} sample submissions in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
