"""placeholder"""

from collections.abc import Generator, Sequence

from autograder.finish import Job, Made


def served(work: Sequence[Job], address: str) -> Generator[Made, None, None]:
    yield from ()
