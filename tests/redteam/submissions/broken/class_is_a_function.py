"""Nothing: KMeans is a function, and a method is a property that raises.

score: [40, 90]
verdict: [run_time_error, wrong_answer, not_implemented]
replace: {'class KMeans:': "def KMeans():\n    return None\n\n\nclass _KMeans:", 'KMeans()(points, K)': '_KMeans()(points, K)'}
"""
