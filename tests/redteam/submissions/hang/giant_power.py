"""One whole-number power that takes hours, at import.

score: [0, 0]
verdict: [time_limit_exceeded, memory_limit_exceeded]
slow: true
"""

HUGE = int("9" * 9) ** int("9" * 8)
