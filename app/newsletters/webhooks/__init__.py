"""What other systems are told of subscribers: signed, tried again, written down."""
