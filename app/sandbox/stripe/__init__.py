"""A small Stripe for the laptop and the tests: stateful, on the loopback, never in production."""
