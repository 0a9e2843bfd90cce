"""Where lists come from: the live page, a folder, a git history, the Internet Archive."""
