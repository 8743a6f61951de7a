"""A result as Gradescope JSON and as an HTML page, and the templates of all pages.

It formats and decides no points. What a reader may see is decided by
``visible.shown`` and nowhere else; this module prints what that returns.
Jinja2 and imageio are imported where they are used, so that grading one
submission on a small machine does not wait for both.
"""

from __future__ import annotations

import base64
import functools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from autograder import __version__, curves, heatmap, leaderboard, whole
from autograder.model import (
    Case,
    Marked,
    Panel,
    SubmissionResult,
    Verdict,
    Visibility,
    Waiting,
    to_plain,
)
from autograder.visible import (
    ShownCase,
    bonus_summary,
    clean,
    counted,
    cut,
    finite,
    leaves_out,
    out_of,
    plural,
    points,
    public_summary,
    shown_cases,
    shown_questions,
    tally,
    total,
    withheld_summary,
)

RESULTS_VERSION = 1
"""Version of what ``results.json`` carries in ``extra_data``."""
MAX_OUTPUT = 99_000
"""Characters of one output: Gradescope itself cuts at 100,000 and says nothing of where."""
MINUS = "\N{MINUS SIGN}"
_MAX_NAME = 300
_MAX_HTML_TEXT = 20_000


# Gradescope


def gradescope(result: SubmissionResult) -> dict[str, Any]:
    """The content of ``results.json``: documented fields and plain finite numbers only.

    A withheld case has neither ``score`` nor ``max_score``: with a status
    alone Gradescope shows it as information and counts nothing for it. The
    score on top is the sum of the points given, so that it stands even where
    every case is withheld.
    """
    cases = shown_cases(result, "gradescope")
    ranked = [
        {"name": e.title, "value": round(e.value, 6), "order": e.order}
        for e in leaderboard.entries(result)
    ]
    return {
        "score": total(cases),
        "execution_time": rounded(result.usage.wall_s) or 0.0,
        "output": cut(_top_output(result, cases), MAX_OUTPUT),
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "extra_data": {
            "version": RESULTS_VERSION,
            "engine": __version__,
            "withheld": [c.case for c in cases if c.score is None],
            "isolation": clean(result.promise),
            "layers": [clean(layer) for layer in result.layers],
            "waiting": [
                {"question": clean(w.question), "title": clean(w.title), "points": finite(w.points)}
                for w in result.waiting
            ],
        },
        "tests": [_test(case) for case in cases],
    } | ({"leaderboard": ranked} if ranked else {})


def results_text(result: SubmissionResult) -> str:
    """The text of ``results.json``."""
    return json.dumps(gradescope(result), allow_nan=False, indent=2) + "\n"


def write_json(result: SubmissionResult, path: Path) -> None:
    """Write ``results.json``. Raises OSError where the file cannot be written."""
    whole.write_text(path, results_text(result))


def _test(case: ShownCase) -> dict[str, Any]:
    name = " ".join(case.title.split()) + " (bonus)" * case.bonus
    test: dict[str, Any] = {"name": cut(name, _MAX_NAME)}
    test["number"] = case.question
    if case.score is not None:
        test |= {"score": case.score, "max_score": case.max_score}
    said = f"{case.words}: {case.message}" if case.message else case.words
    hint = f"Hint: {case.hint}" if case.hint else ""
    return test | {
        "status": "passed" if case.verdict is Verdict.ACCEPTED else "failed",
        "output": cut("\n\n".join(part for part in (said, case.detail, hint) if part), MAX_OUTPUT),
        "visibility": case.visibility.value,
        "extra_data": {
            "function": case.function,
            "question": case.question,
            "verdict": case.verdict.value,
            "case": case.case,
            "seed": _seed(case),
            "cpu_s": rounded(case.usage.cpu_s),
            "wall_s": rounded(case.usage.wall_s),
            "peak_mb": rounded(case.usage.peak_mb),
        },
    }


def waiting_line(waiting: Waiting) -> str:
    """What the text on top says of a written question that staff have still to grade."""
    worth = plural(waiting.points, "point")
    return f"{clean(waiting.question)} {clean(waiting.title)}: waits for staff ({worth})"


def written_test(marked: Marked) -> dict[str, Any]:
    """A written question that people have graded, as one of the tests of ``results.json``."""
    full = marked.score >= marked.max_score
    some = Verdict.PARTIALLY_ACCEPTED if marked.score > 0 else Verdict.WRONG_ANSWER
    lines = [f"{_signed(i.points)}  {clean(i.sentence)}" for i in marked.items]
    if marked.adjusted:
        lines.append(f"{_signed(marked.adjusted)}  Changed by the grader.")
    parts = ["\n".join(lines), clean(marked.comment).strip()]
    name = " ".join(clean(marked.title).split()) + " (bonus)" * marked.bonus
    return {
        "name": cut(name, _MAX_NAME),
        "number": clean(marked.question),
        "score": marked.score,
        "max_score": marked.max_score,
        "status": "passed" if full else "failed",
        "output": cut("\n\n".join(part for part in parts if part), MAX_OUTPUT),
        "visibility": Case.visibility.value,
        "extra_data": {
            "function": "",
            "question": clean(marked.question),
            "verdict": (Verdict.ACCEPTED if full else some).value,
            "case": f"written {clean(marked.question)}",
            "seed": None,
            "cpu_s": None,
            "wall_s": None,
            "peak_mb": None,
            "written": to_plain(marked),
        },
    }


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else MINUS if value < 0 else ''}{points(abs(value))}"


def _seed(case: ShownCase) -> int | None:
    """With a hidden case's seed its inputs could be made again."""
    if case.seed is None or case.visibility is not Visibility.VISIBLE:
        return None
    return int(case.seed)


def _top_output(result: SubmissionResult, cases: Sequence[ShownCase]) -> str:
    lines = [clean(notice) for notice in result.notices]
    # Everybody reads this text at once, so it may not tell of hidden cases.
    told = [c for c in cases if c.visibility is not Visibility.HIDDEN]
    lines.append(withheld_summary(told))
    lines += [waiting_line(waiting) for waiting in result.waiting]
    return "\n".join(line for line in lines if line)


def rounded(value: float | None) -> float | None:
    number = None if value is None else finite(value)
    return None if number is None else round(number, 3)


# HTML


def html(result: SubmissionResult, *, audience: Literal["student", "staff"] = "student") -> str:
    """One page that needs nothing else: no script, no font, no request.

    A student's page leaves out hidden cases, and its total is then that of
    the cases shown, and says so. It does show the cases that wait for the
    due date or for publication (without values): staff decide when to hand
    the page out.
    """
    cases = shown_cases(result, audience)
    questions = shown_questions(result, audience)
    longest = max([q.max_score for q in questions] + [w.points for w in result.waiting] + [1e-9])
    return render(
        "submission.html",
        result=result,
        audience=audience,
        questions=questions,
        cases=cases,
        score=total(cases),
        max_score=out_of(cases),
        bonus=bonus_summary(cases),
        partial_total=leaves_out(result, audience),
        withheld=withheld_summary(cases),
        public=public_summary(result, cases),
        tally=tally(cases),
        longest=longest,
    )


def with_written(page: str, marked: Sequence[Marked], waiting: Sequence[Waiting]) -> str | None:
    """The page of a submission with its written questions filled in, or filled in anew.

    None where the page has no places for them: an earlier version of the kit made it.
    """
    parts = _environment().get_template("written_parts.html").module
    for place in ("total", "rows", "legend", "answers"):
        begin, end = f"<!-- written {place} ", f"<!-- end written {place} -->"
        before, found, rest = page.partition(begin)
        scale, _, rest = rest.partition("-->")
        _, ended, after = rest.partition(end)
        if not (found and ended):
            return None
        made = getattr(parts, place)(marked, waiting, float(scale))
        page = f"{before}{begin}{scale}-->\n{made}{end}{after}"
    return page


def png_uri(panel: Panel) -> str:
    """An image as a ``data:`` address; empty if its bytes are not height * width * 3."""
    import imageio.v3 as iio
    import numpy as np

    size = panel.width * panel.height * 3
    if panel.width <= 0 or panel.height <= 0 or len(panel.rgb) != size:
        return ""
    image = np.frombuffer(panel.rgb, dtype=np.uint8).reshape(panel.height, panel.width, 3)
    png = iio.imwrite("<bytes>", image, extension=".png")
    return "data:image/png;base64," + base64.b64encode(png).decode("ascii")


@functools.cache
def _environment() -> Any:
    """The templates, compiled once: that takes longer than to grade a small homework."""
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(Path(__file__).parent / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(
        # A question without a number is known by its title.
        numbered=lambda key: key if key[:1].isdigit() else "",
        points=points,
        signed=_signed,
        plural=plural,
        clean=clean,
        png=png_uri,
        plot=curves.plot,
        heat=heatmap.plot,
        brief=lambda text: cut(text, _MAX_HTML_TEXT),
    )
    environment.globals.update(counted=counted)
    return environment


def render(template: str, **context: Any) -> str:
    """A page of ours from its template; whatever the context holds is escaped."""
    return str(_environment().get_template(template).render(context, engine=__version__))
