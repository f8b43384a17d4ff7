"""What a class handed in: whose work on which exercise lies where, however a learning platform calls and packs it."""
