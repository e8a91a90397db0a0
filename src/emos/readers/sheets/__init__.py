"""One sheet of a workbook, or one CSV file, as text with every cell at its own address."""
