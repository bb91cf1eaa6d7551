"""A skills self-assessment for people who want to be Machine Learning Engineers."""

import os

# NumPy reads this when it is first imported. Our matrices are small: a second thread gains next to nothing
# and waits by spinning, which cost four times the processor time, and takes it from the other workers of a server.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
