"""The steps from one schema to the next, for Alembic; ``tutor.state.migrating`` runs them."""
