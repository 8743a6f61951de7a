"""Does a class survive whatever ends the command? Kills it at random moments, and resumes.

Every kill is a kill -9 of the whole process group. Whenever a class is complete its gradebook and
every results.json are compared with those of an undisturbed run, times aside; then it begins
anew. Exit status 1 when anything differs, is lost, or is left running.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
os.environ["PYTHONPATH"] = sys.path[0]

from tests import batches


def gone(place: Path) -> bool:
    """Whether all processes of a command that was killed are gone, within a few seconds."""
    for _ in range(200):
        if not batches.left(place):
            return True
        time.sleep(0.05)
    return False


def main() -> int:
    """Run the kills and print a line for each."""
    command = argparse.ArgumentParser(description=__doc__)
    command.add_argument("--kills", type=int, default=20)
    command.add_argument("--class-size", type=int, default=12)
    command.add_argument("--seed", type=int, default=1)
    args = command.parse_args()
    moments = random.Random(args.seed)
    place = Path(tempfile.mkdtemp(prefix="faults-"))
    try:
        course = batches.course(place / "course")
        folder = batches.hand_in(place / "class", args.class_size)
        begun = time.monotonic()
        done = batches.run(folder, place / "calm", cwd=course)
        seconds = time.monotonic() - begun
        if done.returncode:
            print(done.stderr, file=sys.stderr)
            return 1
        calm = batches.timeless(place / "calm")
        print(f"undisturbed: {args.class_size} submissions in {seconds:.1f} s")
        return _kill(args.kills, moments, seconds, calm, folder, course, place)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _kill(
    kills: int,
    moments: random.Random,
    seconds: float,
    calm: dict[str, object],
    folder: Path,
    course: Path,
    place: Path,
) -> int:
    done = rounds = wrong = 0
    while done < kills:
        rounds += 1
        out = place / f"out{rounds}"
        while done < kills:
            process = batches.begun(folder, out, cwd=course)
            moment = moments.uniform(0.05, 0.9) * seconds
            time.sleep(moment)
            if process.poll() is not None:
                process.communicate()
                break
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()
            done += 1
            if not gone(place):
                print("processes are left:", *batches.left(place), sep="\n  ")
                wrong += 1
            entries = len(list((out / ".journal").glob("*.json")))
            print(f"kill {done:2} after {moment:.2f} s: {entries} results are whole", flush=True)
        end = batches.run(folder, out, cwd=course)
        same = end.returncode == 0 and batches.timeless(out) == calm
        wrong += not same
        print(f"round {rounds}: {'identical' if same else 'DIFFERENT ' + end.stderr}", flush=True)
    print(f"{done} kills, {rounds} rounds, {wrong} wrong")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
