"""The parts that screens are made of: panels that draw lines of text from a frozen view."""
