"""From a question to the numbers the measurement knows it by."""

from __future__ import annotations

from math import comb, factorial, perm, prod

from quiz.bank import question as q
from quiz.bank.mark import best_score
from quiz.bank.order import right_orders
from quiz.measure.curve import Curve, authored
