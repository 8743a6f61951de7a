"""When a loop has come to rest."""


def settled(losses, abs_tol, rel_tol):
    if len(losses) < 2:
        return False
    change = abs(losses[-1] - losses[-2])
    return change < abs_tol and change <= rel_tol * abs(losses[-2])
