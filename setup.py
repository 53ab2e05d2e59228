"""What pyproject.toml cannot say: packages are found, and one lives in a folder of another name."""

from setuptools import find_packages, setup

setup(
    packages=[*find_packages(include=["audit", "audit.*", "connectors", "connectors.*"]), "identity_audit_reference"],
    package_dir={"identity_audit_reference": "data/reference"},
)
