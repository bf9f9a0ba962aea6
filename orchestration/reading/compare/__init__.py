"""`touchledger compare`: two publications side by side, and what decides where they differ."""
