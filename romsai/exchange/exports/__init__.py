"""What goes out: which cases, which columns, for whom, and the file."""
