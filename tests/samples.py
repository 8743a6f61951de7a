"""Results made by hand, as a grader would make them: the material of the report tests."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from autograder.model import (
    CaseResult,
    Curve,
    CurvePoint,
    Differs,
    Panel,
    Picture,
    Question,
    SubmissionResult,
    Usage,
    Verdict,
    Visibility,
    Waiting,
)

SECRETS = {
    "detail": "MARK-detail",
    "staff_note": "MARK-staff-note",
    "panel": "MARK-panel",
    "caption": "MARK-caption",
    "hidden": "MARK-hidden",
    "differs": "424242 × 2",
    "mistake": "MARK-mistake",
}
"""Words that stand only in what students must not read."""


@cache
def panel(label: str, colours: int, width: int = 160, height: int = 120) -> Panel:
    """A fruit bowl of a kind: three shaded discs, in ``colours`` steps a channel."""
    rgb = bytearray()
    discs = (
        (52, 66, 36, (214, 64, 48)),
        (104, 58, 32, (236, 170, 52)),
        (84, 86, 28, (98, 148, 58)),
    )
    for y in range(height):
        for x in range(width):
            colour = (188 + x / 4, 196 + y / 4, 204.0)
            for cx, cy, r, (red, green, blue) in discs:
                far = ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 / r
                if far < 1:
                    light = 1.15 - 0.55 * far
                    colour = (red * light, green * light, blue * light)
            step = 255 / colours
            rgb += bytes(min(255, int(step * (c // step) + step / 2)) for c in colour)
    return Panel(label, width, height, bytes(rgb))


def _case(question: str, name: str, title: str, points: float, **kwargs: object) -> CaseResult:
    values: dict[str, object] = {
        "case": name,
        "question": question,
        "title": title,
        "function": name,
        "verdict": Verdict.ACCEPTED,
        "score": points,
        "max_score": points,
        "seed": 20190618,
        "usage": Usage(wall_s=0.012, cpu_s=0.009, peak_mb=31.5),
    }
    return CaseResult(**{**values, **kwargs})  # type: ignore[arg-type]


def cases() -> tuple[CaseResult, ...]:
    """One case of every verdict and of every visibility, with what a grader would say."""
    return (
        _case(
            "1.1",
            "pairwise_dist_printed_example",
            "The distances of the printed example come out to the printed digits.",
            0.5,
            function="pairwise_dist",
            visibility=Visibility.VISIBLE,
        ),
        _case(
            "1.1",
            "pairwise_dist_rectangular",
            "Entry (i, j) is the distance of row i of X to row j of Y, N, M and D all different.",
            4,
            function="pairwise_dist",
        ),
        _case(
            "1.1",
            "pairwise_dist_zero",
            "The distance of a point to itself is zero and never NaN.",
            1.5,
            function="pairwise_dist",
            visibility=Visibility.VISIBLE,
            verdict=Verdict.WRONG_ANSWER,
            score=0,
            message="pairwise_dist(X, X) has NaN in 4 of 36 places.",
            detail="got[0, :3]    = [nan, 2.2360679, 4.1231056]\n"
            "wanted[0, :3] = [0.0, 2.2360680, 4.1231056]\n"
            "first difference at (0, 0)",
            hint="The expanded square can be a tiny negative number; clip it at 0 before the root.",
            differs=Differs(
                (6, 6), ("9..1..", ".9....", "..9...", "...9..", "......", "5....."), 6
            ),
        ),
        _case(
            "1.1",
            "pairwise_dist_speed",
            "No Python loop over rows: the time stays within ten times the reference's.",
            1,
            function="pairwise_dist",
            verdict=Verdict.TIME_LIMIT_EXCEEDED,
            score=0,
            message="pairwise_dist took more than 10 times the reference's CPU time.",
            detail=SECRETS["detail"],
            staff_note=f"median ratio 214 {SECRETS['staff_note']}",
            hint="Line 14 loops over the rows of X; broadcast instead.",
            usage=Usage(wall_s=2.481, cpu_s=2.466, peak_mb=33.0),
        ),
        _case(
            "1.2",
            "softmax_rows",
            "Every row of softmax sums to one and keeps the order of its logits.",
            5,
            function="softmax",
            verdict=Verdict.PARTIALLY_ACCEPTED,
            score=3,
            message="Rows with a spread above 700 are not finite.\n"
            "Most likely: You subtract one maximum from all rows; every row has its own.\n"
            "Or, seen less often: You subtract the mean.",
            mistake=SECRETS["mistake"],
            diagnosis="not_finite",
            differs=Differs((424242, 2), ("9.", "79"), 700),
            detail=SECRETS["detail"],
            hint="Subtract each row's own maximum first.",
            curves=CURVES,
        ),
        _case(
            "1.2",
            "softmax_input_unchanged",
            "The caller's array is never changed.",
            2,
            function="softmax",
            visibility=Visibility.AFTER_DUE_DATE,
            verdict=Verdict.WRONG_ANSWER,
            score=0,
            message="softmax changed its argument in place.",
            detail=SECRETS["detail"],
            hint="`logits -= …` writes into the caller's array; make a new one.",
        ),
        _case(
            "1.3",
            "logsumexp_column",
            "logsumexp returns a column of shape (N, 1).",
            6,
            function="logsumexp",
            visibility=Visibility.VISIBLE,
            verdict=Verdict.RUN_TIME_ERROR,
            score=0,
            message="logsumexp raised AxisError.",
            detail="clustering.py, line 41, in logsumexp\n"
            "    return np.log(np.sum(np.exp(x - m), axis=2)) + m\n"
            "AxisError: axis 2 is out of bounds for array of dimension 2 <script>alert(1)</script>",
        ),
        _case(
            "2",
            "kmeans_image_5",
            "Five colours: the loss is near or under the reference's, over several seeds.",
            6,
            function="KMeans.__call__",
            visibility=Visibility.VISIBLE,
            pictures=(
                Picture(
                    "The fruit in five colours",
                    (panel("original", 64), panel("yours", 5), panel("reference", 6)),
                ),
            ),
            usage=Usage(wall_s=0.731, cpu_s=0.702, peak_mb=88.0),
        ),
        _case(
            "2",
            "kmeans_image_16",
            "Sixteen colours: the same.",
            4,
            function="KMeans.__call__",
            pictures=(Picture(SECRETS["caption"], (panel(SECRETS["panel"], 16, 8, 8),)),),
        ),
        _case(
            "2",
            "kmeans_empty_cluster",
            "An empty cluster keeps its old centre; never NaN.",
            3,
            function="KMeans._update_centers",
            verdict=Verdict.JUDGE_ERROR,
            score=None,
            message="",
            detail=SECRETS["detail"],
            staff_note=f"IndexError in test_kmeans.py, line 88 {SECRETS['staff_note']}",
        ),
        _case(
            "2",
            f"kmeans_loss_{SECRETS['hidden']}",
            f"Mean, not sum. {SECRETS['hidden']}",
            5,
            function="KMeans._get_loss",
            visibility=Visibility.HIDDEN,
            verdict=Verdict.WRONG_ANSWER,
            score=0,
            message="The loss is N times too large.",
            detail=SECRETS["detail"],
            staff_note=SECRETS["staff_note"],
            hint="Divide by the number of points.",
        ),
        _case(
            "3",
            "gmm_ll_joint_far_points",
            "Points 50 deviations away keep a finite log density.",
            4,
            function="GMM._ll_joint",
            verdict=Verdict.MEMORY_LIMIT_EXCEEDED,
            score=0,
            message="GMM._ll_joint took more memory than it may.",
            usage=Usage(wall_s=0.9, cpu_s=0.61, peak_mb=1024.0),
        ),
        _case(
            "3",
            "gmm_e_step",
            "Responsibilities are probabilities.",
            4,
            function="GMM._E_step",
            verdict=Verdict.OUTPUT_LIMIT_EXCEEDED,
            score=0,
            message="More was printed than a worker may print.",
        ),
        _case(
            "3",
            "gmm_m_step",
            "The M step returns means of the responsibilities.",
            6,
            function="GMM._M_step",
            verdict=Verdict.NOT_IMPLEMENTED,
            score=0,
            message="GMM._M_step is not written yet.",
        ),
    )


CURVES = (
    Curve(
        "Rows near an offset",
        "offset of the logits",
        (
            CurvePoint("1e0", 1.0, 15.95, 15.95, 6.0),
            CurvePoint("1e8", 1e8, 8.25, 15.7, 6.0),
            CurvePoint("1e-300", 1e-300, 0.0, 15.95, 6.0),
            CurvePoint("1e300", 1e300, 3.5, None, None),
        ),
    ),
    Curve(
        "Edges",
        "",
        (
            CurvePoint("ties", None, 15.95, 15.95, 3.0),
            CurvePoint("-inf <b>", None, 0.0, 15.95, 3.0),
        ),
    ),
)
"""Digits kept along two sweeps, with something of everything."""

QUESTIONS = (
    Question("1.1", "Pairwise distance", 7, ("pairwise_dist",)),
    Question("1.2", "Softmax", 7, ("softmax",)),
    Question("1.3", "Log of a sum of exponentials", 6, ("logsumexp",)),
    Question("2", "KMeans", 18, ("KMeans.__call__",)),
    Question("3", "Gaussian mixture", 14, ("GMM._ll_joint",)),
    Question("5.1", "Initialization", 5, written=True),
    Question("5.2", "Convergence", 5, written=True),
)


def graded() -> SubmissionResult:
    """A graded submission: 17.5 of 52 points, with something of everything."""
    return SubmissionResult(
        assignment="hw2_clustering",
        title="Homework 2: clustering",
        submission="adjei_k",
        cases=cases(),
        questions=QUESTIONS,
        notices=(
            "notes.txt is not part of this assignment and was left out.",
            "clustering.py, line 3: `from scipy.special import logsumexp` is not allowed here; "
            "what uses it gets no points.",
        ),
        waiting=(Waiting("5.1", "Initialization", 5), Waiting("5.2", "Convergence", 5)),
        layers=("process", "clock", "rlimits", "fs"),
        promise="partial",
        seed=20190618,
        usage=Usage(wall_s=6.2, cpu_s=5.9, peak_mb=1024.0),
    )


def own_check() -> SubmissionResult:
    """What a student's own check finds: public cases only, hidden ones still to come."""
    public = tuple(c for c in cases() if c.visibility is Visibility.VISIBLE)
    return replace(graded(), submission="clustering.py", cases=public, notices=(), hidden_cases=61)


def perfect() -> SubmissionResult:
    """Full points in every case, nothing waiting."""
    full = tuple(
        replace(
            c,
            verdict=Verdict.ACCEPTED,
            score=c.max_score,
            message="",
            detail="",
            hint="",
            staff_note="",
            pictures=(),
            curves=(),
        )
        for c in cases()
    )
    return replace(graded(), submission="zhang_wei", cases=full, notices=(), waiting=())


def classroom() -> list[SubmissionResult]:
    """Twelve submissions from stub to full marks; names as a learning platform hands them out."""
    names = (
        "adjei_k",
        "=SUM(A1:A9)",
        "björk #2",
        "chen/li",
        "d'arcy & <b>co</b>",
        "eze",
        "fu",
        "garcía",
        "hassan",
        "ivanova",
        "john smith",
        "zhang_wei",
    )
    out = []
    for i, name in enumerate(names):
        changed = []
        for j, c in enumerate(perfect().cases):
            if (i + j) % 12 > i:
                c = replace(
                    c,
                    verdict=Verdict.NOT_IMPLEMENTED if i == 0 else Verdict.WRONG_ANSWER,
                    score=0.0,
                )
            if i == 4 and j == 2:
                c = replace(c, verdict=Verdict.JUDGE_ERROR, score=None)
            changed.append(c)
        out.append(replace(perfect(), submission=name, cases=tuple(changed)))
    return out
