"""What a worker does to itself before any student code is there, and how it proves that it holds."""
