"""What the section on annotator styles is put together from: a file per part of it."""
