"""What everybody may import, the students' kit included: errors, TOML, text that is fit to be shown."""
