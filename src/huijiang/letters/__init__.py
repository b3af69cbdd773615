"""Letters of the office (文书): printed once, verified by anybody who holds one, served with a record."""
