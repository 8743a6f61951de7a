"""An endless loop at import: a grader that imports once a case waits 88 times.

score: [0, 0]
verdict: time_limit_exceeded
slow: true
says: No answer within
"""

while True:
    pass
