"""A report in the forms in which people and programs read it: all made from the one `Report`."""
