"""How sources come in: pulled as they are into extracts, and translated by SQL into files of the
landing.
"""
