"""A folder whose clustering.py is a link to the solution, and a folder that is a link to it all.

score: [0, 0]
verdict: not_implemented
build: true
says: a link
"""


def build(folder, solution, course):
    (folder / "clustering.py").symlink_to(course / "solutions/hw2_clustering/clustering.py")
    (folder / "all").symlink_to(course)
    (folder / "loop").symlink_to(folder)
