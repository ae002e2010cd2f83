"""The cohort's report: pooled numbers under pseudonyms, with nothing that fewer than five people told."""
