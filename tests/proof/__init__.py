"""How often is our grader right? Tools that measure it; none of them is a pytest test.

`make mutants` and `make soak` grade for minutes to hours, keep each verdict in `.foodcourt/proof/` as it comes, and
go on where they stopped. `make report-card` puts what they found into `docs/report-card.md`.
"""
