"""What the product costs: real servers, simulated people at their doors, and the kernel's own accounting."""
