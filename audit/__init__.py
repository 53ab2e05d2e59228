"""Judgement: what the facts mean under the policy, and the workbook in which people decide."""
