"""Reading the ledger: what pages show."""
