"""Applications to jobs, from the first click to the answer."""
