"""From numbers to pictures: figures, tables, captions, and the report around them."""
