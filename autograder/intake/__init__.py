"""The bytes of a submission: where they are, how they are decoded, and which file is meant."""
