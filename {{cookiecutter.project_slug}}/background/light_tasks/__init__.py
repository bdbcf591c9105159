"""What the database's own light tasks lack: recovery, pruning, and "run again" in the admin."""
