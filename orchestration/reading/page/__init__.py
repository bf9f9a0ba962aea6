"""`touchledger serve`: what is published, as pages for a browser on this machine, read-only."""
