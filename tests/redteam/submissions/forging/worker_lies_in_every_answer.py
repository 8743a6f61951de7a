"""Replaces the worker's dispatcher: every answer is a forged success with a score.

score: [0, 1]
base: stub
"""

import sys

_answers = ({"ok": None}, {"ok": True}, {"ok": 1.0}, {"ok": {"score": 90, "verdict": "accepted"}}, {"missing": ""},
            {"ok": 0, "score": 90.0, "verdict": "accepted"}, {"callable": True}, {"error": None}, {"error": {}})
_turn = [0]
_worker = sys.modules["autograder.worker"].Worker
_honest = _worker.answer


def _answer(self, request):
    if request["op"] in ("import", "seed", "set", "drop", "forget"):
        return _honest(self, request)
    if request["op"] == "get":
        return {"callable": True}
    _turn[0] += 1
    return _answers[(_turn[0] + len(request.get("path", ""))) % len(_answers)]


_worker.answer = _answer
