"""What people read: figures, tables, answers, and the book that binds them."""
