"""Nothing: the stub as it was handed out.

score: [0, 0]
verdict: not_implemented
base: stub
"""
