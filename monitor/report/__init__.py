"""A session as a page or a picture: what matters first, then everything it rests on."""

from monitor.report.page import page
from monitor.report.story import Story

__all__ = ["Story", "page"]
