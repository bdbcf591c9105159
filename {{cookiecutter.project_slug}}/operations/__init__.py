"""Running the project and watching it: servers, the development runner, workers, health."""
