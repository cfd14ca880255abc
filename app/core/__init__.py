"""What every feature stands on: settings, tables, time, tokens, jobs. Knows no feature."""
