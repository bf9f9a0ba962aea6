"""The same project on Spark: a local cluster, the same rows on both engines, and what happens when
parts of it die.
"""
