"""Marks to stubs, text to text."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograder.marks import HandoutError
from autograder.stubs import answers, strip

# --- strip: functions -----------------------------------------------------------------------


def test_a_region_in_a_function_raises_with_the_task_of_its_mark() -> None:
    """The stub keeps signature and docstring and says what to do, at the region's indentation."""
    source = '''\
def mean(x_N):
    """Mean of the numbers.

    Args: ...
    """
    # given
    x_N = check(x_N)
    ### BEGIN SOLUTION: mean of x_N, 0 if it is empty
    total = sum(x_N)

    return total / len(x_N)
    ### END SOLUTION
    # after
'''
    assert (
        strip(source, "a.py")
        == '''\
def mean(x_N):
    """Mean of the numbers.

    Args: ...
    """
    # given
    x_N = check(x_N)
    raise NotImplementedError("mean: mean of x_N, 0 if it is empty")
    # after
'''
    )


@pytest.mark.parametrize(
    ("docstring", "message"),
    [
        ('"""Mean of x. It is a number."""', "f: Mean of x"),
        ('"""Mean of x, e.g. of a row, i.e. a\n    number.\n\n    More."""',
         "f: Mean of x, e.g. of a row, i.e. a number"),
        ('"""Is it odd?"""', "f: Is it odd?"),
        ('"""\n    Args:\n        x: a number.\n    """', "f: your code goes here"),
        ('"""Returns the mean."""', "f: Returns the mean"),
        ("x = 1", "f: your code goes here"),
        ('"""Say "hi" to C:\\\\temp."""', 'f: Say "hi" to C:\\temp'),
        ('"""Say "hi", it\'s new."""', 'f: Say "hi", it\'s new'),
    ],
)  # fmt: skip
def test_without_task_text_the_docstring_says_what_to_do(docstring: str, message: str) -> None:
    """The message is the docstring's first sentence, if it has one that is a sentence."""
    source = f"def f():\n    {docstring}\n    ### BEGIN SOLUTION\n    pass\n    ### END SOLUTION\n"
    with pytest.raises(NotImplementedError) as caught:
        exec(strip(source, "a.py") + "f()", {})
    assert str(caught.value) == message


def test_a_method_is_named_with_its_class() -> None:
    """The message names what the config names: KMeans._get_loss."""
    source = """\
class KMeans:
    def _get_loss(self):
        ### BEGIN SOLUTION: mean squared distance
        return 0
        ### END SOLUTION
"""
    line = '        raise NotImplementedError("KMeans._get_loss: mean squared distance")\n'
    assert line in strip(source, "a.py")


def test_every_gap_of_a_function_is_a_raise_of_its_own() -> None:
    """A student who fills the first gap meets the second one, not a wrong answer."""
    source = """\
def f(x):
    ### BEGIN SOLUTION: first
    y = x
    ### END SOLUTION
    if y:
        ### BEGIN SOLUTION: second
        y += 1
        ### END SOLUTION
    return y
"""
    assert (
        strip(source, "a.py")
        == """\
def f(x):
    raise NotImplementedError("f: first")
    if y:
        raise NotImplementedError("f: second")
    return y
"""
    )


def test_a_long_message_is_wrapped() -> None:
    """No line of a stub is longer than WIDTH, and the message stays one sentence."""
    task = "word " * 60 + 'and a "quoted" end'
    source = f"def f():\n\t### BEGIN SOLUTION: {task}\n\tpass\n\t### END SOLUTION\n"
    stub = strip(source, "a.py")
    assert max(map(len, stub.splitlines())) <= 100
    with pytest.raises(NotImplementedError) as caught:
        exec(stub + "f()", {})
    assert str(caught.value) == f"f: {task}"


# --- strip: outside of functions ------------------------------------------------------------


def test_a_region_outside_of_functions_leaves_no_trace() -> None:
    """Helpers of the solution vanish, and the blank lines around read as if a person wrote them."""
    source = '''\
### BEGIN SOLUTION
SECRET = 1
### END SOLUTION

import os

### BEGIN SOLUTION
BLOCK = 4096
### END SOLUTION


class A:
    """Doc."""

    ### BEGIN SOLUTION
    def helper(self):
        pass
    ### END SOLUTION

    def given(self):
        pass

    ### BEGIN SOLUTION
    @property
    def helper2(self):
        pass

    ### END SOLUTION


### BEGIN SOLUTION
def helper():
    pass


### END SOLUTION
def f():
    pass


### BEGIN SOLUTION
print(f())
### END SOLUTION
'''
    assert (
        strip(source, "a.py")
        == '''\
import os


class A:
    """Doc."""

    def given(self):
        pass


def f():
    pass
'''
    )


def test_a_region_with_task_text_outside_of_functions_leaves_a_comment() -> None:
    """At module level the task stands in a comment: a raise would break the import."""
    source = "a = 1\n### BEGIN SOLUTION: set b\nb = 2\n### END SOLUTION\nc = 3\n"
    assert strip(source, "a.py") == "a = 1\n# TODO: set b\nc = 3\n"


@pytest.mark.parametrize("head", ["class A:", "if 1 > 0:", "try:\n    pass\nfinally:"])
def test_a_block_that_would_be_empty_holds_an_ellipsis(head: str) -> None:
    """The result is valid Python even if nothing else stands in the block."""
    source = f"{head}\n    ### BEGIN SOLUTION\n    a = 1\n    ### END SOLUTION\n"
    assert strip(source, "a.py") == f"{head}\n    ...\n"


# --- strip: spellings -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("### BEGIN SOLUTION", "### END SOLUTION"),
        ("# BEGIN SOLUTION", "# END SOLUTION"),
        ("#BEGIN SOLUTION", "#end solution"),
        ("##### Begin  Solution :", "## End Solution   "),
    ],
)
def test_spellings_of_nbgrader_and_otter(begin: str, end: str) -> None:
    """Any number of #, any case, any spaces."""
    source = f'def f():\n    """Do it."""\n    {begin}\n    return 1\n    {end}\n'
    want = 'def f():\n    """Do it."""\n    raise NotImplementedError("f: Do it")\n'
    assert strip(source, "a.py") == want


@pytest.mark.parametrize(
    ("line", "want"),
    [
        ("x = 3  # SOLUTION", "x = ..."),
        ("x = y = 3 # SOLUTION", "x = y = ..."),
        ("x: int = 3  #SOLUTION", "x: int = ..."),
        ("a, b = 3, 4  # SOLUTION", "a, b = ..., ..."),
        ("a, = [3]  # SOLUTION", "a, = (...,)"),
        ("x[(lambda k=1: k)()] = (\n    3\n)  # SOLUTION", "x[(lambda k=1: k)()] = ..."),
        ("é = lambda k=1: k  # SOLUTION", "é = ..."),
        ("x = 3  # why not 4? # SOLUTION", "x = ..."),
        ("print(3)  # SOLUTION", "..."),
        ("x += 3  # SOLUTION", "..."),
    ],
)
def test_a_marked_statement(line: str, want: str) -> None:
    """The target stays and the value becomes an ellipsis; any other statement becomes one."""
    assert strip(f"{line}\nz = 1\n", "a.py") == f"{want}\nz = 1\n"


def test_otters_own_example() -> None:
    """SOLUTION, NO PROMPT and prompts mean what they mean to otter, except that stubs raise."""
    source = '''\
def square(x):
    """Square of x."""
    y = x * x  # SOLUTION NO PROMPT
    return y  # SOLUTION

nine = square(3)  # SOLUTION

def circumference(r):
    # BEGIN SOLUTION NO PROMPT
    return 2 * 3.14 * r
    # END SOLUTION
    """ # BEGIN PROMPT
    # Next, define the circumference.
    circumference = ...
    """; # END PROMPT
'''
    assert (
        strip(source, "a.py")
        == '''\
def square(x):
    """Square of x."""
    raise NotImplementedError("square: Square of x")

nine = ...

def circumference(r):
    # Next, define the circumference.
    circumference = ...
'''
    )


def test_marks_in_strings_are_text() -> None:
    """A string that talks about marks is left alone, also one that looks like a prompt."""
    source = '''\
help = """
### BEGIN SOLUTION
x = 3  # SOLUTION
"""
more = "### END SOLUTION"
prompt = """ # BEGIN PROMPT
"""
'''
    assert strip(source, "a.py") == source


def test_line_ends_are_kept() -> None:
    """A file from Windows keeps its line ends, in stubs too; form feeds end no line."""
    source = (
        "a = 1\r\n\x0cb = 2\r\ndef f():\r\n    # BEGIN SOLUTION\r\n    c = 2\r\n    # END SOLUTION"
    )
    stub = '    raise NotImplementedError("f: your code goes here")\r\n'
    assert strip(source, "a.py") == "a = 1\r\n\x0cb = 2\r\ndef f():\r\n" + stub


# --- strip: errors --------------------------------------------------------------------------

BAD = {
    "unclosed": ("x = 1\n### BEGIN SOLUTION\ny = 2\n", 2, "without END SOLUTION"),
    "nested": (
        "# BEGIN SOLUTION\n# BEGIN SOLUTION\ny = 2\n# END SOLUTION\n# END SOLUTION\n",
        2,
        "inside the one that begins in line 1",
    ),
    "line mark inside": ("# BEGIN SOLUTION\ny = 2  # SOLUTION\n# END SOLUTION\n", 2, "must come"),
    "stray end": ("x = 1\n### END SOLUTION\n", 2, "END SOLUTION without BEGIN SOLUTION"),
    "empty": ("x = 1\n# BEGIN SOLUTION\n\n# END SOLUTION\n", 2, "no code between"),
    "only comments": ("# BEGIN SOLUTION\n# todo\n# END SOLUTION\n", 1, "no code between"),
    "misspelt": ("# BEGIN SOLUTIONS\nx = 1\n# END SOLUTIONS\n", 1, "nearly a mark"),
    "text without colon": ("# BEGIN SOLUTION here\nx = 1\n# END SOLUTION\n", 1, "nearly a mark"),
    "small line mark": ("x = 1\nx = 2  # solution\n", 2, "nearly a mark"),
    "behind code": ("x = 1  # BEGIN SOLUTION\ny = 2\n# END SOLUTION\n", 1, "line of its own"),
    "half a statement": (
        "x = [\n    # BEGIN SOLUTION\n    1,\n    # END SOLUTION\n]\n",
        2,
        "whole statements",
    ),
    "an else branch": (
        "if 1:\n    a = 1\n    # BEGIN SOLUTION\nelse:\n    a = 2\n    # END SOLUTION\n",
        3,
        "whole statements",
    ),
    "two blocks": (
        "if 1:\n    # BEGIN SOLUTION\n    a = 1\nb = 2\n# END SOLUTION\n",
        2,
        "whole statements",
    ),
    "mark of no statement": ("x = 1\n# SOLUTION\n", 2, "end of a statement"),
    "mark of a head": ("for x in []:  # SOLUTION\n    pass\n", 1, "end of a statement"),
    "mark in a statement": ("x = [\n    1,  # SOLUTION\n]\n", 2, "end of a statement"),
    "two statements": ("x = 1; y = 2  # SOLUTION\n", 1, "lines of its own"),
    "one-line if": ("if 1: y = 2  # SOLUTION\n", 1, "lines of its own"),
    "stray end of prompt": ("x = 1\n# END PROMPT\n", 2, "END PROMPT without BEGIN PROMPT"),
    "unclosed prompt": ('""" # BEGIN PROMPT\nx = 1\n"""\n', 1, "without END PROMPT"),
    "text before the quotes": ('""" # BEGIN PROMPT\nx = 1"""  # END PROMPT\n', 2, "quotes"),
    "method of a prompt": (
        '""" # BEGIN PROMPT\nx\n""".x()  # END PROMPT\n',
        3,
        "behind the quotes",
    ),
    "prompt inside": (
        '# BEGIN SOLUTION\n""" # BEGIN PROMPT\nx\n"""  # END PROMPT\n# END SOLUTION\n',
        2,
        "must come",
    ),
    "nothing left": (
        "def f():\n    # BEGIN SOLUTION NO PROMPT\n    return 1\n    # END SOLUTION\n",
        2,
        "nothing would be left",
    ),
    "not Python": ("x = 1\ny = = 2\n", 2, "not valid Python"),
    "unclosed bracket": ("x = 1\ny = (2\n", 2, "not valid Python"),
    "null byte": ("x = 1\0\n", 1, "not valid Python"),
    "old Mac line ends": ("x = 1\ry = 2\r", 1, "carriage return"),
    "result not Python": (
        "def f():\n    # BEGIN SOLUTION NO PROMPT\n    x = 1\n    # END SOLUTION\n\n"
        "    def g():\n        nonlocal x\n",
        7,
        "without the answers the file is not valid Python",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_wrong_marks_are_named_with_file_and_line(name: str) -> None:
    """Every mistake is one sentence that begins with file and line."""
    source, line, text = BAD[name]
    with pytest.raises(HandoutError) as caught:
        strip(source, "solutions/a/b.py")
    message = str(caught.value)
    assert message.startswith(f"solutions/a/b.py:{line}: ")
    assert text in message
    assert "\n" not in message


def test_lines_are_counted_from_where_the_text_begins() -> None:
    """A cell of a notebook reports the line of its file."""
    with pytest.raises(HandoutError, match=r"^n\.py:11: END"):
        strip("x = 1\n# END SOLUTION\n", "n.py", first_line=10)


# --- strip: properties ----------------------------------------------------------------------

names = st.sampled_from(["alpha", "beta", "gamma", "delta"])
plain = st.one_of(
    st.builds("{} = {}".format, names, st.integers(0, 99)),
    st.builds("# about {}".format, names),
    st.just(""),
    st.builds("{} = '### BEGIN SOLUTION'  # text".format, names),
    st.builds('"""{}\n# END SOLUTION\n"""'.format, names),
)
secret = st.builds("{} = 'secret {}'".format, names, st.integers(0, 99))


def _indented(lines: list[str], by: str) -> list[str]:
    return [by + line if line and not line.startswith("#") else line for line in lines]


@st.composite
def regions(draw: st.DrawFn) -> list[str]:
    """A marked region: secrets, blank lines and comments."""
    inside = [*draw(st.lists(st.one_of(secret, st.just("")), max_size=3)), draw(secret)]
    task = draw(st.sampled_from(["", ": do it", " NO PROMPT"]))
    return [f"### BEGIN SOLUTION{task}", *inside, "### END SOLUTION"]


@st.composite
def modules(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A module, and its lines outside of marks."""
    parts = draw(
        st.lists(st.one_of(st.lists(plain, min_size=1, max_size=3), regions()), max_size=6)
    )
    lines: list[str] = []
    outside: list[str] = []
    for part in parts:
        body = [*part, "pass"] if draw(st.booleans()) else part
        in_function = body is not part
        new = [f"def f{len(lines)}():", *_indented(body, "    ")] if in_function else body
        lines += new
        marked = "### BEGIN SOLUTION" in part[0] and part[0].startswith("#")
        if marked:
            outside += [new[0], new[-1]] if in_function else []
        else:
            outside += new
    return "\n".join(lines) + "\n", outside


@given(modules())
def test_text_outside_marks_survives_and_no_secret_does(module: tuple[str, list[str]]) -> None:
    """Lines outside marks stand in the result in order; no marked line does; it compiles."""
    source, outside = module
    result = strip(source, "a.py")
    ast.parse(result)
    got = iter(result.split("\n"))
    wanted = [line for text in outside for line in text.split("\n") if line.strip()]
    assert all(line in got for line in wanted)
    assert "secret" not in result
    secrets = {line.strip() for line in source.split("\n") if "secret" in line}
    assert {text.strip() for _, text in answers(source, "a.py")} - {""} == secrets


@given(modules())
def test_strip_changes_nothing_where_there_are_no_marks(module: tuple[str, list[str]]) -> None:
    """A stub is its own stub, byte for byte."""
    stub = strip(module[0], "a.py")
    assert strip(stub, "a.py") == stub
