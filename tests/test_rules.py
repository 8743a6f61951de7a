"""The rules about loops and packages, each on the smallest source that shows it."""

from __future__ import annotations

import ast
import random
import textwrap
from pathlib import Path

import pytest

from autograder import rules
from autograder.names import MAX_SOURCE_BYTES
from autograder.rules import Loop, Source, Use
from autograder.scopes import _check_chains

HEAD = "import numpy as np\nimport functools, itertools\n"


def read(folder: Path, main: str | bytes, **helpers: str) -> Source:
    """The source of a submission whose main module is ``clustering.py``."""
    files = {"clustering.py": main, **{f"{name}.py": text for name, text in helpers.items()}}
    for name, text in files.items():
        path = folder / name.replace("__dir__", "/")
        path.parent.mkdir(exist_ok=True)
        if isinstance(text, str):
            text = textwrap.dedent(text).encode()
        path.write_bytes(text)
    return Source.read(folder, ["clustering"])


def whats(source: Source, function: str = "f") -> list[str]:
    return [loop.what for loop in source.loops(function)]


def modules(source: Source, function: str = "f", stop_at: tuple[str, ...] = ()) -> list[str]:
    uses = source.forbidden(function, ["numpy", "matplotlib", "tqdm"], stop_at)
    return list(dict.fromkeys(use.module for use in uses))


LOOPS = {
    "for": ("def f(X):\n    for x in X: pass", "for loop"),
    "for over range(len)": ("def f(X):\n    for i in range(len(X)): pass", "for loop"),
    "for over range(shape[0])": ("def f(X):\n    for i in range(X.shape[0]): pass", "for loop"),
    "for over N of an unpacked shape": (
        "def f(X):\n    N, D = X.shape\n    for i in range(N): pass",
        "for loop",
    ),
    "for over enumerate": ("def f(X):\n    for i, x in enumerate(X): pass", "for loop"),
    "for over zip of rows": ("def f(X, Y):\n    for x, y in zip(X, Y): pass", "for loop"),
    "for over tqdm": (
        "from tqdm import tqdm\ndef f(X):\n    for x in tqdm(X): pass",
        "for loop",
    ),
    "for over blocks of one row": (
        "STEP = 1\ndef f(X):\n    for i in range(0, len(X), STEP): pass",
        "for loop",
    ),
    "for over rows from a helper": (
        "def cut(n):\n    return range(n)\ndef f(X):\n    for i in cut(len(X)): X[i] *= 2",
        "for loop",
    ),
    "for over a split that depends on the rows": (
        "def f(X):\n    for x in np.array_split(X, len(X)): x *= 2",
        "for loop",
    ),
    "for over the transpose": ("def f(X):\n    for x in X.T: pass", "for loop"),
    "for over what grows": (
        "def f(X):\n    rows = []\n    rows = X\n    for x in rows: pass",
        "for loop",
    ),
    "for over rows from a lambda": (
        "cut = lambda n: range(n)\ndef f(X):\n    for i in cut(len(X)): X[i] *= 2",
        "for loop",
    ),
    "for over what a helper does not say": (
        "def cut(X):\n    pass\ndef f(X):\n    for x in cut(X): pass",
        "for loop",
    ),
    "for over a list that is filled": (
        "def f(X):\n    rows = []\n    rows.extend(X)\n    for x in rows: pass",
        "for loop",
    ),
    "for over a list that grows": (
        "def f(X):\n    rows = [0]\n    rows += X\n    for x in rows: pass",
        "for loop",
    ),
    "for over one of two arrays": (
        "def f(X, Y):\n    both = (X, Y)\n    for x in both[0]: pass",
        "for loop",
    ),
    "for over half of the rows": (
        "def f(X):\n    for i in range(len(X) // 2): X[i] *= 2",
        "for loop",
    ),
    "for over rows plus one": (
        "def f(X):\n    for i in range(len(X) + 1): X[i] *= 2",
        "for loop",
    ),
    "for over the larger of two sizes": (
        "def f(X):\n    for i in range(max(3, len(X))): X[i] *= 2",
        "for loop",
    ),
    "for inside if, with and try": (
        """
        def f(X):
            with np.errstate(all="ignore"):
                try:
                    if len(X):
                        for x in X: pass
                finally:
                    pass
        """,
        "for loop",
    ),
    "generator that loops": (
        "def rows(X):\n    for x in X: yield x\ndef f(X):\n    return np.stack(rows(X))",
        "for loop",
    ),
    "while": ("def f(X):\n    i = 0\n    while i < len(X): i += 1", "while loop"),
    "list comprehension": ("def f(X):\n    return np.array([x for x in X])", "list comprehension"),
    "set comprehension": ("def f(X):\n    return {tuple(x) for x in X}", "set comprehension"),
    "dict comprehension": ("def f(X):\n    return {i: x for i, x in X}", "dict comprehension"),
    "generator inside sum": ("def f(X):\n    return sum(x for x in X)", "generator expression"),
    "nested comprehension": (
        "def f(X, Y):\n    return [[x @ y for x in X] for y in (1, 2)]",
        "list comprehension",
    ),
    "map": ("def f(X):\n    return list(map(np.sum, X))", "map()"),
    "map under another name": ("m = map\ndef f(X):\n    return list(m(np.sum, X))", "map()"),
    "filter": ("def f(X):\n    return list(filter(np.any, X))", "filter()"),
    "reduce": (
        "from functools import reduce\ndef f(X):\n    return reduce(np.add, X)",
        "functools.reduce()",
    ),
    "starmap": (
        "import itertools as it\ndef f(X, Y):\n    return list(it.starmap(g, zip(X, Y)))",
        "itertools.starmap()",
    ),
    "list of a parameter": ("def f(X):\n    return np.stack(list(X))", "list()"),
    "sum of a parameter": ("def f(X):\n    return sum(X)", "sum()"),
    "vectorize": ("def f(X):\n    return np.vectorize(abs)(X)", "np.vectorize"),
    "vectorize at module level": (
        "g = np.vectorize(abs)\ndef f(X):\n    return g(X)",
        "np.vectorize",
    ),
    "vectorize from-imported": (
        "from numpy import vectorize as v\ndef f(X):\n    return v(abs)(X)",
        "np.vectorize",
    ),
    "vectorize through an alias of numpy": (
        "lib = np\ndef f(X):\n    return lib.vectorize(abs)(X)",
        "np.vectorize",
    ),
    "vectorize as decorator": (
        "def f(X):\n    return g(X)\n@np.vectorize\ndef g(x):\n    return abs(x)",
        "np.vectorize",
    ),
    "vectorize by a name bound in a comprehension": (
        "def f(X):\n    [lib := np for _ in (1,)]\n    return lib.vectorize(abs)(X)",
        "np.vectorize",
    ),
    "vectorize by getattr": (
        "def f(X):\n    return getattr(np, 'vector' + 'ize')(abs)(X)",
        "np.vectorize",
    ),
    "the graded name is a vectorize": ("f = np.vectorize(abs)", "np.vectorize"),
    "vectorize as default argument": (
        "def f(X, how=np.vectorize):\n    return how(abs)(X)",
        "np.vectorize",
    ),
    "vectorize by star import": (
        "from numpy import *\ndef f(X):\n    return vectorize(abs)(X)",
        "np.vectorize",
    ),
    "frompyfunc": ("def f(X):\n    return np.frompyfunc(abs, 1, 1)(X)", "np.frompyfunc"),
    "fromiter": ("def f(X):\n    return np.fromiter(X, float)", "np.fromiter"),
    "apply_along_axis": (
        "def f(X):\n    return np.apply_along_axis(abs, 1, X)",
        "np.apply_along_axis",
    ),
    "helper function": (
        "def f(X):\n    return g(X)\ndef g(X):\n    for x in X: pass",
        "for loop",
    ),
    "helper of a helper": (
        "def f(X):\n    return g(X)\ndef g(X):\n    return h(X)\ndef h(X):\n    for x in X: pass",
        "for loop",
    ),
    "helper under another name": (
        "def g(X):\n    for x in X: pass\nh = g\nk = h\ndef f(X):\n    return k(X)",
        "for loop",
    ),
    "helper from a table": (
        "def g(X):\n    for x in X: pass\nTABLE = {'a': g}\ndef f(X):\n    return TABLE['a'](X)",
        "for loop",
    ),
    "helper put into a table": (
        "def g(X):\n    for x in X: pass\nT = {}\nT['a'] = g\ndef f(X):\n    return T['a'](X)",
        "for loop",
    ),
    "helper passed on": (
        "def g(X):\n    for x in X: pass\ndef f(X):\n    return call(g, X)",
        "for loop",
    ),
    "helper in a partial": (
        "def g(a, X):\n    for x in X: pass\nh = functools.partial(g, 1)\n"
        "def f(X):\n    return h(X)",
        "for loop",
    ),
    "helper defined under an if": (
        "if True:\n    def g(X):\n        for x in X: pass\ndef f(X):\n    return g(X)",
        "for loop",
    ),
    "nested function": (
        "def f(X):\n    def g(Y):\n        for y in Y: pass\n    return g(X)",
        "for loop",
    ),
    "lambda at module level": ("f = lambda X: [x for x in X]", "list comprehension"),
    "lambda as helper": (
        "g = lambda X: [x for x in X]\ndef f(X):\n    return g(X)",
        "list comprehension",
    ),
    "lambda inside": (
        "def f(X):\n    g = lambda Y: [y for y in Y]\n    return g(X)",
        "list comprehension",
    ),
    "recursion": (
        "def f(X):\n    return X if len(X) == 1 else f(X[1:])",
        "recursion",
    ),
    "mutual recursion": (
        "def f(X):\n    return g(X[1:])\ndef g(X):\n    return f(X) if len(X) else X",
        "recursion",
    ),
    "recursive lambda": ("f = lambda X: f(X[1:]) if len(X) else 0", "recursion"),
    "recursive nested function": (
        "def f(X):\n    def g(Y):\n        return g(Y[1:])\n    return g(X)",
        "recursion",
    ),
    "decorator that loops": (
        """
        def rows(function):
            def wrapper(X):
                return np.array([function(x) for x in X])
            return wrapper
        @rows
        def f(x):
            return x
        """,
        "list comprehension",
    ),
    "class that loops when it is made": (
        """
        class Rows:
            def __init__(self, X):
                for x in X: pass
        def f(X):
            return Rows(X)
        """,
        "for loop",
    ),
    "class that loops when it is called": (
        """
        class Rows:
            def __call__(self, X):
                for x in X: pass
        def f(X):
            return Rows()(X)
        """,
        "for loop",
    ),
    "static method": (
        """
        class Tools:
            @staticmethod
            def rows(X):
                for x in X: pass
        def f(X):
            return Tools.rows(X)
        """,
        "for loop",
    ),
    "method of an object nobody knows": (
        """
        class Tools:
            def rows(self, X):
                for x in X: pass
        def make():
            return Tools()
        def f(X):
            return make().rows(X)
        """,
        "for loop",
    ),
    "code in an indented string": (
        'def f(X):\n    exec("""\n      if 1:\n        [x for x in X]\n    """)',
        "list comprehension",
    ),
    "code in a string": ("def f(X):\n    exec('for x in X: pass')", "for loop"),
    "global function set inside": (
        "def setup():\n    global g\n    g = lambda X: [x for x in X]\ndef f(X):\n    return g(X)",
        "list comprehension",
    ),
    "reduce of a lambda": (
        "def f(X):\n    return functools.reduce(lambda a, x: a + x, X)",
        "functools.reduce()",
    ),
    "accumulate": (
        "def f(X):\n    return [*itertools.accumulate(X, lambda a, x: a + x)]",
        "itertools.accumulate()",
    ),
    "product": (
        "def f(X, Y):\n    return np.array(list(itertools.product(X, Y)))",
        "itertools.product()",
    ),
    "takewhile": (
        "def f(X):\n    return list(itertools.takewhile(lambda x: True, X))",
        "itertools.takewhile()",
    ),
    "groupby": (
        "def f(X):\n    return list(itertools.groupby(X, lambda x: 1))",
        "itertools.groupby()",
    ),
    "chain of rows": (
        "def f(X):\n    return list(itertools.chain.from_iterable(X))",
        "itertools.chain.from_iterable()",
    ),
    "smallest by a key": ("def f(X):\n    return min(X, key=lambda x: x.sum())", "min(key=)"),
    "sorted by a key": ("def f(X):\n    return sorted(X - 1, key=np.sum)", "sorted(key=)"),
    "list sorted by a key": (
        "def f(X):\n    rows = X.tolist()\n    rows.sort(key=np.sum)\n    return rows",
        "sort(key=)",
    ),
    "any of a parameter": ("def f(X):\n    return any(X)", "any()"),
    "largest of a parameter": ("def f(X):\n    return max(X)", "max()"),
    "set of a list of a parameter": ("def f(X):\n    return set(X[:, 0].tolist())", "set()"),
    "fsum of a column": ("import math\ndef f(X):\n    return math.fsum(X[:, 0])", "math.fsum()"),
    "sum of what is as long": ("def f(X):\n    Y = X - 1\n    return sum(Y)", "sum()"),
    "sum of a list, from a start": ("def f(X):\n    return sum(X.tolist(), [])", "sum()"),
    "unpacked into a list": ("def f(X):\n    return [*X]", "unpacking with *"),
    "unpacked into a call": ("def f(X):\n    return max(*X.tolist())", "unpacking with *"),
    "unpacked into a helper": (
        "def g(*rows):\n    return len(rows)\ndef f(X):\n    return g(*X)",
        "unpacking with *",
    ),
    "unpacked into zip": ("def f(X):\n    return list(zip(*X.tolist()))", "unpacking with *"),
    "nditer": ("def f(X):\n    return list(np.nditer(X))", "np.nditer"),
    "ndenumerate": ("def f(X):\n    return dict(np.ndenumerate(X))", "np.ndenumerate"),
    "iter until a value comes": (
        "def f(X):\n    rows = iter(X)\n    return [*iter(lambda: next(rows, None), None)]",
        "iter() until a value comes",
    ),
    "pool of threads": (
        "from concurrent.futures import ThreadPoolExecutor\ndef f(X):\n"
        "    with ThreadPoolExecutor() as pool:\n        return list(pool.map(np.sum, X))",
        "map() of a pool",
    ),
    "pool of processes": (
        "from multiprocessing.dummy import Pool\ndef f(X):\n    return Pool(2).imap(np.sum, X)",
        "imap() of a pool",
    ),
    "a function that is given itself": (
        "def f(X):\n    return (lambda g: g(g, X))(lambda g, X: 1 + g(g, X[1:]) if len(X) else 0)",
        "recursion",
    ),
    "iterator": (
        "class Rows:\n    def __init__(self, X):\n        self.X, self.i = X, -1\n"
        "    def __iter__(self):\n        return self\n"
        "    def __next__(self):\n        self.i += 1\n"
        "        if self.i == len(self.X): raise StopIteration\n        return self.X[self.i]\n"
        "def f(X):\n    return np.stack(list(Rows(X)))",
        "iterator",
    ),
    "sequence of its own": (
        "class Rows:\n    def __init__(self, X):\n        self.X = X\n"
        "    def __len__(self):\n        return len(self.X)\n"
        "    def __getitem__(self, i):\n        return self.X[i].sum()\n"
        "def f(X):\n    return np.array(Rows(X))",
        "sequence of its own",
    ),
    "array of objects": ("def f(X):\n    return np.exp(X.astype(object))", "array of objects"),
    "array of objects by dtype": (
        "def f(X):\n    return np.add.reduce(np.array(X, dtype='O'))",
        "array of objects",
    ),
    "text put together": (
        "def f(X):\n    exec('fo' + 'r x in X: pass')",
        "exec() of a text",
    ),
    "text by name": (
        "CODE = '[x for x in X]'\ndef f(X):\n    return eval(CODE)",
        "eval() of a text",
    ),
    "text with a value in it": (
        "def f(X):\n    word = 'for'\n    exec(f'{word} x in X: pass')",
        "exec() of a text",
    ),
    "exec by another name": (
        "run = exec\ndef f(X):\n    run('for x in X: pass')",
        "exec() of a text",
    ),
    "exec of builtins": (
        "import builtins\ndef f(X):\n    builtins.exec('for x in X: pass')",
        "exec() of a text",
    ),
    "helper by globals": (
        "def g(X):\n    for x in X: pass\ndef f(X):\n    return globals()['g'](X)",
        "for loop",
    ),
    "for over the first axis, counted from behind": (
        "def f(X):\n    for i in range(X.shape[-2]): pass",
        "for loop",
    ),
    "for over the columns of the transpose": (
        "def f(X):\n    for i in range(X.T.shape[1]): pass",
        "for loop",
    ),
    "for over N of the transpose": (
        "def f(X):\n    D, N = X.T.shape\n    for i in range(N): pass",
        "for loop",
    ),
    "for over the columns of one row": (
        "def f(X):\n    Z = X.reshape(1, -1)\n    for i in range(Z.shape[1]): pass",
        "for loop",
    ),
    "for over more than anybody has": (
        "def f(X):\n    for i in range(10**9):\n        if i == len(X): break",
        "for loop",
    ),
    "for over blocks of one row by default": (
        "def f(X, step=1):\n    for i in range(0, len(X), step): pass",
        "for loop",
    ),
    "for over a split in a million": (
        "def f(X):\n    for x in np.array_split(X, 1_000_000): pass",
        "for loop",
    ),
}


@pytest.mark.parametrize("case", LOOPS)
def test_a_loop_over_rows_is_found(case: str, tmp_path: Path) -> None:
    """A Python loop over rows is found, however it is written, and named by its kind."""
    text, what = LOOPS[case]
    assert whats(read(tmp_path, HEAD + textwrap.dedent(text))) == [what]


NO_LOOPS = {
    "broadcasting": "def f(X, Y):\n    return np.sqrt(((X[:, None] - Y) ** 2).sum(-1))",
    "expanded square": (
        "def f(X, Y):\n    s = (X * X).sum(1)[:, None] + (Y * Y).sum(1) - 2 * X @ Y.T\n"
        "    return np.sqrt(np.maximum(s, 0))"
    ),
    "einsum": "def f(X, Y):\n    return np.einsum('nd,md->nm', X, Y)",
    "loop in an unrelated function": "def f(X):\n    return X\ndef g(X):\n    for x in X: pass",
    "unrelated loop at module level": "def f(X):\n    return X\nfor i in [1]:\n    print(f(i))",
    "while in a docstring": 'def f(X):\n    """while True: for x in X: pass"""\n    return X',
    "for in a comment": "def f(X):\n    # for x in X: slow\n    return X",
    "for in a string": "def f(X):\n    text = 'for x in X: pass'\n    return X",
    "helper that is not called": "def f(X):\n    return X\ndef g(X):\n    return [x for x in X]",
    "nested helper that is not called": (
        "def f(X):\n    def g():\n        for x in X: pass\n    return X"
    ),
    "method of the same name as the helper": (
        "class A:\n    def g(self, X):\n        for x in X: pass\n"
        "def g(X):\n    return X\ndef f(X):\n    return g(X)"
    ),
    "helper hidden by a local name": (
        "def g(X):\n    for x in X: pass\ndef f(X):\n    g = np.abs\n    return g(X)"
    ),
    "helper hidden by a parameter": "def g(X):\n    for x in X: pass\ndef f(X, g):\n    return g",
    "first draft replaced by a second": (
        "def f(X):\n    for x in X: pass\n    return X\ndef f(X):\n    return X"
    ),
    "own function called map": "def map(f, X):\n    return X\ndef f(X):\n    return map(1, X)",
    "local value called filter": "def f(X):\n    filter = X > 0\n    return X[filter]",
    "table built at import": "T = [2.0 ** k for k in range(9)]\ndef f(X):\n    return X * T",
    "default built at import": "def f(X, T=[k for k in range(9)]):\n    return X",
    "over a written-out tuple": "def f(X):\n    for a in (X, X.T): assert a.ndim == 2",
    "over an unpacked pair": "def f(X, Y):\n    X, Y = (abs(a) for a in (X, Y))\n    return X",
    "map over a pair": "def f(X, Y):\n    X, Y = map(np.asarray, (X, Y))\n    return X - Y",
    "over a constant count": "def f(X):\n    for _ in range(2): X = X - X.mean(1, keepdims=True)",
    "over the shape": "def f(X):\n    for n in X.shape: assert n\n    return X",
    "over columns": "def f(X):\n    for d in range(X.shape[1]): X[:, d]",
    "over columns of an unpacked shape": (
        "def f(X):\n    N, D = X.shape\n    return sum(X[:, d] for d in range(D))"
    ),
    "over blocks": (
        "BLOCK = 4096\ndef f(X):\n    for i in range(0, len(X), BLOCK): X[i:i + BLOCK] *= 2"
    ),
    "over blocks of a computed size": (
        "def f(X):\n    n = max(1, 10**6 // X.shape[1])\n"
        "    return np.concatenate([X[i:i + n] for i in range(0, len(X), n)])"
    ),
    "over blocks from a helper": (
        "def cut(n):\n    return [slice(i, i + 64) for i in range(0, n, 64)]\n"
        "def f(X):\n    for rows in cut(len(X)): X[rows] *= 2"
    ),
    "over blocks from a generator": (
        "def cut(X, n):\n    for i in range(0, len(X), n):\n        yield X[i:i + n]\n"
        "def f(X):\n    return np.concatenate([abs(b) for b in cut(X, 64)])"
    ),
    "over a number of blocks": (
        "BLOCK = 4096\ndef f(X):\n    for i in range(-(-len(X) // BLOCK)): X[i * BLOCK]\n"
        "    for i in range(int(np.ceil(len(X) / BLOCK))): X[i * BLOCK]"
    ),
    "over columns minus one": "def f(X):\n    for d in range(X.shape[1] - 1): X[:, d]",
    "over the axes": "def f(X):\n    for a in range(len(X.shape)): X = X.cumsum(a)",
    "over dimensions": "def f(X):\n    for a in range(X.ndim): X = X.cumsum(a)",
    "over a progress bar": (
        "from tqdm import tqdm\ndef f(X):\n    for i in tqdm(range(3)): X = X / 2"
    ),
    "over part of the shape": "def f(X):\n    for n in X.shape[1:]: assert n",
    "over a fixed number of parts": "def f(X):\n    for b in np.array_split(X, 8): b *= 2",
    "over a list of pairs": "def f(X):\n    todo = [(X, 1), (X, 2)]\n    for x, n in todo: x *= n",
    "over a written-out dict": "def f(X):\n    for k, v in {'a': X}.items(): assert k",
    "over zip with names": "def f(X):\n    for n, a in zip(('x', 'y'), X): pass",
    "tuple of a shape": "def f(X):\n    return np.ones(tuple(X.shape))",
    "list of a starred parameter": "def f(X, *rest):\n    return list(rest)",
    "built-in sum replaced by numpy's": "from numpy import *\ndef f(X):\n    return sum(X)",
    "methods of arrays": "def f(X):\n    return X.sum(0).max().clip(0)",
    "reduce of a ufunc": "def f(X):\n    return np.add.reduce(X)",
    "same name on the other side": (
        "class A:\n    def sum(self):\n        for x in self: pass\ndef f(X):\n    return X.sum()"
    ),
    "vectorize elsewhere": "g = np.vectorize(abs)\ndef f(X):\n    return X",
    "a name that depends on itself": "T = 1\nT = [T]\ndef f(X):\n    return X * T",
    "a function that names itself in a string": "def f(X):\n    raise ValueError('f: bad X')",
    "a stub": "def f(X):\n    raise NotImplementedError('f: what to do')",
    "an import of itself": "import clustering\ndef f(X):\n    return clustering.np.abs(X)",
    "columns of a shape": "def f(X):\n    N, D = X.shape\n    for d in range(D): X[:, d] *= 2",
    "last axis": "def f(X):\n    for d in range(X.shape[-1]): X[:, d] *= 2",
    "blocks of a default size": (
        "def f(X, step=256):\n    for i in range(0, len(X), step): X[i : i + step] *= 2"
    ),
    "blocks of a power of two": (
        "STEP = 2**12\ndef f(X):\n    for i in range(0, len(X), STEP): X[i : i + STEP] *= 2"
    ),
    "a loop in a docstring": 'def f(X):\n    """for x in X: [x for x in X]"""\n    return X',
    "a loop in a comment": "def f(X):\n    # for x in X: pass\n    return X",
    "a loop in a helper that nobody calls": (
        "def g(X):\n    for x in X: pass\ndef f(X):\n    return X"
    ),
    "a loop when the file is run": (
        "def f(X):\n    return X\nif __name__ == '__main__':\n    for i in range(9): f(i)"
    ),
    "for in a name of numpy": "def f(X):\n    return np.format_float_positional(1.0)",
    "larger of two": "def f(X, Y):\n    return max(len(X), len(Y)) + min(X.max(), 0)",
    "a list of a shape": "def f(X):\n    return np.zeros(list(X.shape) + [1]) + sum(X.shape)",
    "a shape unpacked": "def f(X):\n    return np.zeros((*X.shape, 1))",
    "a shape unpacked into a call": (
        "def f(X):\n    N, *rest = X.shape\n    return np.ones([*rest])"
    ),
    "arguments passed on": (
        "def g(*a, **k):\n    return np.sum(*a, **k)\ndef f(X):\n    return g(X)"
    ),
    "sum of a few terms": "def f(X):\n    return sum((X.sum(), 1.0))",
    "product of small ranges": (
        "def f(X):\n    for i, j in itertools.product(range(3), range(2)): X[i, j]"
    ),
    "sorted by a key, written out": "def f(X):\n    return sorted((2, 1), key=abs)",
    "any of a few": "def f(X):\n    assert any([X.ndim == 1, X.ndim == 2])\n    return X",
    "text that is written out": "def f(X):\n    return eval('X + 1')",
    "array of a type": "def f(X):\n    return np.array(X, dtype=float).astype('float64')",
}


@pytest.mark.parametrize("case", NO_LOOPS)
def test_what_is_no_loop_over_rows_is_not_called_one(case: str, tmp_path: Path) -> None:
    """Nothing is reported for code that does not run, or whose length rows do not change."""
    assert whats(read(tmp_path, HEAD + NO_LOOPS[case])) == []


HELPER = "def slow(X):\n    return [x for x in X]\n"


@pytest.mark.parametrize(
    "main",
    [
        "import tools\ndef f(X): return tools.slow(X)",
        "import tools as t\ndef f(X): return t.slow(X)",
        "from tools import slow\ndef f(X): return slow(X)",
        "from tools import slow as quick\ndef f(X): return quick(X)",
        "from tools import *\ndef f(X): return slow(X)",
        "from .tools import slow\ndef f(X): return slow(X)",
        "from . import tools\ndef f(X): return tools.slow(X)",
        "def f(X):\n    from tools import slow\n    return slow(X)",
        "import importlib\ndef f(X): return importlib.import_module('tools').slow(X)",
        "def f(X): return __import__('tools').slow(X)",
        "import tools\ndef f(X): return getattr(tools, 'slow')(X)",
        "import tools\nt = tools\ns = t.slow\ndef f(X): return s(X)",
        "from tools import slow as f",
    ],
)
def test_a_helper_module_is_followed(main: str, tmp_path: Path) -> None:
    """A loop in another file of the submission is found there, with that file and its line."""
    assert read(tmp_path, main, tools=HELPER).loops("f") == [
        Loop("tools.py", 2, "list comprehension")
    ]


def test_a_package_of_the_submission_is_followed(tmp_path: Path) -> None:
    """Folders of the submission are its own packages, relative imports inside them too."""
    source = read(
        tmp_path,
        "import kit.rows\ndef f(X): return kit.rows.go(X)",
        kit__dir____init__="",
        kit__dir__rows="from .deep import slow\ndef go(X): return slow(X)",
        kit__dir__deep=HELPER,
    )
    assert source.loops("f") == [Loop("kit/deep.py", 2, "list comprehension")]


def test_files_that_import_each_other_are_read_once(tmp_path: Path) -> None:
    """Circular imports and circular star imports end."""
    source = read(
        tmp_path,
        "from tools import *\nfrom tools import g\nfrom tools import nowhere\n"
        "def f(X): return g(X), nowhere(X)",
        tools="from clustering import *\nfrom clustering import nowhere\ndef g(X): return f(X)",
    )
    assert whats(source) == ["recursion"]


METHODS = """
    import numpy as np

    class Base:
        rate = staticmethod(np.vectorize(abs))

        def _inherited(self, X):
            for x in X: pass

        def _plain(self, X):
            return X

        def template(self, X):
            return self._step(X)

        def _step(self, X):
            return X

    class Model(Base):
        def __init__(self):
            self.kernel = lambda X: [x for x in X]

        def by_self(self, X):
            return self._slow(X)

        def _slow(self, X):
            while True: pass

        def by_class(self, X):
            return Model._slow(self, X)

        def by_inheritance(self, X):
            return self._inherited(X)

        def by_super(self, X):
            return super()._inherited(X)

        def by_attribute(self, X):
            return self.kernel(X)

        def by_class_attribute(self, X):
            return self.rate(X)

        def by_call(self, X):
            return self(X)

        def __call__(self, X):
            for x in X: pass

        @property
        def rows(self):
            return [x for x in self.X]

        def by_property(self):
            return self.rows

        @classmethod
        def by_cls(cls, X):
            return cls._slow(None, X)

        def by_nested(self, X):
            def inner():
                return self._slow(X)
            return inner()

        def by_super_of_template(self, X):
            return super().template(X)

        def by_other(self, other, X):
            return Model().by_self(X)

        def fine(self, X):
            return self._plain(X)

        def _step(self, X):
            for x in X: pass

        def again(self, X):
            return self.again(X[1:])

    def attached(self, X):
        for x in X: pass

    Model.late = attached
"""


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("by_self", ["while loop"]),
        ("by_class", ["while loop"]),
        ("by_inheritance", ["for loop"]),
        ("by_super", ["for loop"]),
        ("by_attribute", ["list comprehension"]),
        ("by_class_attribute", ["np.vectorize"]),
        ("by_call", ["for loop"]),
        ("by_property", ["list comprehension"]),
        ("by_cls", ["while loop"]),
        ("by_nested", ["while loop"]),
        ("template", ["for loop"]),
        ("by_super_of_template", ["for loop"]),
        ("by_other", ["list comprehension", "while loop", "for loop"]),
        ("late", ["for loop"]),
        ("again", ["recursion"]),
        ("fine", []),
        ("missing", []),
    ],
)
def test_methods_are_followed_through_self(method: str, what: list[str], tmp_path: Path) -> None:
    """A method's helpers are those that ``self`` has: its own, inherited, set or overridden."""
    assert whats(read(tmp_path, METHODS), f"Model.{method}") == what


def test_a_base_class_by_itself_uses_its_own_step(tmp_path: Path) -> None:
    """The same method is judged by the class that it is asked of."""
    assert whats(read(tmp_path, METHODS), "Base.template") == []


def test_many_names_before_do_not_hide_a_loop(tmp_path: Path) -> None:
    """What is found does not depend on how much was read before it."""
    many = "".join(f"    a{i} = np.abs(a{i - 1}.T).mean().real\n" for i in range(1, 300))
    text = f"{HEAD}def f(a0):\n{many}    return np.vectorize(abs)(a0)\n"
    assert whats(read(tmp_path, text)) == ["np.vectorize"]


def test_a_walk_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After so many mentions the walk stops with what it has found, rather than hang a grader."""
    chain = "".join(f"def f{i}(X): return f{i + 1}(X), [x for x in X]\n" for i in range(50))
    assert len(read(tmp_path, chain).loops("f0")) == 50
    monkeypatch.setattr(rules, "MAX_STEPS", 20)
    assert 1 < len(read(tmp_path, chain).loops("f0")) < 50


def test_every_loop_is_told_once_in_file_order(tmp_path: Path) -> None:
    """Each loop carries its file and line, and is listed once however often it is reached."""
    source = read(
        tmp_path,
        """\
        import tools
        def f(X):
            for x in X:
                while x: pass
            return g(X), g(X), tools.slow(X), [y for y in X]
        def g(X):
            return sum(x for x in X)
        """,
        tools=HELPER,
    )
    assert source.loops("f") == [
        Loop("clustering.py", 3, "for loop"),
        Loop("clustering.py", 4, "while loop"),
        Loop("clustering.py", 5, "list comprehension"),
        Loop("clustering.py", 7, "generator expression"),
        Loop("tools.py", 2, "list comprehension"),
    ]


FORBIDDEN = {
    "import": ("import scipy\ndef f(X): return scipy.special.logsumexp(X)", "scipy"),
    "import of a submodule": (
        "import scipy.special\ndef f(X): return scipy.special.logsumexp(X)",
        "scipy.special",
    ),
    "two submodules, one used": (
        "import scipy.special\nimport scipy.stats\ndef f(X): return scipy.stats.norm(X)",
        "scipy.stats",
    ),
    "from-import under another name": (
        "from scipy.spatial.distance import cdist as c\ndef f(X): return c(X, X)",
        "scipy.spatial.distance",
    ),
    "import inside the function": (
        "def f(X):\n    import scipy.special as sp\n    return sp.softmax(X)",
        "scipy.special",
    ),
    "alias at module level": (
        "import scipy.special as sp\ng = sp.logsumexp\nh = g\ndef f(X): return h(X)",
        "scipy.special",
    ),
    "alias inside": (
        "import scipy.special as sp\ndef f(X):\n    s = sp\n    return s.logsumexp(X)",
        "scipy.special",
    ),
    "alias that is taken back": (
        "import scipy.special as sp\ng = sp.logsumexp\nsp = None\ndef f(X): return g(X)",
        "scipy.special",
    ),
    "unpacked aliases": (
        "import sklearn as s, scipy\na, b = s, 1\ndef f(X): return a.f(X)",
        "sklearn",
    ),
    "helper": (
        "import sklearn\ndef g(X): return sklearn.x(X)\ndef f(X): return g(X)",
        "sklearn",
    ),
    "nested function": (
        "import scipy\ndef f(X):\n    def g(): return scipy.x(X)\n    return g()",
        "scipy",
    ),
    "lambda": ("import scipy\ng = lambda X: scipy.x(X)\ndef f(X): return g(X)", "scipy"),
    "import_module": (
        "import importlib\ndef f(X): return importlib.import_module('scipy.special').x(X)",
        "scipy.special",
    ),
    "import_module from-imported": (
        "from importlib import import_module as im\ng = im('scipy')\ndef f(X): return g.x(X)",
        "scipy",
    ),
    "import_module of a name": (
        "import importlib\nNAME = 'sci' + 'py'\ndef f(X): return importlib.import_module(NAME)",
        "scipy",
    ),
    "__import__": ("def f(X): return __import__('scipy').special.x(X)", "scipy"),
    "builtins.__import__": (
        "import builtins\ndef f(X): return builtins.__import__('scipy').x(X)",
        "scipy",
    ),
    "getattr": ("import scipy\ndef f(X): return getattr(scipy, 'x')(X)", "scipy"),
    "sys.modules": ("import sys\ndef f(X): return sys.modules['scipy'].x(X)", "scipy"),
    "class attribute": (
        "import scipy\nclass A:\n    g = staticmethod(scipy.x)\n"
        "    def m(self, X): return self.g(X)\ndef f(X): return A().m(X)",
        "scipy",
    ),
    "attribute set in another method": (
        "import scipy\nclass A:\n    def __init__(self): self.g = scipy.x\n"
        "    def m(self, X): return self.g(X)\nf = A.m",
        "scipy",
    ),
    "base class": (
        "import sklearn\nclass A(sklearn.Base): pass\ndef f(X): return A()",
        "sklearn",
    ),
    "default argument": ("import scipy\ndef f(X, g=scipy.x): return g(X)", "scipy"),
    "keyword-only default": ("import scipy\ndef f(X, *, g=scipy.x): return g(X)", "scipy"),
    "decorator": ("import numba\n@numba.njit\ndef f(X): return X", "numba"),
    "decorator with arguments": (
        "from numba import jit\n@jit(nopython=True)\ndef f(X): return X",
        "numba",
    ),
    "decorator of a helper": (
        "from numba import jit\n@jit\ndef g(X): return X\ndef f(X): return g(X)",
        "numba",
    ),
    "star import": ("from scipy.special import *\ndef f(X): return logsumexp(X)", "scipy.special"),
    "the graded name by star import": ("from scipy.special import *", "scipy.special"),
    "the graded name by from-import": ("from scipy.special import softmax as f", "scipy.special"),
    "the graded name by assignment": ("import scipy\nf = scipy.softmax", "scipy"),
    "exec": ("def f(X):\n    exec('import scipy; y = scipy.x(X)')", "scipy"),
    "exec at module level": (
        "exec('from scipy.special import logsumexp as g')\ndef f(X): return g(X)",
        "scipy.special",
    ),
    "eval": ("import scipy\ndef f(X): return eval('scipy.x(X)')", "scipy"),
    "exec of a compile": (
        "def f(X):\n    exec(compile('import scipy; scipy.x', '', 'exec'))",
        "scipy",
    ),
    "try and fall back": (
        "try:\n    from scipy.special import g\nexcept ImportError:\n    def g(X): return X\n"
        "def f(X): return g(X)",
        "scipy.special",
    ),
    "either of two": (
        "import numpy, scipy\nlib = scipy if 1 else numpy\ndef f(X): return lib.x(X)",
        "scipy",
    ),
    "passed on": ("import scipy\ndef f(X): return apply(scipy.x, X)", "scipy"),
    "in a table": ("import scipy\nT = {'a': [scipy.x]}\ndef f(X): return T['a'][0](X)", "scipy"),
    "inside a comprehension": ("import scipy\ndef f(X): return [scipy.x(a) for a in X]", "scipy"),
    "with statement": ("import joblib\ndef f(X):\n    with joblib.P() as p: p(X)", "joblib"),
    "in an f-string": ("import scipy\ndef f(X): return f'{scipy.x(X)}'", "scipy"),
    "match": (
        "import scipy\ndef f(X):\n    match X:\n        case 1 if scipy.x(X): return 1",
        "scipy",
    ),
    "async": ("import scipy\nasync def f(X):\n    return await scipy.x(X)", "scipy"),
    "walrus": ("import scipy\ndef f(X):\n    return (s := scipy).x(X)", "scipy"),
    "an object made at import": (
        "import scipy\nclass A:\n    def __init__(self, g): self.g = g\n"
        "    def m(self, X): return self.g(X)\na = A(scipy.x)\ndef f(X): return a.m(X)",
        "scipy",
    ),
}


@pytest.mark.parametrize("case", FORBIDDEN)
def test_a_foreign_package_is_found(case: str, tmp_path: Path) -> None:
    """A package that is not allowed is found through every name, and told as it was imported."""
    text, module = FORBIDDEN[case]
    assert modules(read(tmp_path, text)) == [module]


ALLOWED = {
    "unused import": "import scipy\nimport sklearn as s\ndef f(X): return X",
    "unused from-import": "from scipy.special import logsumexp\ndef f(X): return X",
    "unused import inside": "def f(X):\n    import scipy.special\n    return X",
    "unused star import": "from scipy.special import *\ndef f(X): return abs(X)",
    "used by another function": "import scipy\ndef g(X): return scipy.x(X)\ndef f(X): return X",
    "used at module level": "import scipy\nprint(scipy.x)\ndef f(X): return X",
    "standard library": (
        "from __future__ import annotations\nimport math, os.path as p, collections.abc\n"
        "from functools import lru_cache\n"
        "@lru_cache\ndef f(X): return math.pi, p.sep, collections.abc"
    ),
    "numpy": "import numpy as np\nfrom numpy.linalg import norm\ndef f(X): return norm(np.abs(X))",
    "numpy.linalg": "import numpy.linalg as la\ndef f(X): return la.norm(X)",
    "matplotlib's toolkits": "import mpl_toolkits.mplot3d as m\ndef f(X): return m.Axes3D",
    "tqdm": "from tqdm import tqdm_notebook as tqdm\ndef f(X): return tqdm(X)",
    "name hidden by a local one": "import scipy\ndef f(X):\n    scipy = X\n    return scipy.x",
    "name hidden by a parameter": "import scipy\ndef f(scipy): return scipy.x",
    "name hidden in a comprehension": "import scipy\ndef f(X): return [scipy for scipy in X]",
    "attribute of that name": "import scipy\ndef f(X): return X.scipy",
    "annotation": "import scipy\ndef f(X: scipy.A) -> scipy.B:\n    y: scipy.C = X\n    return y",
    "string": "import scipy\ndef f(X): return 'scipy.x'",
    "replaced by an own function": (
        "from scipy.special import softmax\ndef softmax(X): return X\ndef f(X): return softmax(X)"
    ),
    "own name wins over a star": (
        "from scipy.special import *\ndef softmax(X): return X\ndef f(X): return softmax(X)"
    ),
    "relative import that leads nowhere": "from .gone import g\ndef f(X): return g(X)",
    "name that nobody defined": "def f(X): return scipy.x(X)",
    "import_module of a computed name": (
        "import importlib\ndef f(X): return importlib.import_module(X.name)"
    ),
    "getattr with a number": "import scipy\ndef f(X): return getattr(X, 3)",
    "exec of broken text": "def f(X): exec('import scipy(')",
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_is_not_used_or_is_allowed_is_no_use(case: str, tmp_path: Path) -> None:
    """An import that the function does not reach, or that is allowed, is not reported."""
    assert modules(read(tmp_path, ALLOWED[case])) == []


@pytest.mark.parametrize(
    "main",
    [
        "import tools\ndef f(X): return tools.g(X)",
        "from tools import g as h\ndef f(X): return h(X)",
        "from .tools import g\ndef f(X): return g(X)",
        "import tools\ndef f(X): return tools.sp.x(X)",
        "from tools import sp\ndef f(X): return sp.x(X)",
        "from tools import *\ndef f(X): return sp.x(X)",
    ],
)
def test_a_package_behind_a_helper_module_is_found(main: str, tmp_path: Path) -> None:
    """A helper module does not hide a package, neither its function nor its import."""
    source = read(tmp_path, main, tools="import scipy.special as sp\ndef g(X): return sp.x(X)")
    assert modules(source) == ["scipy.special"]


def test_a_file_named_like_numpy_does_not_hide_it(tmp_path: Path) -> None:
    """numpy is numpy, whatever files were handed in: it is loaded before they are."""
    source = read(tmp_path, "import numpy as np\ndef f(X): return np.vectorize(X)", numpy="")
    assert whats(source) == ["np.vectorize"]


def test_a_file_named_like_a_package_is_the_submissions_own(tmp_path: Path) -> None:
    """A module that the student wrote is no foreign package, whatever its name."""
    main = "import helpers\ndef f(X): return helpers.g(X)"
    assert modules(read(tmp_path, main, helpers="def g(X): return X")) == []


def test_a_use_tells_file_line_and_package(tmp_path: Path) -> None:
    """A use stands at the line that names the package, and knows its top-level name."""
    source = read(tmp_path, "import scipy.special as sp\n\ndef f(X):\n    return sp.x(X)\n")
    (use,) = source.forbidden("f", ["numpy"], ())
    assert use == Use("clustering.py", 4, "scipy.special")
    assert use.package == "scipy"


def test_a_part_of_a_package_may_be_allowed(tmp_path: Path) -> None:
    """An allowed module allows what is inside it and nothing beside it."""
    source = read(
        tmp_path,
        "import scipy\nimport scipy.special as sp\n"
        "def f(X): return sp.x(X) + scipy.special.y(X)\ndef g(X): return scipy.specialized.x(X)",
    )
    assert source.forbidden("f", ["scipy.special"], ()) == []
    assert [use.module for use in source.forbidden("g", ["scipy.special"], ())] == ["scipy"]


GRADED = """
    from scipy.special import logsumexp
    import sklearn
    def softmax(X): return logsumexp(X)
    def f(X): return softmax(X)
    class KMeans:
        def _step(self, X): return sklearn.x(X)
        def __call__(self, X): return self._step(X)
    class GMM:
        def start(self, X): return KMeans()(X)
    copy = softmax
    def g(X): return copy(X)
    class Mine(KMeans):
        def go(self, X): return self._step(X)
"""


@pytest.mark.parametrize(
    ("function", "stop_at", "wanted"),
    [
        ("f", (), ["scipy.special"]),
        ("f", ("softmax",), []),
        ("f", ("f", "softmax"), []),
        ("softmax", ("softmax",), ["scipy.special"]),
        ("f", ("logsumexp",), []),
        ("g", ("softmax",), []),
        ("GMM.start", (), ["sklearn"]),
        ("GMM.start", ("KMeans.__call__",), []),
        ("GMM.start", ("KMeans._step",), []),
        ("KMeans.__call__", ("KMeans._step", "softmax"), []),
        ("KMeans._step", ("KMeans.__call__",), ["sklearn"]),
        ("Mine.go", ("KMeans._step",), []),
        ("f", ("no_such_name", "KMeans.none", "None.none"), ["scipy.special"]),
    ],
)
def test_other_graded_functions_are_not_entered(
    function: str, stop_at: tuple[str, ...], wanted: list[str], tmp_path: Path
) -> None:
    """One function's package is charged to that function, not to the graded ones that call it."""
    assert modules(read(tmp_path, GRADED), function, stop_at) == wanted


@pytest.mark.parametrize("name", ["nothing", "Nothing.at_all", "K.nothing", "", ".", "a.b.c", "K."])
def test_a_function_that_does_not_exist_has_nothing(name: str, tmp_path: Path) -> None:
    """Asking for an unknown function gives empty lists."""
    source = read(tmp_path, "import scipy\nclass K:\n    def m(self): return scipy\n")
    assert source.loops(name) == []
    assert source.forbidden(name, [], ()) == []


def test_functions_lists_functions_and_methods(tmp_path: Path) -> None:
    """The graded modules' functions are listed, however they were made; helpers' are not."""
    source = read(
        tmp_path,
        """
        import numpy as np
        from tools import slow, VALUE
        first = lambda X: X
        def second(X):
            def inner(): pass
        third = second
        NUMBER = 3
        class Base:
            def above(self): pass
        class K(Base):
            limit = 3
            def m(self): pass
            @staticmethod
            def s(): pass
        """,
        tools=HELPER + "VALUE = 1\n",
    )
    assert sorted(source.functions()) == sorted(
        ["slow", "first", "second", "third", "Base.above", "K.m", "K.s", "K.above"]
    )


BROKEN = {
    "syntax error": b"def f(X):\n    return (\n",
    "tabs and spaces": b"def f(X):\n\tif X:\n        return 1\n\treturn 2\n",
    "NUL byte": b"def f(X): return X\n\0",
    "not UTF-8": b"def f(X): return '\xe9'\n",
    "UTF-16": "def f(X): return X\n".encode("utf-16"),
    "unknown coding": b"# -*- coding: no-such-coding -*-\ndef f(X): return X\n",
    "coding that is no text": b"# coding: rot13\nqrs s(K): erghea K\n",
    "brackets": b"x = " + b"(" * 5000 + b")" * 5000 + b"\ndef f(X): return X\n",
    "unary operators": b"x = " + b"-" * 100_000 + b"1\ndef f(X): return X\n",
    "attributes": b"x = a" + b".b" * 200_000 + b"\ndef f(X): return X\n",
    "calls": b"x = a" + b"()" * 100_000 + b"\ndef f(X): return X\n",
    "additions": b"x = 1" + b"+1" * 100_000 + b"\ndef f(X): return X\n",
    "nested blocks": b"".join(b" " * i + b"if 1:\n" for i in range(150)) + b" " * 150 + b"pass\n",
    "a huge number": b"x = " + b"9" * 100_000 + b"\ndef f(X): return X\n",
    "too long": b"def f(X): return X\n" + b"#" * MAX_SOURCE_BYTES,
    "binary": random.Random(1).randbytes(5000),
}


@pytest.mark.parametrize("case", BROKEN)
def test_source_that_cannot_be_read_has_no_functions(case: str, tmp_path: Path) -> None:
    """Broken source raises nothing: it has no functions, and one sentence says why."""
    source = read(tmp_path, BROKEN[case])
    assert source.functions() == []
    assert source.loops("f") == []
    assert source.forbidden("f", [], ()) == []
    (problem,) = source.problems
    assert problem.startswith("clustering.py could not be read: ")
    assert problem.endswith(".")


@pytest.mark.parametrize(
    "text",
    [
        b"# -*- coding: latin-1 -*-\n# caf\xe9\ndef f(X):\n    for x in X: pass\n",
        b"\xef\xbb\xbfdef f(X):\r\n    for x in X: pass\r\n",
        b"def f(X):\r    for x in X: pass\r",
        "def f(X):\n    '''größe'''\n    for x in X: pass\n".encode(),
        b"def f(X):\n    '\\d'\n    for x in X: pass",
    ],
)
def test_unusual_but_legal_text_is_read(text: bytes, tmp_path: Path) -> None:
    """Coding lines, marks, line ends and odd escapes that Python reads are read here."""
    source = read(tmp_path, text)
    assert (whats(source), source.problems) == (["for loop"], ())


def test_a_broken_helper_leaves_the_main_module_readable(tmp_path: Path) -> None:
    """A file that cannot be read takes nothing from the others."""
    source = read(tmp_path, "import tools\ndef f(X):\n    while X: tools.g(X)", tools="def g(:")
    assert whats(source) == ["while loop"]
    assert [problem.split()[0] for problem in source.problems] == ["tools.py"]


def test_a_missing_module_is_no_error(tmp_path: Path) -> None:
    """A submission without its main module, or without a folder, has no functions."""
    assert Source.read(tmp_path, ["clustering"]).functions() == []
    assert Source.read(tmp_path / "gone", ["clustering.py"]).loops("f") == []


def test_a_module_may_be_named_with_its_ending(tmp_path: Path) -> None:
    """``clustering.py`` and ``clustering`` name the same module."""
    read(tmp_path, "def f(X): pass")
    assert Source.read(tmp_path, ["clustering.py"]).functions() == ["f"]


def test_long_chains_are_refused_before_python_310_builds_their_tree() -> None:
    """The check that guards Python 3.10 lets ordinary source pass and stops long chains."""
    _check_chains(b"x = [" + b"1 + 2 * y.z(3), " * 5000 + b"]\n")
    _check_chains(b"x = 1 + 2\n" * 5000)
    for link in (b".b", b"+1", b"()", b"[0]", b"+1" * 30 + b"+(1"):
        with pytest.raises(ValueError, match="too deeply nested"):
            _check_chains(b"x = (a" + link * (12_000 // len(link)) + b"\n")


CIRCLES = [
    "a = b\nb = c\nc = a\ndef f(X): return a(X), b.x(X)",
    "a = a.a\ndef f(X): return a.a",
    "class A(A): pass\nclass B(C): pass\nclass C(B): pass\ndef f(X): return B().x(A())",
    "\n".join(f"a{i} = a{i + 1} or a{i + 1} or a{i + 2}" for i in range(300)) + "\nf = a0",
    "\n".join(f"a{i} = zip(a{i + 1}, a{i + 1})" for i in range(300))
    + "\ndef f(X):\n    for x in a0: pass",
    "\n".join(f"def f{i}(X): f{i + 1}(X), f{i // 2}(X)" for i in range(300)) + "\nf = f0",
    "def f(X): return X" + ".a" * 900,
    "f = " + "lambda X: " * 50 + "f",
    "exec('exec(\"def f(X): f(X)\")')",
    "for f in f: f = f",
    "class A0: pass\n"
    + "".join(f"class A{i + 1}(A{i}, A{i // 2}): pass\n" for i in range(400))
    + "def f(X): A400().z",
    "".join(f"from a{i} import *\n" for i in range(400)) + "def f(X): " + "b;" * 400,
    "def f(X):\n    for x in range(" + "-" * 900 + "1): pass",
    "def f(X):\n    " + "x = x; " * 9000,
    "class A:\n"
    + "".join(f"    def __m{i}__(self): self.x{i}.y{i}\n" for i in range(900))
    + "f = A",
    "global f\ndef f(): global f; nonlocal g; f = f",
    "from clustering import f",
    "import clustering\nf = clustering.f",
    "class f:\n    def __call__(self): return self()\n    __init__ = f = __call__",
    "def f(self): self.f = self.f.f = f.f",
    "f[0] = f\nf.g = f\n(f, *g) = f\nf: f = f\nf += f",
    "from . import f\nfrom .. import f\nfrom ..... import f as g\nfrom .a.b import *",
]


@pytest.mark.parametrize("text", CIRCLES)
def test_definitions_that_go_in_circles_end(text: str, tmp_path: Path) -> None:
    """Names defined by each other, deep or in circles, are read without an error and once."""
    source = read(tmp_path, text)
    for function in ("f", *source.functions()[:3], "f.f", "f.__call__"):
        assert isinstance(source.loops(function), list)
        assert isinstance(source.forbidden(function, [], ("f",)), list)


def test_any_python_file_can_be_read(tmp_path: Path) -> None:
    """Real source of every kind, here the standard library's, is read without an error."""
    for module in (ast, random, textwrap, pytest):
        text = Path(str(module.__file__)).read_bytes()
        source = read(tmp_path, text)
        names = source.functions()
        assert source.problems == ()
        for name in names[:40]:
            source.loops(name)
            source.forbidden(name, [], names)
