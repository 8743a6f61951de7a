"""Nothing: right, indented by tabs.

score: [90, 90]
verdict: accepted
change: [tabs]
"""
