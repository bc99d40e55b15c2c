"""Makes the folders of a new problem and its assignment; skeleton/ has every file, as text."""
