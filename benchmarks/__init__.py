"""Speed and validity, run on demand: `make bench`, `make validate`."""
