"""Whatever dies, readers keep the last good state, nothing is lost, and the person on call is told
what to do.
"""
