"""The report as HTML for a notebook's output: reads well to a screen reader, in either theme, and on paper.

Whatever comes from the learner is escaped.
"""

from __future__ import annotations

from html import escape
from pathlib import Path

from foodcourt.grading.verdicts import Evidence, Outcome, Report, Verdict
from foodcourt.reports.words import MARKS, headline, next_step, plain, points

__all__ = ["to_html"]

# Theme colours of JupyterLab where there are any; colour only repeats what mark and word say.
_STYLE = """
<style>
.foodcourt-report table { border-collapse: collapse; width: 100%; margin: 0.5em 0; }
.foodcourt-report th, .foodcourt-report td { text-align: left; vertical-align: top; padding: 0.3em 0.6em;
  border-bottom: 1px solid var(--jp-border-color2, #bdbdbd); }
.foodcourt-report td:first-child, .foodcourt-report td:last-child { white-space: nowrap; }
.foodcourt-report pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: 0.3em 0; font-size: 0.95em; }
.foodcourt-report .passed { color: var(--jp-success-color0, #1b5e20); }
.foodcourt-report .failed, .foodcourt-report .error { color: var(--jp-error-color0, #b71c1c); }
@media print { .foodcourt-report details > * { display: block; } .foodcourt-report tr { break-inside: avoid; } }
</style>
"""


def to_html(report: Report, *, hints: int = 0, submission: Path | None = None) -> str:
    """Write the report as one HTML element with its style.

    Args:
        report: what to show.
        hints: how many hints were asked for, 0 to 3.
        submission: the folder that was graded, where it is not the exercise's own.
    """
    next_ = next_step(report, hints, submission)
    rows = "\n".join(_row(check) for check in report.checks)
    return (
        f'<section class="foodcourt-report" aria-label="Report on {escape(report.exercise)}">{_STYLE}'
        f'<p role="status"><strong>{escape(headline(report))}</strong><br>{escape(next_)}</p>'
        f"<table><caption>Checks of {escape(report.exercise)}</caption>"
        '<thead><tr><th scope="col">Verdict</th><th scope="col">Check</th><th scope="col">Points</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></section>"
    )


def _row(check: Verdict) -> str:
    parts = [f"<code>{escape(check.id)}</code> {escape(check.title)}"]
    if check.outcome is not Outcome.PASSED:
        parts.append(f"<pre>{_text(check.message)}</pre>")
    if check.hint:
        parts.append(f"<p><strong>Hint:</strong></p><pre>{_text(check.hint)}</pre>")
    if check.outcome is Outcome.FAILED:
        parts += [_details(piece) for piece in check.evidence]
    verdict = f'<span aria-hidden="true">{MARKS[check.outcome]}</span> {check.outcome}'
    cells = f'<td class="{check.outcome}">{verdict}</td><td>{"".join(parts)}</td><td>{escape(points(check))}</td>'
    return f"<tr>{cells}</tr>"


def _details(piece: Evidence) -> str:
    return f"<details><summary>{_text(piece.title)}</summary><pre>{_text(piece.text)}</pre></details>"


def _text(text: str) -> str:
    return escape(plain(text))
