"""How the chat looks; speaks to the tutor over HTTP only."""
