"""The commands, one file each, and the table that `grade` prints."""
