"""Tests of `touchledger serve`."""
