"""Reports as mails: what stands in them, whom they go to, and how they are sent."""
