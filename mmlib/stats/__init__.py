"""Numbers in, numbers out: curves, intervals, diversity. Nothing here knows a learner or a log."""
