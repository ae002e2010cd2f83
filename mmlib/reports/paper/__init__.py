"""A report on paper: the page set as a tagged PDF by WeasyPrint, its charts painted into it."""
