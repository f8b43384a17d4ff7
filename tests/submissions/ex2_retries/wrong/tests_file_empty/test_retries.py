# I tried it by hand, see the screenshots.
