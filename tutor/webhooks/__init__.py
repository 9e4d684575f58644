"""Word to other systems of what happened: signed, sent from an outbox, tried again."""
