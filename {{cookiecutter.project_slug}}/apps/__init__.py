"""The business, an app per subject. Apps may use background and fastdata, never the other way."""
