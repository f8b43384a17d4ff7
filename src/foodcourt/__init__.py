"""Food Court: a workbook that teaches Python microservices by running them."""

__version__ = "0.1.0"

__all__ = ["__version__"]
