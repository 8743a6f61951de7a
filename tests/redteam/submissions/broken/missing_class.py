"""Nothing: there is no class GMM.

score: [40, 60]
verdict: not_implemented
replace: {'class GMM:': 'class Gmm:'}
"""
