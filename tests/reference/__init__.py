"""The contract in plain Python, independent of the SQL, and worlds to prove the SQL with.

`publish` computes every published table of a world of typed raw rows, `make_world` makes small nasty worlds, `write_landing` writes one
as a loader would and `differences` compares what was published with what was expected.
"""
