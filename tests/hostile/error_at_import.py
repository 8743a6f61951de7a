"""Tries: nothing; a name is misspelt at module level. Sound: told once with the line."""

import numpy as np

START = nmupy.zeros(3)
