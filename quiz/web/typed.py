"""What a person typed, to be shown again beside what was wrong with it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

UNSHOWABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufdd0-\ufdef\ufffe\uffff]")
"""Characters that no HTML page may hold; they are left out."""


def shown_again(form: Mapping[str, Sequence[str] | str]) -> dict[str, list[str]]:
    """Each field's values as the form pieces take them."""
    listed = {name: [values] if isinstance(values, str) else values for name, values in form.items()}
    return {
        UNSHOWABLE.sub("", name): [UNSHOWABLE.sub("", value) for value in values] for name, values in listed.items()
    }
