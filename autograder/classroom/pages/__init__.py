"""The pages of a graded class, one HTML file each."""
