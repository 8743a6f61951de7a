pytest_plugins = ["autograder.check"]
