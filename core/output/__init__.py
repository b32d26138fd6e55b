"""What leaves the program: the run store, and tables for spreadsheets and chat messages."""
