"""A HubSpot for tests: a world in dicts, and a server on loopback that serves it as HubSpot
would.
"""
