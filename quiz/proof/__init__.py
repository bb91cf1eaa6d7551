"""Running the proofs that stand beside the questions. Command line only: the web may not import this."""
