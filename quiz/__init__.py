"""A skills self-assessment for people who want to be Machine Learning Engineers."""

import os

# NumPy reads this when it is first imported. Of two threads one waits by spinning while small matrices are multiplied:
# a trial of the robots took 34 seconds of processor time with two and 8 with one, time that other workers lack.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
