"""Tries: an endless loop at import. Sound: told once, every case time_limit_exceeded, one limit's wait in all."""

while True:
    pass
