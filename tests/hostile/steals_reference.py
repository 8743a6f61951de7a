"""Tries: imports the reference solution and the kit's own folders. Sound: no such module in a worker."""


def softmax(logits):
    import importlib

    for name in ("solutions.hw2_clustering.clustering", "autograder.grade", "demo.make_samples"):
        try:
            importlib.import_module(name)
        except ImportError:
            continue
        raise SystemError(f"{name} could be imported")
    return None
