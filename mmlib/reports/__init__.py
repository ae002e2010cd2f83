"""Reports: a notebook with parameters goes in, a self-contained HTML page and a tagged PDF come out.

`run` executes a notebook and puts its reports in place, `export` holds the two nbconvert exporters,
`shelf` lists what has been built.
"""
