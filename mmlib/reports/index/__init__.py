"""The list of reports: what each says at a glance, and the page that shows them all."""
