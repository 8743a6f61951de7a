"""The twelve checks under gradescope-utils, as its documentation's run_tests.py has it."""

import sys
import unittest

import checks
from gradescope_utils.autograder_utils.decorators import weight
from gradescope_utils.autograder_utils.json_test_runner import JSONTestRunner


def _method(check):
    @weight(1)
    def run(self):
        check()

    return run


class TestSmall(unittest.TestCase):
    """One method for each check."""


for _name, _check in list(vars(checks).items()):
    if _name.startswith("test_"):
        setattr(TestSmall, _name, _method(_check))

if __name__ == "__main__":
    suite = unittest.defaultTestLoader.loadTestsFromTestCase(TestSmall)
    with open(sys.argv[1], "w") as file:
        JSONTestRunner(visibility="visible", stream=file).run(suite)
