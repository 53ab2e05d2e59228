"""Exports and mail logs that lie on a cluster: Spark runs on each part of them the code that reads files here.

What is told apart, searched and counted is told once, in connectors/files and connectors/mail. Here is where the rows
are (`places`), the session (`session`, which alone knows pyspark), what runs on a part (`parts`), and what becomes of
what comes back (`tables`, `mails`).
"""
