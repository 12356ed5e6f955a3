"""From raw scores to probabilities, and what may be promised about a threshold."""
