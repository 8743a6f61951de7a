"""The twelve checks as pytest finds them."""

from checks import *  # noqa: F403
