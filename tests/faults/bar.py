"""What a bar reports: one line, and whether it was met."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Bar:
    """How often a fault was brought about, how much was confirmed meanwhile, and how much of that was lost.

    `wrong` counts everything else that may not be: doubled, invented, refused but kept, an error that is none of
    the allowed ones. `control`: what the same check found where the protection was taken away; it must find
    something. `note`: figures worth knowing.
    """

    trials: int
    acknowledged: int
    lost: int
    wrong: int
    control: int
    control_is: str
    note: str = ""

    @property
    def met(self) -> bool:
        """Nothing lost, nothing wrong, something confirmed at all, and the control noticed."""
        return self.trials > 0 and self.acknowledged > 0 and not self.lost and not self.wrong and self.control > 0

    def line(self, name: str, seconds: float) -> str:
        """The bar as one line."""
        verdict = "met" if self.met else "NOT MET"
        return (
            f"{verdict:8}{name:16} trials {self.trials:6}  acknowledged {self.acknowledged:6}  lost {self.lost}  "
            f"wrong {self.wrong}  control {self.control} ({self.control_is})  {seconds:.0f} s"
            + (f"  {self.note}" if self.note else "")
        )
