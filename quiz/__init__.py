"""A skills self-assessment for people who want to be Machine Learning Engineers."""
