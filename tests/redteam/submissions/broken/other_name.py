"""Nothing: right, and the browser called it 'clustering (1).py'.

score: [90, 90]
verdict: accepted
file: clustering (1).py
says: use that name next time
"""
