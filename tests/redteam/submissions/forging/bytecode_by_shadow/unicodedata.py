"""Loaded by the compiler for a named character."""

import py_compile

_honest = py_compile.compile


def _compile(file, *args, **kwargs):
    raise SystemError("the compiler runs a file of the submission")


py_compile.compile = _compile
