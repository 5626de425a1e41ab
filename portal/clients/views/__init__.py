"""The pages of clients, their people and their agreements."""
