from __future__ import annotations

from collections.abc import Iterator

import pytest

from quiz.proof.run import Prover, provers


@pytest.fixture(scope="session")
def prover() -> Iterator[Prover]:
    """One warm process. CI must give it a sandbox: a machine without one tests nothing here."""
    with provers(1) as ready:
        assert ready[0].open is None, f"no sandbox on this machine: {ready[0].open}"
        yield ready[0]
