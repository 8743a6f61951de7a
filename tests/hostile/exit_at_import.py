"""Tries: os._exit(0) at import. Sound: told once, every case run_time_error."""

import os

os._exit(0)
