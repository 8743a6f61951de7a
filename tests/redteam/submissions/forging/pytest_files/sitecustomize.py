import os

open(os.path.expanduser("~/autograder-was-here"), "w").close()
os._exit(0)
