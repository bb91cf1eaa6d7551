"""Pages and forms: the only place that knows Flask."""
