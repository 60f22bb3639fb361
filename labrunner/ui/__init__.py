"""What is shown to the learner, and what the learner is asked: in a terminal, or in plain lines."""
