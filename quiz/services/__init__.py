"""What the app can do: one plain function per verb. Web pages and the command line call these."""
