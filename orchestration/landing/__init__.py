"""Landing: files of the raw contract become typed rows of the `raw` schema, and every fault becomes
a reason.
"""
