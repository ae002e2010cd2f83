"""Log in, table out: the five themes repetition, payoff, synergy, structure and selves."""
