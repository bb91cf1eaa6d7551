"""One person's run through the questions, as a fold over its log."""
