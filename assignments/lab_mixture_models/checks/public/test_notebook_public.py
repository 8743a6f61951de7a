"""The notebook, for information: it gives no points."""


def test_notebook_runs(notebook):
    """The notebook runs from top to bottom in a fresh kernel, if one was handed in."""
    notebook.run()
