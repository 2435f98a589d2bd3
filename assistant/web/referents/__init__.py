"""What the referents see: questions waiting, one case, the reply that leaves."""
