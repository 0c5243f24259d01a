"""Pure parts of records: codes of documents, credentials and status lists as plain values."""
