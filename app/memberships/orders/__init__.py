"""What staff have done at Stripe for a supporter: asked, sent, looked at."""
