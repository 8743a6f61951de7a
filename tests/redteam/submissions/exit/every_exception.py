"""Raises what graders forget to catch: KeyboardInterrupt, GeneratorExit, a group, a text of 20 MB.

score: [70, 70]
verdict: run_time_error
"""

class Terrible(BaseException):
    def __str__(self):
        return "\x1b[2J\x00\ud800" + "A" * 20_000_000

    def __getattribute__(self, name):
        if name == "__class__":
            raise KeyboardInterrupt
        return BaseException.__getattribute__(self, name)


def softmax(logits):
    raise KeyboardInterrupt("stop the grader")


def pairwise_dist(X, Y):
    raise GeneratorExit


def logsumexp(logits):
    raise Terrible


