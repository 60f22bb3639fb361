"""Where images come from and go to: the catalogue of stand-ins, the practice hub, and the lab registry."""
