"""The question bank: a question's shape, its file, its marking, its rendering and its lint."""
