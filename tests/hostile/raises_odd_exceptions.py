"""Tries: an exception whose text, name and class misbehave. Sound: run_time_error, the report stays clean."""


class Odd(BaseException):
    def __str__(self):
        raise RuntimeError("no text for you")

    __repr__ = __str__


Odd.__name__ = "\x1b[31mAccepted"


def softmax(logits):
    raise Odd
