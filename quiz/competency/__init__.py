"""What a Machine Learning Engineer is measured against: areas, skills, steps, profiles, resources."""
