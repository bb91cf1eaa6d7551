"""Items' parameters from stored answers (marginal maximum likelihood), and reading answers from a table."""
