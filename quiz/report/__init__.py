"""From the belief and a profile to verdicts, in numbers and in words."""
