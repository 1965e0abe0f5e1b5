"""Every combination of the facts that the policy table mentions, asked through PostgreSQL alone and through Python alone."""
