"""What a night says to other systems: tickets for ServiceNow and Jira, events in OCSF, results in OSCAL. Pure."""
