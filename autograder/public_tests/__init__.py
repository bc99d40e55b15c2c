"""What the public tests are written with, and what pytest does with them; students get all of it."""
