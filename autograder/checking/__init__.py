"""What checks are written with: expectations, and the words in which a wrong answer is explained."""
