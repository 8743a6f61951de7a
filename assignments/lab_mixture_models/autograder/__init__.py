"""A coursework autograder and starter-code kit for numerical Python.

The package holds no secret and knows no particular assignment, so that a
handout may carry parts of it. Start reading at ``model`` (the nouns), then
``wire``, ``worker``, ``sandbox``, ``plugin`` and ``grade``.
"""

__version__ = "0.1.0"
