"""What grader and worker say to each other: messages, their bytes, and frames of bytes."""
