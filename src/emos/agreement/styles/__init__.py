"""Annotator styles: what each annotator gives, how that differs from the group, and what it does.

The paper's section 3.2.3 names four styles; here they are rules on figures, with their margins.
"""

from emos.agreement.styles.result import Styles, StylesOptions

__all__ = ["Styles", "StylesOptions"]
