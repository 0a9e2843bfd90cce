"""Play ICE: years of its lists from a seed, with the truth of every row.

`play` keeps the lists as ICE does, at the rates of rates.toml, which `measure` took from the real
record: agencies join, leave and come back, rows are renamed, dated otherwise, printed twice,
missing for days or misprinted, documents are linked later. `truth` derives the events that follow
from whose rows the lists print; `told` has what the record tells of them, and `score` compares.

What a list leaves nothing to tell by is not played: in a step in which a row leaves, none joins
that has its name, model and date in another state, or its state, model and date where it was never
linked, and no row of its state and model is misprinted. A new row's agency is misprinted only so
that it can be made out. A misprint may be told as a renamed, corrected or restated row, or not at
all; never as somebody who joined, left or came back. A name that a row had before may be told as
renamed or not.
"""
